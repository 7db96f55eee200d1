"""Every mutant of the table: what could be wrong in a row, one thing at a time."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from kmigrate.rulebook.census import signatures
from kmigrate.rulebook.rows import ArgumentRow, Case, Literal, RewriteRow, Rows, SymbolRow, When
from kmigrate.rulebook.table import Table, names_in
from mutations.mutant import Mutant, Touched
from mutations.siblings import sibling_path
from mutations.snippets import literals, variants

KERAS = ("keras1", "keras2", "keras3")
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


def mutants(rows: Rows) -> list[Mutant]:
    """All mutants of all rows that change what is written; each once."""
    found = [
        *itertools.chain.from_iterable(map(_rewrite, rows.rewrites)),
        *itertools.chain.from_iterable(map(_symbol, rows.symbols)),
        *_exchanged_targets(rows),
        *itertools.chain.from_iterable(map(_argument, rows.arguments)),
    ]
    return list({mutant.id: mutant for mutant in reversed(found)}.values())[::-1]


# --- [[rewrite]] ---


def _rewrite(row: RewriteRow) -> Iterator[Mutant]:
    for index, case in enumerate(row.cases):
        for api, text in case.to.items():
            for variant in variants(text, api, _defaults_of(row)):
                wrong = _with_case(row, index, replace(case, to=_put(case.to, api, variant.text)))
                touched = [Touched(source, api, text) for source in row.sources]
                what = f"{api}: {text} => {variant.text}"
                yield Mutant(variant.operator, what, row, wrong, touched, variant.alike)
        for what, when in _conditions(case.when):
            wrong = _with_case(row, index, replace(case, when=when))
            yield Mutant(
                "other condition", f"case {index + 1}: {what}", row, wrong, _all(row, [case])
            )
    yield from _exchanged(row)
    yield from _call_defaults(row)


def _with_case(row: RewriteRow, index: int, case: Case) -> RewriteRow:
    return replace(row, cases=(*row.cases[:index], case, *row.cases[index + 1 :]))


def _all(row: RewriteRow, cases: Iterable[Case]) -> list[Touched]:
    return [
        Touched(source, api, text)
        for case in cases
        for api, text in case.to.items()
        for source in row.sources
    ]


def _exchanged(row: RewriteRow) -> Iterator[Mutant]:
    """Two neighbouring cases with each other's answers."""
    for index, (one, other) in enumerate(itertools.pairwise(row.cases)):
        if one.to and other.to and one.to != other.to:
            wrong = _with_case(row, index, replace(other, when=one.when))
            wrong = _with_case(wrong, index + 1, replace(one, when=other.when))
            what = f"{index + 1} and {index + 2}"
            yield Mutant("swapped cases", what, row, wrong, _all(row, (one, other)))


def _defaults_of(row: RewriteRow) -> dict[str, str]:
    """`{"axis": "-1"}` of `backend.argmax(x, axis=-1)`."""
    call = ast.parse(row.call.replace("...)", ")"), mode="eval").body
    assert isinstance(call, ast.Call)
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg}


def _call_defaults(row: RewriteRow) -> Iterator[Mutant]:
    """`backend.argmax(x, axis=-1)` with another axis."""
    for name, text in _defaults_of(row).items():
        for wrong in literals(text):
            new = row.call.replace(f"{name}={text}", f"{name}={wrong}")
            if new != row.call:
                using = [
                    replace(case, to={a: t for a, t in case.to.items() if f"{{{name}}}" in t})
                    for case in row.cases
                ]
                what = f"{name}={text} => {wrong}"
                yield Mutant("other default", what, row, replace(row, call=new), _all(row, using))


def _conditions(when: When) -> Iterator[tuple[str, When]]:
    """The condition negated, changed or gone."""
    if when == When():
        return
    yield "no condition", When()
    for name in when.absent:
        present = replace(when, absent=_without(when.absent, name), present=(*when.present, name))
        yield f"absent => present `{name}`", present
    for name in when.present:
        absent = replace(when, present=_without(when.present, name), absent=(*when.absent, name))
        yield f"present => absent `{name}`", absent
    for name, value in when.equals.items():
        for wrong in literals(repr(value)):
            new: Literal = ast.literal_eval(wrong)
            yield (
                f"`{name}` equals {value!r} => {wrong}",
                replace(when, equals=_put(when.equals, name, new)),
            )
    for name, value in when.differs.items():
        swapped = replace(
            when, differs=_less(when.differs, name), equals=_put(when.equals, name, value)
        )
        yield f"`{name}` differs from => equals {value!r}", swapped


# --- [[symbol]] ---


def _symbol(row: SymbolRow) -> Iterator[Mutant]:
    yield from _targets(row)
    yield from _arguments(row)
    yield from _values(row)
    yield from _defaults(row)


def _targets(row: SymbolRow) -> Iterator[Mutant]:
    """Another thing of the same signature written; where it is read stays as it is."""
    for api, names in row.names.items():
        for other in sibling_path(api, names[0]):
            if other not in names:
                wrong = replace(row, names=_put(row.names, api, (other, *names)))
                what = f"{api}: {names[0]} => {other}"
                yield Mutant("other function", what, row, wrong, _directions(row, to=api))


