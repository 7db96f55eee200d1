"""A rule as a section of its page: before, after, what to check, source, what was run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kmigrate.report.findings import one_line
from kmigrate.report.markdown import table
from kmigrate.report.pages import spelled
from kmigrate.report.proof import UNPROVEN, Proof, proof, read
from kmigrate.report.rules import conditions, told_versions
from kmigrate.rulebook.eras import Dated
from kmigrate.rulebook.evidence import records_of
from kmigrate.rulebook.rows import (
    ArgumentRow,
    Case,
    FlagRow,
    ModuleRow,
    NamedRow,
    RewriteRow,
    SymbolRow,
)
from kmigrate.versions import TF_KERAS

API = {"keras1": "Keras 1", "keras2": "Keras 2", "keras3": "Keras 3", "tf1": "TF 1", "tf": "TF"}
_WITH_TENSORFLOW = re.compile(r"((?:keras|tf_keras) [\d.]+), tensorflow [\d.]+")
_DTYPE = re.compile(r"([a-z_]+?)(\d+)")
_SAMPLE = re.compile(r"\b(bool|(?:u?int|b?float|complex)\d+)\(")
_NAMES = 12
_CONDITIONS = 2
_WIDTH = 160


def entry(row: NamedRow) -> str:
    """The section, with an anchor that is the rule's id."""
    parts = [f'### <a id="{row.id}"></a>{row.id}\n', *_body(row)]
    evidence = list(_evidence(row))
    if evidence:
        parts.append("".join(f"- {line}\n" for line in evidence))
    limits = () if isinstance(row, ModuleRow) else _limits(row)
    return "\n".join([*parts, f"{' '.join((*limits, source(row.why)))}\n"])


def code(text: object) -> str:
    """`text` as code."""
    return f"`{text}`"


def source(why: str) -> str:
    """A link; a path in a repository as it is written."""
    return f"[source]({why})" if why.startswith("http") else f"source: {code(why)}"


def named(apis: Iterable[str]) -> str:
    """`Keras 1, 2, TF`, whatever their order."""
    wanted = set(apis)
    titles = ", ".join(title for api, title in API.items() if api in wanted)
    return titles.replace(", Keras ", ", ")


def way(sources: Iterable[str], targets: Iterable[str]) -> str:
    """`Keras 1, 2 to Keras 3`."""
    return f"{named(sources)} to {named(targets)}"


def _body(row: NamedRow) -> Iterator[str]:
    match row:
        case SymbolRow():
            yield from _symbol(row)
        case RewriteRow():
            yield f"From {named(row.sources)}: {code(row.call)}\n"
            yield table(("to", "becomes", "when"), _cases(row))
            yield from _note(row.note)
        case ArgumentRow():
            yield f"{way(row.sources, row.targets)}: {_listed(row.on)}\n"
            yield f"{_argument(row)}\n"
            yield from _note(row.note)
        case FlagRow():
            paths = [spelled(one, row.sources) for one in row.symbols]
            yield f"{way(row.sources, row.targets)}: {_listed(paths)}\n"
            yield f"{_warned(row)} {row.message}\n"
        case ModuleRow():
            to = ", ".join(f"{code(path)} in {API[api]}" for api, path in row.to.items())
            yield f"The module {code(row.path)} becomes {to}.\n"


def _warned(row: FlagRow) -> str:
    """`**Not changed.**`, or which calls change their meaning."""
    behind = f" set behind {code(row.after)}" if row.after else ""
    if row.calls or behind:
        return f"**Another meaning{conditions(row.when)}{behind}.**"
    return f"**Not changed{conditions(row.when)}.**"


def _limits(row: Dated) -> Iterator[str]:
    """Where the rule holds, a sentence for each limit."""
    if isinstance(row, ArgumentRow | FlagRow) and row.if_missing:
        yield "Only where the target lacks it."
    if isinstance(row, ArgumentRow | FlagRow) and row.dialects:
        yield f"Only in code of {_listed(row.dialects)}."
    if isinstance(row, FlagRow) and row.shim:
        yield f"Towards {code(TF_KERAS)}, where the same version keeps it, it is written so and reviewed."
    if isinstance(row, SymbolRow | FlagRow) and row.hook:
        yield "So is a method of that name that a subclass defines."
    if row.unproven:
        yield "Also where only the method's name is known, and then to be reviewed."
    if told := told_versions(row):
        yield f"Holds {told}."


def _symbol(row: SymbolRow) -> Iterator[str]:
    apis = [api for api in API if api in row.names or _is_spelled(row, api)]
    lines = [["name", *(", ".join(map(code, row.names.get(api, ()))) for api in apis)]]
    for hub, told in row.args.items():
        lines.append(["argument", *(code(told.get(api, hub)) for api in apis)])
    for hub, values in row.values.items():
        for value, said in values.items():
            literals = [code(repr(said.get(api, value))) for api in apis]
            lines.append([f"value of {code(hub)}", *literals])
    yield table(("", *(API[api] for api in apis)), lines)
    if row.sources:
        yield f"From {named(row.sources)} only.\n"
    if row.explicit:
        yield f"Defaults differ and are written out: {_listed(row.explicit)}.\n"
    if row.ignore_defaults:
        yield f"Defaults differ, which changes nothing: {_listed(row.ignore_defaults)}.\n"
    for hub, defaults in row.defaults.items():
        did = ", ".join(f"{code(value)} in {API[api]}" for api, value in defaults.items())
        yield f"Where there was no {code(hub)} it was {did}.\n"
    yield from _note(f"To {named(row.note_to)}: {row.note}" if row.note_to else row.note)


