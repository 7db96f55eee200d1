"""What the recorded runs say of a rule in one direction, of one of its cases, of several rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kmigrate.match.templates import rest_first
from kmigrate.rulebook.evidence import PROOF, records_of

UNPROVEN = "unproven"
NO_RUN = "no run recorded"
NEVER_RAN = "this case never ran"
RESPELLED = "respelled: same object"
_WEAKEST_LAST = ("identical", "close", "conditional", "different", UNPROVEN)


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict of the ledger with its largest differences; `conditions`: where it does not hold.

    `outside`: where it differs beyond the inputs that the rule is held to. `max_abs` is absolute,
    in the units of the values; `before` and `after` are versions; `modes` how it was run.
    """

    verdict: str
    cases: int = 0
    max_ulp: int = 0
    max_abs: float = 0.0
    conditions: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    modes: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    device: str = ""
    date: str = ""

    @property
    def proves(self) -> bool:
        """Whether before and after were seen to compute the same."""
        return self.verdict in PROOF

    @property
    def weakness(self) -> tuple[int, int, int]:
        """The larger, the less is proven."""
        known = self.verdict in _WEAKEST_LAST
        place = _WEAKEST_LAST.index(self.verdict) if known else len(_WEAKEST_LAST)
        return place, self.max_ulp, -self.cases

    @property
    def brief(self) -> str:
        """`identical, 24 cases`, `close, 2 ulp`, `unproven`."""
        if self.verdict == "close" and self.max_ulp:
            return f"close, {self.max_ulp} ulp"
        return f"{self.verdict}, {cases(self.cases)}" if self.cases else self.verdict

    @property
    def seen(self) -> str:
        """`keras 2.2.4, tensorflow 1.15.5 to keras 3.15.1; eager; CPU (x86_64); 2026-01-31`."""
        versions = " to ".join(filter(None, (self.before, self.after)))
        return "; ".join(filter(None, (versions, ", ".join(self.modes), self.device, self.date)))

    def told(self) -> str:
        """`close in 24 cases (differs by up to 2 ulp and 1.2e-07)`, with every condition."""
        text = self.verdict + (f" in {cases(self.cases)}" if self.cases else "")
        largest = [f"{self.max_ulp} ulp"] if self.max_ulp else []
        largest += [f"{self.max_abs:.2g}"] if self.max_abs else []
        if largest:
            text += f" (differs by up to {' and '.join(largest)})"
        where = (*self.conditions, *self.outside)
        return text + (f": {'; '.join(where)}" if where else "")


def cases(count: int) -> str:
    """`1 case`, `2 cases`."""
    return f"{count} case{'s' * (count != 1)}"


def proof(rule: str, source: str, target: str, template: str = "") -> Proof:
    """What is recorded of a rule from one API to another, and of the case that writes `template`."""
    record = records_of(rule).get(f"{source}->{target}")
    if record is None:
        return Proof(UNPROVEN, conditions=(NO_RUN,))
    if template:
        ran = record.get("templates", ())
        form = next((form for form in _forms(template) if form in ran), None)
        # A case that ran and differed is not listed either: the rule's verdict tells of it.
        if form is None and record.get("verdict") in PROOF:
            return Proof(UNPROVEN, conditions=(NEVER_RAN,))
        if form is not None and isinstance(ran, Mapping) and isinstance(ran[form], Mapping):
            record = {**record, **ran[form]}
    return read(record)


def read(record: Mapping[str, Any]) -> Proof:
    """A record of the ledger, whatever parts of it there are."""
    versions = record.get("versions", {})
    return Proof(
        str(record.get("verdict", UNPROVEN)),
        int(record.get("cases") or 0),
        int(record.get("max_ulp") or 0),
        float(record.get("max_abs") or 0.0),
        tuple(map(str, record.get("conditions", ()))),
        tuple(map(str, record.get("outside", ()))),
        tuple(map(str, record.get("modes", ()))),
        str(versions.get("before", "")),
        str(versions.get("after", "")),
        str(record.get("device", "")),
        str(record.get("date", "")),
    )


def weakest(proofs: Iterable[Proof]) -> Proof | None:
    """The one that proves least; None where there is none."""
    return max(proofs, key=lambda proof: proof.weakness, default=None)


def _forms(template: str) -> Iterator[str]:
    """A template as the ledger names it: with the rest of the arguments or without."""
    yield rest_first(template)
    yield template.replace(", ...", "").replace("(...)", "()")
