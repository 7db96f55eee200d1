"""Verifications as text: what agrees in a line, what does not with the place where it parts."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence

from kmigrate.verify.compare import Verdict
from kmigrate.verify.groups import collapse
from kmigrate.verify.observation import Observation
from kmigrate.verify.show.paint import Paint, wrapped
from kmigrate.verify.show.table import MOST, table
from kmigrate.verify.show.trace import failure
from kmigrate.verify.suites import counts
from kmigrate.verify.verification import NOT_RUN, Verification


def as_text(
    verifications: Sequence[Verification], *, colour: bool = False, verbose: bool = False
) -> str:
    """A block for each verification, then what the sides ran on, then the sums of several."""
    paint = Paint.of(colour)
    alone = len(verifications) == 1
    lines: list[str] = []
    for verification in verifications:
        details = list(_details(verification, paint, verbose))
        is_short = verification.comparison.verdict.same and not alone and not verbose
        block = [*_head(verification, paint), *([] if is_short else _indented(details))]
        lines += [*([""] if lines and not is_short else []), *block]
    lines += _indented([*_sides(verifications, paint)])
    if not alone:
        lines += ["", _sums(verifications, paint)]
    return "".join(f"{line}\n" for line in lines)


def _head(verification: Verification, paint: Paint) -> Iterator[str]:
    subject, comparison = verification.subject, verification.comparison
    backend = f" on {verification.backend}" if verification.backend else ""
    way = f"to {subject.target}" if subject.direction else f"against {subject.target}"
    name = paint("bold", subject.name)
    yield f"{name}, {way}{backend}: {paint.verdict(comparison.verdict)}"
    failed = comparison.verdict is Verdict.FAILED
    is_told = failed and comparison.reason.startswith(("before: ", "after: "))  # below, in full
    reason = verification.advice if is_told else verification.reason
    if reason:
        yield from wrapped(reason, paint.width, "  ")


def _details(verification: Verification, paint: Paint, verbose: bool) -> Iterator[str]:
    subject, comparison = verification.subject, verification.comparison
    if subject.is_suite:
        yield from _tests(verification, paint, verbose)
    elif comparison.names:
        yield ""
        names = comparison.names if verbose else collapse(comparison.names)
        yield from table(names, paint, verbose)
    sides = (
        ("before", verification.before, subject.before),
        ("after", verification.after, subject.after),
    )
    for side, observation, program in sides:
        lines = list(failure(side, observation, program, paint, verbose))
        if lines:
            yield from ["", *lines]


def _tests(verification: Verification, paint: Paint, verbose: bool) -> Iterator[str]:
    """The tests whose outcome changed, and the counts of both sides."""
    names = verification.comparison.names
    if not names:
        return
    listed = [name for name in names if verbose or not name.verdict.same]
    yield ""
    for name in listed[: None if verbose else MOST]:
        change, _, why = name.reason.partition(": ")
        yield f"{name.name}  {paint.verdict(name.verdict, change or name.after)}"
        if why:
            yield from wrapped(why, paint.width - 2, "    ")
    if len(listed) > MOST and not verbose:
        yield paint("dim", f"{len(listed) - MOST} more: --verbose shows all")
    yield f"before  {counts(verification.before)}"
    yield f"after   {counts(verification.after)}"


def _sides(verifications: Sequence[Verification], paint: Paint) -> Iterator[str]:
    """What the sides ran on and what was noted there, each said once."""
    said: dict[str, list[str]] = {}  # a note, and on which sides it was made
    ran = [each for each in verifications if each.before is not NOT_RUN]
    for verification in ran:
        for side, observation in (("before", verification.before), ("after", verification.after)):
            for text in (_place(observation), *observation.notes):
                sides = said.setdefault(text, [])
                if text and side not in sides:
                    sides.append(side)
    if ran:
        yield ""
    last = ""
    for text, sides in said.items():
        label = sides[0] if len(sides) == 1 else "both"
        for line in textwrap.wrap(text, paint.width - 10, break_long_words=False):
            yield f"{label if label != last else '':<6}  {line}"
            last = label


def _place(observation: Observation) -> str:
    parts = [f"{name} {version}" for name, version in observation.versions.items()]
    return ", ".join([*parts, *([f"on {observation.device}"] if observation.device else [])])


def _indented(lines: Sequence[str]) -> list[str]:
    return [f"  {line}" if line else "" for line in lines]


def _sums(verifications: Sequence[Verification], paint: Paint) -> str:
    found = Counter(verification.comparison.verdict for verification in verifications)
    parts = [
        paint.verdict(verdict, f"{found[verdict]} {verdict}")
        for verdict in Verdict
        if found[verdict]
    ]
    return f"{len(verifications)} comparisons: {', '.join(parts)}"
