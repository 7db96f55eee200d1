"""The ledger: what is known of each rule in each direction, as it stands in `rules/evidence/`.

`verdict` is about what the rule is held to (sweep/domain.py): `identical` or `close`, `conditional`
where some of it differs, `different` where all of it does; `conditions` say where and how.
`outside` says the same of what it is not held to. `rule` is the fingerprint of the row that ran.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kmigrate.rulebook.table import load_table
from kmigrate.verify.observation import Observation
from kmigrate.verify.sweep.calls import Call, dtypes_in, ranks_in
from kmigrate.verify.sweep.conditions import conditions
from kmigrate.verify.sweep.domain import Claim
from kmigrate.verify.sweep.trials import OWN, Trial
from kmigrate.verify.verdict import Comparison, Verdict, over_cases

MAX_CONDITIONS = 4
NONE = "unproven"

Ledger = dict[str, dict[str, Any]]


@dataclass
class Entry:
    """What is known of one rule in one direction."""

    claim: Claim = field(default_factory=Claim)
    trials: list[Trial] = field(default_factory=list)
    fixtures: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    befores: set[str] = field(default_factory=set)
    afters: set[str] = field(default_factory=set)
    device: str = ""
    _answers: dict[str, dict[str, Trial]] = field(default_factory=lambda: defaultdict(dict))

    def add(
        self,
        title: str,
        compared: Comparison,
        before: Observation,
        after: Observation,
        *templates: str,
    ) -> None:
        """Count a comparison of whole programs."""
        call = Call("", (), title)
        trial = Trial(call, "", (), "program", OWN, OWN, OWN, compared)
        self.add_trial(trial, versions_of(before), versions_of(after), after.device, *templates)

    def add_trial(
        self, trial: Trial, before: str, after: str, device: str, *templates: str
    ) -> None:
        """Count one comparison; one that proves nothing is passed over.

        An answer that is the same whatever is asked proves nothing; two that follow what was fed do.
        """
        if not (trial.is_proof or trial.has_failed):
            for template in templates if trial.answer else ():
                answers = self._answers[template]
                answers.setdefault(trial.answer, trial)
                if len(answers) == 2:
                    for one in answers.values():
                        equal = replace(one, compared=Comparison(Verdict.IDENTICAL))
                        self.add_trial(equal, before, after, device, template)
            return
        self.trials.append(trial)
        self.befores.add(before)
        self.afters.add(after)
        self.device = device
        if trial.is_proof:
            self.templates.update(filter(None, templates))

    @property
    def cases(self) -> int:
        """How many comparisons say something."""
        return len(self.trials)

    @property
    def verdict(self) -> str:
        """The verdict on what the rule is held to; `unproven` where nothing of that ran."""
        found = {trial.compared.verdict for trial in self._held if trial.is_proof}
        if any(trial.has_failed for trial in self._held):
            found.add(Verdict.DIFFERENT)
        return str(over_cases(found))

    @property
    def _held(self) -> list[Trial]:
        return [trial for trial in self.trials if self.claim.holds(trial)]

    def to_json(self, fingerprint: str = "", date: str = "") -> dict[str, Any]:
        """The entry as it stands in the ledger."""
        held, proofs = self._held, [trial for trial in self.trials if trial.is_proof]
        names = [name for t in held if t.is_proof for name in t.compared.names]
        document: dict[str, Any] = {
            "verdict": self.verdict,
            "max_ulp": max((name.max_ulp or 0 for name in names), default=0),
            "max_abs": float(f"{max((name.max_abs or 0.0 for name in names), default=0.0):.3g}"),
            "cases": self.cases,
            "versions": {
                "before": " or ".join(sorted(self.befores)),
                "after": " or ".join(sorted(self.afters)),
            },
            "device": self.device,
            "date": date or datetime.now(UTC).date().isoformat(),
            "rule": fingerprint,
        }
        known = {id(trial) for trial in held}
        lists: dict[str, Iterable[str]] = {
            "modes": sorted({trial.mode for trial in proofs}),
            "dtypes": sorted({trial.dtype for trial in proofs} - {OWN}),
            "fixtures": sorted(self.fixtures),
            "templates": sorted(self.templates),
            "conditions": self._differing(held),
            "outside": self._differing([t for t in self.trials if id(t) not in known]),
        }
        return document | {name: list(values) for name, values in lists.items() if values}

    def _differing(self, trials: Iterable[Trial]) -> list[str]:
        failed = [trial for trial in trials if trial.has_failed]
        proofs = [trial for trial in self.trials if trial.is_proof]
        return conditions(failed, proofs, self.cases)[:MAX_CONDITIONS]


class Entries(defaultdict[tuple[str, str], Entry]):
    """An entry for each rule and direction, `keras2->tf`."""

    def __init__(self, backend: str = "tensorflow") -> None:
        super().__init__(Entry)
        self.backend = backend

    def __missing__(self, key: tuple[str, str]) -> Entry:
        row = load_table().by_id(key[0])
        samples: Mapping[str, tuple[str, ...]] = getattr(row, "samples", {})
        texts = [value for values in samples.values() for value in values]
        claim = Claim(dtypes_in(texts), ranks_in(texts), key[1].partition("->")[2], self.backend)
        self[key] = Entry(claim)
        return self[key]


def versions_of(observation: Observation) -> str:
    """The libraries that ran, `keras 3.15.1, tensorflow 2.21.0`."""
    libraries = ("keras", "tf_keras", "tensorflow", "jax", "torch")
    found = [
        f"{name} {observation.versions[name]}" for name in libraries if name in observation.versions
    ]
    return ", ".join(found)


def ledger(
    entries: Entries,
    recorded: Mapping[str, Mapping[str, Any]],
    kept: set[str],
    fingerprints: Mapping[str, str],
) -> Ledger:
    """The entries, and what is on record for the APIs that could not be run.

    What ran again and came out as it was keeps its date.
    """
    found: Ledger = defaultdict(dict)
    for rule, directions in recorded.items():
        for direction, document in directions.items():
            if direction.partition("->")[0] in kept and rule in fingerprints:
                found[rule][direction] = document
    for (rule, direction), entry in entries.items():
        if entry.verdict != NONE:
            document = entry.to_json(fingerprints.get(rule, ""))
            old = dict(recorded.get(rule, {}).get(direction, {}))
            if {**document, "date": ""} == {**old, "date": ""}:
                document = old
            found[rule][direction] = document
    return found


def write(found: Ledger, folder: Path) -> None:
    """One file for each family of rules, one line for each direction of a rule."""
    families: dict[str, Ledger] = defaultdict(dict)
    for rule in sorted(found):
        families[rule.partition(".")[0]][rule] = found[rule]
    folder.mkdir(exist_ok=True)
    for file in folder.glob("*.json"):
        file.unlink()
    for family, rules in families.items():
        blocks = [
            f"{json.dumps(rule)}: {{\n"
            + ",\n".join(
                f" {json.dumps(way)}: {json.dumps(directions[way])}" for way in sorted(directions)
            )
            + "\n}"
            for rule, directions in rules.items()
        ]
        (folder / f"{family}.json").write_text("{\n" + ",\n".join(blocks) + "\n}\n", "utf-8")
