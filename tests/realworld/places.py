"""Whether a finding stands at the place where a migrated test fails."""

from __future__ import annotations

import ast
import difflib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from kmigrate.model import Unreadable
from kmigrate.project.graph import program

OUTCOMES = ("flagged", "review", "unresolved")
AT_PLACE = "at the failing line"
ON_WAY = "on the way there"
IN_TEST = "elsewhere in the test"
NOT = "no"

Span = tuple[int, int]
Spoken = Mapping[str, Mapping[str, Sequence[Span]]]  # by file, by outcome: lines after migration


def moved(before: Sequence[str], after: Sequence[str], first: int, last: int) -> Span:
    """The lines of `after` that stand where the lines `first` to `last` of `before` stood."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    touched = [
        (low + (first - 1 - old if tag == "equal" else 0), high)
        for tag, old, end, low, high in matcher.get_opcodes()
        if old < last and end > first - 1
    ]
    if not touched:
        return (first, last)
    low = touched[0][0] + 1
    tag, old, _, start, high = next(
        opcode for opcode in reversed(matcher.get_opcodes()) if opcode[1] < last
    )
    return (low, max(low, start + last - old if tag == "equal" else high))


def spoken_lines(
    findings: Iterable[Mapping[str, Any]], before: Path, after: Path
) -> dict[str, dict[str, list[Span]]]:
    """Where in the migrated files kmigrate said something that a reader should look at."""
    found: dict[str, dict[str, list[Span]]] = {}
    for finding in findings:
        if finding["outcome"] not in OUTCOMES:
            continue
        path = finding["path"]
        old, new = (text_of(root / path).split("\n") for root in (before, after))
        above = _heading(old, finding["cell"]) if finding.get("cell") else 0
        if above is None:
            continue  # in a cell that is not run
        span = moved(old, new, above + finding["line"], above + finding["end_line"])
        found.setdefault(path, {}).setdefault(finding["outcome"], []).append(span)
    return found


def _heading(lines: Sequence[str], cell: int) -> int | None:
    """The lines above the text of a cell, its heading included; None where the cell is not run."""
    heading = f"# In[{cell}]"
    return lines.index(heading) + 1 if heading in lines else None


@cache
def text_of(file: Path) -> str:
    """A file as it is run: of a notebook its program."""
    try:
        return program(file.read_bytes(), str(file))
    except Unreadable:
        return file.read_text(errors="replace")


def statement_at(text: str, line: int) -> Span:
    """The lines of the statement at a line; of one with a body, its head."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            nodes = list(ast.walk(ast.parse(text)))
        except (SyntaxError, ValueError):
            return (line, line)
    spans = [span for node in nodes if isinstance(node, ast.stmt) for span in _spans(node)]
    around = [span for span in spans if span[0] <= line <= span[1]]
    return min(around, key=lambda span: span[1] - span[0], default=(line, line))


def _spans(node: ast.stmt) -> Iterator[Span]:
    body = getattr(node, "body", None)
    end = body[0].lineno - 1 if body else node.end_lineno
    yield (node.lineno, max(node.lineno, end or node.lineno))


def traced(error: str, tree: str) -> tuple[tuple[str, int], ...]:
    """The places below a folder of that name which TensorFlow tells in the text of an error alone."""
    found = re.findall(rf'File "[^"\n]*/{re.escape(tree)}/([^"\n]+)", line (\d+)', error)
    return tuple((file, int(line)) for file, line in found)


def function_at(text: str, line: int) -> Span:
    """The lines of the innermost function around a line; the line alone outside of functions."""
    nodes = ast.walk(ast.parse(text))
    functions = [one for one in nodes if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    spans = [(one.lineno, one.end_lineno or one.lineno) for one in functions]
    around = [span for span in spans if span[0] <= line <= span[1]]
    return min(around, key=lambda span: span[1] - span[0], default=(line, line))


def flagged(frames: Sequence[tuple[str, int]], spoken: Spoken, tree: Path) -> tuple[str, str]:
    """(where, outcome): the innermost place of the package that failed first, then its callers."""
    for depth, (file, line) in enumerate(reversed(frames)):
        first, last = statement_at(text_of(tree / file), line)
        outcome = _said_between(spoken.get(file, {}), first, last)
        if outcome:
            return (ON_WAY if depth else AT_PLACE), outcome
    return NOT, ""


def flagged_around(
    frames: Sequence[tuple[str, int]], spoken: Spoken, tree: Path
) -> tuple[str, str]:
    """As `flagged`, by whole functions: what an assertion finds was computed above it."""
    for file, line in reversed(frames):
        first, last = function_at(text_of(tree / file), line)
        outcome = _said_between(spoken.get(file, {}), first, last)
        if outcome:
            return IN_TEST, outcome
    return NOT, ""


def _said_between(spoken: Mapping[str, Sequence[Span]], first: int, last: int) -> str:
    for outcome in OUTCOMES:
        if any(low <= last and high >= first for low, high in spoken.get(outcome, ())):
            return outcome
    return ""
