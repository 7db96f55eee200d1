"""The table of rules for a person: the list, and one rule with its reason, source and evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from kmigrate.report.pages import address
from kmigrate.report.proof import proof, read
from kmigrate.report.summary import Line, Style
from kmigrate.rulebook.eras import Dated
from kmigrate.rulebook.evidence import records_of
from kmigrate.rulebook.rows import (
    ArgumentRow,
    Case,
    FlagRow,
    Literals,
    ModuleRow,
    NamedRow,
    RewriteRow,
    SymbolRow,
    When,
    one_of,
)
from kmigrate.rulebook.table import Table, load_table

_KINDS: Mapping[type[NamedRow], str] = {
    SymbolRow: "symbol",
    RewriteRow: "rewrite",
    ArgumentRow: "argument",
    FlagRow: "flag",
    ModuleRow: "module",
}


def rule_list(api: str | None = None, family: str | None = None) -> Iterator[Line]:
    """One line per rule; those that speak about an API, or whose ids begin with a family.

    Raises ValueError when there is no such rule.
    """
    table = load_table()
    rows = [
        row
        for row in map(table.by_id, table.all_ids)
        if row is not None and _in_family(row.id, family) and (api is None or api in _apis(row))
    ]
    if not rows:
        known = sorted({rule.partition(".")[0] for rule in table.all_ids})
        raise ValueError(f"no such rules; the families are {', '.join(known)}")
    width = max(len(row.id) for row in rows)
    for row in rows:
        yield Line(f"{row.id:{width}}  {_KINDS[type(row)]:8}  {_direction(row)}".rstrip())


def one_rule(rule: str) -> Iterator[Line]:
    """All that is known about a rule. Raises ValueError for an id that does not exist."""
    row = find(load_table(), rule)
    yield Line(f"{row.id} ({_KINDS[type(row)]})", Style.TITLE)
    yield from (Line(f"  {line}") for line in _body(row))
    told = "" if isinstance(row, ModuleRow) else told_versions(row)
    yield from [Line(f"  holds {told}")] * bool(told)
    yield Line(f"  source: {row.why}")
    yield Line(f"  page: {address(row)}")
    yield from _evidence(row.id)


def find(table: Table, rule: str) -> NamedRow:
    """The row of an id. Raises ValueError, with what was perhaps meant."""
    row = table.by_id(rule)
    if row is None:
        meant = get_close_matches(rule, table.all_ids, 3) or ["kmigrate rules lists them"]
        raise ValueError(f"no rule is called {rule}; {', '.join(meant)}?".replace("them?", "them"))
    return row


def _in_family(rule: str, family: str | None) -> bool:
    return family is None or rule == family or rule.startswith(f"{family}.")


def _apis(row: NamedRow) -> frozenset[str]:
    match row:
        case SymbolRow():
            return frozenset(row.names)
        case RewriteRow():
            return frozenset(row.sources).union(*(case.to for case in row.cases))
        case ArgumentRow() | FlagRow():
            return frozenset((*row.sources, *row.targets))
        case ModuleRow():
            return frozenset(row.to)


def _direction(row: NamedRow) -> str:
    match row:
        case SymbolRow():
            return "  ".join(f"{api}: {names[0]}" for api, names in row.names.items())
        case RewriteRow():
            targets = dict.fromkeys(api for case in row.cases for api in case.to)
            return f"{' '.join(row.sources)} -> {' '.join(targets) or 'as conditions say'}"
        case ArgumentRow() | FlagRow():
            return f"{' '.join(row.sources)} -> {' '.join(row.targets)}"
        case ModuleRow():
            return "  ".join(f"{api}: {path}" for api, path in row.to.items())


def _body(row: NamedRow) -> Iterator[str]:
    match row:
        case SymbolRow():
            yield from (f"{api}: {', '.join(names)}" for api, names in row.names.items())
            for name, spelled in row.args.items():
                yield f"argument {name}: {_pairs(spelled)}"
            for name, values in row.values.items():
                for value, spelled_value in values.items():
                    yield f"value {name}={value!r}: {_pairs(spelled_value)}"
            if row.explicit:
                yield f"defaults differ and are written out: {', '.join(row.explicit)}"
            yield from _note(row.note)
        case RewriteRow():
            yield f"from {', '.join(row.sources)}: {row.call}"
            yield from (line for case in row.cases for line in _proven_lines(row, case))
            yield from _note(row.note)
        case ArgumentRow():
            yield f"{', '.join(row.sources)} to {', '.join(row.targets)}: {', '.join(row.on)}"
            yield argument_line(row)
            yield from _note(row.note)
        case FlagRow():
            yield f"{', '.join(row.sources)} to {', '.join(row.targets)}: {', '.join(row.symbols)}"
            yield f"not changed{conditions(row.when)}: {row.message}"
        case ModuleRow():
            yield f"the module {row.path} becomes {_pairs(row.to)}"


def _proven_lines(row: RewriteRow, case: Case) -> Iterator[str]:
    """The lines of a case; below each template, how far a run from each API proves it."""
    for line in case_lines(case):
        yield line
        target = line.partition(":")[0]
        if line.startswith(f"{target}: {case.to.get(target)}"):
            for source in row.sources:
                found = proof(row.id, source, target, case.to[target])
                yield f"  from {source}: {found.told()}"


def case_lines(case: Case, api: str | None = None) -> Iterator[str]:
    """What a case of a rewrite does (for one target API) and on what conditions."""
    condition = conditions(case.when)
    if case.unchanged:
        yield f"stays as it is{condition}"
    if case.flag:
        yield f"not changed{condition}: {case.flag}"
    for target, template in case.to.items():
        if api is None:
            yield f"{target}: {template}{condition}"
        elif api == target:
            yield f"{template}{condition}"
    yield from _note(case.note)


def argument_line(row: ArgumentRow) -> str:
    """What becomes of the argument."""
    where = conditions(row.when)
    if row.flag:
        return f"argument {row.argument} not changed{where}: {row.flag}"
    if row.default:
        return f"argument {row.argument}={row.default} is written out where it is absent{where}"
    if row.drop:
        return f"argument {row.argument} goes{where}"
    if row.tuples:
        return f"lists that a generator yields to {row.argument} become tuples{where}"
    value = f"={row.value}" if row.value else ""
    if row.literals:
        named = ", ".join(f"{old!r} to {new!r}" for old, new in row.literals.items())
        return f"argument {row.argument}: {named}{where}"
    return f"argument {row.argument} becomes {row.rename}{value}{where}"


def told_versions(row: Dated) -> str:
    """`below 2.3 of keras2`, or nothing."""
    found = [f"from {version} of {api} on" for api, version in row.since.items()]
    found += [f"below {version} of {api}" for api, version in row.until.items()]
    return " and ".join(found)


def conditions(when: When) -> str:
    """` where x is absent and y is 3`, or nothing."""
    found = [f"{name} is absent" for name in when.absent]
    found += [f"{name} is given" for name in when.present]
    found += [f"{name} is a literal" for name in when.literal]
    found += [f"{name} is {_either(value)}" for name, value in when.equals.items()]
    found += [f"{name} is not {_either(value)}" for name, value in when.differs.items()]
    found += [
        f"{name} ends otherwise than {', '.join(ends)}" for name, ends in when.other_suffix.items()
    ]
    found += [f"{name} is no literal" for name in when.computed]
    found += [f"{name} is one value" for name in when.scalar]
    found += [f"{name} is positional" for name in when.positional]
    found += [f"{name} has {value!r}" for name, value in when.contains.items()]
    found += [f"the call stands at {' or '.join(when.within)}"] * bool(when.within)
    found += [f"{' or '.join(when.fractional)} has a decimal point"] * bool(when.fractional)
    found += [f"{name} is made by {' or '.join(by)}()" for name, by in when.made_by.items()]
    found += [f"{name} is a function of the file" for name in when.function]
    found += [f"{name} is no function" for name in when.plain]
    found += [f"{name} is a list of numbers" for name in when.numbers]
    found += [f"{name} is a list of lists" for name in when.lists]
    found += [f"the file calls {' or '.join(when.beside)}()"] * bool(when.beside)
    found += [f"{name} is a quotient" for name in when.quotient]
    found += [f"the end of {name} does not show" for name in when.hidden_end]
    found += [f"{name} is a list of several" for name in when.several]
    found += [f"{name} is a list without lists" for name in when.flat]
    found += [f"{name} is a dictionary of one" for name in when.alone]
    found += [f"it stands in a class of {' or '.join(when.inside)}"] * bool(when.inside)
    found += [f"{name} was given to a call above" for name in when.again]
    found += [f"{name} is a text or a function" for name in when.single]
    found += [f"{name} is no dictionary" for name in when.no_dict]
    found += [f"`.{when.followed}` follows"] * bool(when.followed)
    return f" where {' and '.join(found)}" if found else ""


def _either(literals: Literals) -> str:
    return " or ".join(map(repr, one_of(literals)))


def _pairs(values: Mapping[str, object]) -> str:
    return ", ".join(f"{value} in {api}" for api, value in values.items())


def _note(note: str) -> Iterator[str]:
    if note:
        yield f"to check: {note}"


def _evidence(rule: str) -> Iterator[Line]:
    records = records_of(rule)
    for direction, record in records.items():
        found = read(record)
        yield Line(f"  evidence {direction.replace('->', ' -> ')}: {found.told()}")
        for side, versions in (("before", found.before), ("after", found.after)):
            if versions:
                yield Line(f"    {side}: {versions}", Style.FAINT)
        where = "; ".join(filter(None, (found.device, found.date)))
        if where:
            yield Line(f"    on {where}", Style.FAINT)
    if not records:
        yield Line("  evidence: none recorded yet", Style.FAINT)
