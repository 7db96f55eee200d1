"""Run what the rules rewrite, before and after, and weigh it: the evidence for each rule.

`python -m kmigrate.verify.evidence` is `kmigrate verify --rules --update`.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from kmigrate.model import SURFACES
from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import RewriteRow, Rows, SymbolRow
from kmigrate.verify.cases import Spoke, Sweep, fired, sweep, translate
from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.fixtures import DIALECTS, Fixture
from kmigrate.verify.ledger import Entries, versions_of
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.sweep.trials import Job, controls_of, observe, trials_of

# The surfaces that answer for their API, and the environment of each.
SOURCES = {
    "keras@1": "keras@1",
    "keras@2": "keras@2",
    "tf_keras": "modern",
    "keras@3": "modern",
    "tf.keras@3": "modern",
    "tf@2": "modern",
    "tf@1": "keras@2",
}
TARGETS = ("tf_keras", "keras@3", "tf@2")
TENSORFLOW = "tensorflow"
FIXTURES = 60  # that are worth the start of a process: each takes longer than a sweep


@dataclass
class Controls:
    """The planted mistakes by family of rules: how many were run, and which were not noticed."""

    run: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    missed: list[str] = field(default_factory=list)

    def add(self, rule: str, direction: str, mistake: str, compared: Comparison) -> None:
        """Count a mistake; one that passes for the right result is missed."""
        self.run[rule.partition(".")[0]] += 1
        if compared.verdict.same or compared.verdict is Verdict.UNPROVEN:
            self.missed.append(f"{rule} {direction}: {mistake}")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a sweep: the environment and the backend it runs on, and its program."""

    environment: str
    backend: str
    text: str

    @property
    def key(self) -> str:
        """The same program has the same key, on every machine."""
        said = f"{self.environment} {self.backend}\n{self.text}"
        return hashlib.sha256(said.encode()).hexdigest()[:20]


def sweeps(
    chosen: Callable[[str], bool] = lambda rule: True, rows: Rows | None = None
) -> list[Sweep]:
    """Every chosen row that has samples, in every direction in which it speaks."""
    found = rows or read_rows()
    sampled: list[SymbolRow | RewriteRow] = [*found.symbols, *found.rewrites]
    swept = [
        sweep(row, source, target)
        for row in sampled
        if row.samples and chosen(row.id)
        for source in SOURCES
        for target in TARGETS
        if SURFACES[source].api != SURFACES[target].api or source == "tf.keras@3"
    ]
    return [entry for entry in swept if entry is not None]


def sides(entry: Sweep, backend: str = TENSORFLOW) -> tuple[Side, Side]:
    """The two sides of a sweep; Keras 3 runs on the backend, everything else on TensorFlow."""
    return _side(entry, backend, is_after=False), _side(entry, backend, is_after=True)


def _side(entry: Sweep, backend: str, *, is_after: bool) -> Side:
    is_keras3 = (entry.target if is_after else entry.source) == "keras@3"
    if is_keras3 and backend != TENSORFLOW:
        return Side(
            f"keras@3-{backend}", backend, entry.program(is_after=is_after, backend=backend)
        )
    environment = "modern" if is_after else SOURCES[entry.source]
    return Side(environment, TENSORFLOW, entry.program(is_after=is_after))


def has_backend(entry: Sweep, backend: str) -> bool:
    """Whether the choice of a backend for Keras 3 says anything about the sweep."""
    return backend == TENSORFLOW or (entry.source == "keras@3") != (entry.target == "keras@3")


def observations(
    found: Iterable[Side], pythons: Mapping[str, str], workers: int = 0
) -> dict[str, Observation]:
    """Run the sides whose interpreter is at hand, each program once; by their keys."""
    texts: dict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    names: dict[str, str] = {}
    for side in found:
        if side.environment in pythons:
            texts[side.environment, side.backend][side.key] = names[side.key] = side.text
    jobs = [Job(pythons[place], backend, some) for (place, backend), some in sorted(texts.items())]
    observed = observe(jobs, workers)
    return {key: _mentioned(observation, names[key]) for key, observation in observed.items()}


def add_sweeps(
    entries: Entries,
    found: Iterable[Sweep],
    pythons: Mapping[str, str],
    backend: str = TENSORFLOW,
    observed: Mapping[str, Observation] | None = None,
) -> Controls:
    """Run the sweeps, or take what was observed, and count their trials for every rule."""
    paired = [(entry, *sides(entry, backend)) for entry in found if has_backend(entry, backend)]
    if observed is None:
        wanted = [
            side
            for _, *both in paired
            if all(one.environment in pythons for one in both)
            for side in both
        ]
        observed = observations(wanted, pythons)
    controls = Controls()
    for entry, left, right in paired:
        if left.key in observed and right.key in observed:
            _add(entries, controls, entry, observed[left.key], observed[right.key])
    return controls


