"""A notebook as one text of Python, and the way back into its JSON, byte for byte.

nbformat would write the whole file anew; here only the sources of changed cells are.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from kmigrate.model import Unreadable

SUFFIX = ".ipynb"
_BLANK = re.compile(r"[ \t\r\n]*")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_BELOW = ("time", "timeit", "capture", "prun")
_IPYTHON = re.compile(r"(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$|\w[\w, ]*=\s*[%!])")
_TIMED = re.compile(r"(\s*)(%(?:time|timeit|prun)\s+(?:-\w+\s+\d*\s*)*)(\S.*)")
_NAME = re.compile(r"[^\W\d]\w*")
_SEPARATOR = "# %% cell {}"
_PLACEHOLDER = "{}pass  # IPython: {}"
_CONTINUED = "{}# IPython: {}"
_TIMER = "  # IPython: {}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of code: its number among all cells, from 1, and where the JSON of its source stands."""

    number: int
    source: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """A cell's lines in the program: `first` is the line of the program above them."""

    number: int
    first: int
    lines: tuple[str, ...]


class Notebook:
    """The cells of code as one program, in which what only IPython reads is a comment."""

    def __init__(self, raw: str) -> None:
        """Raises Unreadable for what is no notebook."""
        self._raw = raw
        try:
            self.cells = tuple(_code_cells(raw))
        except (ValueError, KeyError, IndexError, TypeError):
            raise Unreadable("not a notebook; is it the JSON of Jupyter?", 1) from None
        self._hidden: dict[str, str] = {}
        self._timers: dict[str, str] = {}
        self._python = [cell for cell in self.cells if not is_other_language(cell.source)]
        self._separator = _SEPARATOR
        while any(self._separator.format("") in cell.source for cell in self._python):
            self._separator += "#"

    @cached_property
    def text(self) -> str:
        """The program: each cell of Python below a line that separates it."""
        return "".join(
            f"{self._separator.format(cell.number)}\n{self._shown(cell.source)}\n"
            for cell in self._python
        )

    def _shown(self, source: str) -> str:
        lines = source.split("\n")
        for number in ipython_lines(source):
            line = lines[number]
            timed = _TIMED.match(line)
            if timed and _broken_line(timed[3]) is None and "#" not in timed[3]:
                timer = _TIMER.format(timed[2].strip())
                while self._timers.setdefault(timer, timed[2]) != timed[2]:
                    timer += "#"
                lines[number] = timed[1] + timed[3] + timer
                continue
            indent = line[: len(line) - len(line.lstrip())]
            is_continued = is_continuation(source.split("\n"), number)
            placeholder = _CONTINUED if is_continued else _PLACEHOLDER
            shown = placeholder.format(indent, line.strip())
            while shown in lines or self._hidden.get(shown, line) != line:
                shown += "#"
            self._hidden[shown] = line
            lines[number] = shown
        return "\n".join(lines)

    def _in_ipython(self, line: str) -> str:
        """The line as IPython has it. Raises Unreadable where a timed statement fell apart."""
        if line in self._hidden:
            return self._hidden[line]
        for timer, magic in self._timers.items():
            if line.endswith(timer):
                code = line.removesuffix(timer)
                if _broken_line(code.strip()) is not None:
                    raise Unreadable(f"{magic.strip()} takes one line, and this would be several")
                statement = code.lstrip()
                return code[: len(code) - len(statement)] + magic + statement
        return line

    @property
    def needed(self) -> frozenset[str]:
        """Names that lines of IPython may use: what they stand for must stay."""
        assert self.text is not None
        return frozenset(name for line in self._hidden.values() for name in _NAME.findall(line))

    def parts(self, program: str) -> Iterator[Part]:
        """The cells of the program, or of what became of it, with the lines as IPython has them."""
        numbers = {self._separator.format(cell.number): cell.number for cell in self._python}
        lines = program.split("\n")
        starts = [index for index, line in enumerate(lines) if line in numbers]
        for start, end in pairwise([*starts, len(lines) - 1]):
            shown = tuple(map(self._in_ipython, lines[start + 1 : end]))
            yield Part(numbers[lines[start]], start + 1, shown)

    def located(self, reason: str, line: int) -> str:
        """The reason with the cell and its line that a line of the program is."""
        above = [part for part in self.parts(self.text) if part.first < line]
        return (
            f"cell {above[-1].number}, line {line - above[-1].first}: {reason}" if above else reason
        )

    def encode(self, program: str) -> bytes:
        """The notebook with another program in its cells."""
        return self.with_sources(
            {part.number: "\n".join(part.lines) for part in self.parts(program)}
        )

    def with_sources(self, after: Mapping[int, str]) -> bytes:
        """The notebook with other sources in the cells of those numbers."""
        found, position = [], 0
        for cell in self.cells:
            new = after.get(cell.number, cell.source)
            if new != cell.source:
                found += [self._raw[position : cell.start], self._source(cell, new)]
                position = cell.end
        return "".join([*found, self._raw[position:]]).encode("utf-8")

    def _source(self, cell: Cell, new: str) -> str:
        """The JSON of a source in the manner of the old one: a text, or a list of lines."""
        raw, is_ascii = self._raw[cell.start : cell.end], self._raw.isascii()
        if not raw.startswith("["):
            return json.dumps(new, ensure_ascii=is_ascii)
        items = list(_elements(self._raw, cell.start))
        if not items:
            return json.dumps(_LINE.findall(new), ensure_ascii=is_ascii)
        known = {value: self._raw[start:end] for value, start, end in items}
        written = [
            known.get(line) or json.dumps(line, ensure_ascii=is_ascii)
            for line in _LINE.findall(new)
        ]
        first, last = items[0][1], items[-1][2]
        opening, closing = self._raw[cell.start + 1 : first], self._raw[last : cell.end - 1]
        return f"[{opening}{(',' + (opening or ' ')).join(written)}{closing}]"


