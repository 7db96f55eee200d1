"""Rows that contradict each other: two on one part of a place, or one that undoes another."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, product

from kmigrate.dialects import DIALECTS, locate
from kmigrate.rulebook.census import has
from kmigrate.rulebook.checks import APIS
from kmigrate.rulebook.eras import never_together
from kmigrate.rulebook.facts import covers
from kmigrate.rulebook.rows import (
    ArgumentRow,
    Literal,
    Literals,
    RewriteRow,
    SymbolRow,
    When,
    one_of,
)
from kmigrate.rulebook.table import Table, call_path, names_in
from kmigrate.rulebook.templates import names_of


def violations(table: Table) -> Iterator[str]:
    """Every contradiction as `rule: what is wrong`."""
    yield from _one_name_two_rows(table)
    for row in table.rows.rewrites:
        yield from _beside_a_symbol(table, row)
        yield from _rewritten_again(table, row)
    for symbol in table.rows.symbols:
        yield from _renamed_again(table, symbol)
    for one, other in combinations(table.rows.arguments, 2):
        is_apart = exclusive(one.when, other.when) or never_together(one, other)
        if _overlap(one, other) and not is_apart:
            yield f"{one.id}: speaks on the same argument as {other.id}"
    for argument in table.rows.arguments:
        yield from _beside_a_mapping(table, argument)


def _one_name_two_rows(table: Table) -> Iterator[str]:
    owners: dict[tuple[str, str], list[SymbolRow]] = {}
    for api, row in product(APIS, table.rows.symbols):
        if row.sources and api not in row.sources:
            continue
        for name in row.names.get(api, ()):
            others = owners.setdefault((api, name), [])
            for owner in others:
                if owner is not row and not never_together(owner, row):
                    yield f"{row.id}: `{name}` in {api} belongs to {owner.id} too"
            others.append(row)


def _beside_a_symbol(table: Table, row: RewriteRow) -> Iterator[str]:
    targets = {api for case in row.cases for api in case.to}
    for source, path in product(row.sources, (call_path(row), *row.also)):
        symbol = table.symbol_row(source, path)
        for target in sorted(targets & symbol.names.keys()) if symbol else ():
            assert symbol is not None
            if has(target, symbol.names[target][0]):
                yield f"{row.id}: {symbol.id} says what `{path}` is in {target}"


def _rewritten_again(table: Table, row: RewriteRow) -> Iterator[str]:
    for case in row.cases:
        for target, text in case.to.items():
            for source, name in product(row.sources, names_of(text)):
                located = locate(name)
                if located is None or located[0] != "keras" or not source.startswith("keras"):
                    continue
                if located[1] != call_path(row) and _moves(table, source, target, located[1]):
                    yield f"{row.id}: writes `{name}`, which the table changes again"


def _moves(table: Table, source: str, target: str, path: str) -> bool:
    if not has(source, path):
        return False
    symbol = table.symbol_row(source, path)
    if symbol is not None and symbol.names.get(target, (path,))[0] != path:
        return True
    return any(target in case.to for row in table.rewrites(source, path) for case in row.cases)


def _renamed_again(table: Table, row: SymbolRow) -> Iterator[str]:
    for source, target in product(row.names, row.names):
        if source == target or (row.sources and source not in row.sources):
            continue
        name = row.names[target][0]
        other = table.symbol_row(source, name)
        if other is not None and other is not row and names_in(other, target)[0] != name:
            yield f"{row.id}: writes `{name}`, which {other.id} changes again"


# --- [[argument]] ---


def _overlap(one: ArgumentRow, other: ArgumentRow) -> bool:
    return (
        one.argument == other.argument
        and bool({*one.sources} & {*other.sources})
        and bool({*one.targets} & {*other.targets})
        and bool({*(one.dialects or DIALECTS)} & {*(other.dialects or DIALECTS)})
        and bool(one.default) is bool(other.default)  # where it is absent, or where it is given
        and _is_stored(one) is _is_stored(other)
        and any(_touch(*pair) for pair in product(one.on, other.on))
        and not (_is_of_others(one, other) or _is_of_others(other, one))
    )


def _is_of_others(one: ArgumentRow, other: ArgumentRow) -> bool:
    """Does a row speak of one literal that is none of those that the other renames?"""
    told = _typed(other.when.equals.get(other.argument, ()))
    return bool(told and one.literals) and not told & {(str, each) for each in one.literals}


def _is_stored(row: ArgumentRow) -> bool:
    """Is it about the argument's name as a key alone, and about no call?"""
    return bool(row.keys) and row.argument not in row.when.equals


def _touch(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one)


def exclusive(one: When, other: When) -> bool:
    """Whether no call can meet both conditions."""
    return _excludes(one, other) or _excludes(other, one)


def _excludes(one: When, other: When) -> bool:
    given = {
        *other.present,
        *other.literal,
        *other.equals,
        *other.differs,
        *other.other_suffix,
        *other.scalar,
        *other.made_by,
        *other.function,
        *other.plain,
        *other.numbers,
        *other.lists,
        *other.quotient,
        *other.again,
        *other.several,
        *other.flat,
        *other.single,
        *other.no_dict,
        *other.alone,
    }
    if set(one.absent) & given or set(one.literal) & {*other.computed, *other.again}:
        return True
    if set(one.equals) & set(other.again) or set(one.quotient) & set(other.made_by):
        return True
    if set(one.other_suffix) & set(other.made_by):  # a text that stands there, or a call
        return True
    if set(one.numbers) & set(other.lists) or set(one.alone) & {*other.numbers, *other.lists}:
        return True
    if set(one.single) & set(other.several):
        return True
    for name, literals in one.equals.items():
        told = _typed(literals)
        if name in other.equals and not told & _typed(other.equals[name]):
            return True
        if name in other.differs and told <= _typed(other.differs[name]):
            return True
    return False


def _typed(literals: Literals) -> set[tuple[type, Literal]]:
    """True is not 1."""
    return {(type(literal), literal) for literal in one_of(literals)}


def _beside_a_mapping(table: Table, row: ArgumentRow) -> Iterator[str]:
    """A row without a condition must not speak of what a `[[symbol]]` row renames."""
    if row.when != When():
        return
    for source, path in product(row.sources, row.on):
        symbol = table.symbol_row(source, path)
        for spelled in symbol.args.values() if symbol else ():
            if spelled.get(source) == row.argument and any(t in spelled for t in row.targets):
                yield f"{row.id}: {symbol.id if symbol else ''} maps `{row.argument}` already"
