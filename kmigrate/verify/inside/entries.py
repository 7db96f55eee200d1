"""See the models of a program at work: when each is first used, compiled and trained.

The methods of every Keras that is loaded are wrapped once for the life of the process; without a
`Watch` the wrappers only pass on. Stays within the standard library and the syntax of Python 3.6.
"""

import functools
import importlib
import inspect
import sys
from typing import Any, Dict, List, Optional

import numpy as np

layers = importlib.import_module("layers")
carry = importlib.import_module("carry")
apart = importlib.import_module("apart")
steady = importlib.import_module("steady")

TRAINING = ("fit", "fit_generator", "train_on_batch")
# What uses a model's weights; the first such use is where they are carried over.
USING = TRAINING + (
    "evaluate",
    "evaluate_generator",
    "get_weights",
    "load_weights",
    "predict",
    "predict_classes",
    "predict_generator",
    "predict_on_batch",
    "predict_proba",
    "save",
    "save_weights",
    "set_weights",
    "test_on_batch",
)
ROWS = 4


class Watch(object):
    """What one program does with its models; with a folder, their weights are carried.

    `way` is `write`, which saves the weights that a model has when it is first used, or `read`,
    which sets them at that moment, so that both sides go on from the same.
    """

    current: Optional["Watch"] = None

    def __init__(self, folder: str = "", way: str = "", seed: int = 0) -> None:
        self.folder = folder
        self.seed = seed
        self.way = way
        self.notes: List[str] = []
        self.known: List[Any] = []
        self.done: List[Any] = []
        self.compiled: Dict[int, Dict[str, Any]] = {}
        self.seen: Dict[int, Dict[str, Any]] = {}
        self.models: List[Any] = []
        self.optimizers: List[Any] = []
        self.carried = 0
        self.watching = True
        self.steady = steady.Steady(self.notes)

    def use(self, model: Any, method: str, given: Dict[str, Any]) -> None:
        """Note what the model is given, and carry the weights that it has never used before."""
        self._remember(model, method, given)
        if not self.way or any(model is one for one in self.done):
            return
        fresh = self._fresh(model)
        if not fresh and "x" in given:
            _build(model, given["x"])
            fresh = self._fresh(model)
        if not fresh:
            return
        self.done.append(model)
        self.known += fresh
        file = "%s/use-%d.npz" % (self.folder, self.carried)
        self.carried += 1
        if self.way == "write":
            carry.write(file, carry.pack(fresh))
            return
        parcel = carry.read(file)
        if parcel is None:
            self.notes.append("model %s: used after only, so nothing was carried" % model.name)
            return
        for problem in carry.unpack(parcel, fresh):
            self.notes.append("weights not carried: %s" % problem)

    def compile(self, model: Any, given: Dict[str, Any], own: Any) -> None:
        """Note how a model was compiled; `own` is the optimizer asked for, where another one trains."""
        self.models.append(model)
        self.compiled[id(model)] = dict(given, optimizer=own or model.optimizer)
        self.optimizers.append(model.optimizer)

    def steps(self) -> int:
        """How many optimizer steps the program's models have taken."""
        total, counted = 0, []  # type: int, List[int]
        for optimizer in self.optimizers:
            iterations = getattr(optimizer, "iterations", None)
            if iterations is not None and id(iterations) not in counted:
                counted.append(id(iterations))
                total += _number(iterations)
        return total

    def _fresh(self, model: Any) -> List[Any]:
        chosen = layers.flatten(model)
        chosen = [one for one in chosen if all(one is not known for known in self.known)]
        return [one for one in chosen if layers.arrays(one)]

    def _remember(self, model: Any, method: str, given: Dict[str, Any]) -> None:
        if id(model) not in self.seen:
            self.models.append(model)  # so that no other one comes to have its id
        seen = self.seen.setdefault(id(model), {})
        for name in ("x", "y"):
            rows = _rows(given.get(name))
            if rows is not None and (name not in seen or method in TRAINING):
                seen[name] = rows


def start(kerases: Any, folder: str, way: str, seed: int) -> Watch:
    """Watch what the next program does with the models of these Kerases."""
    kerases = list(kerases)
    install(kerases)
    watch = Watch(folder, way, seed)
    Watch.current = watch
    if way:
        apart.own_generators(seed)
        for silence in (apart.without_noise, apart.without_rates):
            silence(kerases, lambda: Watch.current is not None and Watch.current.way)
    return watch


