"""The compiled table: rows in the order of the files, built only for the names that are asked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import overload

from kmigrate.rulebook.build import assemble, build_row
from kmigrate.rulebook.rows import (
    AcceptsRow,
    ArgumentRow,
    AttributesRow,
    BesideRow,
    FlagRow,
    ModuleRow,
    NamelessRow,
    ReturnsRow,
    RewriteRow,
    Row,
    Rows,
    SymbolRow,
)

# The rows of methods that are trusted by name alone: whoever asks knows no path.
BY_METHOD = "?"
# Those that hold for some versions alone: who asks wants to know which versions matter.
DATED = "@"
# Methods that the library calls and a person's class may define.
HOOKS = "!"
# Rows on literals that are looked up as keys: whoever asks has the literal alone.
KEYS = "#"
# What shims give: who asks writes for two Kerases.
BESIDE = "&"
# What is done to symbolic tensors, whatever the name that it is written by.
SYMBOLIC = "~"
_EVERY = "*"


class Lines(Sequence[Row]):
    """Rows as lines of JSON, `["flag", {...}]`, each built when it is first asked for."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = texts
        self._built: dict[int, Row] = {}

    def __len__(self) -> int:
        return len(self.texts)

    @overload
    def __getitem__(self, number: int) -> Row: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Row]: ...
    def __getitem__(self, number: int | slice) -> Row | Sequence[Row]:
        if isinstance(number, slice):
            return Lines(self.texts[number])
        if number not in self._built:
            self._built[number] = build_row(*json.loads(self.texts[number]))
        return self._built[number]


class Shelf:
    """Rows in the order of the table, and the numbers of those that stand under each mark."""

    def __init__(
        self, rows: Sequence[Row], marks: Mapping[str, Sequence[int]] | None = None
    ) -> None:
        self._rows = rows
        self.marks = _marks(rows) if marks is None else marks

    @cached_property
    def rows(self) -> Rows:
        """All of them."""
        return assemble(self._rows)

    def under(self, mark: str) -> Rows:
        """Those that speak of a name with the mark, or are called by one."""
        wider = (mark, f"{mark.partition('.')[0]}.{_EVERY}", _EVERY)
        numbers = {number for one in wider for number in self.marks.get(one, ())}
        return assemble(self._rows[number] for number in sorted(numbers))


@cache
def mark(name: str) -> str:
    """`layers.core` of `layers.core.Dense`; `layers.*` of `layers.*` and `layers.Conv*`; `*`."""
    parts = name.partition("(")[0].strip().split(".")[:2]
    if parts[-1].endswith(_EVERY):
        parts[-1] = _EVERY
    return ".".join(parts)


def _marks(rows: Sequence[Row]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        for one in {mark(name) for name in _names(row)}:
            found.setdefault(one, []).append(number)
        for one in _apart(row):
            found.setdefault(one, []).append(number)
    return found


def _apart(row: Row) -> Iterator[str]:
    if getattr(row, "unproven", "") or getattr(row, "after", ""):
        yield BY_METHOD
    if getattr(row, "since", {}) or getattr(row, "until", {}):
        yield DATED
    if getattr(row, "hook", False):
        yield HOOKS
    if getattr(row, "symbolic", False):
        yield SYMBOLIC
    if getattr(row, "keys", ()) or getattr(row, "tuples", False) or _is_on_instances(row):
        yield KEYS
    if isinstance(row, BesideRow):
        yield BESIDE


def _is_on_instances(row: Row) -> bool:
    """Does it speak of what instances are given that are called themselves?"""
    return isinstance(row, ArgumentRow) and row.on[0].endswith(".__call__")


def _names(row: Row) -> Iterator[str]:
    """What the row is called, and every path or pattern by which it is found."""
    if not isinstance(row, NamelessRow):
        yield row.id
    match row:
        case SymbolRow():
            yield from (name for names in row.names.values() for name in names)
        case RewriteRow():
            yield from (row.call, *row.also)
        case ArgumentRow() | AcceptsRow() | AttributesRow():
            yield from row.on
        case FlagRow() | ReturnsRow():
            yield from row.symbols
        case ModuleRow():
            yield row.path
