"""A source text by lines and offsets, as Python counts lines: `\\n`, `\\r\\n` and `\\r` only."""

from __future__ import annotations

import ast
import re
from functools import cached_property

from kmigrate.comments import comment_lines
from kmigrate.model import Span

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class SourceText:
    """A text and the map from the positions that `ast` gives to offsets in it.

    `str.splitlines` would also split at form feeds and other separators that Python keeps inside
    a line, and `ast` counts columns in the bytes of the text's UTF-8 form.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their endings."""
        lines = _LINE.findall(self.text)
        return lines[:-1] if lines and not lines[-1] else lines

    @cached_property
    def comments(self) -> dict[int, str]:
        """The comment of each line that has one."""
        return comment_lines(self.text)

    @cached_property
    def _starts(self) -> list[int]:
        starts, offset = [], 0
        for line in self.lines:
            starts.append(offset)
            offset += len(line)
        return [*starts, offset]

    @cached_property
    def _is_ascii(self) -> bool:
        return self.text.isascii()

    def column(self, line: int, utf8_column: int) -> int:
        """The column in characters of a column in UTF-8 bytes; lines count from 1."""
        if self._is_ascii:
            return utf8_column
        return len(self.lines[line - 1].encode("utf-8")[:utf8_column].decode("utf-8"))

    def span(self, node: ast.expr | ast.stmt | ast.alias | ast.arg) -> Span:
        """The span of a node, its columns in characters."""
        end_line, end_column = node.end_lineno, node.end_col_offset
        assert end_line is not None and end_column is not None
        return Span(
            node.lineno,
            self.column(node.lineno, node.col_offset),
            end_line,
            self.column(end_line, end_column),
        )

    def offset(self, line: int, column: int) -> int:
        """The offset in the text of a line (from 1) and a column (from 0)."""
        return self._starts[line - 1] + column

    def offsets(self, span: Span) -> tuple[int, int]:
        """Start and end of a span as offsets in the text."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def slice(self, span: Span) -> str:
        """The text of a span."""
        start, end = self.offsets(span)
        return self.text[start:end]

    def newline_at(self, line: int) -> str:
        """The line ending of `line`, else (a last line without one) the first of the text."""
        for candidate in (self.lines[line - 1], *self.lines[:1]):
            for ending in ("\r\n", "\n", "\r"):
                if candidate.endswith(ending):
                    return ending
        return "\n"

    def indentation(self, line: int) -> str:
        """The blanks that a line begins with."""
        content = self.lines[line - 1]
        return content[: len(content) - len(content.lstrip(" \t\f"))]