def verdicts_of(
    found: Iterable[Sweep], pythons: Mapping[str, str], backend: str = TENSORFLOW
) -> dict[tuple[str, str], str]:
    """The verdict for each rule and direction (`keras2->tf`) of sweeps, which may be altered ones.

    A rule without a comparison that says anything is `unproven`.
    """
    entries, found = Entries(backend), list(found)
    add_sweeps(entries, found, pythons, backend)
    asked = {
        (spoke.rule, _direction(entry.source, entry.target))
        for entry in found
        for rules in entry.rules
        for spoke in rules
    }
    return {key: entries[key].verdict for key in sorted(asked)}


def _add(
    entries: Entries, controls: Controls, entry: Sweep, before: Observation, after: Observation
) -> None:
    direction = _direction(entry.source, entry.target)
    for mistake, compared in controls_of(before, after):
        controls.add(entry.row, direction, mistake, compared)
    for problem in (before, after):
        if problem.ending is not Ending.FINISHED:
            print(f"{entry.row} {direction}: {problem.ending} {problem.failure}", file=sys.stderr)
    told = versions_of(before), versions_of(after), after.device
    for trial in trials_of(entry, before, after):
        for rule, template in trial.spoke:
            entries[rule, direction].add_trial(trial, *told, template)


@dataclass(frozen=True, slots=True)
class Migrated:
    """A fixture's program after migration, and the rules that spoke in it."""

    fixture: Fixture
    source: str
    target: str
    rules: frozenset[Spoke]
    text: str


def migrated(
    fixtures: Iterable[Fixture], chosen: Callable[[str], bool] = lambda rule: True
) -> Iterator[Migrated]:
    """What each fixture becomes in each direction in which a chosen rule speaks."""
    for fixture in fixtures:
        for source, target in fixture.pairs("numeric"):
            if DIALECTS[target].environment != "modern":
                continue
            result = translate(
                fixture.programs[source], DIALECTS[source].surface, DIALECTS[target].surface
            )
            spoken = frozenset(spoke for _, found in fired(result) for spoke in found)
            rules = frozenset(spoke for spoke in spoken if chosen(spoke.rule))
            if rules and result.after is not None:
                yield Migrated(fixture, source, target, rules, result.after)


def add_fixtures(entries: Entries, found: Iterable[Migrated], pythons: Mapping[str, str]) -> None:
    """Run what each fixture becomes, and count it for every rule that spoke in it."""
    programs = list(found)
    texts = {str(number): program.text for number, program in enumerate(programs)}
    afters = observe([Job(pythons["modern"], TENSORFLOW, texts, share=FIXTURES)])
    for number, program in enumerate(programs):
        fixture, source = program.fixture, program.source
        before = _mentioned(fixture.recorded[source], fixture.programs[source])
        after = _mentioned(afters[str(number)], program.text)
        compared = compare(before, after, fixture.tolerances)
        direction = _direction(DIALECTS[source].surface, DIALECTS[program.target].surface)
        if compared.verdict is Verdict.FAILED:  # it does not say which of the rules is to blame
            print(f"{fixture.name} {source} {program.target}: {compared.reason}", file=sys.stderr)
            continue
        for rule, templates in _by_rule(program.rules).items():
            entry = entries[rule, direction]
            title = f"fixture {fixture.name}/{source}.py"
            entry.add(title, compared, before, after, *templates)
            if compared.verdict.same:
                entry.fixtures.add(fixture.name)


def _by_rule(spoken: Iterable[Spoke]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for rule, template in spoken:
        found[rule].add(template)
    return found


def _mentioned(observation: Observation, text: str) -> Observation:
    """The observation without the versions of libraries that only others in its process use."""
    versions = {
        name: version
        for name, version in observation.versions.items()
        if name in (TENSORFLOW, "jax", "torch") or re.search(rf"\b{name}\.", text)
    }
    return replace(observation, versions=versions)


def _direction(source: str, target: str) -> str:
    return f"{SURFACES[source].api}->{SURFACES[target].api}"


if __name__ == "__main__":
    from kmigrate.verify.sweep.command import check_rules

    sys.exit(check_rules([], update=True))
