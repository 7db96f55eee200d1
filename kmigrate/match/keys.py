"""Literals that are looked up as keys where a call says what they are called: `logs["acc"]`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.flows import Flows, lookups
from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.model import Edit, Finding, Outcome, Respell
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan import Scan
from kmigrate.text import SourceText

BOTH = "it is such a key, and something else too"


class Keys:
    """Decides where literals are looked up; fills `findings` and `edits`."""

    def __init__(self, found: Scan, source: SourceText, court: Court, filters: Filter) -> None:
        self._found, self._source, self._court = found, source, court
        self._filters, self._said = filters, court.said
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def decide(self) -> None:
        """Decide all literals of the file that a row renames."""
        rows = {
            _old(row): (dialect, row)
            for dialect, row in self._rows()
            if not self._said.silences(row) and _old(row) in self._source.text
        }
        nodes = list(ast.walk(self._found.walked.module.node)) if rows else []
        stored = dict(_stored(nodes))
        made = set(_made(nodes))
        rows = {
            old: (dialect, row)
            for old, (dialect, row) in rows.items()
            if not made & {(name, old) for name in _holders(row, nodes)}
        }
        self._flow(rows, nodes)
        for literal, holder in _looked_up(nodes):
            for dialect, row in filter(None, (rows.get(str(literal.value)),)):
                value = stored.get(literal)
                if _is_stored(row) and value is None:
                    continue
                if _holders(row, nodes) & _names(holder):
                    is_changed = self._emit(literal, dialect, row, re.escape(_old(row)))
                    if is_changed and value is not None and _is_stored(row):
                        self._store(value, row)
        filled = dict(_filled(nodes))
        for dialect, row in (one for one in rows.values() if not _is_stored(one[1])):
            field = rf"(?<={{){_old(row)}(?=[:}}])"
            constants = (node for node in nodes if isinstance(node, ast.Constant))
            for node in constants if self._is_used(row) else ():
                is_field = re.search(field, str(node.value))
                if is_field and _old(row) not in filled.get(node, ()):
                    self._emit(node, dialect, row, field)

    def _flow(self, rows: Mapping[str, tuple[str, ArgumentRow]], nodes: list[ast.AST]) -> None:
        """Decide the texts that become keys by way of a name, or with the name of an output."""
        flows = Flows(self._found.walked.module.node) if rows else None
        done: set[ast.Constant] = set()
        for key, holder in lookups(nodes) if flows is not None else ():
            for literal in flows.into(key) if flows is not None else ():
                old = next((one for one in rows if self._is_key(literal, one, key)), "")
                dialect, row = rows.get(old, ("", None))
                if row is None or _is_stored(row) or literal in done:
                    continue
                if not _holders(row, nodes) & _names(holder):
                    continue
                done.add(literal)
                is_far = flows is not None and literal not in ast.walk(key)
                if flows is not None and is_far and flows.is_used_otherwise(key, holder):
                    self._tell(literal, dialect, row)
                else:
                    self._emit(literal, dialect, row, rf"(?<![^\W_]){re.escape(old)}(?=[\"'])")

    def _is_key(self, literal: ast.Constant, old: str, key: ast.expr) -> bool:
        """Is it the key by way of a name, or that of an output which a layer has the name of?"""
        text = str(literal.value)
        output = text.removeprefix("val_").removesuffix(f"_{old}")
        if text == old:
            return literal is not key
        if not text.endswith(f"_{old}") or old.startswith("val_"):
            return False
        if literal is not key:
            return output in ("", "%s", "{}")
        return self._said.says("name", output)

    def _tell(self, literal: ast.Constant, dialect: str, row: ArgumentRow) -> None:
        """Flag a text that is a key, and something else too."""
        symbol, span = qualified(dialect, row.on[0]), self._source.span(literal)
        finding = finding_of(
            self._source, span, symbol, Action().flagged(row.id, f"{BOTH}: {row.note}")
        )
        self.findings.append(replace(finding, ignored=self._filters.ignores(finding)))

    def _is_used(self, row: ArgumentRow) -> bool:
        """Does the file use a callee of the row? A text of it may be a format of such keys."""
        names = {name for use in self._found.uses for name in use.names}
        return any(located[1] in row.on for name in names if (located := locate(name)))

    def _rows(self) -> Iterator[tuple[str, ArgumentRow]]:
        """The rows that hold for a Keras that the file uses."""
        for dialect in dialects_of(self._found):
            for judge in self._court.judges(dialect):
                keyed = judge.table.keyed(judge.source.api, judge.target.api)
                rows = [row for row in keyed if row.keys and not row.default]
                new = {_new(row) for row in rows if _old(row) in row.unless.values()}
                for row in rows:
                    is_said = any(self._said.says(name, one) for name in row.unless for one in new)
                    is_own = not row.dialects or dialect in row.dialects
                    if judge.dates.holds(row) and (is_own or is_said):
                        yield dialect, row

    def _store(self, value: ast.expr, row: ArgumentRow) -> None:
        """What is stored under the new key."""
        span = self._source.span(value)
        text = self._source.slice(span)
        is_primary = isinstance(value, ast.Name | ast.Attribute | ast.Call | ast.Subscript)
        text = text if is_primary else f"({text})"
        self.edits.append(Respell(span, row.value.replace("{value}", text)))

    def _emit(self, literal: ast.Constant, dialect: str, row: ArgumentRow, old: str) -> bool:
        """Whether the literal is changed."""
        span = self._source.span(literal)
        text = self._source.slice(span)
        after = re.sub(old, _new(row), text)
        if not isinstance(literal.value, str) or ast.literal_eval(text) != literal.value:
            return False  # a part of an f-string has no place of its own
        symbol = qualified(dialect, row.on[0])
        action = Action(symbol).but(Outcome.REVIEW, row.id, row.note)
        finding = finding_of(self._source, span, symbol, action)
        ignored = self._filters.ignores(finding)
        is_left = ignored or self._filters.safe_only
        if not is_left:
            self.edits.append(Respell(span, after))
        self.findings.append(replace(finding, ignored=ignored, after="" if is_left else after))
        return not is_left


def dialects_of(found: Scan) -> list[str]:
    """The dialects that a file imports or uses."""
    imported = [one.imported for part in found.imports for one in part.bindings]
    names = [*imported, *(name for use in found.uses for name in use.names)]
    return sorted({located[0] for name in names if (located := locate(name))})


def _old(row: ArgumentRow) -> str:
    return str(row.when.equals.get(row.argument, row.argument))


def _new(row: ArgumentRow) -> str:
    return row.rename if _is_stored(row) else str(ast.literal_eval(row.value))


def _is_stored(row: ArgumentRow) -> bool:
    """Is the key the argument itself, and `value` what is stored under it?"""
    return row.argument not in row.when.equals


def _holders(row: ArgumentRow, nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names that hold such keys: what is assigned one of them does, too."""
    assigned = (
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and _names(_copied(node.value)) & set(row.keys)
        for target in node.targets
        if isinstance(target, ast.Name)
    )
    return frozenset((*row.keys, *assigned))


