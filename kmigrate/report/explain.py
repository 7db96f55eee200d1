"""What a symbol becomes in each dialect, how far that is proven, and on what conditions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kmigrate.model import Outcome
from kmigrate.report.fates import Answer, Fate, Group, full_name, groups, verdict_of
from kmigrate.report.findings import one_line
from kmigrate.report.pages import address
from kmigrate.report.proof import RESPELLED, UNPROVEN, Proof
from kmigrate.report.summary import Line, Style
from kmigrate.rulebook.table import load_table

_STYLES = {
    Outcome.KEPT: Style.FAINT,
    Outcome.REWRITTEN: Style.GOOD,
    Outcome.REVIEW: Style.LOOK,
    Outcome.FLAGGED: Style.BAD,
    Outcome.UNRESOLVED: Style.BAD,
}
_CONDITIONS = 4
_INDENT = " " * 14


def explain(symbol: str) -> Iterator[Line]:
    """The answers for each API that has the symbol. Raises ValueError for what none of them has."""
    for group in groups(symbol):
        names = ", ".join(surface.name for surface in group.surfaces)
        yield Line(f"{full_name(symbol)} of {names} becomes", Style.TITLE)
        for fate in group.fates:
            yield from _fate(fate, group)
        yield from _arguments(group.fates)
        yield from _rules(group)


def explain_json(symbol: str) -> str:
    """The same as one JSON document. Raises ValueError for what none of the APIs has."""
    found = [
        {
            "from": [surface.name for surface in group.surfaces],
            "becomes": [_fate_json(fate, group) for fate in group.fates],
        }
        for group in groups(symbol)
    ]
    document = {"version": 1, "symbol": full_name(symbol), "groups": found}
    return json.dumps(document, indent=2) + "\n"


def _fate(fate: Fate, group: Group) -> Iterator[Line]:
    style = _STYLES[fate.outcome]
    proven = group.proven[fate.target]
    for number, (answer, proofs) in enumerate(zip(fate.answers, proven, strict=True)):
        head = _INDENT if number else f"  {fate.target:10}  "
        yield Line(head + answer.text, style)
        if proofs:
            yield Line(f"{_INDENT}  {verdict_of(proofs)}", style)
            yield from _conditions(proofs)
        elif fate.outcome is Outcome.REWRITTEN and not answer.rule:
            yield Line(f"{_INDENT}  {RESPELLED}", style)


def _conditions(proofs: dict[str, Proof]) -> Iterator[Line]:
    """Where it does not hold, each condition once."""
    ran = [proof for proof in proofs.values() if proof.cases]
    told = [one for proof in ran for one in (*proof.conditions, *proof.outside)]
    for condition in list(dict.fromkeys(told))[:_CONDITIONS]:
        yield Line(f"{_INDENT}    but: {one_line(condition, 160)}", Style.LOOK)


def _arguments(fates: list[Fate]) -> Iterator[Line]:
    """Each line about an argument once, below the targets that it is about."""
    targets: dict[str, list[str]] = {}
    for fate in fates:
        for answer in fate.arguments:
            targets.setdefault(_with_proof(answer), []).append(fate.target)
    together: dict[str, list[str]] = {}
    for line, named in targets.items():
        together.setdefault(", ".join(named), []).append(line)
    for named_targets, lines in together.items():
        yield Line(f"  arguments to {named_targets}")
        yield from (Line(f"    {line}") for line in lines)


def _with_proof(answer: Answer) -> str:
    return f"{answer.text} ({answer.proof.brief})" if answer.proof else answer.text


def _rules(group: Group) -> Iterator[Line]:
    """The rules that spoke: where they come from, and on what they were seen to hold."""
    for rule in dict.fromkeys(rule for fate in group.fates for rule in fate.rules):
        row = load_table().by_id(rule)
        yield Line(f"  rule {rule}: {row.why if row else ''}", Style.FAINT)
        if row is not None:
            yield Line(f"    told in {address(row)}", Style.FAINT)
        yield from (Line(f"    seen on {one}", Style.FAINT) for one in _seen(rule, group))


def _seen(rule: str, group: Group) -> list[str]:
    found = [
        proof.seen
        for fate in group.fates
        for answer, proofs in zip(fate.answers, group.proven[fate.target], strict=True)
        if answer.rule == rule
        for proof in proofs.values()
        if proof.verdict != UNPROVEN
    ]
    return list(dict.fromkeys(found))


def _fate_json(fate: Fate, group: Group) -> dict[str, Any]:
    return {
        "to": fate.target,
        "outcome": fate.outcome.value,
        "cases": [
            {
                "text": answer.text,
                "rule": answer.rule or None,
                "why": _why(answer.rule),
                "proof": {surface: _proof_json(proof) for surface, proof in proofs.items()},
            }
            for answer, proofs in zip(fate.answers, group.proven[fate.target], strict=True)
        ],
        "arguments": [
            {
                "text": answer.text,
                "rule": answer.rule or None,
                "proof": _proof_json(answer.proof) if answer.proof else None,
            }
            for answer in fate.arguments
        ],
    }


def _why(rule: str) -> str | None:
    row = load_table().by_id(rule) if rule else None
    return row.why if row else None


def _proof_json(proof: Proof) -> dict[str, Any]:
    return {
        "verdict": proof.verdict,
        "cases": proof.cases,
        "max_ulp": proof.max_ulp,
        "max_abs": proof.max_abs,
        "conditions": list(proof.conditions),
        "outside": list(proof.outside),
        "modes": list(proof.modes),
        "versions": {"before": proof.before, "after": proof.after},
        "device": proof.device,
        "date": proof.date or None,
    }
