"""Where files stand in the project: their module names, and which file an import means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import PurePath

from kmigrate.dialects import is_library
from kmigrate.model import Module
from kmigrate.project.discover import Source

INITS = ("__init__.py", "__init__.pyi")


class Modules:
    """The modules of a run. Files are known by their number in `sources`."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._places = [PurePath(source.place) for source in sources]
        self._roots = [PurePath(source.root) for source in sources]
        self._import_roots = [
            _import_root(place.parent, root)
            for place, root in zip(self._places, self._roots, strict=True)
        ]
        self._by_stem: dict[PurePath, int] = {}
        for number, place in enumerate(self._places):
            self._by_stem.setdefault(_stem(place), number)
        for number, place in enumerate(self._places):
            if place.name == INITS[0]:  # a package goes before a module, a `.py` before its stub
                self._by_stem[place.parent] = number

    def module(self, number: int) -> Module:
        """The name by which relative imports of this file resolve.

        A project package that is called like a library gets a leading dot, so that
        `from . import backend` inside it never names the library.
        """
        place = self._places[number]
        name = ".".join(_stem(place).relative_to(self._import_roots[number]).parts)
        return Module(f".{name}" if is_library(name) else name, place.name in INITS)

    def resolve(self, number: int, dotted: str) -> tuple[int, tuple[str, ...]] | None:
        """The module that an import in file `number` means, and the names behind it."""
        if is_library(dotted):
            return None
        bases = self._bases(number)[:1] if dotted.startswith(".") else self._bases(number)
        parts = tuple(dotted.removeprefix(".").split("."))
        for base in bases:
            for length in range(len(parts), 0, -1):
                found = self._by_stem.get(base.joinpath(*parts[:length]))
                if found is not None and found != number:
                    return found, parts[length:]
        return None

    def below(
        self, number: int, dotted: str, candidates: Sequence[int]
    ) -> Iterator[tuple[int, str]]:
        """Those of `candidates` that stand below the module `dotted`, and their names by it."""
        parts = dotted.removeprefix(".").split(".")
        for base in self._bases(number):
            folder = base.joinpath(*parts)
            for candidate in candidates:
                stem = _stem(self._places[candidate])
                if folder in (stem, *stem.parents):
                    yield candidate, ".".join((dotted, *stem.relative_to(folder).parts))

    def _bases(self, number: int) -> list[PurePath]:
        """Where Python would look: the package's root, the script's folder, the project, `src`."""
        root = self._roots[number]
        bases = (self._import_roots[number], self._places[number].parent, root, root / "src")
        return list(dict.fromkeys(bases))


def _stem(place: PurePath) -> PurePath:
    return place.parent if place.name in INITS else place.with_suffix("")


def _import_root(folder: PurePath, root: PurePath) -> PurePath:
    if _is_package(folder):
        while _is_package(folder):
            folder = folder.parent
        return folder
    source = root / "src"
    return source if folder.is_relative_to(source) else root


@cache
def _is_package(folder: PurePath) -> bool:
    from pathlib import Path

    return any(Path(folder, name).is_file() for name in INITS)
