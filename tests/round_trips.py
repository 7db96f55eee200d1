"""Expressions that go from one API to another and back, and why some cannot come back as they were."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from programs import run

from kmigrate.api import Signature, Snapshot, load
from kmigrate.atlas import atlas
from kmigrate.dialects import locate, qualified
from kmigrate.match.calls import bind
from kmigrate.model import SURFACES, Finding, Outcome, Result
from kmigrate.rulebook.rows import ArgumentRow, SymbolRow
from kmigrate.rulebook.table import argument_in, load_table, names_in

LEFT = (Outcome.FLAGGED, Outcome.UNRESOLVED)


@dataclass(frozen=True)
class Side:
    """A surface at one version, as the options name it."""

    surface: str
    version: str

    @property
    def snapshot(self) -> Snapshot:
        return load(SURFACES[self.surface].dialect, self.version)

    @property
    def dialect(self) -> str:
        return SURFACES[self.surface].dialect

    @property
    def source(self) -> str:
        """The sources to name: what only tf.keras kept of Keras 3 is written so beside `keras`."""
        if self.surface == "keras@3":
            return "keras@3,tf.keras@3"
        return self.surface if self.surface.endswith("3") else f"{self.dialect}@{self.version}"

    def reached(self, text: str, source: str) -> Result:
        if self.dialect == "keras":
            return run(text, source=source, to=self.surface, keras_version=self.version)
        return run(text, source=source, to=self.surface, tf_version=self.version)


@dataclass
class Trip:
    """One expression before, there and back, by its names in each API; and who spoke on the way."""

    before: ast.expr
    there: ast.expr
    back: ast.expr
    findings: tuple[Finding, ...]
    names: tuple[Names, Names, Names]

    @cached_property
    def start(self) -> str:
        return self.names[0].told(self.before)

    @cached_property
    def middle(self) -> str:
        return self.names[1].told(self.there)

    @cached_property
    def end(self) -> str:
        return self.names[2].told(self.back)

    @property
    def is_longer(self) -> bool:
        """Does more come back than was sent, all of it defaults that rows write out?"""
        rows = [load_table().by_id(rule) for one in self.findings for rule in one.rules]
        written = {hub for row in rows if isinstance(row, SymbolRow) for hub in row.explicit}
        more = set(_keywords(self.back)) - set(_keywords(self.before))
        return bool(more) and more <= written

    @property
    def reason(self) -> str:
        """Why no rule claims to be invertible here; "" where all of them do."""
        if any(one.outcome in LEFT for one in self.findings):
            return "flagged on the way there or back"
        if any(one.template or _is_one_way(rule) for one in self.findings for rule in one.rules):
            return "a template, or an argument that no row brings back, which has no inverse"
        if self.names[0].is_second(self.before) or self.names[1].is_second(self.there):
            return "one of several names, of which the first is written"
        if self.names[0].is_another(self.before, self.names[1].place(self.there)[1]):
            return "its name there is that of another thing here"
        if any(self.names[1].lacks(self.there, name) for name in _keywords(self.back)):
            return "a default for which the other side has no argument"
        if self.end.startswith("tensorflow:") and not self.start.startswith("tensorflow:"):
            return "an operator, which comes back as raw TensorFlow"
        if self.is_longer:
            return "a default that differs, which is written out on the way and stays"
        if self.names[0].is_shim(self.before):
            return "what tf.keras alone keeps, to which nothing comes back"
        if self.middle.startswith("tf.keras:") and self.names[1].is_beside("tf.keras"):
            return "what tf.keras alone keeps, which stands beside keras"
        return ""


def _keywords(node: ast.expr) -> list[str]:
    """The arguments that are written out on the way back with a value of their own."""
    given = node.keywords if isinstance(node, ast.Call) else []
    return [one.arg for one in given if one.arg and isinstance(one.value, ast.Constant)]


def _is_one_way(rule: str) -> bool:
    """Does the row compute something, or rename what no row from its targets names back?"""
    row = load_table().by_id(rule)
    if not isinstance(row, ArgumentRow):
        return False
    is_back = any(
        (one.argument, one.rename) == (row.rename, row.argument)
        and set(one.sources) & set(row.targets)
        and set(one.dialects) == set(row.dialects) == set()
        for one in load_table().rows.arguments
    )
    return bool(row.value) or not row.rename or not is_back


class Names:
    """What the names of a text stand for in a snapshot: canonical paths and bound arguments."""

    def __init__(self, tree: ast.Module, side: Side) -> None:
        self._side = side
        self._snapshot = side.snapshot
        self._imported: dict[str, str] = {}
        for node in tree.body:
            for name in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
                head = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                full = head + name.name
                self._imported[name.asname or full.rpartition(".")[2]] = full

    def told(self, node: ast.expr) -> str:
        """The expression, the same for every spelling of it."""
        if not isinstance(node, ast.Call):
            return ":".join(self.place(node))
        dialect, path = self.place(node)
        signature = self._snapshot.signature(path) if dialect == self._side.dialect else None
        given = _given(node, signature) if signature else [ast.unparse(node)]
        return f"{dialect}:{path}({', '.join(given)})"

    def is_beside(self, dialect: str) -> bool:
        """Is the dialect another one than that of the side?"""
        return dialect != self._side.dialect

    def is_shim(self, node: ast.expr) -> bool:
        """Does only tf.keras of Keras 3 have it, and not the package `keras`?"""
        is_there = atlas(SURFACES["keras@3"]).has(self.place(node)[1])
        return self._side.surface == "tf.keras@3" and not is_there

    def is_another(self, node: ast.expr, path: str) -> bool:
        """Is `path`, of the other side, the name of another thing on this one?"""
        canonical = self._snapshot.canonical(path)
        return canonical is not None and canonical != self.place(node)[1]

    def lacks(self, node: ast.expr, name: str) -> bool:
        """Has what is called here no argument `name`?"""
        signature = self._snapshot.signature(self.place(node)[1])
        return signature is not None and signature.find(name) is None

    def is_second(self, node: ast.expr) -> bool:
        """Does a row have the name behind another one, as the same thing?"""
        _, path = self.place(node)
        api = SURFACES[self._side.surface].api
        row = load_table().symbol_row(api, path)
        return row is not None and path in names_in(row, api)[1:]

    def place(self, node: ast.expr) -> tuple[str, str]:
        """The dialect and the canonical path of a name, or of what a call calls."""
        named = node.func if isinstance(node, ast.Call) else node
        head, dot, tail = ast.unparse(named).partition(".")
        located = locate(self._imported.get(head, head) + dot + tail)
        if located is None:
            return "", ast.unparse(named)
        dialect, path = located
        if dialect == self._side.dialect:
            return dialect, self._snapshot.canonical(path) or path
        return ("tensorflow" if dialect == "tf" else dialect), path


def _given(call: ast.Call, signature: Signature) -> list[str]:
    """The arguments by name, without those that say what is the default."""
    bound = bind(call, signature)
    texts = {name: ast.unparse(argument.value) for name, argument in bound.given().items()}
    defaults = {one.name: one.default for one in signature.parameters}
    return sorted(f"{name}={text}" for name, text in texts.items() if defaults.get(name) != text)


def travel(one: Side, other: Side, expressions: Iterable[str]) -> list[Trip]:
    """Each expression from the one side to the other and back."""
    root = qualified(one.dialect, "").partition(".")[0]
    text = f"import {root}\n" + "".join(f"x = {line}\n" for line in expressions)
    there = other.reached(text, one.source)
    assert there.after is not None, there.error
    back = one.reached(there.after, other.source)
    assert back.after is not None, back.error
    texts = [ast.parse(found) for found in (text, there.after, back.after)]
    names = Names(texts[0], one), Names(texts[1], other), Names(texts[2], one)
    return [
        Trip(first.value, second.value, third.value, findings, names)
        for (first, second, third), findings in zip(
            _assigned(texts), _spoken(there, back, texts), strict=True
        )
    ]


def _assigned(trees: Iterable[ast.Module]) -> Iterator[tuple[ast.Assign, ast.Assign, ast.Assign]]:
    found = [[node for node in tree.body if isinstance(node, ast.Assign)] for tree in trees]
    yield from zip(*found, strict=True)


def _spoken(there: Result, back: Result, trees: list[ast.Module]) -> Iterator[tuple[Finding, ...]]:
    for before, after, _ in _assigned(trees):
        yield (
            *(one for one in there.findings if one.span.line == before.lineno),
            *(one for one in back.findings if one.span.line == after.lineno),
        )


def merged(trips: Iterable[Trip]) -> set[str]:
    """What several different expressions of the one side become on the other."""
    pairs = {(trip.start, trip.middle) for trip in trips}
    return {middle for middle, number in Counter(m for _, m in pairs).items() if number > 1}


# --- the expressions of the table ---


def of_rows(side: Side) -> list[str]:
    """Every name, argument and value that a symbol row maps, and every renamed argument."""
    table, api = load_table(), SURFACES[side.surface].api
    found = [
        line
        for row in table.rows.symbols
        if not row.sources or api in row.sources
        for line in _of_symbol(row, side, api)
    ]
    for row in table.rows.arguments:
        for path in row.on if row.rename and not row.value and api in row.sources else ():
            found += _call(side, path, row.argument, "value")
    return list(dict.fromkeys(found))


def _of_symbol(row: SymbolRow, side: Side, api: str) -> Iterator[str]:
    for path in names_in(row, api):
        if side.snapshot.kind(path) not in ("class", "function"):
            continue
        yield qualified(side.dialect, path)
        for hub in row.args:
            yield from _call(side, path, argument_in(row, hub, api), "value")
        for hub, values in row.values.items():
            for own, spelled in values.items():
                argument = argument_in(row, hub, api)
                yield from _call(side, path, argument, repr(spelled.get(api, own)))


def _call(side: Side, path: str, argument: str, value: str) -> Iterator[str]:
    """A call that gives what it must, and the argument, if the side takes that."""
    signature = side.snapshot.signature(path)
    if signature is not None and signature.find(argument) is not None:
        given = {one.name: f"a_{one.name}" for one in signature.parameters if one.is_required}
        texts = (f"{name}={text}" for name, text in {**given, argument: value}.items())
        yield f"{qualified(side.dialect, path)}({', '.join(texts)})"


def of_snapshot(side: Side) -> list[str]:
    """Every public class and function, and a call of it for every argument that it takes."""
    found = []
    for path in sorted({side.snapshot.canonical(name) or name for name in side.snapshot.names()}):
        if side.snapshot.kind(path) in ("class", "function"):
            found.append(qualified(side.dialect, path))
            signature = side.snapshot.signature(path)
            for one in signature.parameters if signature else ():
                found += _call(side, path, one.name, f"a_{one.name}")
    return found