def is_other_language(source: str) -> bool:
    """Is the whole cell for a magic like `%%bash`?"""
    magic = _CELL_MAGIC.match(source)
    return magic is not None and magic[1] not in _PYTHON_BELOW


def ipython_lines(source: str) -> list[int]:
    """The lines, from 0, that Python cannot read and IPython can."""
    original, found = source.split("\n"), []
    lines = list(original)
    for _ in range(len(lines)):
        number = _broken_line("\n".join(lines))
        if number is None or not 0 <= number < len(lines):
            break
        magic = _IPYTHON.match(lines[number])
        if magic is None:
            break
        lines[number] = f"{magic[1]}pass"
        found.append(number)
        while is_continuation(original, number + 1):
            number += 1
            lines[number] = ""
            found.append(number)
    return found


def is_continuation(lines: Sequence[str], number: int) -> bool:
    """Does the line above end with a backslash?"""
    return 0 < number < len(lines) and lines[number - 1].endswith("\\")


def _broken_line(code: str) -> int | None:
    """The line, from 0, that Python cannot read, if there is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return (error.lineno or 0) - 1
    except (ValueError, RecursionError, MemoryError):
        return None
    return None


_Value = tuple[Any, int, int]
_DECODER = json.JSONDecoder(strict=False)


def _code_cells(raw: str) -> Iterator[Cell]:
    """The cells of code in the JSON of a notebook, of its format 4 or of the older ones."""
    top = _members(raw, _skip(raw, 0))
    if "cells" not in top:
        _, sheet, _ = next(_elements(raw, top["worksheets"][1]))
        top = _members(raw, sheet)
    for number, (cell, start, _) in enumerate(_elements(raw, top["cells"][1]), 1):
        if cell["cell_type"] == "code":
            members = _members(raw, start)
            value, at, end = members["source"] if "source" in members else members["input"]
            source = value if isinstance(value, str) else "".join(value)
            yield Cell(number, source, at, end)


def _skip(raw: str, index: int) -> int:
    found = _BLANK.match(raw, index)
    assert found is not None
    return found.end()


def _elements(raw: str, index: int) -> Iterator[_Value]:
    """The elements of the JSON array at `index`, each with the span of its text."""
    if raw[index] != "[":
        raise ValueError("no array")
    index = _skip(raw, index + 1)
    while raw[index] != "]":
        value, end = _DECODER.raw_decode(raw, index)
        yield value, index, end
        index = _skip(raw, end)
        index = _skip(raw, index + 1) if raw[index] == "," else index


def _members(raw: str, index: int) -> dict[str, _Value]:
    """The members of the JSON object at `index`, each with the span of its value."""
    if raw[index] != "{":
        raise ValueError("no object")
    found: dict[str, _Value] = {}
    index = _skip(raw, index + 1)
    while raw[index] != "}":
        key, end = _DECODER.raw_decode(raw, index)
        start = _skip(raw, _skip(raw, end) + 1)
        value, end = _DECODER.raw_decode(raw, start)
        found[key] = (value, start, end)
        index = _skip(raw, end)
        index = _skip(raw, index + 1) if raw[index] == "," else index
    return found
