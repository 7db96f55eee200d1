"""A notebook as one program: its code cells in order, what only IPython understands as comments."""

from __future__ import annotations

import ast
import json
import re
import warnings
from typing import Any

from kmigrate.verify.subject import CannotRunError

SUFFIX = ".ipynb"
_CELL_MAGIC = re.compile(r"\s*%%(\w+)")
_PYTHON_BELOW = ("time", "timeit", "capture", "prun")
_TIMED = re.compile(r"(\s*)%time\s+(.+)")
_IPYTHON = re.compile(r"(\s*)(?:[%!?]|[\w.]+\?{1,2}\s*$|\w[\w, ]*=\s*[%!])")
_DISPLAY = re.compile(r"(?<![\w.])display\(")


def program_of(text: str, name: str) -> str:
    """The program of a notebook's JSON. Raises CannotRunError for what is no notebook.

    Each cell begins with the comment `# In[n]`, so that a line can be found again.
    """
    try:
        notebook = json.loads(text)
        cells = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        codes = [_source(cell) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, IndexError, TypeError):
        raise CannotRunError(f"{name}: not a notebook; is it the JSON of Jupyter?") from None
    parts = [f"# In[{number}]\n{_python(code)}\n" for number, code in enumerate(codes, 1)]
    if any(map(_DISPLAY.search, codes)):
        parts.insert(0, "display = print  # as in Jupyter\n")
    return "\n".join(parts)


def _source(cell: dict[str, Any]) -> str:
    source = cell["source"] if "source" in cell else cell["input"]
    return source if isinstance(source, str) else "".join(source)


def _python(code: str) -> str:
    magic = _CELL_MAGIC.match(code)
    lines = code.splitlines()
    if magic and magic[1] not in _PYTHON_BELOW:
        return "\n".join(f"# {line}" for line in lines)
    for _ in range(len(lines)):
        number = _broken_line("\n".join(lines))
        if number is None or not _neutralise(lines, number - 1):
            break
    return "\n".join(lines)


def _broken_line(code: str) -> int | None:
    """The line that Python cannot read, if there is one."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(code)
    except SyntaxError as error:
        return error.lineno
    except ValueError:
        return None
    return None


def _neutralise(lines: list[str], index: int) -> bool:
    """Make a comment of a line of IPython; False when it is none."""
    if not 0 <= index < len(lines):
        return False
    line = lines[index]
    timed, magic = _TIMED.match(line), _IPYTHON.match(line)
    if timed:
        lines[index] = timed[1] + timed[2]
    elif magic:
        lines[index] = f"{magic[1]}pass  # {line.strip()}"
    return bool(timed or magic)
