"""Find the texts that a program is made of: its own, and those beside it that it imports.

Stays within the standard library and the syntax of Python 3.6.
"""

import os
import re
import tokenize
from typing import List, Set

IMPORTED = re.compile(r"^\s*(?:from|import)\s+([\w.]+)", re.MULTILINE)
MOST = 200  # files; a program of more mentions its libraries in one of these


def of_program(text: str, file: str) -> str:
    """The program's text and those of the modules in its folder that it leads to."""
    folder, found = os.path.dirname(file), [text]
    seen: Set[str] = set()
    waiting = [text]
    while waiting and len(found) < MOST:
        for name in IMPORTED.findall(waiting.pop()):
            for path in _files(folder, name):
                if path not in seen:
                    seen.add(path)
                    found.append(_read(path))
                    waiting.append(found[-1])
    return "\n".join(found)


def _files(folder: str, name: str) -> List[str]:
    """The files of a dotted name below the folder: of the module and of the packages around it."""
    parts = [part for part in name.split(".") if part]
    paths = []
    for depth in range(1, len(parts) + 1):
        base = os.path.join(folder, *parts[:depth])
        paths += [base + ".py", os.path.join(base, "__init__.py")]
    return [path for path in paths if os.path.isfile(path)]


def _read(path: str) -> str:
    try:
        with tokenize.open(path) as stream:
            return stream.read()
    except (OSError, SyntaxError, UnicodeDecodeError):
        return ""  # the import of it will say what is wrong
