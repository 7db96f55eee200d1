"""The whole table of equivalences: one row per thing that a rule speaks of, by family."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache

from kmigrate.dialects import qualified
from kmigrate.model import SURFACES, Outcome, Surface
from kmigrate.report.fates import CHECK, NOTE, Answer, Fate, fate
from kmigrate.report.markdown import table
from kmigrate.report.proof import RESPELLED, UNPROVEN, Proof, proof, weakest
from kmigrate.report.rules import conditions, told_versions
from kmigrate.rulebook.rows import (
    ArgumentRow,
    FlagRow,
    ModuleRow,
    NamedRow,
    RewriteRow,
    SymbolRow,
)
from kmigrate.rulebook.table import call_path, load_table

HEAD = ("name", "Keras 3", "tf_keras", "tf", "verdict", "condition", "source")
TARGETS = ("keras@3", "tf_keras", "tf@2")
# Of whom a row is told, the first one that has it.
_SOURCES = ("keras@2", "keras@1", "tf@1", "tf@2", "keras@3")
_LABELS = dict(zip(TARGETS, HEAD[1:4], strict=True))
_FLAG = "not changed: "
_RESPELLED = RESPELLED.partition(":")[0]
_BECOMES = " -> "
_PART = re.compile(r"^(.*?)((?: where .*)?)$")
_INTRODUCTION = """\
# The table of equivalences

