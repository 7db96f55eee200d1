"""How far what was changed is proven: the verdict of the recorded runs on findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kmigrate.dialects import locate
from kmigrate.model import Direction, Finding, Outcome
from kmigrate.report.findings import DERIVED
from kmigrate.report.proof import RESPELLED, UNPROVEN, Proof, proof, weakest
from kmigrate.rulebook.rows import RewriteRow
from kmigrate.rulebook.table import load_table

_CHANGES = (Outcome.REWRITTEN, Outcome.REVIEW)


def verdict(findings: Iterable[Finding], direction: Direction) -> str:
    """`identical, 24 cases`: what the least proven of the changes has for a proof; "" for no change.

    What no rule of the table says is the same object under another name, unless it is a review.
    """
    changed = [finding for finding in findings if finding.outcome in _CHANGES]
    found = weakest(one for finding in changed for one in _proofs(finding, direction))
    if found is not None:
        return found.brief
    is_same = all(finding.outcome is Outcome.REWRITTEN for finding in changed)
    return RESPELLED if changed and is_same else ""


def _proofs(finding: Finding, direction: Direction) -> Iterator[Proof]:
    """One for each rule of the table that spoke: the weakest of the APIs that may be meant."""
    located = locate(finding.symbol)
    dialect = located[0] if located else ""
    apis = {surface.api for surface in direction.candidates.get(dialect, ())}
    for rule in finding.rules:
        row = load_table().by_id(rule)
        if rule.startswith(DERIVED) or row is None:
            continue
        template = finding.template if isinstance(row, RewriteRow) else ""
        proofs = [proof(rule, api, direction.target.api, template) for api in sorted(apis)]
        # An API that the rule does not speak of has nothing on record either.
        known = [one for one in proofs if one.verdict != UNPROVEN]
        found = weakest(known or proofs)
        yield found if found is not None else Proof(UNPROVEN)
