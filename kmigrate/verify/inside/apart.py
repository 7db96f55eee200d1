"""Take out of a program what no two Kerases do alike: random draws, dropout, shuffled batches.

Both sides of a pair are treated the same, and the notes say what was done. Stays within the
standard library, numpy and the syntax of Python 3.6.
"""

import functools
import importlib
import inspect
import random
import re
import sys
import types
from typing import Any, Dict

import numpy as np

layers = importlib.import_module("layers")

DRAWING = re.compile(r"(^|\.)\w*(backend|initializers|seed_generator)\w*$")
PACKAGES = ("keras", "tf_keras", "keras_core")


class Numpy(types.ModuleType):
    """numpy with a `random` of its own."""

    def __init__(self, seed: int) -> None:
        super(Numpy, self).__init__("numpy")
        self.random = np.random.RandomState(seed)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


def own_generators(seed: int) -> None:
    """Let every Keras draw its seeds from generators that the program does not draw from.

    Keras 1 and 2 take them from numpy's, Keras 3 from Python's: what a program draws after it built
    a model would depend on the Keras.
    """
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] not in PACKAGES or not DRAWING.search(name):
            continue
        for key, value in list(getattr(module, "__dict__", {}).items()):
            if value is np or isinstance(value, Numpy):
                setattr(module, key, Numpy(seed))
            elif value is random or key == "random" and isinstance(value, random.Random):
                setattr(module, key, random.Random(seed))


def without_noise(kerases: Any, is_on: Any) -> None:
    """Let the layers that add noise pass their input on, while `is_on` says so."""
    for keras in kerases:
        for name, kind in list(vars(getattr(keras, "layers", None) or object()).items()):
            if isinstance(kind, type) and layers.NOISE.match(name) and "call" in vars(kind):
                if not hasattr(kind.call, "passes_on"):  # type: ignore[attr-defined]
                    setattr(kind, "call", _passing_on(vars(kind)["call"], is_on))


def _passing_on(original: Any, is_on: Any) -> Any:
    def call(self: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        return inputs * 1 if is_on() else original(self, inputs, *args, **kwargs)

    call.__signature__ = inspect.signature(original)  # type: ignore[attr-defined]
    call.passes_on = True  # type: ignore[attr-defined]
    return call


def without_rates(kerases: Any, is_on: Any) -> None:
    """Let recurrent layers drop nothing, while `is_on` says so: their rates are 0 during a call."""
    for keras in kerases:
        for name, kind in list(vars(getattr(keras, "layers", None) or object()).items()):
            if not isinstance(kind, type) or not layers.RECURRENT.match(name):
                continue
            owner = next((one for one in kind.__mro__ if "call" in vars(one)), None)
            if owner is not None and not hasattr(vars(owner)["call"], "drops_nothing"):
                setattr(owner, "call", _dropping_nothing(vars(owner)["call"], is_on))


def _dropping_nothing(original: Any, is_on: Any) -> Any:
    @functools.wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        held = []
        for owner in (self, getattr(self, "cell", None)) if is_on() else ():
            for name in layers.RATES:
                if getattr(owner, "__dict__", {}).get(name):
                    held.append((owner, name, getattr(owner, name)))
                    setattr(owner, name, 0.0)
        try:
            return original(self, *args, **kwargs)
        finally:
            for owner, name, rate in held:
                setattr(owner, name, rate)

    call.drops_nothing = True  # type: ignore[attr-defined]
    return call


def in_order(method: Any, args: Any, kwargs: Dict[str, Any]) -> Any:
    """The arguments of a training method with shuffling and threads off, where it has them."""
    for name, value in (("shuffle", False), ("workers", 1), ("use_multiprocessing", False)):
        if name in inspect.signature(method).parameters:
            args, kwargs = replaced(method, args, kwargs, name, value)
    return args, kwargs


def draw_by_index(value: Any, seed: int) -> None:
    """Let a sequence draw the same for a batch whenever, and however often, it is asked for it.

    Some Kerases look at the first batch beforehand, and all read ahead of the training.
    """
    kind = type(value)
    if not all(hasattr(kind, name) for name in ("__getitem__", "__len__", "on_epoch_end")):
        return
    if hasattr(kind, "draws_by_index"):
        return

    def batch(self: Any, index: int) -> Any:
        held = np.random.get_state(), random.getstate()
        np.random.seed((seed + index) % (1 << 32))
        random.seed(seed + index)
        try:
            return kind.__getitem__(self, index)
        finally:
            np.random.set_state(held[0])
            random.setstate(held[1])

    try:
        value.__class__ = type(kind.__name__, (kind,), {"__getitem__": batch, "draws_by_index": 1})
    except TypeError:  # not a class of Python's
        return


def replaced(method: Any, args: Any, kwargs: Dict[str, Any], name: str, value: Any) -> Any:
    """The arguments of a method with another value for one of them."""
    position = list(inspect.signature(method).parameters).index(name) - 1
    if position < len(args):
        return args[:position] + (value,) + args[position + 1 :], kwargs
    return args, dict(kwargs, **{name: value})
