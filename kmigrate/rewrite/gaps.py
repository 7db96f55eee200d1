"""The white space between the items of a list in brackets, with the comments that stand in it."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

Gap = cst.BaseParenthesizableWhitespace
NOTHING = cst.SimpleWhitespace("")
SPACE = cst.SimpleWhitespace(" ")


def breaks(gap: Gap) -> bool:
    """Whether the gap goes over to another line."""
    if isinstance(gap, cst.SimpleWhitespace):
        return "\n" in gap.value or "\r" in gap.value
    return True


def has_comment(gap: Gap) -> bool:
    """Whether a comment stands in the gap."""
    if not isinstance(gap, cst.ParenthesizedWhitespace):
        return False
    return bool(gap.first_line.comment or any(line.comment for line in gap.empty_lines))


def indentation(gap: Gap) -> cst.SimpleWhitespace:
    """The white space before the item behind the gap."""
    return gap.last_line if isinstance(gap, cst.ParenthesizedWhitespace) else NOTHING


def line_break(
    indent: cst.SimpleWhitespace,
    first_line: cst.TrailingWhitespace | None = None,
    empty_lines: Sequence[cst.EmptyLine] = (),
) -> Gap:
    """A gap that ends the line, after a comment perhaps."""
    first = first_line or cst.TrailingWhitespace(whitespace=NOTHING)
    return cst.ParenthesizedWhitespace(first, empty_lines, indent=True, last_line=indent)


def own_line(comment: cst.Comment, indent: cst.SimpleWhitespace) -> cst.EmptyLine:
    """The comment on a line of its own."""
    return cst.EmptyLine(whitespace=indent, comment=comment)


def with_comments(gap: Gap, comments: Sequence[str], indent: str) -> Gap:
    """The gap with comments more, behind those that it has."""
    if isinstance(gap, cst.ParenthesizedWhitespace):
        lines = [own_line(cst.Comment(text), gap.last_line) for text in comments]
        return gap.with_changes(empty_lines=[*gap.empty_lines, *lines])
    start = cst.SimpleWhitespace(indent)
    first = cst.TrailingWhitespace(cst.SimpleWhitespace("  "), cst.Comment(comments[0]))
    lines = [own_line(cst.Comment(text), start) for text in comments[1:]]
    return line_break(start, first, lines)


def merged(first: Gap, second: Gap, *, opening: bool = False, closing: bool = False) -> Gap:
    """One gap for two, the item between them having gone. Every comment stays.

    `opening`: `first` follows the opening bracket; `closing`: `second` precedes the closing one.
    """
    if not isinstance(second, cst.ParenthesizedWhitespace):
        if closing:
            return first if has_comment(first) else second
        return second if breaks(second) and not breaks(first) and not opening else first
    if not isinstance(first, cst.ParenthesizedWhitespace):
        return first if opening and not has_comment(second) else second
    comment = second.first_line.comment
    moved = [own_line(comment, first.last_line)] if comment else []
    lines = [*first.empty_lines, *moved, *second.empty_lines]
    return first.with_changes(empty_lines=lines, last_line=second.last_line)
