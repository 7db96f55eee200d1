"""What a person needs to know after a run: what was done, what to look at, what is left."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kmigrate.model import Finding, Outcome, Status
from kmigrate.report import pins
from kmigrate.report.cells import by_cell
from kmigrate.report.findings import DERIVED, one_line, place
from kmigrate.report.record import CHANGES, FAILED, FileRecord, RunRecord

GROUPS = 10  # over all sections, so that a summary fits on a screen
SUBJECTS = 15
PLACES = 3
FILES = 3
REASON = 220
DIVISION = "`/` of two integers rounded down: write `//` where both sides are integers"

_NAMED = re.compile(r"`[^`]*`")
_HELD = "held back: "


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
    (Outcome.REVIEW, "Changed, to be checked", Style.LOOK),
    (Outcome.FLAGGED, "Not changed: no safe equivalent", Style.BAD),
    (Outcome.UNRESOLVED, "Not changed: could not tell what it is", Style.BAD),
)
Groups = list[tuple[str, list[_Place]]]


def summary(run: RunRecord, verbose: bool = False) -> Iterator[Line]:
    """The lines of the summary, some forty at most; `verbose` shortens nothing."""
    yield from _converted(run, verbose)
    yield from _rewritten(run, verbose)
    sections = [_groups(run, outcome) for outcome, _, _ in _SECTIONS]
    shares = _shares([len(groups) for groups in sections], GROUPS)
    for (_, title, style), groups, share in zip(_SECTIONS, sections, shares, strict=True):
        yield from _section(groups, Line(title, style), len(groups) if verbose else share, verbose)
    yield from _kept(_groups(run, Outcome.KEPT), verbose)
    yield from _pins(run, verbose)
    yield from _left_alone(run, verbose)
    yield from _totals(run)


def _converted(run: RunRecord, verbose: bool) -> Iterator[Line]:
    files = [record for record in run.files if record.divisions is not None]
    if not files:
        return
    yield Line(f"Converted from Python 2 ({plural(len(files), 'file')})", Style.GOOD)
    places = [
        f"{record.path}:{line}:{column}"
        for record in files
        for line, column in record.divisions or ()
    ]
    if places:
        yield Line(f"  {DIVISION}  [{len(places)}]", Style.LOOK)
        yield Line(f"    {_listed(places, len(places) if verbose else PLACES)}", Style.FAINT)
    yield Line("")


def _rewritten(run: RunRecord, verbose: bool) -> Iterator[Line]:
    counts = Counter(
        _rule(finding) or "imports and names"
        for record in run.files
        for finding in record.counted
        if finding.outcome is Outcome.REWRITTEN
    )
    if counts:
        yield Line(f"Rewritten ({counts.total()})", Style.GOOD)
        named = [f"{rule} {count}" for rule, count in counts.most_common()]
        yield Line(f"  {_listed(named, len(named) if verbose else SUBJECTS)}")
        yield Line("")


def _groups(run: RunRecord, outcome: Outcome) -> Groups:
    """The findings of an outcome by reason, the most frequent first."""
    groups: dict[str, list[_Place]] = defaultdict(list)
    for record in (part for file in run.files for part in by_cell(file)):
        for finding in record.counted:
            is_said = finding.reason and not finding.reason.startswith(_HELD)
            if finding.outcome is outcome and is_said:
                where = place(record.path, finding)
                groups[_NAMED.sub("`...`", finding.reason)].append(_Place(finding, where))
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _kept(groups: Groups, verbose: bool) -> Iterator[Line]:
    """What is told of what stays, and leaves nothing to do."""
    title = Line("Good to know, nothing to do", Style.FAINT)
    if groups and not verbose:
        count = plural(sum(len(places) for _, places in groups), "place")
        yield Line(f"{title.text}: {count}; --verbose lists them", Style.FAINT)
        return
    yield from _section(groups, title, len(groups), verbose)


def _shares(sizes: Sequence[int], total: int) -> list[int]:
    """How many groups of each section to show: the small ones whole, the others alike."""
    shares = [0] * len(sizes)
    left = sum(map(bool, sizes))
    for number in sorted(range(len(sizes)), key=lambda number: sizes[number]):
        if sizes[number]:
            shares[number] = min(sizes[number], total // left)
            total, left = total - shares[number], left - 1
    return shares


def _section(groups: Groups, title: Line, share: int, verbose: bool) -> Iterator[Line]:
    if not groups:
        return
    yield Line(f"{title.text} ({sum(len(places) for _, places in groups)})", title.style)
    for reason, places in groups[:share]:
        told = one_line(_told(reason, places), 10_000 if verbose else REASON)
        yield Line(f"  {told}  [{_subjects(places, len(places) if verbose else PLACES)}]")
        where = [each.where for each in places]
        yield Line(f"    {_listed(where, len(where) if verbose else PLACES)}", Style.FAINT)
    if rest := groups[share:]:
        count = sum(len(places) for _, places in rest)
        reasons = plural(len(rest), "other reason")
        yield Line(f"  and {count} more for {reasons}; --verbose lists them", Style.FAINT)
    yield Line("")


def _told(pattern: str, places: Sequence[_Place]) -> str:
    """The reason, where it names one thing with all that it names."""
    whole = dict.fromkeys(each.finding.reason for each in places)
    if len(whole) == 1:
        return next(iter(whole))
    if pattern.count("`...`") != 1:
        return pattern
    named = [match[0] for match in map(_NAMED.search, whole) if match]
    return pattern.replace("`...`", _listed(named, PLACES))


def _subjects(places: Sequence[_Place], width: int) -> str:
    """The rules that spoke, or the symbols where no rule of the table did, by frequency."""
    counts = Counter(_rule(each.finding) or each.finding.symbol for each in places)
    return _listed([subject for subject, _ in counts.most_common()], width)


def _rule(finding: Finding) -> str:
    """The first rule of the table that spoke."""
    return next((rule for rule in finding.rules if not rule.startswith(DERIVED)), "")


def _listed(parts: Sequence[str], width: int) -> str:
    more = len(parts) - width
    return ", ".join(parts[:width]) + (f" and {more} more" if more > 0 else "")


def _pins(run: RunRecord, verbose: bool) -> Iterator[Line]:
    files = [record for record in run.files if record.pins]
    told = [(file, pin) for file in files for pin in pins.left(file)]
    if not files:
        return
    if any(map(pins.moved, files)):
        yield Line("Pins moved", Style.GOOD)
    for file in files:
        moves = [pins.sentence(pin, with_reason=False) for pin in pins.moved(file)]
        if moves:
            yield Line(f"  {file.path}: {_listed(moves, len(moves) if verbose else SUBJECTS)}")
    if told:
        yield Line("Pins to look at", Style.LOOK)
    shown = told if verbose else told[:GROUPS]
    for file, pin in shown:
        yield Line(f"  {pins.place(file, pin)}: {pins.sentence(pin)}")
    if len(told) > len(shown):
        yield Line(f"  and {len(told) - len(shown)} more; --verbose lists them", Style.FAINT)
    yield Line("")


def _left_alone(run: RunRecord, verbose: bool) -> Iterator[Line]:
    skipped = [record for record in run.files if record.status is Status.SKIPPED]
    if not skipped:
        return
    yield Line(f"Files left alone ({len(skipped)})", Style.LOOK)
    shown = skipped if verbose else skipped[:FILES]
    for record in shown:
        held = sum(finding.reason.startswith(_HELD) for finding in record.counted)
        behind = f" ({plural(held, 'change')} held back)" if held else ""
        yield Line(f"  {record.message}{behind}")
    if len(skipped) > len(shown):
        yield Line(f"  and {len(skipped) - len(shown)} more; --verbose lists them", Style.FAINT)
    yield Line("")


def _totals(run: RunRecord) -> Iterator[Line]:
    totals = run.totals
    also = f" and {run.direction.also.name}" if run.direction.also else ""
    yield Line(f"{_files(run.files)}; to {run.direction.target.name}{also}", Style.TITLE)
    if totals["references"]:
        counts = ", ".join(f"{totals[o.value]} {o.value}" for o in Outcome if totals[o.value])
        yield Line(f"{plural(totals['references'], 'reference')}: {counts}")


def _files(files: Sequence[FileRecord]) -> str:
    would = any(record.status is Status.WOULD_CHANGE for record in files)
    changed, failed = _count(files, CHANGES), _count(files, FAILED)
    parts = [plural(len(files), "file"), f"{changed} {'would change' if would else 'changed'}"]
    return ", ".join(parts + [f"{failed} failed"] * bool(failed))


def _count(files: Iterable[FileRecord], statuses: Iterable[Status]) -> int:
    return sum(record.status in statuses for record in files)


def plural(count: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{count} {noun}" + "s" * (count != 1)
