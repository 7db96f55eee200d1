"""The arguments of a call in a new list, laid out as the old ones were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import libcst as cst

from kmigrate.rewrite.gaps import (
    NOTHING,
    SPACE,
    Gap,
    breaks,
    indentation,
    line_break,
    merged,
)


@dataclass(frozen=True, slots=True)
class Item:
    """An argument, and the number of the one in the old call that it was."""

    arg: cst.Arg
    origin: int | None = None


class Layout:
    """How the arguments of a call stand."""

    def __init__(self, call: cst.Call) -> None:
        self.opening: Gap = call.whitespace_before_args
        self.gaps = [_gap_behind(arg) for arg in call.args]
        self.commas = [arg.comma for arg in call.args]
        self.last = len(call.args) - 1
        self.trailing_comma = bool(call.args) and isinstance(self.commas[-1], cst.Comma)
        between = self.gaps[:-1] or ([self.opening] if call.args else [])
        self.vertical = bool(between) and all(breaks(gap) for gap in between)
        broken = [gap for gap in (*between, self.opening) if breaks(gap)]
        self.indent = indentation(broken[0]) if broken else NOTHING

    def arrange(self, items: Sequence[Item]) -> tuple[Gap, list[cst.Arg]]:
        """What stands before the first argument, and the arguments with their commas.

        A comment can be missing afterwards: that of an argument that went elsewhere.
        """
        if not items:
            return (self.opening if self.last < 0 else NOTHING), []
        origins = [item.origin for item in items]
        kept = {origin for origin in origins if origin is not None}
        arranged = [
            item.arg.with_changes(
                comma=self._comma(item.origin, self._between(item.origin, following, kept)),
                whitespace_after_arg=NOTHING,
            )
            for item, following in zip(items, origins[1:], strict=False)
        ]
        closing = self._closing(origins[-1], kept)
        if self.trailing_comma:
            end = items[-1].arg.with_changes(
                comma=self._comma(origins[-1], closing), whitespace_after_arg=NOTHING
            )
        else:
            end = items[-1].arg.with_changes(
                comma=cst.MaybeSentinel.DEFAULT, whitespace_after_arg=closing
            )
        return self.opening, [*arranged, end]

    def _comma(self, origin: int | None, gap: Gap) -> cst.Comma:
        old = self.commas[origin] if origin is not None else None
        before = old.whitespace_before if isinstance(old, cst.Comma) else NOTHING
        return cst.Comma(whitespace_before=before, whitespace_after=gap)

    def _between(self, left: int | None, right: int | None, kept: set[int]) -> Gap:
        if left is not None and right is not None and left < right:
            passed = range(left + 1, right)
            if not kept & set(passed):
                gap = self.gaps[left]
                for dropped in passed:
                    gap = merged(gap, self.gaps[dropped])
                return gap
        tail = self._tail(left)
        before = self.gaps[right - 1] if right else None
        lead = before.empty_lines if isinstance(before, cst.ParenthesizedWhitespace) else ()
        if tail or lead or self.vertical:
            return line_break(self.indent, tail, lead)
        return SPACE

    def _closing(self, last: int | None, kept: set[int]) -> Gap:
        if self.last < 0:
            return NOTHING
        closing = self.gaps[-1]
        if last is not None and not kept & set(range(last + 1, self.last + 1)):
            gap = self.gaps[last]
            for dropped in range(last + 1, self.last + 1):
                gap = merged(gap, self.gaps[dropped], closing=dropped == self.last)
            return gap
        tail = self._tail(last)
        if isinstance(closing, cst.ParenthesizedWhitespace):
            return closing.with_changes(first_line=tail or cst.TrailingWhitespace(NOTHING))
        return line_break(self.indent, tail) if tail else closing

    def _tail(self, origin: int | None) -> cst.TrailingWhitespace | None:
        """The comment behind an argument, on its line."""
        gap = self.gaps[origin] if origin is not None else None
        if isinstance(gap, cst.ParenthesizedWhitespace) and gap.first_line.comment:
            return gap.first_line
        return None


def _gap_behind(arg: cst.Arg) -> Gap:
    if isinstance(arg.comma, cst.Comma):
        return arg.comma.whitespace_after
    return arg.whitespace_after_arg
