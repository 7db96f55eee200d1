"""Print what one surface offers, as this interpreter sees it: `PY snapshot.py SURFACE > raw.json`.

Standard library and the file `signatures.py` beside it only, Python 3.6 syntax.
"""

import ast
import functools
import importlib
import inspect
import json
import os
import pkgutil
import re
import sys
import types
import warnings
from collections import OrderedDict, deque
from typing import Any, Dict, List, NamedTuple, Set

signatures = importlib.import_module("signatures")
PACKAGES = {"keras": "keras", "tf_keras": "tf_keras"}
KERAS_PACKAGES = ("keras", "keras_applications", "keras_preprocessing")
PRIVATE_MODULES = ("src", "api", "protobuf", "python", "raw_ops")
CONTRIB = frozenset(
    "crf cudnn_rnn data distribute eager estimator framework image keras layers legacy_seq2seq lookup "
    "losses metrics opt rnn saved_model seq2seq slim summary tpu training".split()
)
TENSORFLOW_MODULES = re.compile(
    r"\b_api\b|\bapi\._v\d|^tensorboard|^tensorflow(_core)?\.(contrib|experimental|compat)\b|platform\.flags"
    r"|_tf_keras\.keras\.(initializers|losses|metrics|optimizers)\b"
)
Entry = NamedTuple("Entry", [("paths", List[str]), ("value", Any)])


class Surface:
    """What belongs to a surface: its root module, and which modules and objects below count."""

    def __init__(self, name: str) -> None:
        self.name = name
        package = importlib.import_module(PACKAGES.get(name, "tensorflow"))
        self.version = package.__version__.split("+")[0]
        self.root = package.keras if name == "tf.keras" else package
        getattr(self.root, "Model", None)  # makes a lazy module load
        self.is_facade = name != "keras" or hasattr(package, "src")
        self.assigned: Set[int] = set()
        self.opaque: List[str] = []

    def import_all(self) -> None:
        """Import every submodule that code can name; note what they bind, and which need more."""
        if self.is_facade:
            return
        for found in pkgutil.walk_packages(self.root.__path__, "keras.", onerror=lambda name: None):
            try:
                self.note_assignments(importlib.import_module(found[1]))
            except ImportError:  # a backend that is not installed
                self.opaque.append(found[1].partition(".")[2])
        self.note_assignments(self.root)

    def note_assignments(self, module: types.ModuleType) -> None:
        with open(inspect.getsourcefile(module) or "", encoding="utf-8") as source:
            statements: List[ast.AST] = [ast.parse(source.read())]
        while statements:
            statement = statements.pop()
            if not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
                statements.extend(ast.iter_child_nodes(statement))
            for target in getattr(statement, "targets", ()):
                if isinstance(target, ast.Name) and hasattr(module, target.id):
                    self.assigned.add(id(getattr(module, target.id)))

    def has_module(self, path: str, name: str, module: types.ModuleType) -> bool:
        """Whether the module that `path` calls `name` belongs to the public API."""
        if name in PRIVATE_MODULES or path.startswith("compat.") and name == "compat":
            return False
        origin = getattr(module, "__name__", "")
        if self.name == "tf":
            return self.has_tensorflow_module(path, name, origin)
        if self.name == "tf.keras":
            return ".api." in origin or origin.startswith("keras.") and ".src" not in origin
        return origin.split(".")[0] == self.name and ".src" not in origin

    def has_tensorflow_module(self, path: str, name: str, origin: str) -> bool:
        if name == "keras" and path in ("", "compat.v2"):
            return False
        if path == "contrib":
            return name in CONTRIB
        if path.startswith("contrib."):
            return path == "contrib.keras"
        return bool(TENSORFLOW_MODULES.search(origin))

    def has_object(self, value: Any) -> bool:
        """Whether an object is part of this API and did not leak in through an import."""
        if type(value).__module__ == "__future__":
            return False
        if self.is_facade or id(value) in self.assigned and not is_builtin_function(value):
            return True
        holder = value if callable(value) else type(value)
        return (getattr(holder, "__module__", None) or "").split(".")[0] in KERAS_PACKAGES


def is_builtin_function(value: Any) -> bool:
    return callable(value) and getattr(value, "__module__", None) == "builtins"


def public_names(module: types.ModuleType) -> List[str]:
    return sorted(n for n in dir(module) if not n.startswith("_") or n == "__version__")


def attribute(module: types.ModuleType, name: str) -> Any:
    """A module's attribute, or None when its lazy import fails."""
    try:
        value = getattr(module, name)
        return value if not isinstance(value, types.ModuleType) or dir(value) else None
    except (AttributeError, ImportError):
        return None


