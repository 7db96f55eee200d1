"""What a person needs to know after a run: what was done, what to look at, what is left."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kmigrate.model import Finding, Outcome, Status
from kmigrate.report.findings import one_line, place
from kmigrate.report.record import CHANGES, FAILED, FileRecord, RunRecord

GROUPS = 8
PLACES = 3
_SETTLES = re.compile(r"--from ([\w.]+(?:@\d)?)")


class Style(StrEnum):
    """Styles of rich, few and quiet."""

    PLAIN = ""
    TITLE = "bold"
    GOOD = "green"
    LOOK = "yellow"
    BAD = "red"
    FAINT = "dim"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the summary, unwrapped."""

    text: str
    style: Style = Style.PLAIN


_SECTIONS = (
    (Outcome.REWRITTEN, "Rewritten", Style.GOOD),
    (Outcome.REVIEW, "Changed, to be checked", Style.LOOK),
    (Outcome.FLAGGED, "Not changed: no safe equivalent", Style.BAD),
    (Outcome.UNRESOLVED, "Not changed: could not tell what it is", Style.BAD),
)


def summary(run: RunRecord, verbose: bool = False) -> Iterator[Line]:
    """The lines of the summary; `verbose` shortens nothing."""
    for outcome, title, style in _SECTIONS:
        yield from _section(run, outcome, Line(title, style), verbose)
    yield from _left_alone(run)
    yield from _ambiguous(run)
    yield from _totals(run)


def _section(run: RunRecord, outcome: Outcome, title: Line, verbose: bool) -> Iterator[Line]:
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in run.files:
        for finding in record.counted:
            if finding.outcome is outcome:
                groups[_group(finding)].append(place(record.path, finding))
    if not groups:
        return
    yield Line(f"{title.text} ({sum(map(len, groups.values()))})", title.style)
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    if outcome is Outcome.REWRITTEN and not verbose:
        yield Line("  " + _rules_and_counts(ranked))
    else:
        shown = ranked if verbose else ranked[:GROUPS]
        for (rules, reason), places in shown:
            yield from _places(rules, reason, places, verbose)
        if rest := ranked[len(shown) :]:
            count = sum(len(places) for _, places in rest)
            yield Line(f"  and {count} more for {len(rest)} other reasons; --verbose", Style.FAINT)
    yield Line("")


def _group(finding: Finding) -> tuple[str, str]:
    return ", ".join(finding.rules), " ".join(finding.reason.split())


def _rules_and_counts(groups: Sequence[tuple[tuple[str, str], list[str]]]) -> str:
    counts: Counter[str] = Counter()
    for (rules, _), places in groups:
        counts[rules or "names"] += len(places)
    named = [f"{rule} {count}" for rule, count in counts.most_common(2 * GROUPS)]
    more = len(counts) - len(named)
    return ", ".join(named) + (f", and {more} other rules" if more else "")


def _places(rules: str, reason: str, places: list[str], verbose: bool) -> Iterator[Line]:
    yield Line("  " + ": ".join(filter(None, (rules, one_line(reason, 300)))))
    shown = places if verbose else places[:PLACES]
    more = f" and {len(places) - len(shown)} more" if len(shown) < len(places) else ""
    yield Line(f"    {', '.join(shown)}{more}", Style.FAINT)


def _left_alone(run: RunRecord) -> Iterator[Line]:
    skipped = [record for record in run.files if record.status is Status.SKIPPED]
    if skipped:
        yield Line(f"Files left alone ({len(skipped)})", Style.LOOK)
        yield from (Line(f"  {record.message}") for record in skipped)
        yield Line("")


def _ambiguous(run: RunRecord) -> Iterator[Line]:
    """Which `--from` settles what could mean several APIs."""
    settles: Counter[str] = Counter()
    for record in run.files:
        for finding in record.counted:
            settles.update(set(_SETTLES.findall(finding.reason)))
    if settles:
        count = max(settles.values())
        choices = " or ".join(f"--from {name}" for name in sorted(settles))
        yield Line(f"{choices} settles {count} ambiguous references.", Style.LOOK)


def _totals(run: RunRecord) -> Iterator[Line]:
    totals = run.totals
    yield Line(f"{_files(run.files)}; to {run.direction.target.name}", Style.TITLE)
    if totals["references"]:
        counts = ", ".join(f"{totals[o.value]} {o.value}" for o in Outcome if totals[o.value])
        yield Line(f"{_plural(totals['references'], 'reference')}: {counts}")


def _files(files: Sequence[FileRecord]) -> str:
    would = any(record.status is Status.WOULD_CHANGE for record in files)
    changed = sum(record.status in CHANGES for record in files)
    failed = sum(record.status in FAILED for record in files)
    parts = [_plural(len(files), "file"), f"{changed} {'would change' if would else 'changed'}"]
    return ", ".join(parts + [f"{failed} failed"] * bool(failed))


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" + "s" * (count != 1)
