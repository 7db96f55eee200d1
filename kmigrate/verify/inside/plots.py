"""A matplotlib that is not installed, and so draws nothing. Python 3.6 syntax."""

import importlib.abc
import importlib.machinery
import types
from typing import Any


class _Anything(types.ModuleType):
    """A module, class and function of any name that does nothing and is silent about it."""

    __path__ = []  # type: Any

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self

    def __iter__(self) -> Any:
        return iter((self, self))

    def __getitem__(self, key: Any) -> Any:
        return self


class Silent(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Stands in for a matplotlib that is not installed."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname.split(".")[0] in ("matplotlib", "pylab", "seaborn"):
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: Any) -> Any:
        return _Anything(spec.name)

    def exec_module(self, module: Any) -> None:
        return
