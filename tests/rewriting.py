"""Edits named by the text that they are made on."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from kmigrate.model import (
    Edit,
    EditCall,
    EditImport,
    FillTemplate,
    ImportedName,
    InsertLine,
    RemoveLine,
    Respell,
    Span,
)
from kmigrate.rewrite import apply
from kmigrate.text import SourceText

EditOf = Callable[[SourceText], Edit]


def at(source: SourceText, part: str, nth: int = 0) -> Span:
    """The span of the nth `part`; `f(...)` stands for the whole call of `f`."""
    if part.endswith("(...)"):
        return _calls(source, part.removesuffix("(...)"))[nth]
    start = -1
    for _ in range(nth + 1):
        start = source.text.index(part, start + 1)
    return Span(*_position(source, start), *_position(source, start + len(part)))


def respell(part: str, text: str, nth: int = 0) -> EditOf:
    return lambda source: Respell(at(source, part, nth), text)


def call(part: str, nth: int = 0, **changes: Any) -> EditOf:
    return lambda source: EditCall(at(source, part, nth), **changes)


def fill(
    part: str,
    template: str,
    *,
    nth: int = 0,
    rest: tuple[int, ...] = (),
    rename: tuple[tuple[int, str], ...] = (),
    **captures: int | str,
) -> EditOf:
    captured = {name.rstrip("_"): capture for name, capture in captures.items()}
    return lambda source: FillTemplate(
        at(source, part, nth), template, tuple(captured.items()), rest, rename
    )


def imports(
    part: str, *names: str | None, module: str | None = None, after: tuple[str, ...] = ()
) -> EditOf:
    """Names as they stand in an import: `a as b`; None removes one."""
    entries = tuple(None if name is None else _imported(name) for name in names)
    return lambda source: EditImport(_statement(source, part), module, entries, after)


def insert(line: int, text: str) -> EditOf:
    return lambda _: InsertLine(line, text)


def remove(line: int) -> EditOf:
    return lambda _: RemoveLine(line)


def applied(text: str, *edits: EditOf) -> str:
    source = SourceText(text)
    after = apply(source, [edit(source) for edit in edits])
    ast.parse(after)
    return after


def unchanged(text: str, *edits: EditOf) -> str:
    """What the twins of the edits, which name the same places and no change, make of the text."""
    source = SourceText(text)
    twins: list[Edit] = []
    for edit in (make(source) for make in edits):
        if isinstance(edit, EditCall):
            twins.append(EditCall(edit.span))
        elif isinstance(edit, EditImport):
            twins.append(EditImport(edit.span))
        elif isinstance(edit, Respell):
            twins.append(Respell(edit.span, source.slice(edit.span)))
    return apply(source, twins)


def _imported(name: str) -> ImportedName:
    path, _, asname = name.partition(" as ")
    return ImportedName(path, asname or None)


def _calls(source: SourceText, callee: str) -> list[Span]:
    found = [
        source.span(node)
        for node in ast.walk(ast.parse(source.text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == callee
    ]
    assert found, f"no call of {callee}"
    return sorted(found)


def _statement(source: SourceText, part: str) -> Span:
    line, column = _position(source, source.text.index(part))
    for node in ast.walk(ast.parse(source.text)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            span = source.span(node)
            if (span.line, span.column) == (line, column):
                return span
    raise AssertionError(f"no import at {part}")


def _position(source: SourceText, offset: int) -> tuple[int, int]:
    line = 1
    while line < len(source.lines) and source.offset(line + 1, 0) <= offset:
        line += 1
    return line, offset - source.offset(line, 0)
