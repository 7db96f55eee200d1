"""Tell rows of one kind in one line where they agree: a hundred layers are then not a hundred lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from kmigrate.verify.compare import Compared, Verdict

SHOWN = 5
Number = TypeVar("Number", int, float)


def collapse(names: Sequence[Compared]) -> list[Compared]:
    """The rows for a person: of each group one for all that agree, then the first that do not."""
    rows: list[Compared] = []
    told: set[str] = set()
    for entry in names:
        if not entry.group:
            rows.append(entry)
        elif entry.group not in told:
            told.add(entry.group)
            rows += _group([other for other in names if other.group == entry.group])
    return rows


def _group(members: Sequence[Compared]) -> list[Compared]:
    same = [entry for entry in members if entry.verdict.same]
    other = [entry for entry in members if not entry.verdict.same]
    rows = same if len(same) < 2 else [_together(same)]
    if len(other) > SHOWN:
        left = len(other) - SHOWN
        last = other[SHOWN - 1]
        other = [
            *other[: SHOWN - 1],
            replace(last, reason=f"{last.reason}, and {left} more like it"),
        ]
    return rows + other


def _together(same: Sequence[Compared]) -> Compared:
    """One row that says the furthest of them."""
    close = any(entry.verdict is Verdict.CLOSE for entry in same)
    return Compared(
        f"{same[0].group} ({len(same)} layers)",
        Verdict.CLOSE if close else Verdict.IDENTICAL,
        proves=any(entry.proves for entry in same),
        max_ulp=_largest(entry.max_ulp for entry in same),
        max_abs=_largest(entry.max_abs for entry in same),
        max_rel=_largest(entry.max_rel for entry in same),
        group=same[0].group,
    )


def _largest(values: Iterable[Number | None]) -> Number | None:
    return max((value for value in values if value is not None), default=None)
