"""Colours of a terminal, or none."""

from __future__ import annotations

import shutil
import textwrap
from dataclasses import dataclass

from kmigrate.verify.compare import Verdict

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33"}
_STYLES = {Verdict.IDENTICAL: "green", Verdict.CLOSE: "green", Verdict.UNPROVEN: "yellow"}
WIDTH = 80


@dataclass(frozen=True, slots=True)
class Paint:
    """How to write: `colour` for a terminal, whose `width` is in characters."""

    colour: bool = False
    width: int = WIDTH

    @classmethod
    def of(cls, colour: bool) -> Paint:
        """For a terminal where there are colours, else plain and 80 wide."""
        return cls(
            colour, max(shutil.get_terminal_size((WIDTH, 24)).columns, 60) if colour else WIDTH
        )

    def __call__(self, style: str, text: str) -> str:
        """The text in a style."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text else text

    def verdict(self, verdict: Verdict, text: str = "") -> str:
        """A text, by default its name, in the colour of a verdict."""
        return self(_STYLES.get(verdict, "red"), text or verdict.value)


def wrapped(text: str, width: int, indent: str) -> list[str]:
    """The text in lines of that width, with no word cut: paths and names are to be copied."""
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