def _is_spelled(row: SymbolRow, api: str) -> bool:
    return any(api in told for told in row.args.values())


def _cases(row: RewriteRow) -> Iterator[list[str]]:
    for case in row.cases:
        when = conditions(case.when).removeprefix(" where ")
        if case.unchanged:
            yield ["", "stays as it is", when]
        if case.flag:
            yield ["", f"**not changed**: {case.flag}", when]
        for template, targets in _by_template(case).items():
            note = f" To check: {case.note}" if case.note else ""
            yield [named(targets), code(template) + note, when]


def _by_template(case: Case) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for target, template in case.to.items():
        found.setdefault(template, []).append(target)
    return found


def _argument(row: ArgumentRow) -> str:
    if row.flag:
        return f"{code(row.argument)}{conditions(row.when)}: **not changed.** {row.flag}"
    if row.default:
        written = code(f"{row.argument}={row.default}")
        return f"{written} is written out where it is absent{conditions(row.when)}."
    if row.tuples:
        return f"lists that a generator yields to {code(row.argument)} become tuples."
    if row.drop:
        return f"{code(row.argument)} goes{conditions(row.when)}."
    value = f"{row.rename}={row.value}" if row.value else row.rename
    return f"{code(row.argument)} becomes {code(value)}{conditions(row.when)}."


def _note(note: str) -> Iterator[str]:
    if note:
        yield f"**To check.** {note}\n"


def _listed(names: Iterable[str]) -> str:
    """The names as code; of many the first ones."""
    told = list(map(code, names))
    more = f" and {len(told) - _NAMES} more" if len(told) > _NAMES else ""
    return ", ".join(told[:_NAMES]) + more


def _evidence(row: NamedRow) -> Iterator[str]:
    """What was run: a line for each direction, and one for the templates that never ran."""
    samples = getattr(row, "samples", {}).values()
    own = {dtype for texts in samples for text in texts for dtype in _SAMPLE.findall(text)}
    told: dict[str, list[str]] = {}
    for direction, record in sorted(records_of(row.id).items(), key=_place):
        old, _, new = direction.partition("->")
        told.setdefault(_said(record, own), []).append(way([old], [new]))
    for said, ways in told.items():
        yield f"{'; '.join(ways)}: {said}"
    if isinstance(row, RewriteRow):
        never = [text for text in dict.fromkeys(_templates(row)) if not _ran(row, text)]
        if never:
            why = f": {row.unrun}" if row.unrun else ""
            yield f"*unproven*, so a review: {', '.join(map(code, never))}{why}"


def _place(record: tuple[str, object]) -> list[int]:
    return [list(API).index(api) for api in record[0].split("->")]


def _templates(row: RewriteRow) -> Iterator[str]:
    return (template for case in row.cases for template in case.to.values())


def _ran(row: RewriteRow, template: str) -> bool:
    """Is the template on record in any direction that writes it?"""
    ways = [(one, api) for case in row.cases for api, one in case.to.items() if one == template]
    found = [proof(row.id, old, new, one) for one, new in ways for old in row.sources]
    return any(one.verdict != UNPROVEN for one in found)


def _said(record: Mapping[str, Any], own: set[str]) -> str:
    found = read(record)
    parts = [f"**{found.verdict}**{found.brief.removeprefix(found.verdict)}", _versions(found)]
    parts.append(dtypes(own.union(record.get("dtypes", ()))))
    parts += [f"{name}: {one['verdict']}" for name, one in record.get("backends", {}).items()]
    where = (*found.conditions, *found.outside)
    more = f" and {len(where) - _CONDITIONS} more" if len(where) > _CONDITIONS else ""
    parts.append("; ".join(one_line(one, _WIDTH) for one in where[:_CONDITIONS]) + more)
    return "; ".join(filter(None, parts))


def _versions(found: Proof) -> str:
    """`keras 2.2.4 to keras 3.15.1`: TensorFlow is named where it is no Keras's."""
    both = filter(None, (found.before, found.after))
    return " to ".join(_WITH_TENSORFLOW.sub(r"\1", one) for one in both)


def dtypes(names: Iterable[str]) -> str:
    """`bool, float16/32/64, int8` of the dtypes that were tried."""
    found: dict[str, list[int]] = {}
    for name in names:
        sized = _DTYPE.fullmatch(name)
        found.setdefault(sized[1] if sized else name, []).extend([int(sized[2])] if sized else [])
    return ", ".join(
        name + "/".join(map(str, sorted(sizes))) for name, sizes in sorted(found.items())
    )
