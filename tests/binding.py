"""What a migrated call must hold to, judged by the snapshots alone: names exist, arguments bind."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kmigrate.api import Signature, Snapshot, load
from kmigrate.atlas import surface_of, versions
from kmigrate.dialects import is_library, locate
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.table import load_table

RECEIVER = "it"


class Imports:
    """The qualified names of what a module's imports bind."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, str] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for one in node.names:
                    name = one.name if one.asname else one.name.partition(".")[0]
                    self._bound[one.asname or name] = name
            elif isinstance(node, ast.ImportFrom):
                for one in node.names:
                    self._bound[one.asname or one.name] = f"{node.module}.{one.name}"

    def qualified(self, node: ast.expr) -> str:
        """`tensorflow.keras.layers.Dense` for `layers.Dense`; "" for what is no library's."""
        if isinstance(node, ast.Name):
            return self._bound.get(node.id, "")
        if isinstance(node, ast.Attribute):
            head = self.qualified(node.value)
            return f"{head}.{node.attr}" if head else ""
        return ""

    def references(self, node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
        """The longest chains below `node` that begin in a library, with their qualified names."""
        name = self.qualified(node) if isinstance(node, ast.expr) else ""
        if name and is_library(name) and isinstance(node, ast.expr):
            yield node, name
            return
        for child in ast.iter_child_nodes(node):
            yield from self.references(child)


def meant(source: str) -> Surface:
    """The surface of `keras@2`, and of `keras@2.15`."""
    return SURFACES.get(source) or surface_of(*source.split("@"))


@dataclass(frozen=True)
class Target:
    """Where migrated code runs: one version of a Keras, and the TensorFlow beside it."""

    surface: Surface
    beside: tuple[Surface, ...]  # what else the code may go on using

    @classmethod
    def between(cls, source: str, target: str) -> Target:
        goal, origin = SURFACES[target], meant(source)
        beside = [SURFACES["tf@2"]]
        if goal.name in ("keras@3", "tf@2"):  # what only tf.keras keeps of the same Keras
            beside.append(SURFACES["tf.keras@3"])
        if goal.dialect == "tf":
            beside.append(origin)
        return cls(goal, tuple(beside))

    def snapshot(self, dialect: str) -> Snapshot | None:
        """The snapshot that names of a dialect are looked up in; None where they must not stand."""
        if dialect == self.surface.dialect:
            return load(dialect, versions(self.surface)[0])
        for surface in self.beside:
            if surface.dialect == dialect:
                old = self.surface.name == "tf.keras@2" and dialect == "tf"
                return load(dialect, "2.15" if old else versions(surface)[0])
        return None

    def lookup(self, name: str) -> tuple[Snapshot, str] | None:
        """The snapshot and the public name of what a qualified name stands for there."""
        dialect, path = locate(name) or ("", "")
        snapshot = self.snapshot(dialect)
        canonical = snapshot.canonical(path) if snapshot else None
        return (snapshot, canonical) if snapshot and canonical is not None else None

    def api(self, snapshot: Snapshot) -> str:
        """The API that a snapshot is of."""
        surfaces = (self.surface, *self.beside)
        return next(one.api for one in surfaces if one.dialect == snapshot.surface)


def misfits(call: ast.Call, signature: Signature, accepted: frozenset[str]) -> Iterator[str]:
    """Why the arguments of a call do not bind to a signature (without `self`)."""
    slots = [parameter.name for parameter in signature.positional]
    given = slots[: len(call.args)]
    if len(call.args) > len(slots) and not signature.accepts_any_positional:
        yield f"{len(call.args)} positional arguments for {len(slots)}"
    for keyword in call.keywords:
        name = keyword.arg or ""
        if name in given:
            yield f"`{name}` is given twice"
        elif signature.find(name) is None and not _is_taken(name, signature, accepted):
            yield f"no argument `{name}`"
        given.append(name)
    needed = [one.name for one in signature.parameters if one.is_required]
    if not any(isinstance(one, ast.Starred) for one in call.args):
        yield from (f"needs `{name}`" for name in needed if name not in given)


def _is_taken(name: str, signature: Signature, accepted: frozenset[str]) -> bool:
    """Through `**kwargs`? Where it is not known what they are, anything may be."""
    return signature.accepts_any_keyword and (name in accepted or not accepted)


def places(call: ast.Call, signature: Signature | None) -> Mapping[str, str]:
    """The parameter of the callee that each plain name in the call gives, by that name."""
    slots = [parameter.name for parameter in signature.positional] if signature else []
    found = {
        value.id: slots[index]
        for index, value in enumerate(call.args)
        if isinstance(value, ast.Name) and index < len(slots)
    }
    named = {one.value.id: one.arg for one in call.keywords if isinstance(one.value, ast.Name)}
    return {**found, **{name: keyword for name, keyword in named.items() if keyword}}


class Judgement:
    """One migrated module: its names, and the class of the receiver that its methods have."""

    def __init__(self, tree: ast.Module, target: Target) -> None:
        self.target = target
        self.imports = Imports(tree)

    def wrong(self, node: ast.expr, receiver: str) -> Iterator[tuple[str, str]]:
        """What does not exist or does not bind in an expression, each with its kind."""
        for _, name in self.imports.references(node):
            if self.target.lookup(name) is None:
                yield "name", f"`{name}` does not exist"
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                found = self.callee(call, receiver)
                for text in self._unbound(call, *found) if found else ():
                    yield "binding", f"`{ast.unparse(call.func)}`: {text}"

    def callee(self, call: ast.Call, receiver: str) -> tuple[Snapshot, str] | None:
        """What is called, where it is of a library: the snapshot to look in, and the path there."""
        name = self.imports.qualified(call.func)
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == RECEIVER:
            name = f"{receiver}.{call.func.attr}"
        dialect, path = locate(name) or ("", "")
        snapshot = self.target.snapshot(dialect)
        return (snapshot, path) if snapshot else None

    def signature(self, call: ast.Call, receiver: str) -> Signature | None:
        found = self.callee(call, receiver)
        return found[0].signature(found[1]) if found else None

    def _unbound(self, call: ast.Call, snapshot: Snapshot, path: str) -> Iterator[str]:
        canonical = snapshot.canonical(path)
        api = self.target.api(snapshot)
        signature = snapshot.signature(path)
        if canonical is None and not load_table().is_attribute(api, path):
            yield "does not exist"
        if signature is not None:
            accepted = load_table().accepts(api, canonical or path)
            yield from misfits(call, signature, accepted)
