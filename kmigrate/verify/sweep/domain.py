"""What a rule is held to, and what is only told.

A rule claims the dtypes and the ranks that its samples list: on those, both sides must agree in
every spelling and in every mode, with other sizes, broadcast, and on NaN and infinities. One
difference there makes the rule conditional, and whatever it writes a review.

The sweep goes further than anybody claimed, since it costs nothing: other dtypes, scalars, vectors,
empty tensors, the ends of a dtype's range. What differs only there is kept as a sentence beside the
verdict (`outside`), is told wherever the rule is explained, and does not make a review by itself.
The reasons: Keras computes in floats of one width, which its layers cast to, and a sample that
means integers, booleans or another width as well lists them; what flattens a batch was not written
for a scalar; an empty tensor has no values to be wrong; at the ends of a range the order of a sum
decides between the largest number and infinity, on one version as on the next. A row that shall be
held to more lists more in its samples.

A refusal to broadcast is only told as well: it raises at once, and no sample asked for it.

Four more are only told, since no other rewrite would fare better. A symbolic input of Keras 3
cannot be handed to raw TensorFlow, which raises at once; where a program leaves Keras for raw
TensorFlow, its inputs are flagged. Kernels of TensorFlow 1 did other things with NaN and infinities
(its `max` passed over NaN) than those of the TensorFlow that runs now, whatever calls them. Where a
sample is of a range, such as `sigmoid(float32(4,3))`, infinity is no probability. JAX makes 32 bits
of everything that has 64 unless it is configured otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from kmigrate.verify.compare import Verdict
from kmigrate.verify.sweep.trials import OWN, Trial

_WIDE = {"float64", "int64"}
_KERAS3 = ("keras@3", "tf.keras@3")
_TENSORFLOW1 = ("keras@1", "keras@2", "tf@1")
_INTEGERS = frozenset({"int8", "int16", "int32", "int64", "uint8"})


def dtypes_of(trial: Trial) -> frozenset[str]:
    """The dtypes that the call was fed."""
    if trial.dtype == OWN:
        return trial.call.dtypes
    return trial.call.dtypes - {"float32"} | {trial.dtype}


@dataclass(frozen=True, slots=True)
class Claim:
    """What a rule claims: the dtypes and ranks of its samples, on the way to an API."""

    dtypes: frozenset[str] = frozenset()
    ranks: frozenset[int] = frozenset()
    target: str = ""
    backend: str = ""

    def holds(self, trial: Trial) -> bool:
        """Whether the rule is held to the trial."""
        leaves_keras = self.target == "tf" and trial.mode == "symbolic" and trial.source in _KERAS3
        is_odd_value = trial.values != OWN and (
            trial.values == "extreme" or trial.source in _TENSORFLOW1 or trial.call.has_range
        )
        rank = {"scalar": 0, "vector": 1}.get(trial.shape)
        refuses = trial.shape == "broadcast" and trial.compared.verdict is Verdict.FAILED
        is_odd_shape = trial.shape == "empty" or refuses or rank not in (None, *self.ranks)
        claimed = self.dtypes - (_WIDE if self.backend == "jax" else set())
        return dtypes_of(trial) <= claimed and not (leaves_keras or is_odd_value or is_odd_shape)


def features(trial: Trial) -> set[str]:
    """What can be said of a trial, in the words of a condition, from the general to the special."""
    dtypes = dtypes_of(trial)
    found = {f"an input is {dtype}" for dtype in dtypes}
    if dtypes & _INTEGERS:
        found.add("an input is an integer")
    if dtypes & {"float16", "bfloat16"}:
        found.add("an input is a half float")
    if dtypes & {"float64", "int64"}:
        found.add("an input has 64 bits")
    found |= {
        _VALUES.get(trial.values, ""),
        _SHAPES.get(trial.shape, ""),
        _MODES.get(trial.mode, ""),
    }
    found.add(f"the original is {trial.source}")
    if trial.call.place:
        found.add(f"the call stands at an {trial.call.place}")
    for name, value in trial.call.arguments:
        if name not in trial.call.made:
            found |= {f"`{name}` is given", f"`{name}` is {value}"}
    return found - {""}


_VALUES = {
    "nan": "an input holds NaN",
    "infinite": "an input holds infinities",
    "extreme": "an input holds the ends of its range",
}
_SHAPES = {
    "empty": "an input is empty",
    "scalar": "an input is a scalar",
    "vector": "an input is a vector",
    "odd": "an input has other sizes",
    "broadcast": "the inputs are broadcast",
}
_MODES = {
    "eager": "it runs eagerly",
    "function": "it runs in tf.function",
    "symbolic": "an input is symbolic (keras.Input)",
    "gradient": "it is differentiated",
}
