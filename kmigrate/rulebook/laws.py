"""The laws of the table, checked against the snapshots: what a row says must be possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from kmigrate.rulebook import clashes, dated, templates
from kmigrate.rulebook.census import canonicals, has, signatures, snapshots, takes
from kmigrate.rulebook.checks import APIS
from kmigrate.rulebook.rows import (
    ArgumentRow,
    Case,
    FlagRow,
    NamedRow,
    RewriteRow,
    Rows,
    SymbolRow,
    When,
)
from kmigrate.rulebook.table import Table, argument_in, call_path, names_in

_SOURCES = ("https://", "keras/", "tensorflow/")


def violations(rows: Rows) -> list[str]:
    """Every broken law as `rule: what is wrong`; empty for a lawful table."""
    table = Table(rows)
    found = [
        *_ids(rows),
        *_reasons(rows),
        *(text for row in rows.symbols for text in _symbol(table, row)),
        *(text for row in rows.rewrites for text in _rewrite(table, row)),
        *(text for row in rows.arguments for text in _argument(table, row)),
        *(text for row in rows.flags for text in _flag(table, row)),
        *_modules(rows),
        *_accepts(rows),
        *_beside(rows),
        *_attributes(rows),
        *clashes.violations(table),
        *dated.violations(rows),
    ]
    return list(dict.fromkeys(found))


def _named(rows: Rows) -> tuple[NamedRow, ...]:
    return (*rows.symbols, *rows.rewrites, *rows.arguments, *rows.flags, *rows.modules)


def _ids(rows: Rows) -> Iterator[str]:
    for rule, count in Counter(row.id for row in _named(rows)).items():
        if count > 1:
            yield f"{rule}: {count} rows have this id"


def _reasons(rows: Rows) -> Iterator[str]:
    for row in _named(rows):
        if not row.why.startswith(_SOURCES) or "TBA" in row.why:
            yield f"{row.id}: `why` is no source: {row.why!r}"


def _paths(rule: str, apis: Iterable[str], paths: Iterable[str]) -> Iterator[str]:
    """Each path exists in one of the APIs, and each public name of it is listed too."""
    listed = set(paths)
    for path in sorted(listed):
        if path.endswith("*"):
            continue
        owner, _, name = path.rpartition(".")
        shown = owner if name.startswith("_") else path  # snapshots leave out what is private
        if not any(has(api, shown) for api in apis):
            yield f"{rule}: `{path}` is in no snapshot of {', '.join(apis)}"
        for api in apis:
            for name in sorted(canonicals(api, path) - listed):
                yield f"{rule}: `{path}` is `{name}` in a version of {api}, which is not listed"


# --- [[symbol]] ---


def _symbol(table: Table, row: SymbolRow) -> Iterator[str]:
    for api, names in row.names.items():
        if not any(has(api, name) for name in names):
            yield f"{row.id}: none of its names is in a snapshot of {api}"
    for api in APIS:
        names = names_in(row, api)
        if (not row.sources or api in row.sources) and any(has(api, name) for name in names):
            yield from _paths(row.id, (api,), names if api in row.names else _there(api, names))
    for hub, spelled in row.args.items():
        if not _known_somewhere(table, row, hub):
            yield f"{row.id}: no API has the argument `{hub}`"
        for api, name in spelled.items():
            if not _takes_any(table, row, api, name):
                yield f"{row.id}: `{name}` is no argument in {api}"
    for hub in sorted(row.defaults.keys() - {*row.explicit}):
        yield f"{row.id}: the default of `{hub}` is not explicit"
    for hub in (*row.explicit, *row.ignore_defaults, *row.values, *row.samples):
        if not _known_somewhere(table, row, hub):
            yield f"{row.id}: no API has the argument `{hub}`"
    yield from _defaults(row)


def _there(api: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if has(api, name)]


def _takes_any(table: Table, row: SymbolRow, api: str, name: str) -> bool:
    names = [path for path in names_in(row, api) if has(api, path)]
    return not names or any(takes(table, api, path, name) for path in names)


def _known_somewhere(table: Table, row: SymbolRow, hub: str) -> bool:
    return any(
        takes(table, api, path, argument_in(row, hub, api))
        for api in row.names
        for path in row.names[api]
    )


def _defaults(row: SymbolRow) -> Iterator[str]:
    """Where a function becomes one of another name, no default changes unseen."""
    pairs = [
        (source, target)
        for source in row.names
        for target in row.names
        if source != target and (not row.sources or source in row.sources)
    ]
    for source, target in pairs:
        names = row.names[source][0], row.names[target][0]
        if names[0] == names[1] or not all(map(_is_function, (source, target), names)):
            continue
        for hub in _changed_defaults(row, source, target):
            if hub not in (*row.explicit, *row.ignore_defaults):
                yield f"{row.id}: the default of `{hub}` differs between {source} and {target}"


def _is_function(api: str, path: str) -> bool:
    return any(
        snapshot.kind(path) == "function" for snapshot in snapshots(api) if snapshot.has(path)
    )


def _changed_defaults(row: SymbolRow, source: str, target: str) -> Iterator[str]:
    goal = signatures(target, row.names[target][0])
    for signature in signatures(source, row.names[source][0])[:1]:
        for parameter in signature.parameters:
            hub = _hub(row, parameter.name, source)
            there = next((p for s in goal if (p := s.find(argument_in(row, hub, target)))), None)
            if (
                there
                and parameter.default is not None
                and _value(there.default) != _value(parameter.default)
            ):
                yield hub


def _hub(row: SymbolRow, name: str, api: str) -> str:
    return next((hub for hub, spelled in row.args.items() if spelled.get(api, hub) == name), name)


def _value(default: str | None) -> object:
    try:
        return float(default or "")
    except ValueError:
        return default


# --- the other tables ---


def _is_of_one_class(case: Case) -> bool:
    """Does it give the receiver another value, or call it? Not what other classes inherit can so."""
    return case.rebinds or any(text.startswith("{self}(") for text in case.to.values())


def _rewrite(table: Table, row: RewriteRow) -> Iterator[str]:
    paths = (call_path(row), *row.also)
    if not any(map(_is_of_one_class, row.cases)):
        yield from _paths(row.id, row.sources, paths)
    for source in row.sources:
        if not any(has(source, path) for path in paths):
            yield f"{row.id}: {source} has none of its paths"
    captures = templates.captures(row)
    for name in captures:
        if not any(takes(table, api, path, name) for api in row.sources for path in paths):
            yield f"{row.id}: `{name}` is no argument of `{paths[0]}`"
    for case in row.cases:
        yield from _conditions(table, row.id, row.sources, paths, case.when)
        for api, text in case.to.items():
            yield from templates.violations(row, captures, api, text)


def _conditions(
    table: Table, rule: str, apis: Iterable[str], paths: Iterable[str], when: When
) -> Iterator[str]:
    plain = [path for path in paths if not path.endswith("*")]
    for name in sorted(when.arguments):
        if plain and not any(takes(table, api, path, name) for api in apis for path in plain):
            yield f"{rule}: the condition names `{name}`, which is no argument"


def _argument(table: Table, row: ArgumentRow) -> Iterator[str]:
    yield from _paths(row.id, row.sources, row.on)
    yield from _conditions(table, row.id, row.sources, row.on, row.when)
    exact = [path for path in row.on if not path.endswith("*")]
    older = {"keras2": "keras1"}
    apis = {*row.sources, *(older[api] for api in row.sources if api in older)}
    apis |= set(row.targets) if row.default else set()  # what only the target asks for
    if exact and not any(takes(table, api, path, row.argument) for api in apis for path in exact):
        yield f"{row.id}: `{row.argument}` is an argument of none of its symbols"
    for target in row.targets if row.rename else ():
        goals = [goal for path in exact for goal in _goals(table, row, path, target)]
        if goals and not any(takes(table, target, goal, row.rename) for goal in goals):
            yield f"{row.id}: `{row.rename}` is no argument in {target}"
    yield from templates.value_violations(row)


def _goals(table: Table, row: ArgumentRow, path: str, target: str) -> Iterator[str]:
    for source in row.sources:
        symbol = table.symbol_row(source, path)
        names = names_in(symbol, target) if symbol else (path,)
        yield from (name for name in names if has(target, name))


def _flag(table: Table, row: FlagRow) -> Iterator[str]:
    if not row.symbolic:
        made = {
            f"{path}.{name}"
            for one in table.rows.attributes
            for path in one.on
            for name in one.names
        }
        yield from _paths(row.id, row.sources, {*row.symbols} - made - _private(row))
    yield from _conditions(table, row.id, row.sources, row.symbols, row.when)
    if "{" in row.instead and not row.symbolic:
        yield f"{row.id}: what is written instead is of a tensor, and it does not speak of them"
    if (row.when != When() or row.dialects) and not (row.calls or row.after):
        yield f"{row.id}: it has conditions and does not say that it speaks of calls"
    if row.around and not row.after:
        yield f"{row.id}: it says around what, and not after what"


def _private(row: FlagRow) -> set[str]:
    """The private names in modules of an API: no snapshot has them."""
    parts = [path.rpartition(".") for path in row.symbols]
    return {
        f"{module}.{name}"
        for module, _, name in parts
        if name.startswith("_") and any(has(api, module) for api in row.sources)
    }


def _modules(rows: Rows) -> Iterator[str]:
    apis = ("keras1", "keras2")
    for row in rows.modules:
        if not any(s.is_module(row.path) for api in apis for s in snapshots(api)):
            yield f"{row.id}: no snapshot has the module `{row.path}`"
        for api, path in row.to.items():
            if not any(snapshot.is_module(path) for snapshot in snapshots(api)):
                yield f"{row.id}: {api} has no module `{path}`"


def _accepts(rows: Rows) -> Iterator[str]:
    for row in rows.accepts:
        for path in row.on:
            if not path.endswith("*") and not has(row.api, path):
                yield f"[[accepts]] {path}: {row.api} has no such symbol"


def _beside(rows: Rows) -> Iterator[str]:
    for row in rows.beside:
        for api, path in (("keras3", row.path), (row.api, row.stand_in)):
            if not has(api, path):
                yield f"[[beside]] {row.path}: {api} has no `{path}`"


def _attributes(rows: Rows) -> Iterator[str]:
    """Each row is needed: its classes exist, and do not show the attributes themselves."""
    for row in rows.attributes:
        for path in row.on:
            if not has(row.api, path):
                yield f"[[attributes]] {path}: {row.api} has no such class"
            for name in row.names:
                if all(snapshot.has(f"{path}.{name}") for snapshot in snapshots(row.api)):
                    yield f"[[attributes]] {path}: {row.api} shows `{name}`"