What each thing that a rule speaks of becomes, and what recorded runs say of it. Generated from the
table and from `evidence/` by `kmigrate explain --all --format markdown`; a test holds it to them.
A name is Keras 2's unless it says otherwise. The verdict is one for
all three targets where none is named: *identical* bit by bit, *close* within tolerance (the largest
difference in ulp), *conditional* equal but for the condition, *different*, *unproven* where nothing ran
(such a rewrite is a review), *respelled* the same object under another name, *flagged* not changed.
`-` is no equivalent. `kmigrate explain NAME` tells more, `kmigrate rules ID` all, and so do
[the pages of each family](reference/README.md).
"""


@dataclass(frozen=True, slots=True)
class Equivalence:
    """One row; `becomes` are the answers for `TARGETS`."""

    family: str
    name: str
    becomes: tuple[str, str, str]
    verdict: str
    condition: str
    source: str


def as_markdown() -> str:
    """The document that stands in `rules/EQUIVALENCE.md`."""
    parts = [_INTRODUCTION]
    for family, rows in _families().items():
        parts.append(f"## {family}\n\n{table(HEAD, map(_marked, rows))}")
    return "\n".join(parts)


def as_json() -> str:
    """The rows as one JSON document."""
    rows = [
        {**asdict(row), "becomes": dict(zip(TARGETS, row.becomes, strict=True))}
        for rows in _families().values()
        for row in rows
    ]
    return json.dumps({"version": 1, "equivalences": rows}, indent=2) + "\n"


def as_text() -> str:
    """A line for each row: name, Keras 3, verdict, condition."""
    rows = (row for rows in _families().values() for row in rows)
    lines = (f"{row.name}: {row.becomes[0]}  [{row.verdict}] {row.condition}" for row in rows)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _families() -> dict[str, list[Equivalence]]:
    found: dict[str, dict[str, Equivalence]] = {}
    for rule in sorted(load_table().all_ids):
        row = load_table().by_id(rule)
        for one in _rows(row) if row is not None else ():
            is_symbol = isinstance(row, SymbolRow | RewriteRow)
            found.setdefault(one.family, {}).setdefault(one.name if is_symbol else rule, one)
    return {family: list(rows.values()) for family, rows in sorted(found.items())}


def _rows(row: NamedRow) -> Iterator[Equivalence]:
    family = row.id.partition(".")[0]
    match row:
        case SymbolRow() | RewriteRow():
            yield from (replace(one, family=family) for one in _of_symbol(row))
        case ArgumentRow():
            yield _of_argument(row, family)
        case FlagRow():
            yield _of_flag(row, family)
        case ModuleRow():
            yield _of_module(row, family)


def _of_symbol(row: SymbolRow | RewriteRow) -> Iterator[Equivalence]:
    if isinstance(row, RewriteRow):
        sources, paths = row.sources, {api: call_path(row) for api in row.sources}
    else:
        sources = row.sources or tuple(row.names)
        paths = {api: names[0] for api, names in row.names.items()}
    surface = _surface(tuple(api for api in sources if api in paths))
    if surface is not None:
        yield _told(surface, paths[surface.api], row)


@cache
def _fates(surface: Surface, path: str) -> tuple[Fate, ...]:
    return tuple(fate(surface, path, SURFACES[target]) for target in TARGETS)


def _told(surface: Surface, path: str, row: NamedRow) -> Equivalence:
    fates = _fates(surface, path)
    first, second, third = (_cell(one) for one in fates)
    conditions = dict.fromkeys(told for one in fates for told in _conditions(one))
    name = _name(surface, path)
    verdict = _verdict({one.target: _verdict_on(one) for one in fates})
    return Equivalence("", name, (first, second, third), verdict, "; ".join(conditions), row.why)


def _cell(one: Fate) -> str:
    """What a person writes; "-" where the target has nothing like it."""
    if one.outcome is Outcome.FLAGGED:
        return "-"
    told = (answer.text for answer in one.answers if not _is_condition(answer))
    written = (text.partition(CHECK)[0].rpartition(_BECOMES)[2] for text in told)
    return "; ".join(text.removesuffix(", as it is") for text in written)


def _is_condition(answer: Answer) -> bool:
    """Is it no code to write but what to check, or when nothing is changed?"""
    is_left = answer.proof is None and bool(answer.rule) and _BECOMES in answer.text
    return is_left or answer.text.startswith(NOTE)


def _conditions(one: Fate) -> Iterator[str]:
    for answer in one.answers:
        if one.outcome is Outcome.FLAGGED and answer.rule:
            yield f"{_LABELS[one.target]}: {answer.text.removeprefix(_FLAG)}"
        elif _is_condition(answer):
            yield answer.text.removeprefix(NOTE).rpartition(_BECOMES)[2]
        elif CHECK in answer.text:
            yield answer.text.partition(CHECK)[2]
        if answer.proof is not None and answer.proof.cases:
            told = (*answer.proof.conditions, *answer.proof.outside)
            yield from (f"{_LABELS[one.target]}: {condition}" for condition in told)


def _verdict_on(one: Fate) -> str:
    """The weakest proof; where there is nothing to prove, what was done in place of it."""
    found = weakest(answer.proof for answer in one.answers if answer.proof is not None)
    if found is not None:
        return _said(found)
    if one.outcome is Outcome.FLAGGED:
        return "flagged" if any(answer.rule for answer in one.answers) else ""
    return _RESPELLED if one.outcome is Outcome.REWRITTEN else ""


def _verdict(by_target: Mapping[str, str]) -> str:
    """`identical, 24 cases`, or one for each target where they differ; respelling is nothing new."""
    told = {target: one for target, one in by_target.items() if one}
    weighty = {target: one for target, one in told.items() if one != _RESPELLED}
    if len(set(weighty.values())) > 1:
        return "; ".join(f"{_LABELS[target]}: {one}" for target, one in weighty.items())
    return next(iter((weighty or told).values()), "unchanged")


def _said(found: Proof) -> str:
    if found.verdict == UNPROVEN and found.conditions:
        return f"{UNPROVEN}: {found.conditions[0]}"
    return found.brief


def _of_argument(row: ArgumentRow, family: str) -> Equivalence:
    on = ", ".join(row.on[:3]) + (f" and {len(row.on) - 3} more" if len(row.on) > 3 else "")
    source = _surface(row.sources)
    line = "-" if row.flag else "(dropped)" if row.drop else f"{row.rename}={row.value}"
    line = f"{row.argument}={row.default} where it is absent" if row.default else line
    line = "(tuples in place of lists)" if row.tuples else line
    told = [target for target in TARGETS if _api(target) in row.targets]
    proofs = {target: _said(proof(row.id, _of(source), _api(target))) for target in told}
    verdict = "flagged" if row.flag else _verdict(proofs)
    said = (told_versions(row), conditions(row.when).strip(), row.flag, row.note)
    condition = "; ".join(filter(None, said))
    becomes = _three({_api(target): line for target in told})
    return Equivalence(family, f"{row.argument}= of {on}", becomes, verdict, condition, row.why)


def _of_flag(row: FlagRow, family: str) -> Equivalence:
    source = _surface(row.sources)
    name = ", ".join(_name(source, path) if source else path for path in row.symbols)
    becomes = _three(dict.fromkeys(row.targets, "-"))
    told = (told_versions(row), conditions(row.when).strip(), row.message)
    condition = "; ".join(filter(None, told))
    return Equivalence(family, name, becomes, "flagged", condition, row.why)


def _of_module(row: ModuleRow, family: str) -> Equivalence:
    return Equivalence(family, row.path, _three(row.to), _RESPELLED, "", row.why)


def _three(by_api: Mapping[str, str]) -> tuple[str, str, str]:
    first, second, third = (by_api.get(_api(target), "") for target in TARGETS)
    return first, second, third


def _api(target: str) -> str:
    return SURFACES[target].api


def _of(surface: Surface | None) -> str:
    return surface.api if surface else ""


def _surface(apis: Iterable[str]) -> Surface | None:
    """Whom a row is told of."""
    apis = set(apis)
    return next((SURFACES[one] for one in _SOURCES if SURFACES[one].api in apis), None)


def _name(surface: Surface, path: str) -> str:
    """`backend.mean`; of another API than Keras 2 with its name: `keras@1: layers.Merge`."""
    if surface.api == "keras2":
        return path
    return qualified("tf", path) if surface.api == "tf" else f"{surface.name}: {path}"


def _marked(row: Equivalence) -> list[str]:
    """The cells of a row, what is code as code."""
    code = [_code(cell) for cell in (row.name, *row.becomes)]
    return [*code, row.verdict, row.condition, row.source]


def _code(text: str) -> str:
    """Each part as code; a condition behind it stays a sentence."""
    if text in ("", "-", "(dropped)"):
        return text
    return "; ".join(_PART.sub(r"`\1`\2", part) for part in text.split("; "))
