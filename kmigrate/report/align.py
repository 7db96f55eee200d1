"""Which lines of two versions of a text differ, in time proportional to the differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

_WINDOW = 300


@dataclass(frozen=True, slots=True)
class Change:
    """The lines `start:end` of the one became `new_start:new_end` of the other, from 0."""

    start: int
    end: int
    new_start: int
    new_end: int


def changes(before: Sequence[bytes], after: Sequence[bytes]) -> Iterator[Change]:
    """The differing ranges in order.

    The edits of a migration are small and local, so the two meet again close by: the nearest
    meeting is taken. Where there is none within the window, `difflib` aligns the rest.
    """
    i = j = 0
    while i < len(before) or j < len(after):
        if i < len(before) and j < len(after) and before[i] == after[j]:
            i, j = i + 1, j + 1
            continue
        meeting = _meeting(before, after, i, j)
        if meeting is None:
            yield from _differing(before, after, Change(i, len(before), j, len(after)))
            return
        yield from _differing(before, after, Change(i, meeting[0], j, meeting[1]))
        i, j = meeting


def _meeting(
    before: Sequence[bytes], after: Sequence[bytes], i: int, j: int
) -> tuple[int, int] | None:
    """The nearest places behind `i` and `j` from which two lines are equal, or both texts end."""
    for distance in range(1, _WINDOW):
        for skipped in range(distance + 1):
            left, right = i + skipped, j + distance - skipped
            if left > len(before) or right > len(after):
                continue
            if before[left : left + 2] == after[right : right + 2]:
                return left, right
    return None


def _differing(before: Sequence[bytes], after: Sequence[bytes], block: Change) -> Iterator[Change]:
    """The parts of a block that differ: a single line may be the same in the midst of it."""
    old, new = before[block.start : block.end], after[block.new_start : block.new_end]
    if not old or not new:
        yield block
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        if tag != "equal":
            yield Change(
                block.start + start,
                block.start + end,
                block.new_start + new_start,
                block.new_start + new_end,
            )


def hunks(found: Sequence[Change], context: int) -> Iterator[list[Change]]:
    """Changes that stand so close that their context would touch go into one hunk."""
    group: list[Change] = []
    for change in found:
        if group and change.start - group[-1].end > 2 * context:
            yield group
            group = []
        group.append(change)
    if group:
        yield group
