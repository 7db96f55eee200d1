"""Lines and offsets as Python counts them."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmigrate.model import Span
from kmigrate.text import SourceText

TEXTS = st.text(st.sampled_from("aé😀 \t\f\x0b\x1c\u2028\r\n"), max_size=30)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("a", ["a"]),
        ("a\n", ["a\n"]),
        ("a\r\nb\rc\n\r\nd", ["a\r\n", "b\r", "c\n", "\r\n", "d"]),
        ("a\n\r", ["a\n", "\r"]),
        ("a\f\x0b\x1c\u2028\x85b\n", ["a\f\x0b\x1c\u2028\x85b\n"]),
    ],
)
def test_lines_end_where_python_ends_them(text: str, lines: list[str]) -> None:
    assert SourceText(text).lines == lines


@given(TEXTS)
def test_lines_make_up_the_text(text: str) -> None:
    source = SourceText(text)
    assert "".join(source.lines) == text
    assert all(source.lines)
    assert not any(ending in line[:-1].rstrip("\r") for line in source.lines for ending in "\r\n")


@given(TEXTS)
def test_offsets_count_through_the_text(text: str) -> None:
    source = SourceText(text)
    for number, line in enumerate(source.lines, start=1):
        start = source.offset(number, 0)
        assert text[start:].startswith(line)
        assert source.offset(number + 1, 0) == start + len(line)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_spans_hold_what_ast_found(newline: str) -> None:
    text = newline.join(["é = '😀\x0b'", "\f", "if é:", "\tf(é, [x,", "  'λ'], ß=0)"])
    source = SourceText(text)
    found = {
        source.slice(source.span(node)): source.span(node)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.expr)
    }
    call = f"f(é, [x,{newline}  'λ'], ß=0)"
    assert set(found) == {"é", "'😀\x0b'", call, "f", f"[x,{newline}  'λ']", "0", "x", "'λ'"}
    assert found["'λ'"] == Span(5, 2, 5, 5)
    assert found["0"] == Span(5, 10, 5, 11)


@pytest.mark.parametrize(
    ("text", "line", "newline"),
    [
        ("a\r\nb\nc", 1, "\r\n"),
        ("a\r\nb\nc", 2, "\n"),
        ("a\r\nb\nc", 3, "\r\n"),
        ("a\rb", 1, "\r"),
        ("a", 1, "\n"),
    ],
)
def test_the_line_ending_to_write(text: str, line: int, newline: str) -> None:
    assert SourceText(text).newline_at(line) == newline


@pytest.mark.parametrize(
    ("text", "indentation"), [("a", ""), ("  a", "  "), ("\t\f a b\n", "\t\f "), ("\u2003a", "")]
)
def test_indentation(text: str, indentation: str) -> None:
    assert SourceText(text).indentation(1) == indentation


@given(st.text("aé😀", min_size=1, max_size=8), st.integers(0, 8))
def test_columns_in_characters(line: str, column: int) -> None:
    column = min(column, len(line))
    source = SourceText(f"x\n{line}")
    assert source.column(2, len(line[:column].encode())) == column


def test_spans_contain_spans() -> None:
    outer = Span(1, 4, 3, 2)
    assert outer.contains(outer)
    assert outer.contains(Span(1, 4, 1, 5))
    assert outer.contains(Span(2, 0, 3, 2))
    assert not outer.contains(Span(1, 3, 2, 0))
    assert not outer.contains(Span(3, 1, 3, 3))
    assert not Span(2, 0, 2, 9).contains(outer)
