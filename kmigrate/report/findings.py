"""Findings as lines `path:line:col: outcome rule: what`, for `check` and for editors."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kmigrate.dialects import locate
from kmigrate.model import Finding, Outcome
from kmigrate.report import pins
from kmigrate.report.cells import by_cell
from kmigrate.report.record import RunRecord

DERIVED = "derived."
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z`])|;\s")


def lines(run: RunRecord, verbose: bool = False) -> Iterator[str]:
    """One line per finding; the kept ones with `verbose`."""
    for record in (part for file in run.files for part in by_cell(file)):
        for finding in sorted(record.counted, key=lambda finding: finding.span):
            if verbose or finding.outcome is not Outcome.KEPT:
                yield f"{place(record.path, finding)}: {_sentence(finding, verbose)}"
    for file in run.files:
        yield from pins.lines(file)


def place(path: str, finding: Finding) -> str:
    """Where a finding stands, counted from 1 as editors do."""
    return f"{path}:{finding.span.line}:{finding.span.column + 1}"


def _sentence(finding: Finding, verbose: bool) -> str:
    head = " ".join(filter(None, (finding.outcome.value, ", ".join(own_rules(finding.rules)))))
    what = one_line(finding.before) or finding.symbol
    if finding.after and finding.after != finding.before:
        what = f"{what} -> {one_line(finding.after)}"
    # What was rewritten says for itself why; the other outcomes ask something of the reader.
    reason = finding.reason if verbose or finding.outcome is not Outcome.REWRITTEN else ""
    return ": ".join(filter(None, (head, what, one_line(reason, 400))))


def is_raw(finding: Finding) -> bool:
    """Is it TensorFlow itself that is referred to?"""
    located = locate(finding.symbol)
    return located is not None and located[0] == "tf"


def own_rules(rules: Iterable[str]) -> list[str]:
    """The rules of the table; the derived ones only where there are no others."""
    named = list(dict.fromkeys(rules))
    return [rule for rule in named if not rule.startswith(DERIVED)] or named


def one_line(text: str, width: int = 80) -> str:
    """The text without line breaks, shortened to `width`."""
    flat = " ".join(text.split())
    if len(flat) <= width:
        return flat
    cut = flat[: width - 3]
    return f"{cut[: max(cut.rfind(' '), width // 2)].rstrip(' ,:;')}..."


def first_sentence(text: str) -> str:
    """What stands before the first full stop or semicolon, on one line."""
    return _SENTENCE_END.split(" ".join(text.split()), maxsplit=1)[0].removesuffix(".")
