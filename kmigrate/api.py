"""Snapshots of the real packages: which names exist, what they stand for, their signatures.

A path is relative to the root of its surface: `layers.core.Dense` for `keras`, `math.reduce_sum`
for `tf`, `models.Model.fit` for a method.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

FORMAT = 1
_NON_LITERAL = re.compile(r"=<([\w.+-]+)>(?=[,)])")
_FILE_NAME = re.compile(r"(?P<surface>.+)@(?P<version>[\d.]+)\.json")


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter. `kind` is positional (by position or name), keyword, or one of the var_ ones.

    `default` is source text, or `<name>` where the real default is no literal.
    """

    name: str
    kind: str
    default: str | None = None

    @property
    def is_required(self) -> bool:
        """Whether a call must give it."""
        return self.default is None and not self.kind.startswith("var_")


@dataclass(frozen=True, slots=True)
class Signature:
    """The parameters of a callable in order, without `self`."""

    parameters: tuple[Parameter, ...]

    @property
    def positional(self) -> tuple[Parameter, ...]:
        """The parameters that positional arguments bind to, in order."""
        return tuple(p for p in self.parameters if p.kind == "positional")

    @property
    def accepts_any_keyword(self) -> bool:
        """Whether there is a `**kwargs`."""
        return any(p.kind == "var_keyword" for p in self.parameters)

    @property
    def accepts_any_positional(self) -> bool:
        """Whether there is an `*args`."""
        return any(p.kind == "var_positional" for p in self.parameters)

    def find(self, name: str) -> Parameter | None:
        """The parameter that the keyword `name` binds to."""
        for parameter in self.parameters:
            if parameter.name == name and parameter.kind in ("positional", "keyword"):
                return parameter
        return None


@cache
def parse_signature(text: str) -> Signature:
    """Read `(x, axis=-1, *, dtype=<float32>, **kwargs)`."""
    source = "lambda " + _NON_LITERAL.sub(r"='<\1>'", text)[1:-1] + ": 0"
    function = ast.parse(source, mode="eval").body
    assert isinstance(function, ast.Lambda)
    arguments = function.args

    def default(node: ast.expr | None) -> str | None:
        found = ast.get_source_segment(source, node) if node else None
        return found[1:-1] if found and found.startswith("'<") else found

    missing = len(arguments.args) - len(arguments.defaults)
    defaults = [None] * missing + arguments.defaults
    found = [
        Parameter(a.arg, "positional", default(d))
        for a, d in zip(arguments.args, defaults, strict=True)
    ]
    if arguments.vararg:
        found.append(Parameter(arguments.vararg.arg, "var_positional"))
    for name, node in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        found.append(Parameter(name.arg, "keyword", default(node)))
    if arguments.kwarg:
        found.append(Parameter(arguments.kwarg.arg, "var_keyword"))
    return Signature(tuple(found))