def install(kerases: Any) -> None:
    """Wrap the methods of the models of these Kerases, where that was not done before."""
    for keras in kerases:
        holders = [keras, getattr(keras, "models", None)]
        for model in [
            getattr(holder, name, None) for holder in holders for name in ("Model", "Sequential")
        ]:
            for kind in getattr(model, "__mro__", ()):
                if kind is not object:
                    _wrap(kind)
    for name, module in list(sys.modules.items()):
        if name.endswith(".training_v1"):  # what a model is while TensorFlow 2 is not eager
            _wrap(module.Model)


def _wrap(kind: Any) -> None:
    for name in USING + ("compile",):
        original = vars(kind).get(name)
        if inspect.isfunction(original) and not hasattr(original, "is_watched"):
            setattr(kind, name, _watched(original, name))


def _watched(original: Any, name: str) -> Any:
    @functools.wraps(original)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        watch = Watch.current
        if watch is None or not watch.watching or not layers.is_model(self):
            return original(self, *args, **kwargs)
        given = _arguments(original, args, kwargs)
        if name == "compile":
            args, kwargs, own = _descending(watch, self, original, args, kwargs)
            result = original(self, *args, **kwargs)
            watch.compile(self, given, own)
            return result
        watch.use(self, name, given)
        for data in ("x", "generator", "validation_data") if watch.way else ():
            apart.draw_by_index(given.get(data), watch.seed)
        if watch.way and name in TRAINING:
            args, kwargs = apart.in_order(original, args, kwargs)
        return original(self, *args, **kwargs)

    method.is_watched = True  # type: ignore[attr-defined]
    return method


def _descending(watch: Watch, model: Any, original: Any, args: Any, kwargs: Any) -> Any:
    """The arguments to compile with, and the optimizer that was asked for where they are others."""
    parameters = inspect.signature(original).parameters
    given = _arguments(original, args, kwargs)
    if not watch.way or "optimizer" not in parameters:
        return args, kwargs, None
    try:
        asked = given.get("optimizer", parameters["optimizer"].default)
        own, other = watch.steady.instead(model, asked)
    except Exception:  # which `compile` itself will say
        return args, kwargs, None
    if own is other:
        return args, kwargs, None
    return (*apart.replaced(original, args, kwargs, "optimizer", other), own)


def _arguments(function: Any, args: Any, kwargs: Dict[str, Any]) -> Dict[str, Any]:
    """The arguments by name; none when they do not fit, which the call itself will say."""
    try:
        bound = inspect.signature(function).bind(None, *args, **kwargs).arguments
    except TypeError:
        return {}
    given = dict(bound)
    given.update(given.pop("kwargs", {}))
    return given


def _rows(value: Any) -> Any:
    """The first rows of an array, or of each in a list or a dict; None for anything else."""
    if isinstance(value, (list, tuple)) and value:
        parts = [_rows(part) for part in value]
        if any(part is None for part in parts):
            return None
        return parts
    if isinstance(value, dict) and value:
        inner = {key: _rows(part) for key, part in value.items()}
        return None if any(part is None for part in inner.values()) else inner
    if isinstance(value, np.ndarray) and value.ndim > 0 and value.dtype.kind in "biuf":
        return value[:ROWS].copy()
    return None


def _build(model: Any, x: Any) -> None:
    """Let a model that has not seen an input make its weights, as its first use would."""
    rows = _rows(x)
    try:
        if isinstance(rows, np.ndarray):
            model.build((None,) + rows.shape[1:])
        elif isinstance(rows, list):
            model.build([(None,) + part.shape[1:] for part in rows])
    except Exception:  # it builds itself when it is used; its weights are then not carried
        return


def _number(variable: Any) -> int:
    """The value of an optimizer's counter."""
    readers: List[Any] = [_numpy]
    for keras in (sys.modules.get("keras"), getattr(sys.modules.get("tensorflow"), "keras", None)):
        readers.append(getattr(getattr(keras, "backend", None), "get_value", None))
    for reader in readers:
        try:
            return int(reader(variable))
        except Exception:  # in a graph, and perhaps in that of the other Keras
            continue
    return 0


def _numpy(variable: Any) -> Any:
    return variable.numpy() if hasattr(variable, "numpy") else variable
