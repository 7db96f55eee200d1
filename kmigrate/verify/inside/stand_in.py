"""Let code of Keras 2 run on tf_keras: `keras.x` and `tensorflow.keras.x` answer with `tf_keras.x`.

Needs TF_USE_LEGACY_KERAS=1, so that `tf.keras` itself is tf_keras. Modules that Keras 2 had and
tf_keras has no longer (`keras.layers.core`) look their names up in the module above them.
"""

import importlib
import importlib.abc
import importlib.machinery
import sys
import types
from typing import Any, Optional

ROOTS = ("keras", "tensorflow.keras")
OLD_MODULES = ("engine", "objectives", "legacy")
PUBLIC = ("layers", "models", "utils", "losses")


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the modules below the roots and fills them from tf_keras."""

    def find_spec(
        self, fullname: str, path: Any = None, target: Any = None
    ) -> Optional[importlib.machinery.ModuleSpec]:
        for root in ROOTS:
            below = fullname[len(root) + 1 :]
            if (fullname == root or fullname.startswith(root + ".")) and _module(below) is not None:
                spec = importlib.machinery.ModuleSpec(fullname, self, is_package=True)
                spec.loader_state = below
                return spec
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> Optional[types.ModuleType]:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        spec = module.__spec__
        assert spec is not None
        real = _module(spec.loader_state)
        for name, value in vars(real).items():
            if name in ("__all__", "__version__") or not name.startswith("__"):
                setattr(module, name, value)
        module.__stands_in_for__ = spec.name  # type: ignore[attr-defined]
        module.__getattr__ = lambda name: _lookup(real, name)  # type: ignore[method-assign]


def install() -> None:
    """Put the stand-in before every other finder, and let optimizers take what Keras 2 gave them."""
    sys.meta_path.insert(0, StandIn())
    optimizers = importlib.import_module("tf_keras.optimizers")  # type: Any
    for name, old in vars(optimizers.legacy).items():
        new = getattr(optimizers, name, None)
        if isinstance(old, type) and isinstance(new, type) and new is not old:
            _keep_old_arguments(new, old)


def _keep_old_arguments(new: Any, old: Any) -> None:
    """`lr` and `decay` make the optimizer of old; the new one passes over `lr` in silence."""
    create = new.__new__

    def create_either(cls: Any, *args: Any, **kwargs: Any) -> Any:
        if cls is new and {"lr", "decay"} & set(kwargs):
            return old(*args, **kwargs)
        return create(cls) if create is object.__new__ else create(cls, *args, **kwargs)

    new.__new__ = create_either


def _module(below: str) -> Optional[types.ModuleType]:
    """The module of tf_keras for a path below the root, else the nearest one above it."""
    parts = below.split(".") if below else []
    for depth in range(len(parts), -1, -1):
        if depth == 0 and parts and parts[0] not in OLD_MODULES:
            return None
        try:
            return importlib.import_module(".".join(["tf_keras"] + parts[:depth]))
        except ModuleNotFoundError as error:
            if not str(error.name).startswith("tf_keras."):
                raise
    return None


def _lookup(real: Any, name: str) -> Any:
    if hasattr(real, name):
        return getattr(real, name)
    if not name.startswith("__"):
        for public in PUBLIC:
            module = importlib.import_module("tf_keras." + public)
            if hasattr(module, name):
                return getattr(module, name)
    raise AttributeError("module %r has no attribute %r" % (real.__name__, name))
