"""What a program printed, line by line.

Not counted: colours, blanks at a line's end, what a carriage return or backspaces overwrote, and of
the progress of a training run the bar and the time, which leaves `12/12 - loss: 0.5`. Numbers may
differ as float32 may; every other character counts.
"""

from __future__ import annotations

import re
from itertools import zip_longest

from kmigrate.verify.differences import TOLERANCES
from kmigrate.verify.observation import Leaf
from kmigrate.verify.verdict import Compared, Verdict

PRINTED = "(printed)"
KEPT = 1000
_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_BAR = re.compile(
    r"^\s*(\d+/(?:\d+|Unknown))\b\s*(?:\[[=>.]*\]|[━\s]+)?\s*(?:-\s*)?"
    r"(?:ETA:\s*)?(?:\d+(?:s|ms|us)|\d+:\d\d(?::\d\d)?)\b"
    r"(?:\s+(?:-\s+)?\d+(?:\.\d+)?(?:s|ms|us)/(?:step|epoch|sample))?"
)
_NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


def normalised(line: str) -> str:
    """A line as it stood in the end, without what changes from run to run."""
    line = _COLOUR.sub("", line).rstrip("\r")
    line = re.split(r"\r|\x08+", line)[-1] if "\r" in line or "\x08" in line else line
    return _BAR.sub(r"\1", line).rstrip()


def compare_printed(before: Leaf, after: Leaf) -> Compared:
    """Compare two texts of lines; numbers in them within the tolerance of float32."""
    if before.digest == after.digest:
        return Compared(PRINTED, Verdict.IDENTICAL, proves=_has_fractions(before))
    left, right = ([normalised(line or "") for line in leaf.texts] for leaf in (before, after))
    for index, (old, new) in enumerate(zip_longest(left, right)):
        if old is None or new is None or not _alike(old, new):
            return Compared(
                PRINTED,
                Verdict.DIFFERENT,
                f"line {index + 1}: {_said(old)} against {_said(new)}",
                where=(index,),
            )
    if _is_cut(before) or _is_cut(after):
        return Compared(PRINTED, Verdict.UNPROVEN, "more was printed than was kept")
    same = Verdict.IDENTICAL if left == right else Verdict.CLOSE
    note = "" if left == right else "numbers within float32"
    return Compared(PRINTED, same, note, proves=_has_fractions(before))


def _is_cut(leaf: Leaf) -> bool:
    """Whether only the first lines, or the beginning of one, are at hand."""
    texts = [text or "" for text in leaf.texts]
    return leaf.shape != (len(texts),) or any(len(text) >= KEPT for text in texts)


def _has_fractions(leaf: Leaf) -> bool:
    """Whether a number that was computed stands in it; words come out whatever was computed."""
    numbers = [number for text in leaf.texts for number in _NUMBER.findall(text or "")]
    return any("." in number and float(number) % 1 for number in numbers)


def _alike(before: str, after: str) -> bool:
    if _NUMBER.split(before) != _NUMBER.split(after):
        return False
    pairs = zip(_NUMBER.findall(before), _NUMBER.findall(after), strict=True)
    return all(left == right or _near(left, right) for left, right in pairs)


def _near(left: str, right: str) -> bool:
    allowed = TOLERANCES["float32"]
    if not all(set(text) & set(".eE") for text in (left, right)):
        return False  # a whole number counts something
    first, second = float(left), float(right)
    return abs(first - second) <= allowed.atol + allowed.rtol * max(abs(first), abs(second))


def _said(line: str | None) -> str:
    return "nothing" if line is None else repr(line[:200])
