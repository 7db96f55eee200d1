"""Name the cause of a failure from what its error says."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("causes.toml")
OTHER = "other"
# Keras wraps what went wrong inside a layer into a sentence about the layer.
_WRAPPER = re.compile(r"(\w+: )Exception encountered when calling [^\n]*\n+(?=.)")
_INNER = re.compile(r"^Exception encountered: (.+)", re.MULTILINE)
_TRACED = re.compile(r"in user code:\n.*?^    (\w+: [^\n]+)", re.MULTILINE | re.DOTALL)


def telling_line(error: str) -> str:
    """The line of an error that says what went wrong."""
    inner = _TRACED.search(error) or _INNER.search(error)
    return inner[1] if inner else _WRAPPER.sub(r"\1", error).partition("\n")[0]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["cause"]
    return tuple((row["name"], re.compile(row["pattern"])) for row in rows)


def cause(error: str) -> str:
    """The first cause of causes.toml whose pattern is found in the line."""
    line = telling_line(error)
    return next((name for name, pattern in _patterns() if pattern.search(line)), OTHER)
