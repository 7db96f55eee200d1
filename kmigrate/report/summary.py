"""What a person needs to know after a run: what was done, what to look at, what is left."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kmigrate.model import SURFACES, Finding, Outcome, Status
from kmigrate.report.findings import one_line, place
from kmigrate.report.record import CHANGES, FAILED, FileRecord, RunRecord

GROUPS = 8
PLACES = 3
_BETWEEN = re.compile(r"between ([^;]+); say which with --from")

_NAMED = re.compile(r"`[^`]*`")
_DERIVED = "derived."


@dataclass(frozen=True, slots=True)
class _Place:
    """A finding and where it stands."""

    finding: Finding
    where: str


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
    groups: dict[str, list[_Place]] = defaultdict(list)
    for record in run.files:
        for finding in record.counted:
            if finding.outcome is outcome:
                where = place(record.path, finding)
                groups[_NAMED.sub("`...`", finding.reason)].append(_Place(finding, where))
    if not groups:
        return
    yield Line(f"{title.text} ({sum(map(len, groups.values()))})", title.style)
    if outcome is Outcome.REWRITTEN and not verbose:
        everything = [each for places in groups.values() for each in places]
        yield Line(f"  {_subjects(everything, 2 * GROUPS, derived='names')}")
    else:
        yield from _groups(groups, verbose)
    yield Line("")


def _groups(groups: Mapping[str, list[_Place]], verbose: bool) -> Iterator[Line]:
    """One reason each, the most frequent first."""
    ranked = sorted(groups.items(), key=lambda group: -len(group[1]))
    shown = ranked if verbose else ranked[:GROUPS]
    for reason, places in shown:
        whole = {each.finding.reason for each in places}
        yield Line(f"  {one_line(reason if len(whole) > 1 else whole.pop(), 300)}")
        yield Line(f"    {_subjects(places, GROUPS)}", Style.FAINT)
        yield Line(f"    {_where(places, len(places) if verbose else PLACES)}", Style.FAINT)
    if rest := ranked[len(shown) :]:
        count = sum(len(places) for _, places in rest)
        reasons = _plural(len(rest), "other reason")
        yield Line(f"  and {count} more for {reasons}; --verbose lists them", Style.FAINT)


def _subjects(places: Sequence[_Place], width: int, derived: str = "") -> str:
    """What was met how often: rules, and where only derived ones spoke, `derived` or the symbol."""
    counts = Counter(_rules(each.finding) or derived or each.finding.symbol for each in places)
    named = [f"{subject} {count}" for subject, count in counts.most_common(width)]
    more = len(counts) - len(named)
    return ", ".join(named) + (f", and {more} others" if more > 1 else ", and 1 other" * more)


def _rules(finding: Finding) -> str:
    return ", ".join(rule for rule in finding.rules if not rule.startswith(_DERIVED))


def _where(places: Sequence[_Place], width: int) -> str:
    more = f" and {len(places) - width} more" if len(places) > width else ""
    return ", ".join(each.where for each in places[:width]) + more


def _left_alone(run: RunRecord) -> Iterator[Line]:
    skipped = [record for record in run.files if record.status is Status.SKIPPED]
    if skipped:
        yield Line(f"Files left alone ({len(skipped)})", Style.LOOK)
        yield from (Line(f"  {record.message}") for record in skipped)
        yield Line("")


def _ambiguous(run: RunRecord) -> Iterator[Line]:
    """Which `--from` settles what could mean several APIs."""
    settled: Counter[tuple[str, ...]] = Counter()
    for record in run.files:
        for finding in record.counted:
            if named := _BETWEEN.search(finding.reason):
                settled[tuple(sorted(SURFACES.keys() & set(named[1].split())))] += 1
    for surfaces, count in settled.most_common():
        choices = " or ".join(f"--from {surface}" for surface in surfaces)
        yield Line(f"{choices} would settle {_plural(count, 'reference')}", Style.LOOK)


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