def _copied(value: ast.expr) -> ast.expr:
    """What another is made of alone, as `DataFrame(h.history)` is."""
    match value:
        case ast.Call(args=[ast.Attribute(attr="history") as copied], keywords=[]):
            return copied
    return value


def _names(holder: ast.expr) -> frozenset[str]:
    holder = holder.func if isinstance(holder, ast.Call) else holder
    if isinstance(holder, ast.Attribute):
        return frozenset((holder.attr,))
    return frozenset((holder.id,)) if isinstance(holder, ast.Name) else frozenset()


def _texts(display: ast.Dict) -> Iterator[ast.Constant]:
    """The keys of a dictionary that are texts."""
    for key in display.keys:
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key


def _made(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Each name that the file gives a dictionary of its own, with its keys."""
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=ast.Dict() as display):
                names = (name for target in targets for name in _names(target))
                yield from ((name, str(key.value)) for name in names for key in _texts(display))


def _filled(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, set[str | None]]]:
    """Each text that the file fills in itself, with the fields given: `"{lr}".format(lr=1)`."""
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Constant() as text, attr="format")):
                yield text, {one.arg for one in node.keywords}


def _stored(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, ast.expr]]:
    """Each text that is a key under which something is stored, with that."""
    for node in nodes:
        match node:
            case ast.Assign(
                targets=[ast.Subscript(slice=ast.Constant(value=str()) as literal)], value=value
            ):
                yield literal, value


def _looked_up(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.Constant, ast.expr]]:
    """Each text that is a key, with what it is looked up in."""
    for node in nodes:
        match node:
            case ast.Subscript(value=holder, slice=ast.Constant(value=str()) as literal):
                yield literal, holder
            case ast.Call(
                func=ast.Attribute(value=holder, attr="get" | "setdefault" | "pop"),
                args=[ast.Constant(value=str()) as literal, *_],
            ):
                yield literal, holder
            case ast.Call(
                func=ast.Attribute(value=holder, attr="update"), args=[ast.Dict() as given]
            ):
                yield from ((key, holder) for key in _texts(given))
            case ast.Compare(
                left=ast.Constant(value=str()) as literal,
                ops=[ast.In() | ast.NotIn()],
                comparators=[holder],
            ):
                yield literal, holder
