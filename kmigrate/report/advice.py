"""What to do after a run: a few lines, each only where it helps."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from kmigrate.dialects import DIALECTS
from kmigrate.model import Finding, Outcome
from kmigrate.report.findings import is_raw
from kmigrate.report.record import RunRecord
from kmigrate.report.summary import Line, Style, plural

_BETWEEN = re.compile(r"(?:written as|left as it stands:) for (.+?); say which with --from")
_VERSION = re.compile(r"(?<=for )[\w.]+@[\w.]+")


def advice(run: RunRecord, marks: bool = False) -> Iterator[Line]:
    """Lines for a person; `marks`: the flagged places have a comment already."""
    hints = [*_ambiguous(run), *_raw(run), *_next(run, marks)]
    if hints:
        yield Line("Next", Style.TITLE)
        yield from (Line(f"  {hint}") for hint in hints)


def _ambiguous(run: RunRecord) -> Iterator[str]:
    """Which `--from` settles what could mean several APIs."""
    settled: Counter[tuple[str, ...]] = Counter()
    for finding in _findings(run):
        if named := _BETWEEN.search(finding.reason):
            words = (word.rstrip(":") for word in _VERSION.findall(f"for {named[1]}"))
            known = {word for word in words if word.partition("@")[0] in DIALECTS}
            settled[tuple(sorted(known))] += 1
    for surfaces, count in settled.most_common(2):
        choices = " or ".join(f"--from {surface}" for surface in surfaces)
        yield f"{choices} settles {plural(count, 'reference')} that may mean either"


def _raw(run: RunRecord) -> Iterator[str]:
    """Raw TensorFlow is a source on request only, which a person may not know."""
    if "tf" in run.direction.candidates or run.direction.target.dialect == "tf":
        return
    raw = sum(is_raw(finding) for finding in _findings(run) if finding.outcome is Outcome.KEPT)
    if raw and 2 * raw >= run.totals["references"]:
        yield f"--from tf migrates raw tf.* too ({plural(raw, 'reference')} left as they are)"


def _next(run: RunRecord, marks: bool) -> Iterator[str]:
    totals, written = run.totals, not run.would_change
    if totals["changed"]:
        if written:
            yield "look at the diff, then run your tests"
        else:
            yield "nothing is written yet: `kmigrate apply` without --dry-run does it"
    if totals[Outcome.REVIEW.value]:
        yield "`kmigrate verify FILE` runs a program before and after and compares what both compute"
    if totals[Outcome.FLAGGED.value] and not marks:
        yield "`kmigrate apply --mark` writes a TODO above each flagged place"
    if totals[Outcome.REVIEW.value] or totals[Outcome.FLAGGED.value]:
        yield "`kmigrate rules ID` tells more about a rule in brackets"


def _findings(run: RunRecord) -> Iterator[Finding]:
    return (finding for record in run.files for finding in record.counted)
