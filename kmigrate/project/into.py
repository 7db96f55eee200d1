"""`--into DIR`: the whole migrated tree in another folder, the sources untouched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from kmigrate.model import Status
from kmigrate.project.discover import Found, Source
from kmigrate.project.write import WriteError, create
from kmigrate.report.record import FileRecord

MARK = ".kmigrate-into"
_MARK_TEXT = "Written by `kmigrate apply --into`, which may overwrite the files of this folder.\n"


class Target:
    """The folder to write to.

    One given folder is copied as it is; of several, each keeps its name. A folder that an earlier
    run made (it holds the mark) is written over, file by file; any other must be new or empty.
    """

    def __init__(self, folder: Path, paths: Sequence[Path]) -> None:
        self.folder = Path(os.path.realpath(folder))
        self._prefixes = self._checked_prefixes([Path(os.path.realpath(path)) for path in paths])
        self._check_contents()
        self._planned: dict[Path, str] = {}

    def _checked_prefixes(self, paths: Sequence[Path]) -> dict[str, str]:
        """Raises ValueError when the folder and a given tree overlap, or two trees would."""
        prefixes: dict[str, str] = {}
        for path in paths:
            tree = path if path.is_dir() else path.parent
            if self.folder.is_relative_to(path) or tree.is_relative_to(self.folder):
                raise ValueError(
                    f"--into {self.folder} and {path} overlap; choose a folder beside the sources"
                )
            if path.is_dir():
                name = path.name if len(paths) > 1 else ""
                if name in prefixes.values() and str(path) not in prefixes:
                    raise ValueError(f"--into would mix two folders called {name}; run them apart")
                prefixes[str(path)] = name
        return prefixes

    def _check_contents(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"--into {self.folder} is not a folder; choose a new one")
        if self.folder.is_dir() and not (self.folder / MARK).exists():
            strange = next(self.folder.iterdir(), None)
            if strange is not None:
                reason = f"--into {self.folder} holds other files ({strange.name})"
                raise ValueError(f"{reason}; choose a new or empty folder")

    def plan(self, found: Found) -> None:
        """Raises ValueError when two files would have the same place."""
        for source in found.sources:
            place = self._place(source)
            if self._planned.setdefault(place, source.place) != source.place:
                name = place.relative_to(self.folder).as_posix()
                raise ValueError(f"--into would write {name} twice; run these files apart")

    def _place(self, source: Source) -> Path:
        relative = Path(source.place).relative_to(source.root)
        return self.folder / self._prefixes.get(source.root, "") / relative

    def begin(self) -> None:
        """Make the folder, with its mark. Raises ValueError where that is not possible."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            create(self.folder / MARK, _MARK_TEXT.encode())
        except (OSError, WriteError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ValueError(f"--into {self.folder}: {reason}; choose another folder") from None

    def put(self, source: Source, data: bytes) -> None:
        """Write a migrated file to its place. Raises WriteError."""
        place = self._place(source)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            status = Path(source.path).stat()
        except OSError as error:
            raise WriteError(f"{error.strerror}; nothing was written") from None
        create(place, data, status)

    def copy(self, found: Found, migrated: set[str]) -> Iterator[FileRecord]:
        """Copy every other file as it is; give a record for each that could not be copied."""
        for source in found.sources:
            if source.place not in migrated:
                yield from self._copied(source, Path(source.path))
        for source in dict.fromkeys((*found.others, *found.requirements)):
            if self._place(source) not in self._planned and source.place not in migrated:
                yield from self._copied(source, Path(source.place))

    def _copied(self, source: Source, origin: Path) -> Iterator[FileRecord]:
        place = self._place(source)
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if origin.is_symlink():
                self._copy_link(source, origin, place)
            elif origin.is_file():
                create(place, origin.read_bytes(), origin.stat())
        except (OSError, WriteError) as error:
            reason = f"{getattr(error, 'strerror', None) or error}; not copied"
            yield FileRecord(source.shown, Status.ERROR, reason)

    def _copy_link(self, source: Source, link: Path, place: Path) -> None:
        """A link inside the tree stays one; what leads out of it is left out."""
        target = Path(os.path.realpath(link))
        if target.is_relative_to(source.root):
            place.unlink(missing_ok=True)
            place.symlink_to(os.path.relpath(target, os.path.realpath(link.parent)))
