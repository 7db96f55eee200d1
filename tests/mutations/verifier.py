"""The verifier as the mutation check uses it: all that it needs of `kmigrate.verify` is here.

A subject is what evidence is taken from: the samples of a row in one direction, or a fixture's
program that is migrated to another dialect. Each is a text to migrate, and two programs to run.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from unittest import mock

from kmigrate import migrate as engine
from kmigrate.model import SURFACES, Outcome, Result
from kmigrate.rulebook.table import Table
from kmigrate.verify import evidence
from kmigrate.verify.cases import Spoke, Sweep, fired, translate
from kmigrate.verify.compare import Comparison, compare
from kmigrate.verify.differences import Tolerance
from kmigrate.verify.fixtures import DIALECTS, load_fixtures
from kmigrate.verify.ledger import Entries
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters
from kmigrate.verify.sweep.calls import Depth
from kmigrate.verify.sweep.trials import Job, trials_of
from kmigrate.verify.sweep.trials import observe as run_jobs

WHOLE = -1  # the one case of a fixture's program
_CASE = re.compile(r"case_(\d+)")
_OUTPUT = re.compile(r"c(\d+):")


class Answer(NamedTuple):
    """What the verifier says of one run, and whether the rule is held to it."""

    name: str
    compared: Comparison
    is_held: bool


@dataclass(frozen=True)
class Subject:
    """`after` is what the table as it is makes of `text`; `spoke` are the rules that had a part.

    A case is a function of the text, found by its number. `sweep` is None for a fixture, whose
    original is on record; `is_spelled` says that the tests hold what it becomes to another program
    of the fixture, word for word.
    """

    key: str
    text: str
    source: str
    target: str
    environment: str
    after: str
    spoke: frozenset[str]
    sweep: Sweep | None = None
    recorded: Observation | None = None
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    is_spelled: bool = False

    @property
    def is_fixture(self) -> bool:
        """Whether it is a whole program rather than a row's cases."""
        return self.sweep is None

    def original(self, *, deep: bool) -> str:
        """The program to run of the text itself."""
        return self._at(deep).program(is_after=False) if self.sweep else self.text

    def program(self, after: str, cases: Sequence[int] = (), *, deep: bool) -> str:
        """The program to run of a migrated text; of these cases alone, if any are named.

        `deep` runs it in every way that the evidence does, else every call once.
        """
        if self.sweep is None:
            return after
        entry = self._at(deep)
        rules = [
            spoke if not cases or function in cases else ()
            for function, spoke in zip(entry.functions, entry.rules, strict=True)
        ]
        return replace(entry, after=after, rules=rules).program(is_after=True)

    def _at(self, deep: bool) -> Sweep:
        """The sweep with every call in it: a mutant may speak where the rule has nothing to say."""
        assert self.sweep is not None
        row = Spoke(self.sweep.row)
        every = replace(self.sweep, rules=[spoke or (row,) for spoke in self.sweep.rules])
        return every if deep else replace(every, depths=[Depth.SPELLED] * len(every.calls))


def subjects() -> list[Subject]:
    """All that the evidence of the table rests on."""
    return [*_samples(), *_fixtures()]


def _samples() -> Iterator[Subject]:
    for entry in evidence.sweeps():
        yield Subject(
            key=f"{entry.row} {entry.source} {entry.target}",
            text=entry.before,
            source=entry.source,
            target=entry.target,
            environment=evidence.SOURCES[entry.source],
            after=entry.after,
            spoke=frozenset(spoke.rule for rules in entry.rules for spoke in rules),
            sweep=entry,
        )


def _fixtures() -> Iterator[Subject]:
    for entry in evidence.migrated(load_fixtures()):
        fixture = entry.fixture
        yield Subject(
            key=f"fixture {fixture.name} {entry.source} {entry.target}",
            text=fixture.programs[entry.source],
            source=DIALECTS[entry.source].surface,
            target=DIALECTS[entry.target].surface,
            environment="modern",
            after=entry.text,
            spoke=frozenset(spoke.rule for spoke in entry.rules),
            recorded=fixture.recorded[entry.source],
            tolerances=fixture.tolerances,
            is_spelled=(entry.source, entry.target) in fixture.pairs("text"),
        )


def by_rule(found: Sequence[Subject]) -> Mapping[str, list[Subject]]:
    """The subjects in which each rule has a part, and those of its own samples."""
    index: dict[str, list[Subject]] = defaultdict(list)
    for subject in found:
        own = {subject.sweep.row} if subject.sweep else set()
        for rule in sorted(subject.spoke | own):
            index[rule].append(subject)
    return index


@contextmanager
def altered(table: Table) -> Iterator[None]:
    """Migrations inside follow this table."""
    with mock.patch.object(engine, "load_table", lambda: table):
        engine._method_names.cache_clear()
        yield
    engine._method_names.cache_clear()


def migrated(subject: Subject) -> Result:
    """The subject's text by the table that is in force."""
    return translate(subject.text, subject.source, subject.target)


def changed_cases(subject: Subject, after: str) -> tuple[int, ...]:
    """The cases in which `after` is another program than the subject's own."""
    if subject.is_fixture:
        return (WHOLE,) if ast.dump(ast.parse(after)) != ast.dump(ast.parse(subject.after)) else ()
    right, wrong = _functions(subject.after), _functions(after)
    return tuple(
        case
        for case in right
        if case not in wrong or ast.dump(right[case]) != ast.dump(wrong[case])
    )


def _functions(text: str) -> dict[int, ast.FunctionDef]:
    found = {}
    for node in ast.parse(text).body:
        match = _CASE.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if match and isinstance(node, ast.FunctionDef):
            found[int(match[1])] = node
    return found


def parts(subject: Subject, result: Result, cases: Sequence[int], rule: str) -> dict[int, str]:
    """The part of a rule in each case: it `spoke`, the report `said` something, or `silent`."""
    lines = {case: node.body[0].lineno for case, node in _functions(subject.text).items()}
    spoken = {line for line, found in fired(result) if rule in {spoke.rule for spoke in found}}
    told = (Outcome.FLAGGED, Outcome.UNRESOLVED)
    said = {finding.span.line for finding in result.findings if finding.outcome in told}

    def part(case: int) -> str:
        here = {lines[case]} if case != WHOLE else spoken | said
        return "spoke" if here & spoken else "said" if here & said else "silent"

    return {case: part(case) for case in cases}


def at_hand() -> Mapping[str, str]:
    """The interpreters by environment."""
    return interpreters()


def observe(texts: Mapping[str, str], python: str) -> dict[str, Observation]:
    """Run programs by key."""
    return run_jobs([Job(python, evidence.TENSORFLOW, texts)])


def answers(
    subject: Subject, cases: Sequence[int], before: Observation, after: Observation
) -> list[Answer]:
    """What the verifier says of some cases, but for those whose original has nothing to compare.

    Both sides have run in the same depth.
    """
    if subject.sweep is None:
        return [Answer(subject.key, compare(before, after, subject.tolerances), True)]
    calls = {n for n, function in enumerate(subject.sweep.functions) if function in cases}
    kept = {
        name: leaf
        for name, leaf in before.values.items()
        if (found := _OUTPUT.match(name)) and int(found[1]) in calls
    }
    direction = f"{SURFACES[subject.source].api}->{SURFACES[subject.target].api}"
    claim = Entries()[subject.sweep.row, direction].claim
    return [
        Answer(f"{subject.key}: {trial.title}", trial.compared, claim.holds(trial))
        for trial in trials_of(subject.sweep, replace(before, values=kept), after)
    ]
