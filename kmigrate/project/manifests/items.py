"""A requirement in a file: where its parts stand. Reading only; nothing is edited here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_PEP508 = re.compile(
    r"(?P<name>[A-Za-z0-9][\w.-]*)(?P<extras>\s*\[[^\]]*\])?(?P<gap>\s*\(?)(?P<spec>[^;()@]*?)"
    r"(?P<rest>\s*\)?\s*(?:;.*)?)"
)
_CONDA = re.compile(
    r"(?:[\w.-]+::)?(?P<name>[A-Za-z0-9][\w.-]*)(?P<gap>\s*)(?P<spec>(?:[=<>!~\d*].*)?)"
)


@dataclass(frozen=True, slots=True)
class Item:
    """A requirement: the spans of its name and specifier, and how another one is put behind it.

    `style` is pep508, conda or keyed (`name = "specifier"`). `beside` are the place and the text,
    with {} for the requirement; a place below 0 is none. `sealed` says why it cannot move.
    """

    style: str
    name: tuple[int, int]
    spec: tuple[int, int]
    whole: tuple[int, int]
    beside: tuple[int, str] = (-1, "")
    sealed: str = ""
    condition: str = ""  # behind the semicolon
    is_python: bool = False  # it speaks of Python itself
    is_word: bool = False  # of a command line, where `>` needs quotes


def requirement(
    text: str,
    start: int,
    style: str = "pep508",
    beside: tuple[int, str] = (-1, ""),
    sealed: str = "",
) -> Iterator[Item]:
    """The requirement that `text`, which stands at `start`, is; none for an URL and the like."""
    found = (_CONDA if style == "conda" else _PEP508).fullmatch(text)
    if found is None or "://" in text:
        return
    name = (start + found.start("name"), start + found.end("name"))
    spec = (start + found.start("spec"), start + found.end("spec"))
    condition = "" if style == "conda" else found["rest"].partition(";")[2].strip()
    is_python = style == "conda" and found["name"] == "python"
    whole = (start, start + len(text.split(";")[0].rstrip()))
    yield Item(style, name, spec, whole, beside, sealed, condition, is_python)


def normal(name: str) -> str:
    """The name as the index has it."""
    return re.sub(r"[-_.]+", "-", name).lower()