def find_modules(surface: Surface) -> Dict[int, Entry]:
    """Walk breadth first: the public modules with all their paths, the name to use in front."""
    modules = OrderedDict([(id(surface.root), Entry([""], surface.root))])
    queue = deque([("", surface.root)])
    while queue:
        path, module = queue.popleft()
        for name in public_names(module):
            value = attribute(module, name)
            if not isinstance(value, types.ModuleType):
                continue
            full = (path + "." + name).lstrip(".")
            if id(value) in modules:
                modules[id(value)].paths.append(full)
            elif is_root_again(surface, full):
                modules[id(surface.root)].paths.append(full)
            elif surface.has_module(path, name, value):
                modules[id(value)] = Entry([full], value)
                queue.append((full, value))
    for entry in modules.values():
        origin = getattr(entry.value, "__name__", "").partition(".")[2]
        entry.paths.sort(key=lambda path: (path != origin, path.count("."), len(path), path))
    return modules


def is_root_again(surface: Surface, path: str) -> bool:
    return path == "compat.v2" and surface.name == "tf" and not surface.version.startswith("1.")


def find_objects(surface: Surface, modules: Dict[int, Entry]) -> Dict[Any, Entry]:
    """The objects in the modules, each with all its paths."""
    objects: Dict[Any, Entry] = OrderedDict()
    for entry in modules.values():
        for name in public_names(entry.value):
            value = attribute(entry.value, name)
            if isinstance(value, types.ModuleType) or value is None and name != "newaxis":
                continue
            if surface.has_object(value):
                full = (entry.paths[0] + "." + name).lstrip(".")
                objects.setdefault(identity(value, name), Entry([], value)).paths.append(full)
    return objects


def identity(value: Any, name: str) -> Any:
    """What makes two names one object. Numbers and strings are one only under the same name."""
    if value is None or isinstance(value, (bool, int, float, str, bytes, tuple)):
        return name, type(value), repr(value)
    return id(value)


def injected(wrapper: Any) -> Any:
    """The function of keras_applications that a nameless wrapper of Keras 2.2 or 2.3 calls."""
    inner = wrapper.__closure__[0].cell_contents
    module, name = inner.__code__.co_names[:2]
    return getattr(inner.__globals__[module], name)


def describe(entry: Entry, objects: Dict[Any, Entry]) -> Dict[str, Any]:
    value = entry.value
    origin = getattr(value, "__module__", None) or ""
    name = getattr(value, "__name__", None) or getattr(value, "name", None)
    row = {"paths": entry.paths, "origin": origin, "name": name if isinstance(name, str) else ""}
    if inspect.isclass(value):
        bases = signatures.public_bases(value, lambda ancestor: id(ancestor) in objects)
        row.update(
            kind="class",
            signature=signatures.constructor_text(value),
            members=signatures.own_members(value, bases),
        )
        row["bases"] = [objects[id(base)].paths[0] for base in bases]
    elif inspect.isroutine(value) or isinstance(value, functools.partial):
        is_nameless = origin == "keras.applications" and name == "wrapper"
        function = injected(value) if is_nameless else value
        row.update(kind="function", signature=signatures.signature_text(function))
    else:
        row["kind"] = "value"
    return row


def describe_module(entry: Entry) -> Dict[str, Any]:
    """A module's paths and its public names that a star import leaves out."""
    names = public_names(entry.value)
    stars = getattr(entry.value, "__all__", [n for n in names if not n.startswith("_")])
    return {"paths": entry.paths, "hidden": [n for n in names if n not in stars]}


def snapshot(name: str) -> Dict[str, Any]:
    """The raw material of a snapshot: modules and objects, each with all the paths that lead to it."""
    surface = Surface(name)
    surface.import_all()
    modules = find_modules(surface)
    objects = find_objects(surface, modules)
    return {
        "surface": name,
        "version": surface.version,
        "modules": [describe_module(entry) for entry in modules.values()]
        + [{"paths": [path], "hidden": []} for path in surface.opaque],
        "objects": [describe(entry, objects) for entry in objects.values()],
    }


def main() -> None:
    warnings.simplefilter("ignore")
    # Wrappers inherit from it where it is installed: what is beside a package is none of its API.
    sys.modules["sklearn"] = None  # type: ignore[assignment]
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    out, sys.stdout = sys.stdout, sys.stderr
    json.dump(snapshot(sys.argv[1]), out)


if __name__ == "__main__":
    main()
