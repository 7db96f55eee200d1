"""Cells of notebooks in Python 2: each is converted by itself, and lines of IPython stay."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kmigrate.model import Unreadable
from kmigrate.notebook import Notebook, is_continuation, is_other_language
from kmigrate.project.python2 import convert

_MAGIC = re.compile(r"(\s*)[%!]\s*\w")
_MARK = "pass  # IPython line {}"
_REST = "# rest of IPython line {}"


def converted_cells(notebook: Notebook) -> Mapping[int, str]:
    """The cells that became something else, by number; what is neither Python stays."""
    found = {}
    for cell in notebook.cells:
        after = cell.source if is_other_language(cell.source) else _converted(cell.source)
        if after != cell.source:
            found[cell.number] = after
    return found


def _converted(source: str) -> str:
    original = source.split("\n")
    lines, hidden = list(original), dict[int, str]()
    for number, line in enumerate(original):
        is_rest = number - 1 in hidden and is_continuation(original, number)
        if is_rest or _MAGIC.match(line):
            hidden[number] = (_REST if is_rest else _MARK).format(number)
            lines[number] = line[: len(line) - len(line.lstrip())] + hidden[number]
    try:
        after = convert("\n".join(lines)).text
    except Unreadable:
        return source
    shown = {mark: original[number].strip() for number, mark in hidden.items()}
    return "\n".join(
        line.replace(line.strip(), shown.get(line.strip(), line.strip()))
        for line in after.split("\n")
    )
