"""Which files of a run import which, also those that mention no library."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from kmigrate.model import Module, Unreadable
from kmigrate.notebook import Notebook
from kmigrate.project.discover import Source
from kmigrate.project.files import document
from kmigrate.project.modules import Modules
from kmigrate.verify.notebook import program_of

_MAIN = re.compile(r"^if\s+__name__\s*==", re.MULTILINE)
_NOT_PROGRAMS = re.compile(r"(?:test_.*|.*_test|conftest|setup|__init__|noxfile)\.py$|.*\.pyi$")


class Graph:
    """The imports between files, known by their number in `sources`."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources
        self._texts = [_text(source) for source in sources]
        self._modules = Modules(sources)
        self.imports = [
            frozenset(_imported(number, text, self._modules))
            for number, text in enumerate(self._texts)
        ]

    def text(self, number: int) -> str:
        """The file as it is, or "" where it cannot be read."""
        return self._texts[number]

    def names(self) -> list[str]:
        """The dotted names by which the files are imported."""
        numbers = range(len(self._sources))
        return [self._modules.module(number).name.lstrip(".") for number in numbers]

    def imported_names(self, number: int) -> Iterator[str]:
        """The absolute names of all that a file imports."""
        return _names(self._texts[number], self._modules.module(number))

    def programs(self) -> list[int]:
        """The files to run: those that no other file imports, or that say `__name__ ==`.

        Tests and what only stands in a package are no programs.
        """
        imported = frozenset().union(*self.imports) if self.imports else frozenset()
        candidates = [
            number
            for number, source in enumerate(self._sources)
            if not _NOT_PROGRAMS.match(Path(source.place).name)
        ]
        return [
            number
            for number in candidates
            if number not in imported or _MAIN.search(self._texts[number])
        ]

    def reached(self, number: int) -> frozenset[int]:
        """A file and all that it imports, directly or not."""
        return self._closure(number, self.imports)

    def related(self, number: int) -> frozenset[int]:
        """All files that hang together with this one through imports, in either direction."""
        return self._closure(number, self._both_ways())

    def _both_ways(self) -> list[frozenset[int]]:
        importers: list[set[int]] = [set(names) for names in self.imports]
        for number, names in enumerate(self.imports):
            for name in names:
                importers[name].add(number)
        return [frozenset(names) for names in importers]

    def _closure(self, number: int, edges: Sequence[frozenset[int]]) -> frozenset[int]:
        found, waiting = {number}, [number]
        while waiting:
            fresh = edges[waiting.pop()] - found
            found |= fresh
            waiting += fresh
        return frozenset(found)


def program(data: bytes, path: str) -> str:
    """What runs when a file is run. Raises Unreadable with the reason and the place."""
    found = document(data, path)
    return program_of(found) if isinstance(found, Notebook) else found.text


def _text(source: Source) -> str:
    try:
        return program(Path(source.path).read_bytes(), source.path)
    except (OSError, Unreadable):
        return ""  # it is reported where it is migrated


def _imported(number: int, text: str, modules: Modules) -> Iterator[int]:
    for dotted in _names(text, modules.module(number)):
        parts = dotted.split(".")
        for length in range(1, len(parts) + 1):  # importing `a.b` runs `a/__init__.py` too
            resolved = modules.resolve(number, ".".join(parts[:length]))
            if resolved is not None:
                yield resolved[0]


def _names(text: str, module: Module) -> Iterator[str]:
    """The absolute names of all that a text imports, wherever in it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    package = module.name.split(".") if module.is_package else module.name.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            anchor = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*anchor, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}".strip(".") for alias in node.names)
            if base:
                yield base
