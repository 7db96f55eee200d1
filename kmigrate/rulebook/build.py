"""Plain rows, as `parse` leaves them and the cache keeps them, as the dataclasses of `rows`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kmigrate.rulebook.rows import (
    AcceptsRow,
    ArgumentRow,
    Case,
    FlagRow,
    ModuleRow,
    ReturnsRow,
    RewriteRow,
    Rows,
    SymbolRow,
    When,
)

Plain = dict[str, Any]


def build(tables: Mapping[str, Sequence[Plain]]) -> Rows:
    """The rows of all tables."""
    return Rows(
        symbols=tuple(map(_symbol, tables.get("symbol", ()))),
        rewrites=tuple(map(_rewrite, tables.get("rewrite", ()))),
        arguments=tuple(map(_argument, tables.get("argument", ()))),
        flags=tuple(map(_flag, tables.get("flag", ()))),
        accepts=tuple(map(_accepts, tables.get("accepts", ()))),
        modules=tuple(ModuleRow(**row) for row in tables.get("module", ())),
        returns=tuple(map(_returns, tables.get("returns", ()))),
    )


def _tuples(table: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in table.items()}


def _symbol(row: Plain) -> SymbolRow:
    return SymbolRow(
        id=row["id"],
        names=_tuples(row["names"]),
        why=row["why"],
        args=row.get("args", {}),
        values=row.get("values", {}),
        explicit=tuple(row.get("explicit", ())),
        ignore_defaults=tuple(row.get("ignore_defaults", ())),
        unproven=row.get("unproven", ""),
        note=row.get("note", ""),
        samples=_tuples(row.get("samples", {})),
        sources=tuple(row.get("from", ())),
        defaults=row.get("defaults", {}),
        note_to=tuple(row.get("note_to", ())),
    )


_ALWAYS = When()


def _when(row: Plain) -> When:
    if not row:
        return _ALWAYS
    return When(
        absent=tuple(row.get("absent", ())),
        present=tuple(row.get("present", ())),
        literal=tuple(row.get("literal", ())),
        equals=row.get("equals", {}),
        differs=row.get("differs", {}),
        other_suffix=_tuples(row.get("other_suffix", {})),
        positional=tuple(row.get("positional", ())),
        computed=tuple(row.get("computed", ())),
        scalar=tuple(row.get("scalar", ())),
        within=tuple(row.get("within", ())),
        contains=row.get("contains", {}),
        followed=row.get("followed", ""),
        fractional=tuple(row.get("fractional", ())),
    )


def _case(row: Plain) -> Case:
    return Case(
        to=row.get("to", {}),
        when=_when(row.get("when", {})),
        unchanged=row.get("unchanged", False),
        flag=row.get("flag", ""),
        note=row.get("note", ""),
        compared=row.get("compared", {}),
    )


def _rewrite(row: Plain) -> RewriteRow:
    return RewriteRow(
        id=row["id"],
        sources=tuple(row["from"]),
        call=row["call"],
        cases=tuple(map(_case, row["cases"])),
        why=row["why"],
        method=row.get("method", False),
        also=tuple(row.get("also", ())),
        unproven=row.get("unproven", ""),
        note=row.get("note", ""),
        samples=_tuples(row.get("samples", {})),
        unrun=row.get("unrun", ""),
    )


def _argument(row: Plain) -> ArgumentRow:
    return ArgumentRow(
        id=row["id"],
        sources=tuple(row["from"]),
        targets=tuple(row["to"]),
        on=tuple(row["on"]),
        argument=row["argument"],
        why=row["why"],
        drop=row.get("drop", False),
        rename=row.get("rename", ""),
        value=row.get("value", ""),
        flag=row.get("flag", ""),
        when=_when(row.get("when", {})),
        unproven=row.get("unproven", ""),
        note=row.get("note", ""),
        dialects=tuple(row.get("dialects", ())),
    )


def _flag(row: Plain) -> FlagRow:
    return FlagRow(
        id=row["id"],
        sources=tuple(row["from"]),
        targets=tuple(row["to"]),
        symbols=tuple(row["symbols"]),
        message=row["message"],
        why=row["why"],
        unproven=row.get("unproven", ""),
        if_missing=row.get("if_missing", False),
        calls=row.get("calls", False),
        after=row.get("after", ""),
        when=_when(row.get("when", {})),
        dialects=tuple(row.get("dialects", ())),
    )


def _returns(row: Plain) -> ReturnsRow:
    return ReturnsRow(tuple(row["symbols"]), row["class"], row["why"])


def _accepts(row: Plain) -> AcceptsRow:
    return AcceptsRow(row["api"], tuple(row["on"]), tuple(row["keywords"]), row["why"])
