"""Put every mutant to the laws and to the verifier, and say what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kmigrate.rulebook.laws import violations
from kmigrate.rulebook.rows import Rows
from kmigrate.rulebook.table import Table
from kmigrate.verify.compare import Comparison, Verdict
from kmigrate.verify.observation import Observation
from mutations import verifier
from mutations.mutant import Mutant
from mutations.verifier import Answer, Subject

# Subjects that a mutant is run on in each round until one gives it away, and whether in every way.
ROUNDS = ((1, False), (4, False), (10_000, False), (10_000, True))
# What would change words of the ledger, not its verdict.
WEAK = frozenset({"condition", "outside", "left"})
BAD = frozenset({Verdict.DIFFERENT, Verdict.FAILED, Verdict.MISSING})


class Fate(StrEnum):
    """What became of a mutant, from refused before it could do harm to not noticed at all."""

    REFUSED = "refused by the laws"
    KILLED = "killed"
    DECLINED = "leaves the call as it was"
    RAISING = "changes only calls that raise as they are"
    EQUIVALENT = "writes what means the same"
    UNCLAIMED = "in what no run proves, so the program says review"
    UNRUN = "needs an environment that is not here"
    EQUAL = "ran and computed the same"
    UNREACHED = "reached by no sample and no fixture"


SURVIVED = (Fate.EQUAL, Fate.UNREACHED)


@dataclass(frozen=True, slots=True)
class Trial:
    """Cases of a subject in which the mutant writes another program; `how` does it do so.

    `spoke`: the rule still has a part in them. `said`: they are left, and the report says so.
    `silent`: they are left, and nothing is said.
    """

    mutant: Mutant
    subject: Subject
    cases: tuple[int, ...]
    after: str
    how: str

    @property
    def key(self) -> str:
        return f"{self.mutant.id} | {self.subject.key} | {self.how}"


@dataclass
class Judged:
    """A mutant and its fate; `how` is what gave it away, `where` the first case that did."""

    mutant: Mutant
    fate: Fate
    how: str = ""
    where: str = ""
    ran: int = 0
    trials: list[Trial] = field(default_factory=list)
    parts: frozenset[str] = frozenset()
    missing: set[str] = field(default_factory=set)
    tried: int = 0

    def next_trials(self, most: int, deep: bool) -> list[Trial]:
        """The trials that come next; deep ones are those of samples once more, in every way."""
        if deep:
            return [trial for trial in self.trials if not trial.subject.is_fixture]
        found = self.trials[self.tried : self.tried + most]
        self.tried += len(found)
        return found


class Court:
    """The subjects, what they gave when they were run, and the judgement of mutants by it."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.subjects = verifier.by_rule(verifier.subjects())
        self.pythons = verifier.at_hand()
        self._seen: dict[tuple[str, str, bool], Observation] = {}

    def judge(self, mutants: Iterable[Mutant]) -> list[Judged]:
        """The fate of each."""
        judged = [self._written(mutant) for mutant in mutants]
        for most, deep in ROUNDS:
            self._round([entry for entry in judged if entry.fate is Fate.EQUAL], most, deep)
        for entry in judged:
            if entry.fate in SURVIVED:
                self._pardon(entry)
        return judged

    def _written(self, mutant: Mutant) -> Judged:
        """What the table with the mutant in it writes, set beside what it should."""
        wrong = mutant.put_into(self.rows)
        broken = violations(wrong)
        if broken:
            return Judged(mutant, Fate.REFUSED, "law", broken[0])
        found = self.subjects.get(mutant.row.id, [])
        with verifier.altered(Table(wrong)):
            trials = [trial for subject in found for trial in self._trials(mutant, subject)]
        if not trials:
            return Judged(mutant, Fate.UNREACHED)
        runnable = [t for t in trials if t.after and self._is_run(t)]
        missing = {t.subject.environment for t in trials} - self.pythons.keys()
        parts = frozenset(trial.how for trial in trials)
        return Judged(mutant, Fate.EQUAL, "", "", 0, _cheap_first(runnable), parts, missing)

    def _is_run(self, trial: Trial) -> bool:
        is_here = trial.subject.environment in self.pythons
        return is_here and (trial.how != "said" or trial.subject.is_fixture)

    def _trials(self, mutant: Mutant, subject: Subject) -> Iterator[Trial]:
        result = verifier.migrated(subject)
        if result.after is None:
            yield Trial(mutant, subject, (), "", "said")
            return
        chosen: dict[str, list[int]] = {}
        cases = verifier.changed_cases(subject, result.after)
        for case, how in verifier.parts(subject, result, cases, mutant.row.id).items():
            chosen.setdefault(how, []).append(case)
        for how, found in chosen.items():
            yield Trial(mutant, subject, tuple(found), result.after, how)

    def _round(self, waiting: Sequence[Judged], most: int, deep: bool) -> None:
        """Run some trials of each mutant that nothing has given away."""
        chosen = [(entry, entry.next_trials(most, deep)) for entry in waiting]
        trials = [trial for _, found in chosen for trial in found]
        self._observe_right_sides(trials, deep)
        texts = {t.key: t.subject.program(t.after, t.cases, deep=deep) for t in trials}
        wrongs = verifier.observe(texts, self.pythons["modern"]) if texts else {}
        for entry, found in chosen:
            for trial in found:
                if entry.fate is Fate.EQUAL:
                    self._compare(entry, trial, wrongs[trial.key], deep)

    def _observe_right_sides(self, trials: Sequence[Trial], deep: bool) -> None:
        """What the code as it was and as it should become gives, where it is not yet known."""
        used = {trial.subject.key: trial.subject for trial in trials}
        unseen = [s for s in used.values() if ("after", s.key, deep) not in self._seen]
        for environment in sorted({subject.environment for subject in unseen}):
            texts = {
                s.key: s.original(deep=deep)
                for s in unseen
                if s.environment == environment and s.recorded is None
            }
            self._see("before", deep, texts, self.pythons[environment])
        texts = {s.key: s.program(s.after, deep=deep) for s in unseen}
        self._see("after", deep, texts, self.pythons["modern"])

    def _see(self, side: str, deep: bool, texts: Mapping[str, str], python: str) -> None:
        if texts:
            found = verifier.observe(texts, python)
            self._seen.update({(side, key, deep): value for key, value in found.items()})

    def _compare(self, entry: Judged, trial: Trial, wrong: Observation, deep: bool) -> None:
        subject = trial.subject
        before = subject.recorded or self._seen["before", subject.key, deep]
        right = self._seen["after", subject.key, deep]
        should = verifier.answers(subject, trial.cases, before, right)
        found = verifier.answers(subject, trial.cases, before, wrong)
        for one, other in zip(should, found, strict=True):
            entry.ran += 1
            how = _noticed(one, other)
            if how and trial.how == "silent" and not subject.is_fixture:
                how = "left"
            if how and (how not in WEAK or not entry.how):
                entry.how, entry.where = how, f"{other.name}: {other.compared.reason}"
            if how and how not in WEAK:
                entry.fate = Fate.KILLED
                return

    def _pardon(self, entry: Judged) -> None:
        """A survivor that does no harm, as far as that can be known without a person."""
        spelled = [trial for trial in entry.trials if trial.subject.is_spelled]
        if entry.how in WEAK:
            entry.fate = Fate.KILLED
        elif spelled:
            entry.fate, entry.how = Fate.KILLED, "text"
            entry.where = spelled[0].subject.key
        elif entry.mutant.alike:
            entry.fate, entry.how = Fate.EQUIVALENT, entry.mutant.alike
        elif entry.missing:
            entry.fate, entry.how = Fate.UNRUN, ", ".join(sorted(entry.missing))
        elif entry.fate is Fate.EQUAL and "spoke" not in entry.parts:
            entry.fate = Fate.DECLINED
        elif entry.fate is Fate.EQUAL and not entry.ran:
            entry.fate = Fate.RAISING
        elif entry.fate is Fate.UNREACHED and not entry.mutant.is_claimed:
            entry.fate = Fate.UNCLAIMED


def _cheap_first(trials: Iterable[Trial]) -> list[Trial]:
    """Samples before fixtures, and of each the directions in turns."""
    turns: Counter[tuple[bool, str]] = Counter()
    place: dict[str, tuple[bool, int]] = {}
    found = list(trials)
    for trial in found:
        stratum = trial.subject.is_fixture, trial.subject.target
        place[trial.key] = stratum[0], turns[stratum]
        turns[stratum] += 1
    return sorted(found, key=lambda trial: place[trial.key])


def _noticed(should: Answer, found: Answer) -> str:
    """What tells the mutant from the rule; "" where the ledger would say the same of both."""
    right, wrong = should.compared, found.compared
    if wrong.verdict in BAD and right.verdict not in BAD:
        return _mechanism(wrong) if found.is_held else "outside"
    if right.verdict in BAD and (wrong.verdict, wrong.reason) != (right.verdict, right.reason):
        return "condition"
    return ""


def _mechanism(found: Comparison) -> str:
    if found.verdict is Verdict.FAILED:
        return "raise"
    reason = found.reason.partition(": ")[2] or found.reason
    return next((word for word in ("shape", "dtype") if reason.startswith(word)), "value")
