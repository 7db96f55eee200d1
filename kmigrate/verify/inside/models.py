"""Observe a Keras model: its layers, what they hold, and what it computes from given weights.

Stays within the standard library, numpy and the syntax of Python 3.6. Many rows of one kind share a
`group`, so that they can be told in one line where they agree.
"""

import importlib
import os
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

layers = importlib.import_module("layers")
carry = importlib.import_module("carry")
configs = importlib.import_module("configs")
probes = importlib.import_module("probes")
steady = importlib.import_module("steady")

# What a history calls its keys in one Keras and in another.
KEYS = {"acc": "accuracy", "lr": "learning_rate"}
KEYS.update(mse="mean_squared_error", mae="mean_absolute_error")
KEYS.update(mape="mean_absolute_percentage_error", msle="mean_squared_logarithmic_error")

is_model = layers.is_model
Row = Tuple[str, Any, str, bool]


def held(namespace: Dict[str, Any]) -> List[Tuple[str, Any]]:
    """The models that objects of the program's own classes hold: `gan.generator`."""
    known, found = [value for value in namespace.values() if is_model(value)], []
    for name, value in namespace.items():
        if type(value).__module__ != "__main__" or is_model(value):
            continue
        for attribute, model in sorted(getattr(value, "__dict__", {}).items()):
            if is_model(model) and not any(model is one for one in known):
                known.append(model)
                found.append(("%s.%s" % (name, attribute), model))
    return found


def is_history(value: Any) -> bool:
    """Whether it is what `fit` returns."""
    return type(value).__name__ == "History" and isinstance(getattr(value, "history", None), dict)


def history(value: Any, notes: List[str]) -> Dict[str, List[float]]:
    """The values by key, each key by its longest name."""
    found = {}
    for key, values in value.history.items():
        head = "val_" if key.startswith("val_") else ""
        long = head + KEYS.get(key[len(head) :], key[len(head) :])
        if long.endswith("_acc"):  # of one output among several
            long = long[:-3] + "accuracy"
        if long != key:
            notes.append("%r of a history is compared as %r" % (key, long))
        found[long] = [float(one) for one in values]
    return found


