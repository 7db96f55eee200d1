"""Make a model compute something: inputs and targets for it, its output, its loss, a step.

Stays within the standard library, numpy and the syntax of Python 3.6. Nothing here knows which
Keras it is talking to but by what its objects can do.
"""

import importlib
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

layers = importlib.import_module("layers")

ROWS = 4
UNKNOWN = 8  # the size that a dimension gets which the model leaves open


def inputs_for(model: Any, seen: Dict[str, Any]) -> Optional[List[Any]]:
    """What the program gave the model, else drawn from its input shapes; None if it has none yet."""
    given = seen.get("x")
    if given is not None:
        return list(given.values()) if isinstance(given, dict) else _listed(given)
    generator, found = np.random.RandomState(0), []
    for index, sizes in enumerate(layers.inputs_of(model)):
        shape = (sizes[0] or ROWS,) + tuple(size or UNKNOWN for size in sizes[1:])
        words = layers.vocabulary(model, index)
        if words is None:
            found.append(generator.normal(size=shape).astype("float32"))
        else:
            found.append(generator.randint(0, words, size=shape).astype("int32"))
    return found or None


def targets_for(outputs: List[Any], loss: Any, seen: Dict[str, Any], rows: int) -> List[Any]:
    """What the program trained with, else drawn to fit the outputs and the name of the loss."""
    given = seen.get("y")
    listed = list(given.values()) if isinstance(given, dict) else _listed(given)
    if given is not None and all(len(one) == rows for one in listed):
        return listed
    generator, found = np.random.RandomState(1), []
    for index, output in enumerate(outputs):
        name = _loss_name(loss, index).lower()
        if "sparse" in name:
            found.append(generator.randint(0, output.shape[-1], size=output.shape[:-1] + (1,)))
        elif "categorical" in name or "kullback" in name or "kl" in name:
            draws = generator.randint(0, output.shape[-1], size=output.shape[:-1])
            found.append(np.eye(output.shape[-1], dtype="float32")[draws])
        elif "binary" in name:
            found.append(generator.randint(0, 2, size=output.shape).astype("float32"))
        else:
            found.append(generator.normal(size=output.shape).astype("float32"))
    return found


def _loss_name(loss: Any, index: int) -> str:
    if isinstance(loss, dict):
        loss = list(loss.values())
    if isinstance(loss, (list, tuple)):
        loss = loss[index % len(loss)]
    return str(getattr(loss, "__name__", None) or getattr(loss, "name", None) or loss)


def _listed(value: Any) -> List[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def one_or_all(values: List[Any]) -> Any:
    """What Keras calls the input or the target: an array, a list of several, or None for none."""
    return values[0] if len(values) == 1 else values or None


def inference(model: Any, inputs: List[Any]) -> List[Any]:
    """The outputs of the model as it predicts."""
    return [np.asarray(one) for one in _outputs(model.predict_on_batch(one_or_all(inputs)))]


def training(model: Any, inputs: List[Any]) -> List[Any]:
    """The outputs of the model as it trains, where nothing random is drawn."""
    tensorflow = sys.modules.get("tensorflow")
    if getattr(tensorflow, "executing_eagerly", lambda: True)():
        found = model(one_or_all(inputs), training=True)
        return [_plain(one) for one in _outputs(found)]
    backend = library(model).backend
    phase = backend.learning_phase()
    feeds = list(model.inputs)
    values = [_as_fed(value, feed) for value, feed in zip(inputs, feeds)]
    if hasattr(phase, "graph"):
        feeds, values = feeds + [phase], values + [1]
    return [np.asarray(one) for one in backend.function(feeds, list(model.outputs))(values)]


def _as_fed(value: Any, feed: Any) -> Any:
    """With the last axis that every Keras adds to a list of numbers."""
    return value[..., None] if np.ndim(value) == len(feed.shape) - 1 else value


def _plain(value: Any) -> Any:
    """The numbers of an eager tensor."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _outputs(found: Any) -> List[Any]:
    return list(found.values()) if isinstance(found, dict) else _listed(found)


def library(model: Any) -> Any:
    """The Keras that the model is of."""
    tensorflow = sys.modules.get("tensorflow")
    roots = [sys.modules.get("keras"), sys.modules.get("tf_keras")]
    for root in roots + [getattr(tensorflow, "keras", None)]:
        models = getattr(root, "models", None)
        if models is not None and isinstance(model, models.Model):
            return root
    raise TypeError("a model of a Keras that is not loaded")


def is_plain_descent(optimizer: Any) -> bool:
    """Whether its steps are as continuous as the gradient: those of Adam are of its sign."""
    return type(optimizer).__name__ == "SGD"


def anew(optimizer: Any) -> Any:
    """The same optimizer as it was before its first step."""
    return type(optimizer).from_config(optimizer.get_config())


def unit_descent(model: Any) -> Any:
    """Descent with rate one: what its first step takes from the weights is the gradient."""
    return descent(model, 1.0)


def descent(model: Any, rate: float, **given: Any) -> Any:
    """Descent that sums up a sparse gradient before it is taken from the weights.

    Without momentum Keras 3 takes the gradients of an embedding from its weights one by one, and a
    word that comes a thousand times loses what is below the last digit a thousand times.
    """
    kind = library(model).optimizers.SGD
    try:
        return kind(learning_rate=rate, momentum=0.5, **given)
    except TypeError:
        return kind(lr=rate, momentum=0.5, **given)


def compile_with(model: Any, optimizer: Any, given: Dict[str, Any]) -> None:
    """Compile again with another optimizer and no metrics; `given` is how the program did it."""
    kept = {name: given[name] for name in ("loss", "loss_weights") if given.get(name) is not None}
    model.compile(optimizer=optimizer, **kept)


def loss_of(model: Any, inputs: List[Any], targets: List[Any]) -> Any:
    """The loss of one batch without training on it."""
    found = model.test_on_batch(one_or_all(inputs), one_or_all(targets))
    return np.asarray(found, dtype="float32").reshape(-1)[0]


class Held(object):
    """The weights of a model's layers as they are now, to be taken up again."""

    def __init__(self, model: Any) -> None:
        self.layers = [layer for layer in layers.flatten(model) if layer.weights]
        self.names = layers.names(self.layers)
        self.values = [layer.get_weights() for layer in self.layers]

    def restore(self) -> None:
        for layer, values in zip(self.layers, self.values):
            layer.set_weights(values)

    def read(self) -> List[List[Any]]:
        """What they are now, laid out as the later Kerases do."""
        return [layers.arrays(layer) for layer in self.layers]

    def after_step(self, model: Any, inputs: Any, targets: Any) -> Iterator[Tuple[str, Any]]:
        """What one step makes of the arrays of each layer, by name."""
        model.train_on_batch(one_or_all(inputs), one_or_all(targets))
        after = self.read()
        self.restore()
        return iter(zip(self.names, after))

    def gradients(self, model: Any, inputs: Any, targets: Any) -> Iterator[Tuple[str, Any, Any]]:
        """By layer, the gradients, and what a step changes without one; after `unit_descent`."""
        before = self.read()
        after = [arrays for _, arrays in self.after_step(model, inputs, targets)]
        frozen = layers.frozen(model)
        for index, layer in enumerate(self.layers):
            gaps = [old - new for old, new in zip(before[index], after[index])]
            is_frozen = any(layer is one for one in frozen)
            flags = [not is_frozen and flag for flag in layers.trainable(layer)]
            slopes = [gap for gap, flag in zip(gaps, flags) if flag]
            others = [gap for gap, flag in zip(gaps, flags) if not flag]
            yield self.names[index], slopes, others