class Snapshot:
    """The public API of one version of one surface."""

    def __init__(self, surface: str, version: str, rows: list[list[Any]]) -> None:
        self.surface = surface
        self.version = version
        self._rows: dict[str, list[Any]] = {}
        self._names: dict[str, str] = {}
        for row in rows:
            name = row[1]
            self._rows[name] = row
            self._names[name] = name
            for alias in row[2]:
                self._names[alias] = name
        self._resolved: dict[str, str | None] = {}

    def __repr__(self) -> str:
        return f"<Snapshot {self.surface}@{self.version}>"

    def canonical(self, path: str) -> str | None:
        """The name under which the thing is documented; None when there is no such thing.

        A method comes back under the class that defines it: `models.Sequential.fit` is
        `models.Model.fit`. A module reached through another (`layers.core.K.sum`) counts.
        """
        known = self._names.get(path)
        if known is not None:
            return known
        if path not in self._resolved:
            self._resolved[path] = self._resolve(path)
        return self._resolved[path]

    def _resolve(self, path: str) -> str | None:
        head, _, last = path.rpartition(".")
        parent = self.canonical(head) if head else None
        if parent is None:
            return None
        kind = self._rows[parent][0] if parent in self._rows else ""
        if kind == "class":
            owner = self._owner(parent, last)
            return f"{owner}.{last}" if owner else None
        full = f"{parent}.{last}" if parent else last
        return self.canonical(full) if kind == "module" and full != path else None

    def has(self, path: str) -> bool:
        """Whether the path leads to anything, modules and methods included."""
        return self.canonical(path) is not None

    def kind(self, path: str) -> str | None:
        """One of module, class, function, value, method, attribute; None when it does not exist."""
        name = self.canonical(path)
        if name is None:
            return None
        if name in self._rows:
            return str(self._rows[name][0])
        owner, _, member = name.rpartition(".")
        return "method" if self._members(owner)[member] else "attribute"

    def is_module(self, path: str) -> bool:
        """Whether the path leads to a module."""
        return self.kind(path) == "module"

    def aliases(self, canonical: str) -> tuple[str, ...]:
        """All names of the object, itself among them, shortest first."""
        row = self._rows.get(canonical)
        if row is None:
            return (canonical,) if self.has(canonical) else ()
        return tuple(sorted((row[1], *row[2]), key=lambda p: (p.count("."), len(p), p)))

    def names(self) -> Iterator[str]:
        """Every path that is no module, aliases included; no methods."""
        return (path for path, name in self._names.items() if self._rows[name][0] != "module")

    def star(self, module_path: str) -> tuple[str, ...]:
        """The names of this API that `from module import *` binds, sorted."""
        name = self.canonical(module_path)
        if name is None or self._rows[name][0] != "module":
            return ()
        hidden = self._rows[name][3]
        return tuple(sorted(child for child in self._children.get(name, ()) if child not in hidden))

    @cached_property
    def _children(self) -> Mapping[str, list[str]]:
        children: dict[str, list[str]] = {}
        for path in self._names:
            parent, _, name = path.rpartition(".")
            if name:
                children.setdefault(parent, []).append(name)
        return children

    def signature(self, path: str) -> Signature | None:
        """The signature of a function or method, for a class that of its constructor."""
        name = self.canonical(path)
        if name is None:
            return None
        row = self._rows.get(name)
        if row is None:
            owner, _, member = name.rpartition(".")
            text = self._members(owner)[member]
        else:
            text = row[3] if row[0] in ("class", "function") else ""
        return parse_signature(text) if text and text != "(...)" else None

    def bases(self, class_path: str) -> tuple[str, ...]:
        """The nearest ancestors that have a name here."""
        row = self._class(class_path)
        return tuple(row[4]) if row else ()

    def is_subclass(self, class_path: str, ancestor_path: str) -> bool:
        """Whether the one class is the other or inherits from it."""
        name, ancestor = self.canonical(class_path), self.canonical(ancestor_path)
        if name is None or ancestor is None or self._class(name) is None:
            return False
        return name == ancestor or any(self.is_subclass(b, ancestor) for b in self.bases(name))

    def method(self, class_path: str, name: str) -> Signature | None:
        """The signature of a method, inherited or own."""
        return self.signature(f"{class_path}.{name}")

    def attributes(self, class_path: str) -> tuple[str, ...]:
        """The names of all methods and properties, inherited ones too, sorted."""
        name = self.canonical(class_path)
        if name is None or self._class(name) is None:
            return ()
        inherited = (member for base in self.bases(name) for member in self.attributes(base))
        return tuple(sorted({*self._members(name), *inherited}))

    def own_members(self, class_path: str) -> tuple[str, ...]:
        """The names of the methods and properties that the class itself defines, sorted."""
        return tuple(sorted(self._members(self.canonical(class_path) or class_path)))

    def _class(self, path: str) -> list[Any] | None:
        row = self._rows.get(self.canonical(path) or "")
        return row if row and row[0] == "class" else None

    def _owner(self, class_path: str, member: str) -> str | None:
        if member in self._members(class_path):
            return class_path
        owners = (self._owner(base, member) for base in self.bases(class_path))
        return next((owner for owner in owners if owner), None)

    @cached_property
    def _tables(self) -> dict[str, Mapping[str, str]]:
        return {}

    def _members(self, class_path: str) -> Mapping[str, str]:
        """A class's own members: name -> text of the signature, "" for what is no method."""
        if class_path not in self._tables:
            row = self._class(class_path)
            split = (text.partition("(") for text in (row[5] if row else ()))
            self._tables[class_path] = {name: mark + rest for name, mark, rest in split}
        return self._tables[class_path]


def rules_dir() -> Path:
    """The folder with the table: inside an installed package, else at the root of the checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "rules"
    return installed if installed.is_dir() else package.parent / "rules"


def version_key(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, to compare by: `2.15.1rc0` is (2, 15, 1)."""
    numbers = []
    for part in version.split("."):
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not digits:
            break
        numbers.append(int(digits))
        if digits != part:
            break
    return tuple(numbers)


@cache
def available() -> Mapping[str, tuple[str, ...]]:
    """The versions there are of each surface, oldest first."""
    found: dict[str, list[str]] = {}
    for file in sorted((rules_dir() / "api").iterdir()):
        named = _FILE_NAME.fullmatch(file.name)
        if named:
            found.setdefault(named["surface"], []).append(named["version"])
    return {surface: tuple(sorted(found[surface], key=version_key)) for surface in sorted(found)}


def load(surface: str, version: str | None = None) -> Snapshot:
    """The snapshot of a surface: the newest, or the newest whose version begins with `version`.

    Raises LookupError when there is none.
    """
    wanted = version_key(version or "")
    for candidate in reversed(available().get(surface, ())):
        if version_key(candidate)[: len(wanted)] == wanted:
            return _read(surface, candidate)
    raise LookupError(f"no snapshot of {surface} {version or ''}".rstrip())


@cache
def _read(surface: str, version: str) -> Snapshot:
    data = json.loads((rules_dir() / "api" / f"{surface}@{version}.json").read_bytes())
    if data["format"] != FORMAT:
        raise ValueError(f"{surface}@{version}.json has format {data['format']}, not {FORMAT}")
    return Snapshot(data["surface"], data["version"], data["rows"])
