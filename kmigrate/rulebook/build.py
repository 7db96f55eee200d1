"""Plain rows, as `parse` leaves them and the cache keeps them, as the dataclasses of `rows`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kmigrate.rulebook.rows import (
    AcceptsRow,
    ArgumentRow,
    AttributesRow,
    BesideRow,
    Case,
    FlagRow,
    ModuleRow,
    ReturnsRow,
    RewriteRow,
    Row,
    Rows,
    SymbolRow,
    When,
)

Plain = dict[str, Any]


def _tuples(table: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in table.items()}


def _versions(row: Plain) -> dict[str, Mapping[str, str]]:
    return {name: row[name] for name in ("since", "until") if name in row}


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
        hook=row.get("hook", False),
        **_versions(row),
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
        made_by=_tuples(row.get("made_by", {})),
        function=tuple(row.get("function", ())),
        plain=tuple(row.get("plain", ())),
        beside=tuple(row.get("beside", ())),
        numbers=tuple(row.get("numbers", ())),
        lists=tuple(row.get("lists", ())),
        quotient=tuple(row.get("quotient", ())),
        hidden_end=tuple(row.get("hidden_end", ())),
        again=tuple(row.get("again", ())),
        several=tuple(row.get("several", ())),
        single=tuple(row.get("single", ())),
        no_dict=_tuples(row.get("no_dict", {})),
        flat=tuple(row.get("flat", ())),
        inside=tuple(row.get("inside", ())),
        alone=tuple(row.get("alone", ())),
    )


def _case(row: Plain) -> Case:
    return Case(
        to=row.get("to", {}),
        when=_when(row.get("when", {})),
        unchanged=row.get("unchanged", False),
        flag=row.get("flag", ""),
        note=row.get("note", ""),
        compared=row.get("compared", {}),
        rebinds=row.get("rebinds", False),
        heads=row.get("heads", False),
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
        **_versions(row),
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
        if_missing=row.get("if_missing", False),
        default=row.get("default", ""),
        suffix=row.get("suffix", ""),
        follows=tuple(row.get("follows", ())),
        readers=tuple(row.get("readers", ())),
        folder=row.get("folder", ""),
        placed=tuple(row.get("placed", ())),
        becomes=row.get("becomes", ""),
        above=row.get("above", ""),
        called=row.get("called", ""),
        unless=row.get("unless", {}),
        beside=row.get("beside", {}),
        keys=tuple(row.get("keys", ())),
        literals=row.get("literals", {}),
        tuples=row.get("tuples", False),
        **_versions(row),
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
        hook=row.get("hook", False),
        calls=row.get("calls", False),
        after=row.get("after", ""),
        when=_when(row.get("when", {})),
        dialects=tuple(row.get("dialects", ())),
        shim=row.get("shim", False),
        passed=row.get("passed", False),
        around=tuple(row.get("around", ())),
        symbolic=row.get("symbolic", False),
        minor=row.get("minor", False),
        beside=tuple(row.get("beside", ())),
        unless=tuple(row.get("unless", ())),
        instead=row.get("instead", ""),
        **_versions(row),
    )


def _returns(row: Plain) -> ReturnsRow:
    return ReturnsRow(tuple(row["symbols"]), row["class"], row["why"])


def _accepts(row: Plain) -> AcceptsRow:
    return AcceptsRow(row["api"], tuple(row["on"]), tuple(row["keywords"]), row["why"])


def _attributes(row: Plain) -> AttributesRow:
    return AttributesRow(row["api"], tuple(row["on"]), tuple(row["names"]), row["why"])


def _module(row: Plain) -> ModuleRow:
    return ModuleRow(**row)


def _beside(row: Plain) -> BesideRow:
    return BesideRow(**row)


_BUILDERS: Mapping[str, Callable[[Plain], Row]] = {
    "symbol": _symbol,
    "rewrite": _rewrite,
    "argument": _argument,
    "flag": _flag,
    "accepts": _accepts,
    "module": _module,
    "returns": _returns,
    "attributes": _attributes,
    "beside": _beside,
}


def build_row(table: str, row: Plain) -> Row:
    """The row of a table."""
    return _BUILDERS[table](row)


def assemble(rows: Iterable[Row]) -> Rows:
    """Rows of any tables, in their order, as one table."""
    found: dict[type[Row], list[Any]] = {}
    for row in rows:
        found.setdefault(type(row), []).append(row)
    return Rows(
        symbols=tuple(found.get(SymbolRow, ())),
        rewrites=tuple(found.get(RewriteRow, ())),
        arguments=tuple(found.get(ArgumentRow, ())),
        flags=tuple(found.get(FlagRow, ())),
        accepts=tuple(found.get(AcceptsRow, ())),
        modules=tuple(found.get(ModuleRow, ())),
        returns=tuple(found.get(ReturnsRow, ())),
        attributes=tuple(found.get(AttributesRow, ())),
        beside=tuple(found.get(BesideRow, ())),
    )
