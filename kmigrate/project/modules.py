"""Where files stand in the project: their module names, and which file an import means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from kmigrate.dialects import is_library
from kmigrate.model import Module
from kmigrate.notebook import SUFFIX
from kmigrate.project.discover import Source

INITS = ("__init__.py", "__init__.pyi")


class Modules:
    """The modules of a run. Files are known by their number in `sources`.

    A stem is the path of a module without suffix, of a package that of its folder; `/` separates.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        places = [Path(source.place) for source in sources]
        self._is_package = [place.name in INITS for place in places]
        self._stems = [_stem(place) for place in places]
        self._bases = [_bases(Path(source.root), Path(source.place).parent) for source in sources]
        self._by_stem: dict[str, int] = {}
        for number, stem in enumerate(self._stems):
            if places[number].suffix != SUFFIX:  # no import finds a notebook
                self._by_stem.setdefault(stem, number)
        for number, place in enumerate(places):
            if place.name == INITS[0]:  # a package goes before a module, a `.py` before its stub
                self._by_stem[self._stems[number]] = number

    def module(self, number: int) -> Module:
        """The name by which relative imports of this file resolve.

        A project package that is called like a library gets a leading dot, so that
        `from . import backend` inside it never names the library.
        """
        root = self._bases[number][0]
        name = self._stems[number][len(root) + 1 :].replace("/", ".")
        return Module(f".{name}" if is_library(name) else name, self._is_package[number])

    def resolve(self, number: int, dotted: str) -> tuple[int, tuple[str, ...]] | None:
        """The module that an import in file `number` means, and the names behind it."""
        if is_library(dotted):
            return None
        parts = tuple(dotted.removeprefix(".").split("."))
        for base in self._looked_through(number, dotted):
            found, length, stem = None, 0, base
            for depth, part in enumerate(parts):
                stem = f"{stem}/{part}"
                candidate = self._by_stem.get(stem)
                if candidate is not None and candidate != number:
                    found, length = candidate, depth + 1
            if found is not None:
                return found, parts[length:]
        return None

    def tree(self, numbers: Iterable[int]) -> Mapping[str, Sequence[int]]:
        """By stem of a package or module, those of the files that are it or stand below it."""
        found: dict[str, list[int]] = {}
        for number in numbers:
            stem = self._stems[number]
            while stem:
                found.setdefault(stem, []).append(number)
                stem = stem.rpartition("/")[0]
        return found

    def below(
        self, number: int, dotted: str, tree: Mapping[str, Sequence[int]]
    ) -> Iterator[tuple[int, str]]:
        """The files of `tree` that stand below the module `dotted`, and their names by it."""
        path = dotted.removeprefix(".").replace(".", "/")
        for base in self._looked_through(number, dotted):
            folder = f"{base}/{path}"
            for candidate in tree.get(folder, ()):
                yield candidate, dotted + self._stems[candidate][len(folder) :].replace("/", ".")

    def _looked_through(self, number: int, dotted: str) -> Sequence[str]:
        bases = self._bases[number]
        return bases[:1] if dotted.startswith(".") else bases


def _stem(place: Path) -> str:
    return (place.parent if place.name in INITS else place.with_suffix("")).as_posix()


@cache
def _bases(root: Path, folder: Path) -> Sequence[str]:
    """Where Python would look: the package's root, the script's folder, the project, `src`."""
    bases = (_import_root(folder, root), folder, root, root / "src")
    return tuple(dict.fromkeys(base.as_posix().rstrip("/") for base in bases))


def _import_root(folder: Path, root: Path) -> Path:
    if _is_package(folder):
        while _is_package(folder):
            folder = folder.parent
        return folder
    source = root / "src"
    return source if folder.is_relative_to(source) else root


def _is_package(folder: Path) -> bool:
    return any((folder / name).is_file() for name in INITS)