def _exchanged_targets(rows: Rows) -> Iterator[Mutant]:
    """Two rows that write each other's thing, which no law can see."""
    table, done = Table(rows), set()
    for row in rows.symbols:
        for api, names in row.names.items():
            for other in sibling_path(api, names[0])[:1]:
                beside = table.symbol_row(api, other)
                if beside is None or beside is row or beside.sources != row.sources:
                    continue
                if len(row.names) == len(beside.names) == 1:
                    continue  # the rows would exchange everything, and all would be as it was
                if (pair := (api, frozenset((row.id, beside.id)))) in done:
                    continue
                done.add(pair)
                theirs = names_in(beside, api)
                wrong = replace(row, names=_put(row.names, api, theirs))
                exchanged = replace(beside, names=_put(beside.names, api, names))
                what = f"{api}: {names[0]} and {theirs[0]}"
                touched = [*_directions(row, of=api), *_directions(row, to=api)]
                yield Mutant("swapped rows", what, row, wrong, touched, beside=(beside, exchanged))


def _arguments(row: SymbolRow) -> Iterator[Mutant]:
    for hub, spelled in row.args.items():
        wrong = replace(row, args=_less(row.args, hub))
        yield Mutant("lost argument", hub, row, wrong, _between(row, spelled))
        for api, name in spelled.items():
            for other in _neighbours(row, api, name):
                changed = _put(row.args, hub, _put(spelled, api, other))
                what = f"{api}: `{hub}` is {name} => {other}"
                wrong = replace(row, args=changed)
                yield Mutant("other argument", what, row, wrong, _between(row, {api: name}))
    for one, other in itertools.pairwise(row.args):
        exchanged = _put(_put(row.args, one, row.args[other]), other, row.args[one])
        if row.args[one].keys() == row.args[other].keys():
            wrong = replace(row, args=exchanged)
            yield Mutant(
                "swapped arguments", f"{one} and {other}", row, wrong, _between(row, row.args[one])
            )


def _neighbours(row: SymbolRow, api: str, name: str) -> list[str]:
    """The parameters on both sides of an argument."""
    found = []
    for path in names_in(row, api)[:1]:
        for signature in signatures(api, path)[-1:]:
            names = [p.name for p in signature.parameters if not p.kind.startswith("var_")]
            if name in names:
                at = names.index(name)
                found = [*names[at + 1 : at + 2], *names[max(at - 1, 0) : at]]
    return found


def _values(row: SymbolRow) -> Iterator[Mutant]:
    for hub, table in row.values.items():
        for one, other in itertools.combinations(table, 2):
            if table[one] == table[other]:
                continue
            exchanged = _put(_put(table, one, table[other]), other, table[one])
            wrong = replace(row, values=_put(row.values, hub, exchanged))
            apis = {**table[one], **table[other]}
            what = f"`{hub}` {one} and {other}"
            yield Mutant("swapped values", what, row, wrong, _between(row, apis))
        wrong = replace(row, values=_less(row.values, hub))
        apis = {api: "" for spelled in table.values() for api in spelled}
        yield Mutant("lost values", hub, row, wrong, _between(row, apis))


def _defaults(row: SymbolRow) -> Iterator[Mutant]:
    for hub in row.explicit:
        wrong = replace(
            row, explicit=_without(row.explicit, hub), defaults=_less(row.defaults, hub)
        )
        yield Mutant("lost default", hub, row, wrong, _directions(row))
    for hub, spelled in row.defaults.items():
        for api, text in spelled.items():
            for other in literals(text):
                changed = _put(row.defaults, hub, _put(spelled, api, other))
                what = f"{api}: `{hub}` {text} => {other}"
                wrong = replace(row, defaults=changed)
                yield Mutant("other default", what, row, wrong, _directions(row, of=api))


def _directions(row: SymbolRow, of: str = "", to: str = "") -> list[Touched]:
    """The directions of a row, out of an API or into one."""
    apis = KERAS if set(row.names) & set(KERAS) else ("tf1", "tf")
    sources = [of] if of else [*(row.sources or ()), *([] if row.sources else {*apis, *row.names})]
    targets = [to] if to else [*{*apis, *row.names}]
    return [Touched(source, target) for source in sources for target in targets]


def _between(row: SymbolRow, apis: Iterable[str]) -> list[Touched]:
    """The directions into and out of APIs that spell an argument in their own way."""
    named = set(apis)
    return [
        place for place in _directions(row) if (place.source in named) != (place.target in named)
    ]


# --- [[argument]] ---


def _argument(row: ArgumentRow) -> Iterator[Mutant]:
    if row.flag:
        return
    touched = [Touched(source, target) for source in row.sources for target in row.targets]
    yield Mutant("lost row", row.argument, row, None, touched)
    for variant in variants(row.value, row.targets[-1]) if row.value else ():
        what = f"{row.value} => {variant.text}"
        wrong = replace(row, value=variant.text)
        yield Mutant(variant.operator, what, row, wrong, touched, variant.alike)
    for what, when in _conditions(row.when):
        yield Mutant("other condition", what, row, replace(row, when=when), touched)
    if row.rename:
        for other in _renames(row):
            what = f"{row.rename} => {other}"
            yield Mutant("other argument", what, row, replace(row, rename=other), touched)


def _renames(row: ArgumentRow) -> list[str]:
    for target in row.targets:
        for path in row.on:
            for signature in signatures(target, path)[-1:]:
                names = [p.name for p in signature.parameters if not p.kind.startswith("var_")]
                if row.rename in names:
                    at = names.index(row.rename)
                    return [*names[at + 1 : at + 2], *names[max(at - 1, 0) : at]]
    return []


# --- tables without and with ---


def _put(table: Mapping[_Key, _Value], key: _Key, value: _Value) -> dict[_Key, _Value]:
    return {**table, key: value}


def _less(table: Mapping[_Key, _Value], key: _Key) -> dict[_Key, _Value]:
    return {each: value for each, value in table.items() if each != key}


def _without(names: Sequence[str], name: str) -> tuple[str, ...]:
    return tuple(each for each in names if each != name)
