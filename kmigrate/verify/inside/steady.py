"""Train by plain descent in the place of what follows the gradient's sign, and say how they differ.

A step of Adam is as long for a gradient of 1e-9 as for one of 1: where rounding decides the sign, two
right programs part at once. So both sides of a pair descend, and the optimizers that the program asked
for are compared by what they were told. Stays within the standard library and Python 3.6.
"""

import importlib
import numbers
from typing import Any, Dict, Iterator, List, Tuple

probes = importlib.import_module("probes")

NOTE = "trained by SGD in the place of %s, whose steps follow the gradient's sign"
SIGNED = ("Adam", "Adamax", "AdamW", "Adagrad", "Adadelta", "Ftrl", "Lion", "Nadam", "RMSprop")
RATE = 0.01
CLIPPED = ("clipnorm", "clipvalue", "global_clipnorm")
# What decides the steps; 0, None and False say nothing that leaving it out does not.
TOLD = CLIPPED + (
    "amsgrad",
    "beta_1",
    "beta_2",
    "centered",
    "decay",
    "epsilon",
    "initial_accumulator_value",
    "learning_rate",
    "momentum",
    "nesterov",
    "rho",
    "weight_decay",
)
RENAMED = {"lr": "learning_rate"}


class Steady(object):
    """The optimizers of one program, and what each model descends with instead."""

    def __init__(self, notes: List[str]) -> None:
        self.notes = notes
        self.made = []  # type: List[Tuple[Any, Any]]

    def instead(self, model: Any, given: Any) -> Tuple[Any, Any]:
        """The optimizer that was asked for, and the one to compile with.

        The models that share one share the other: whether they may is for their Keras to say.
        """
        own = probes.library(model).optimizers.get(given)
        if type(own).__name__ not in SIGNED:
            return own, own
        other = next((made for known, made in self.made if known is own), None)
        if other is None:
            other = _descent(model, own)
            self.made.append((own, other))
        note = NOTE % type(own).__name__
        if note not in self.notes:
            self.notes.append(note)
        return own, other


def _descent(model: Any, own: Any) -> Any:
    config = own.get_config()
    clipped = {name: config[name] for name in CLIPPED if config.get(name)}
    return probes.descent(model, RATE, **clipped)


def described(optimizer: Any) -> str:
    """The class and what decides its steps, in words that every Keras shares."""
    told = dict(_told(optimizer.get_config()))
    parts = ["%s=%s" % (name, _value(told[name])) for name in sorted(told) if told[name]]
    return "%s(%s)" % (type(optimizer).__name__, ", ".join(parts))


def _told(config: Dict[str, Any]) -> Iterator[Tuple[str, Any]]:
    for key, value in config.items():
        name = RENAMED.get(key, key)
        if name not in TOLD:
            continue
        schedule = value.get("config") if isinstance(value, dict) else None
        if schedule is None:
            yield name, value
        elif value.get("class_name") == "InverseTimeDecay" and schedule.get("decay_steps") == 1:
            yield name, schedule["initial_learning_rate"]  # as `decay` of Keras 2 is written
            yield "decay", schedule["decay_rate"]
        else:
            yield name, sorted(schedule.items(), key=repr)


def _value(value: Any) -> str:
    """Some keep a number as a float32, and some make one of an int."""
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    return "%.6g" % float(value) if is_number else str(value)
