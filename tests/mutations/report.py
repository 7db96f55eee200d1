"""Count what became of the mutants, and set the survivors beside their explanations."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutations.judging import SURVIVED, Fate, Judged

SURVIVORS = Path(__file__).with_name("survivors.toml")
HOW = {
    "value": "other values",
    "dtype": "another dtype",
    "shape": "another shape",
    "raise": "it raises",
    "text": "it computes the same, and a fixture's program is spelled otherwise",
    "condition": "the ledger's condition would read otherwise",
    "outside": "the ledger's words on what it is not held to would read otherwise",
    "left": "the ledger's count of cases would fall: calls are left as they were",
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Mutants that survive, by id (`*` stands for anything), and why that is right."""

    mutants: tuple[str, ...]
    why: str

    def covers(self, mutant: str) -> bool:
        """Whether it is about this one."""
        return any(_pattern(text).fullmatch(mutant) for text in self.mutants)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))), re.DOTALL)


def explanations(file: Path = SURVIVORS) -> list[Explanation]:
    """Read the list of survivors that a person has explained."""
    rows = tomllib.loads(file.read_text("utf-8"))["survivor"]
    return [Explanation(tuple(row["mutants"]), row["why"]) for row in rows]


def survivors(judged: Sequence[Judged]) -> Iterator[tuple[Judged, str]]:
    """The mutants that nothing gave away, each with its explanation or ""."""
    known = explanations()
    for entry in judged:
        if entry.fate in SURVIVED:
            found = (row.why for row in known if row.covers(entry.mutant.id))
            yield entry, next(found, "")


def unexplained(judged: Sequence[Judged]) -> list[str]:
    """The survivors without a reason, as lines."""
    return [f"{entry.mutant.id} ({entry.fate})" for entry, why in survivors(judged) if not why]


def outdated(judged: Sequence[Judged]) -> list[str]:
    """Explanations of mutants that were judged and do not survive any more."""
    alive = [entry.mutant.id for entry in judged if entry.fate in SURVIVED]
    return [
        text
        for row in explanations()
        for text in row.mutants
        if not any(_pattern(text).fullmatch(mutant) for mutant in alive)
    ]


def markdown(judged: Sequence[Judged], seconds: float) -> str:
    """The whole report."""
    fates = Counter(entry.fate for entry in judged)
    ways = Counter(entry.how for entry in judged if entry.fate is Fate.KILLED)
    operators = Counter(entry.mutant.operator for entry in judged)
    lines = [
        f"{len(judged)} mutants of {len({e.mutant.row.id for e in judged})} rules"
        f" in {seconds:.0f} s",
        "",
        *_table("fate", {str(fate): fates[fate] for fate in Fate}),
        *_table("killed because", {HOW.get(how, how): ways[how] for how in ways}),
        *_table("operator (killed, declined or refused of all)", _by_operator(judged, operators)),
    ]
    return "\n".join([*lines, *_listed(judged)])


def _table(title: str, counts: Mapping[str, object]) -> list[str]:
    rows = [f"| {name} | {count} |" for name, count in counts.items()]
    return [f"| {title} | mutants |", "| --- | ---: |", *rows, ""]


def _by_operator(judged: Sequence[Judged], operators: Mapping[str, int]) -> dict[str, str]:
    noticed = (Fate.KILLED, Fate.REFUSED, Fate.DECLINED)
    counts = Counter(e.mutant.operator for e in judged if e.fate in noticed)
    return {name: f"{counts[name]} of {operators[name]}" for name in sorted(operators)}


def _listed(judged: Sequence[Judged]) -> Iterator[str]:
    found = list(survivors(judged))
    yield f"Survivors ({len(found)}):"
    yield ""
    for entry, why in found:
        yield f"- `{entry.mutant.id}` {entry.fate}: {why or 'NOT EXPLAINED'}"
