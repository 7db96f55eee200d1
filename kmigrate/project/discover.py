"""The Python files of a run, in a stable order, each one once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from pathlib import Path

from kmigrate.model import Status
from kmigrate.notebook import SUFFIX
from kmigrate.project.ignored import (
    ENVIRONMENT_SIGN,
    gitignore_of,
    gitignores_above,
    is_skipped_folder,
)
from kmigrate.project.manifests.formats import is_manifest
from kmigrate.project.patterns import Level, Levels, is_ignored
from kmigrate.report.record import FileRecord

SUFFIXES = (".py", ".pyi", SUFFIX)
_NAME = attrgetter("name")


@dataclass(frozen=True, slots=True)
class Source:
    """A file to migrate: `path` is read and written, `place` is where it stands in its tree.

    They differ for a link. `shown` is POSIX and relative to the working folder.
    """

    path: str
    place: str
    shown: str
    root: str


@dataclass(slots=True)
class Found:
    """`others` are the files and links of the trees that are not Python or were excluded.

    `requirements` are those of them, and of the given files, that hold requirements.
    """

    sources: list[Source] = field(default_factory=list)
    others: list[Source] = field(default_factory=list)
    requirements: list[Source] = field(default_factory=list)
    records: list[FileRecord] = field(default_factory=list)


def discover(
    paths: Sequence[Path],
    exclude: Iterable[str] = (),
    exclude_in: Path | None = None,
    with_others: bool = False,
) -> Found:
    """Walk the given files and folders. Nothing is raised: what cannot be read is in `records`.

    `exclude` reads like a `.gitignore` in the folder `exclude_in` (default: the working folder).
    `others` are found only on request: to match every file of a tree takes its time.
    """
    walk = _Walk(tuple(exclude), Path(os.path.realpath(exclude_in or ".")), with_others)
    for path in paths:
        walk.try_to_take(path)
    for source in walk.links:
        walk.follow(source)
    return walk.found


def _parent(path: str) -> str:
    return path.replace(os.sep, "/").rsplit("/", 2)[-2]


def shown_path(path: Path) -> str:
    """POSIX and relative to the working folder, however the path was written."""
    absolute = Path(os.path.realpath(path.parent)) / path.name if path.name else path.resolve()
    try:
        return Path(os.path.relpath(absolute)).as_posix()
    except ValueError:  # another drive
        return absolute.as_posix()


class _Walk:
    def __init__(self, exclude: tuple[str, ...], exclude_in: Path, with_others: bool) -> None:
        self.with_others = with_others
        self.exclude = exclude
        self.exclude_in = exclude_in
        self.found = Found()
        self.links: list[Source] = []
        self.seen: set[str] = set()

    def try_to_take(self, path: Path) -> None:
        """Take a given path; one that the system does not even look for is an error by name."""
        try:
            self._take(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            self._problem(path.as_posix(), f"{reason}; check the path")

    def _take(self, path: Path) -> None:
        shown = shown_path(path)
        real = Path(os.path.realpath(path))
        if real.is_dir():
            self._take_tree(real, shown)
        elif real.is_file():
            folder = Path(os.path.realpath(path.parent))
            source = Source(str(real), str(folder / path.name), shown, str(folder))
            if is_manifest(path.name, folder.name):
                self._require(source)
            else:
                self._add(source)
        elif real.exists():
            self._problem(shown, "not a regular file; use `-` to read from a pipe")
        elif path.is_symlink():
            self._problem(shown, "a link to a file that does not exist; repair or remove it")
        else:
            self._problem(shown, "no such file or folder; check the path")

    def _take_tree(self, root: Path, shown: str) -> None:
        excludes = self._excludes(root)
        levels = gitignores_above(root)
        self._folder(str(root), "" if shown == "." else f"{shown}/", levels, excludes, str(root))

    def _excludes(self, root: Path) -> Levels:
        """A tree elsewhere is read as if the patterns stood in it; naming a folder includes it."""
        if not self.exclude:
            return ()
        here = self.exclude_in
        found = Level(here if root.is_relative_to(here) else root, self.exclude)
        return () if root != here and found.verdict(str(root), True) else (found,)

    def _folder(self, folder: str, shown: str, above: Levels, excludes: Levels, root: str) -> None:
        try:
            with os.scandir(folder) as entries:
                listed = sorted(entries, key=_NAME)
        except OSError as error:
            self._problem(shown.rstrip("/") or ".", f"{error.strerror}; cannot list this folder")
            return
        names = {entry.name for entry in listed}
        if ENVIRONMENT_SIGN in names and folder != root:
            return
        levels = (*above, *gitignore_of(Path(folder))) if ".gitignore" in names else above
        for entry in listed:
            self._entry(entry, shown, levels, excludes, root)

    def _entry(
        self,
        entry: os.DirEntry[str],
        above: str,
        levels: Sequence[Level],
        excludes: Levels,
        root: str,
    ) -> None:
        is_folder = entry.is_dir(follow_symlinks=False)
        is_python = entry.name.endswith(SUFFIXES)
        is_requiring = not (is_folder or is_python) and is_manifest(entry.name, _parent(entry.path))
        if not (is_folder or self.with_others or is_python or is_requiring):
            return
        if levels and is_ignored(entry.path, is_folder, levels):
            return
        source = Source(entry.path, entry.path, above + entry.name, root)
        excluded = bool(excludes) and is_ignored(entry.path, is_folder, excludes)
        if is_folder:
            if (excluded and not self.with_others) or is_skipped_folder(entry.path, entry.name):
                return
            below = (Level(Path(entry.path), ["*"]),) if excluded else excludes
            self._folder(entry.path, f"{source.shown}/", tuple(levels), below, root)
        elif excluded or not is_python:
            if is_requiring and not excluded and entry.is_file(follow_symlinks=False):
                self._require(source)
            self.found.others.append(source)
        elif entry.is_symlink():
            self.links.append(source)
        elif entry.is_file(follow_symlinks=False):
            self._add(source)

    def _require(self, source: Source) -> None:
        if source.path not in self.seen:
            self.seen.add(source.path)
            self.found.requirements.append(source)

    def _add(self, source: Source) -> None:
        if source.path not in self.seen:
            self.seen.add(source.path)
            self.found.sources.append(source)

    def follow(self, link: Source) -> None:
        """A link is another name of its target: taken once, and never out of the given tree."""
        target = Path(os.path.realpath(link.path))
        self.found.others.append(link)
        if not target.exists():
            self._problem(link.shown, "a link to a file that does not exist; repair or remove it")
        elif not target.is_relative_to(link.root):
            reason = "a link out of the given tree; name its target to migrate it"
            self.found.records.append(FileRecord(link.shown, Status.SKIPPED, reason))
        elif target.is_file():
            self._add(Source(str(target), link.place, link.shown, link.root))

    def _problem(self, shown: str, reason: str) -> None:
        self.found.records.append(FileRecord(shown, Status.ERROR, reason))