class Look(object):
    """One model under a name, looked at with the help of the program's `Watch`."""

    def __init__(self, name: str, model: Any, watch: Any) -> None:
        self.name = name
        self.model = model
        self.watch = watch
        self.layers = layers.flatten(model)
        self.seen = watch.seen.get(id(model), {})
        self.given = watch.compiled.get(id(model))
        self.inputs: Optional[List[Any]] = probes.inputs_for(model, self.seen)
        self.targets: Optional[List[Any]] = None
        self.fresh = not watch.steps()
        self.file = os.path.join(watch.folder, "end-%s.npz" % "".join(map(_safe, name)))
        self.parcel = carry.read(self.file) if watch.way == "read" else None

    def rows(self) -> Iterator[Row]:
        """Name, value, group, and whether the value comes of the program's own training."""
        self.watch.use(self.model, "", {})  # one that the program only built
        sizes = self.parcel.about["shapes"] if self.parcel is not None else ()
        described = layers.describe(self.layers, sizes)
        yield self.name + ".layers", np.array(described, dtype=str), "", False
        if self.given is not None and self.watch.way:
            told = steady.described(self.given["optimizer"])
            yield self.name + ".optimizer", np.array([told], dtype=str), "", False
        for name, held in zip(layers.names(self.layers), map(layers.arrays, self.layers)):
            if held:
                yield self._row("weights", name, held, not self.fresh)
        if self.inputs is None:
            self._note("has not been given an input, so it was not run")
            return
        held = probes.Held(self.model)
        self._carry()
        stages = [self._forward]
        if self._draws():
            self._note("draws random numbers while training, so training it was not compared")
        else:
            stages += [self._training, self._loss_and_gradients, self._step]
        for stage in stages:
            try:
                yield from stage()
            except Exception as error:
                name = stage.__name__.replace("_", " ").strip()
                self._note("%s: %s: %s" % (name, type(error).__name__, str(error)[:300]))
        held.restore()

    def _row(self, what: str, layer: str, values: List[Any], trained: bool) -> Row:
        flat = np.concatenate([np.asarray(one).reshape(-1) for one in values])
        return "%s.%s[%s]" % (self.name, what, layer), flat, self.name + "." + what, trained

    def _note(self, text: str) -> None:
        self.watch.notes.append("%s: %s" % (self.name, text))

    def _carry(self) -> None:
        """Write what the model holds at the end, or take it up, with the same inputs and targets."""
        if not self.watch.way:
            return
        if self.watch.way == "write":
            data = {"x%d" % index: one for index, one in enumerate(self.inputs or ())}
            self.targets = self._targets()
            data.update(("y%d" % index, one) for index, one in enumerate(self.targets))
            carry.write(self.file, carry.pack(self.layers, data))
            self.fresh = True
            return
        parcel = self.parcel
        if parcel is None:
            self._note("not a model before")
            return
        problems = carry.unpack(parcel, self.layers)
        for problem in problems:
            if "weights not carried: " + problem not in self.watch.notes:
                self._note("weights not carried: " + problem)
        for difference in configs.differences(
            parcel.about["configs"], list(layers.configs(self.layers))
        ):
            self._note(difference)
        self.inputs = _numbered(parcel.data, "x") or self.inputs
        self.targets = _numbered(parcel.data, "y") or None
        self.fresh = self.fresh or not problems

    def _targets(self) -> List[Any]:
        if self.given is None or self.inputs is None or self.given.get("loss") is None:
            return []
        try:
            outputs = probes.inference(self.model, self.inputs)
            rows = len(self.inputs[0])
            loss = self.given.get("loss")
            targets: List[Any] = probes.targets_for(outputs, loss, self.seen, rows)
            return targets
        except Exception:  # said where the output is asked for
            return []

    def _draws(self) -> bool:
        """Whether training it is random still; a pair's layers of noise pass their input on."""
        silent = bool(self.watch.way)
        return any(
            layers.is_random(one) and not (silent and layers.can_be_silent(one))
            for one in self.layers
        )

    def _forward(self) -> Iterator[Row]:
        for name, value in _numbers("output", probes.inference(self.model, self.inputs)):
            yield "%s.%s" % (self.name, name), value, "", not self.fresh

    def _training(self) -> Iterator[Row]:
        held = probes.Held(self.model)
        for name, value in _numbers("output_in_training", probes.training(self.model, self.inputs)):
            yield "%s.%s" % (self.name, name), value, "", not self.fresh
        held.restore()

    def _loss_and_gradients(self) -> Iterator[Row]:
        """The loss, its gradients, and what else training changes: moving averages."""
        if self.given is None:
            return
        targets = self._targets() if self.targets is None else self.targets
        self.targets = targets
        held = probes.Held(self.model)
        probes.compile_with(self.model, probes.unit_descent(self.model), self.given)
        loss = probes.loss_of(self.model, self.inputs, targets)
        yield self.name + ".loss", loss, "", not self.fresh
        for name, slopes, others in held.gradients(self.model, self.inputs, targets):
            for what, values in (("gradients", slopes), ("updates", others)):
                if values:
                    yield self._row(what, name, values, not self.fresh)

    def _step(self) -> Iterator[Row]:
        """What one step of the program's own optimizer makes of the weights."""
        if self.given is None:
            return
        optimizer = self.given["optimizer"]
        if not probes.is_plain_descent(optimizer):
            if not self.watch.way:
                kind = type(optimizer).__name__
                self._note("a step of %s follows the gradient's sign: not compared" % kind)
            return
        held = probes.Held(self.model)
        probes.compile_with(self.model, probes.anew(optimizer), self.given)
        for name, after in held.after_step(self.model, self.inputs, self.targets):
            if after:
                yield self._row("step", name, after, not self.fresh)


def _safe(letter: str) -> str:
    return letter if letter.isalnum() else "-%d-" % ord(letter)


def _numbers(name: str, values: List[Any]) -> Iterator[Tuple[str, Any]]:
    for index, value in enumerate(values):
        yield name if len(values) == 1 else "%s[%d]" % (name, index), value


def _numbered(data: Dict[str, Any], letter: str) -> List[Any]:
    return [
        data["%s%d" % (letter, index)] for index in range(len(data)) if letter + str(index) in data
    ]
