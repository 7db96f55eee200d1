"""A notebook as one program: its code cells in order, what only IPython understands as comments."""

from __future__ import annotations

import re

from kmigrate.notebook import Notebook, ipython_lines, is_continuation, is_other_language

_TIMED = re.compile(r"(\s*)%time\s+(.+)")
_DISPLAY = re.compile(r"(?<![\w.])display\(")


def program_of(notebook: Notebook) -> str:
    """The program of a notebook.

    Each cell begins with the comment `# In[n]`, so that a line can be found again.
    """
    codes = [cell.source for cell in notebook.cells]
    parts = [f"# In[{number}]\n{_python(code)}\n" for number, code in enumerate(codes, 1)]
    if any(map(_DISPLAY.search, codes)):
        parts.insert(0, "display = print  # as in Jupyter\n")
    return "\n".join(parts)


def _python(code: str) -> str:
    lines = code.split("\n")
    if is_other_language(code):
        return "\n".join(f"# {line}" for line in lines)
    for number in ipython_lines(code):
        line = lines[number]
        timed = _TIMED.match(line)
        indent = line[: len(line) - len(line.lstrip())]
        is_rest = is_continuation(code.split("\n"), number)
        shown = f"# {line.strip()}" if is_rest else f"{indent}pass  # {line.strip()}"
        lines[number] = timed[1] + timed[2] if timed else shown
    return "\n".join(lines)
