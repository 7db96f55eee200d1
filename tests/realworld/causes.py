"""Name the cause of a failure from the first line of its error."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("causes.toml")
OTHER = "other"


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["cause"]
    return tuple((row["name"], re.compile(row["pattern"])) for row in rows)


def cause(error: str) -> str:
    """The first cause of causes.toml whose pattern is found."""
    return next((name for name, pattern in _patterns() if pattern.search(error)), OTHER)
