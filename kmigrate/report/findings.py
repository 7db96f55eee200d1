"""Findings as lines `path:line:col: outcome rule: what`, for `check` and for editors."""

from __future__ import annotations

from collections.abc import Iterator

from kmigrate.model import Finding, Outcome
from kmigrate.report.record import RunRecord


def lines(run: RunRecord, verbose: bool = False) -> Iterator[str]:
    """One line per finding; the kept ones with `verbose`."""
    for record in run.files:
        for finding in sorted(record.counted, key=lambda finding: finding.span):
            if verbose or finding.outcome is not Outcome.KEPT:
                yield f"{place(record.path, finding)}: {_sentence(finding)}"


def place(path: str, finding: Finding) -> str:
    """Where a finding stands, counted from 1 as editors do."""
    return f"{path}:{finding.span.line}:{finding.span.column + 1}"


def _sentence(finding: Finding) -> str:
    head = " ".join(filter(None, (finding.outcome.value, ", ".join(finding.rules))))
    what = one_line(finding.before) or finding.symbol
    if finding.after and finding.after != finding.before:
        what = f"{what} -> {one_line(finding.after)}"
    return ": ".join(filter(None, (head, what, one_line(finding.reason, 400))))


def one_line(text: str, width: int = 80) -> str:
    """The text without line breaks, shortened to `width`."""
    flat = " ".join(text.split())
    return flat if len(flat) <= width else f"{flat[: width - 3]}..."
