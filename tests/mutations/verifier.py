"""The verifier as the mutation check uses it: all that it needs of `kmigrate.verify` is here.

A subject is what evidence is taken from: the samples of a row in one direction, or a fixture's
program that is migrated to another dialect. Each is a text to migrate, and two programs to run.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from unittest import mock

from kmigrate import migrate as engine
from kmigrate.model import Outcome, Result
from kmigrate.rulebook.table import Table
from kmigrate.verify import evidence
from kmigrate.verify.cases import HEADER, fired, translate
from kmigrate.verify.compare import Comparison, compare
from kmigrate.verify.differences import Tolerance
from kmigrate.verify.fixtures import DIALECTS, load_fixtures
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Limits, Program, Setting, run

LIMITS = Limits(seconds=60.0)
WHOLE = -1  # the one case of a fixture's program
_ATTEMPT = re.compile(r"attempt\('c(\d+)'")
_CASE = re.compile(r"case_(\d+)")


@dataclass(frozen=True)
class Subject:
    """`after` is what the table as it is makes of `text`; `spoke` are the rules that had a part.

    `before` is None where the run of the text is on record.
    """

    key: str
    text: str
    source: str
    target: str
    environment: str
    after: str
    spoke: Mapping[int, frozenset[str]]
    footer: str = ""
    recorded: Observation | None = None
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    row: str = ""

    @property
    def is_fixture(self) -> bool:
        """Whether it is a whole program rather than a row's cases."""
        return self.recorded is not None

    @property
    def rules(self) -> frozenset[str]:
        """Every rule that had a part in what it became."""
        return frozenset().union(*self.spoke.values())

    def program(self, text: str, cases: Sequence[int] | None = None) -> str:
        """What is run of a migrated text; only these cases, if they are given."""
        if self.is_fixture:
            return text
        lines = self.footer.splitlines(keepends=True)
        kept = [line for line in lines if cases is None or _number(line) in cases]
        return HEADER + text + "\n" + "".join(kept)


def _number(line: str) -> int:
    found = _ATTEMPT.match(line)
    assert found is not None, line
    return int(found[1])


def subjects() -> list[Subject]:
    """All that the evidence of the table rests on."""
    return [*_samples(), *_fixtures()]


def _samples() -> Iterator[Subject]:
    for entry in evidence.sweeps():
        text, _, attempts = entry.before.removeprefix(HEADER).partition("\n\nattempt(")
        spoke = {
            case: frozenset(rule for rule, _ in rules) for case, rules in enumerate(entry.rules)
        }
        yield Subject(
            key=f"{entry.row} {entry.source} {entry.target}",
            text=text + "\n",
            source=entry.source,
            target=entry.target,
            environment=evidence.SOURCES[entry.source],
            after=entry.after.removeprefix(HEADER).partition("\n\nattempt(")[0] + "\n",
            spoke=spoke,
            footer="attempt(" + attempts,
            row=entry.row,
        )


def _fixtures() -> Iterator[Subject]:
    for fixture in load_fixtures():
        for source, target in fixture.pairs("numeric"):
            if DIALECTS[target].environment != "modern":
                continue
            surfaces = DIALECTS[source].surface, DIALECTS[target].surface
            result = translate(fixture.programs[source], *surfaces)
            rules = frozenset(spoke.rule for _, found in fired(result) for spoke in found)
            if result.after is None or not rules:
                continue
            yield Subject(
                key=f"fixture {fixture.name} {source} {target}",
                text=fixture.programs[source],
                source=surfaces[0],
                target=surfaces[1],
                environment="modern",
                after=result.after,
                spoke={WHOLE: rules},
                recorded=fixture.recorded[source],
                tolerances=fixture.tolerances,
            )


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
    return tuple(case for case in right if right[case] != wrong.get(case))


def _functions(text: str) -> dict[int, str]:
    found = {}
    for node in ast.parse(text).body:
        match = _CASE.fullmatch(node.name) if isinstance(node, ast.FunctionDef) else None
        if match:
            found[int(match[1])] = ast.dump(node)
    return found


def part(result: Result, case: int, rule: str) -> str:
    """The part that a rule has in a case: it `spoke`, the report `said` something, or `silent`."""
    lines = {3 + 2 * case}
    spoken = (found for line, found in fired(result) if case == WHOLE or line in lines)
    if any(rule == spoke.rule for found in spoken for spoke in found):
        return "spoke"
    told = (Outcome.FLAGGED, Outcome.UNRESOLVED)
    here = (f for f in result.findings if case == WHOLE or f.span.line in lines)
    return "said" if any(finding.outcome in told for finding in here) else "silent"


def at_hand() -> Mapping[str, str]:
    """The interpreters by environment."""
    return interpreters()


def observe(texts: Mapping[str, str], python: str) -> dict[str, Observation]:
    """Run programs by key, in two processes at a time where there are many."""
    programs = [Program(key, text, Path("mutant.py")) for key, text in texts.items()]
    halves = [programs[::2], programs[1::2]] if len(programs) > 50 else [programs]
    setting = Setting(python, variables={"KERAS_BACKEND": "tensorflow"})
    with ThreadPoolExecutor(len(halves)) as pool:
        found = pool.map(lambda half: run(half, setting, LIMITS), halves)
    return {key: observation for half in found for key, observation in half.items()}


def verdicts(
    subject: Subject, cases: Sequence[int], before: Observation, after: Observation
) -> dict[str, Comparison]:
    """What the verifier says of some cases, but for those whose original has nothing to compare."""
    if subject.is_fixture:
        return {subject.key: compare(before, after, subject.tolerances)}
    left, right = evidence._by_case(before), evidence._by_case(after)
    return {
        f"{subject.key} c{case}": evidence._compare_case(left.get(case, {}), right.get(case, {}))
        for case in cases
        if not evidence._raised(left.get(case, {}))
    }


def by_rule(found: Sequence[Subject]) -> Mapping[str, list[Subject]]:
    """The subjects in which each rule had a part, and those of its own samples."""
    index: dict[str, list[Subject]] = defaultdict(list)
    for subject in found:
        for rule in sorted(subject.rules | ({subject.row} - {""})):
            index[rule].append(subject)
    return index
