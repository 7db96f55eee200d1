"""Let TensorFlow 1 compute the same twice: it reads variables while a training step writes them.

Stays within the standard library and the syntax of Python 3.6.
"""

import functools
import sys
from typing import Any


def stop() -> None:
    """Let every read of a variable come before the writes of the same step.

    Variables of the newer kind do that, but Keras 1 cannot do with them, as it asks whether a
    variable is true: there every gradient is computed before the first one is used.
    """
    tensorflow: Any = sys.modules.get("tensorflow")
    keras: Any = sys.modules.get("keras")
    if not getattr(tensorflow, "__version__", "").startswith("1."):
        return
    if getattr(keras, "__version__", "").startswith("1."):
        keras.backend.gradients = _all_first(tensorflow, keras.backend.gradients)
        return
    getattr(tensorflow, "enable_resource_variables", bool)()
    for kind in vars(getattr(keras, "optimizers", None) or stop).values():
        original = vars(kind).get("get_updates") if isinstance(kind, type) else None
        if original is not None and not hasattr(original, "counts_last"):
            kind.get_updates = _counting_last(original)


def _counting_last(original: Any) -> Any:
    """`get_updates`, with the count of steps read before it goes up: Adam's rate hangs on it."""

    @functools.wraps(original)
    def get_updates(self: Any, *args: Any, **kwargs: Any) -> Any:
        count = getattr(getattr(self, "iterations", None), "handle", None)
        others = [] if count is None else count.consumers()  # of another model that shares it
        updates = original(self, *args, **kwargs)
        users = [] if count is None else [one for one in count.consumers() if one not in others]
        reads = [one for one in users if one.type == "ReadVariableOp"]
        for one in users:
            if one.type == "AssignAddVariableOp":
                one._add_control_inputs([read for read in reads if one not in read.control_inputs])
        return updates

    get_updates.counts_last = True  # type: ignore[attr-defined]
    return get_updates


def _all_first(tensorflow: Any, gradients: Any) -> Any:
    ask = getattr(gradients, "ask", gradients)

    def gradients_all_first(loss: Any, variables: Any) -> Any:
        found = ask(loss, variables)
        with tensorflow.control_dependencies([one for one in found + [loss] if one is not None]):
            return [one if one is None else tensorflow.identity(one) for one in found]

    gradients_all_first.ask = ask  # type: ignore[attr-defined]
    return gradients_all_first
