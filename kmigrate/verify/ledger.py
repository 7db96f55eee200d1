"""The ledger: what is known of each rule in each direction, as it stands in `rules/evidence/`."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kmigrate.verify.observation import Observation
from kmigrate.verify.verdict import Comparison, Verdict, over_cases

MAX_CONDITIONS = 4
_NAME = re.compile(r"^c\d+[^:]*: ")

Ledger = dict[str, dict[str, Any]]


@dataclass
class Entry:
    """What is known of one rule in one direction."""

    same: set[Verdict] = field(default_factory=set)
    cases: int = 0
    max_ulp: int = 0
    max_abs: float = 0.0
    conditions: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    fixtures: set[str] = field(default_factory=set)
    templates: set[str] = field(default_factory=set)
    befores: set[str] = field(default_factory=set)
    afters: set[str] = field(default_factory=set)
    device: str = ""

    def add(
        self,
        title: str,
        compared: Comparison,
        before: Observation,
        after: Observation,
        *templates: str,
    ) -> None:
        """Count one comparison; one that proves nothing is passed over."""
        if compared.verdict is Verdict.UNPROVEN:
            return
        self.cases += 1
        self.befores.add(_versions(before))
        self.afters.add(_versions(after))
        self.device = after.device
        if not compared.verdict.same:
            self.conditions[_NAME.sub("", compared.reason)].append(title)
            return
        self.same.add(compared.verdict)
        self.templates.update(filter(None, templates))
        self.max_ulp = max([self.max_ulp, *(name.max_ulp or 0 for name in compared.names)])
        self.max_abs = max([self.max_abs, *(name.max_abs or 0 for name in compared.names)])

    @property
    def verdict(self) -> str:
        """`identical` or `close`; `conditional` where some cases differ, `different` where all do."""
        differ = {Verdict.DIFFERENT} if self.conditions else set()
        return str(over_cases(self.same | differ))

    def to_json(self) -> dict[str, Any]:
        """The entry as it stands in the ledger."""
        document: dict[str, Any] = {
            "verdict": self.verdict,
            "max_ulp": self.max_ulp,
            "max_abs": self.max_abs,
            "cases": self.cases,
            "versions": {
                "before": " or ".join(sorted(self.befores)),
                "after": " or ".join(sorted(self.afters)),
            },
            "device": self.device,
        }
        if self.fixtures:
            document["fixtures"] = sorted(self.fixtures)
        if self.templates:
            document["templates"] = sorted(self.templates)
        if self.conditions:
            document["conditions"] = [
                f"{reason} ({len(titles)} of {self.cases} cases: {titles[0]})"
                for reason, titles in list(self.conditions.items())[:MAX_CONDITIONS]
            ]
        return document


Entries = defaultdict[tuple[str, str], Entry]


def _versions(observation: Observation) -> str:
    libraries = ("keras", "tf_keras", "tensorflow")
    found = [
        f"{name} {observation.versions[name]}" for name in libraries if name in observation.versions
    ]
    return ", ".join(found)


def ledger(entries: Entries, recorded: Mapping[str, Mapping[str, Any]], kept: set[str]) -> Ledger:
    """The entries, and what is on record for the APIs that could not be run."""
    found: Ledger = defaultdict(dict)
    for rule, directions in recorded.items():
        for direction, document in directions.items():
            if direction.partition("->")[0] in kept:
                found[rule][direction] = document
    for (rule, direction), entry in entries.items():
        if entry.cases:
            found[rule][direction] = entry.to_json()
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
