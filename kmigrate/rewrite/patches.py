"""Edits as ranges of the text, nested as they stand in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from kmigrate.model import EditCall, FillTemplate, InsertLine, RemoveLine, Respell, Span
from kmigrate.rewrite.refuse import Refused
from kmigrate.text import SourceText


@dataclass(slots=True)
class Patch:
    """A range of the text and what becomes of it: `text`, or the work of a call edit."""

    start: int
    end: int
    span: Span
    text: str = ""
    edit: EditCall | FillTemplate | None = None
    children: list[Patch] = field(default_factory=list)

    def holds(self, other: Patch) -> bool:
        """Whether `other` is inside; a point at either end is not."""
        if other.start == other.end:
            return self.start < other.start < self.end
        return self.start <= other.start and other.end <= self.end


def simple_patch(
    source: SourceText, edit: Respell | EditCall | FillTemplate | InsertLine | RemoveLine
) -> Patch:
    """The patch of an edit that needs nothing but its place."""
    if isinstance(edit, InsertLine):
        return line_above(source, edit.line, edit.text)
    if isinstance(edit, RemoveLine):
        start, end = source.offset(edit.line, 0), source.offset(edit.line + 1, 0)
        return Patch(start, end, Span(edit.line, 0, edit.line + 1, 0))
    start, end = source.offsets(edit.span)
    if isinstance(edit, Respell):
        return Patch(start, end, edit.span, edit.text)
    return Patch(start, end, edit.span, edit=edit)


def line_above(source: SourceText, line: int, text: str) -> Patch:
    """A line of its own above `line`, or behind the last one."""
    start = source.offset(line, 0)
    span = Span(line, 0, line, 0)
    if line <= len(source.lines):
        whole = f"{source.indentation(line)}{text}{source.newline_at(line)}"
        return Patch(start, start, span, whole)
    newline = source.newline_at(line - 1) if source.lines else "\n"
    unfinished = source.text and not source.text.endswith(("\n", "\r"))
    return Patch(start, start, span, f"{newline if unfinished else ''}{text}{newline}")


def nested(patches: Iterable[Patch]) -> list[Patch]:
    """The patches in order, each before its children, under one that holds the whole text.

    Raises Refused on overlaps.
    """
    ordered = sorted(patches, key=lambda patch: (patch.start, patch.end > patch.start, -patch.end))
    outermost: list[Patch] = []
    around: list[Patch] = []
    for patch in ordered:
        while around and around[-1].end <= patch.start:
            around.pop()
        if around and not _may_hold(around[-1], patch):
            raise Refused("two edits of one place", patch.span)
        (around[-1].children if around else outermost).append(patch)
        if patch.end > patch.start:
            around.append(patch)
    end = max((patch.end for patch in outermost), default=0)
    return [Patch(0, end, Span(1, 0, 1, 0), children=outermost), *ordered]


def _may_hold(outer: Patch, inner: Patch) -> bool:
    same = (outer.start, outer.end) == (inner.start, inner.end)
    return outer.edit is not None and outer.holds(inner) and not same
