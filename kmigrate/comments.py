"""The comments of a text, found at about the cost of parsing it."""

from __future__ import annotations

import io
import re
import sys
import tokenize

MARKED = "# TODO(kmigrate "  # how the comments of --mark begin
_F_STRING = re.compile(r"(?i)\b(?:f|fr|rf)['\"]")
_COMMENT_OR_STRING = re.compile(
    r"(#[^\r\n]*)"
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'(?:[^'\\\r\n]++|\\\r\n|\\.)*+'"
    r'|"(?:[^"\\\r\n]++|\\\r\n|\\.)*+"',
    re.DOTALL,
)


def comments(text: str) -> list[str]:
    """The comments of `text`, `#` included, in order. `text` is a part of valid Python."""
    if "#" not in text:
        return []
    # From Python 3.12 an f-string may hold its own quotes, which no pattern can follow.
    if sys.version_info >= (3, 12) and _F_STRING.search(text):
        return _by_tokens(text)
    return [found for found in _COMMENT_OR_STRING.findall(text) if found]


def comment_lines(text: str) -> dict[int, str]:
    """The comments of a valid program by their line, from 1."""
    found: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found[token.start[0]] = token.string.rstrip("\r\n")
    except (tokenize.TokenError, SyntaxError):
        return found
    return found


def has_f_string(text: str) -> bool:
    """Whether `text` may hold an f-string."""
    return _F_STRING.search(text) is not None


def _by_tokens(text: str) -> list[str]:
    found: list[str] = []
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                found.append(token.string.rstrip("\r\n"))
    except (tokenize.TokenError, SyntaxError):
        return [match for match in _COMMENT_OR_STRING.findall(text) if match]
    return found
