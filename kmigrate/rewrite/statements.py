"""Import edits as patches: what becomes of the lines around the statement."""

from __future__ import annotations

import re

from kmigrate.comments import comments
from kmigrate.model import EditImport, Span
from kmigrate.rewrite.patches import Patch, line_above
from kmigrate.rewrite.places import Places
from kmigrate.rewrite.refuse import refuse
from kmigrate.text import SourceText


class Lines:
    """The lines that an import statement stands on."""

    def __init__(self, source: SourceText, span: Span) -> None:
        self.source = source
        self.span = span
        self.start, self.end = source.offsets(span)
        self.line_start = source.offset(span.line, 0)
        self.before = source.text[self.line_start : self.start]
        self.content_end = source.offset(span.end_line, 0) + len(
            source.lines[span.end_line - 1].rstrip("\r\n")
        )
        self.behind = source.text[self.end : self.content_end]
        self.line_end = source.offset(span.end_line + 1, 0)
        self.newline = source.newline_at(span.line)
        self.indentation = source.indentation(span.line)

    @property
    def alone(self) -> bool:
        """Whether no other statement shares the lines."""
        continued = self.source.text[: self.line_start].rstrip("\r\n").endswith("\\")
        rest = re.fullmatch(r"[ \t\f]*(#.*)?", self.behind)
        return not self.before.strip() and rest is not None and not continued


def import_patches(
    source: SourceText, edit: EditImport, places: Places, removed: frozenset[Span]
) -> list[Patch]:
    """The patches that make the edit. `removed` are all the statements that go without a trace.

    Raises Impossible.
    """
    lines = Lines(source, edit.span)
    if vanishes(edit):
        return _replaced(lines, edit, places, removed)
    from kmigrate.rewrite.imports import edit_import

    text = edit_import(source.slice(edit.span), edit, lines.newline)
    return _with_after(lines, text, edit.after)


def vanishes(edit: EditImport) -> bool:
    """Whether the edit removes every name of its statement."""
    return bool(edit.names) and not any(edit.names)


def _with_after(lines: Lines, text: str, after: tuple[str, ...]) -> list[Patch]:
    span = lines.span
    if not lines.alone:
        text = "; ".join([text, *after])
        return [Patch(lines.start, lines.end, span, text)]
    patches = [Patch(lines.start, lines.end, span, text)]
    if after:
        added = "".join(f"{lines.newline}{lines.indentation}{statement}" for statement in after)
        patches.append(Patch(lines.content_end, lines.content_end, span, added))
    return patches


def _replaced(
    lines: Lines, edit: EditImport, places: Places, removed: frozenset[Span]
) -> list[Patch]:
    inside = comments(lines.source.slice(lines.span))
    if inside and not lines.alone:
        refuse("a comment inside the import would be lost")
    above = [line_above(lines.source, lines.span.line, comment) for comment in inside]
    if edit.after:
        return above + _with_after(lines, edit.after[0], edit.after[1:])
    if not lines.alone or _leaves_block_empty(lines, places, removed):
        return [*above, Patch(lines.start, lines.end, lines.span, "pass")]
    comment = lines.behind.lstrip(" \t\f")
    if comment:
        end = lines.content_end - len(comment)
        return [*above, Patch(lines.start, end, lines.span)]
    return [*above, Patch(lines.line_start, lines.line_end, lines.span)]


def _leaves_block_empty(lines: Lines, places: Places, removed: frozenset[Span]) -> bool:
    if not lines.before:
        return False
    block = places.block(lines.span)
    return bool(block) and block[0] == lines.span and removed.issuperset(block)
