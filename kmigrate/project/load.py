"""The files of a run as texts, as far as they matter: only what may mention a library is decoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from io import FileIO

from kmigrate.migrate import mentions
from kmigrate.model import Status, Unreadable
from kmigrate.notebook import Notebook
from kmigrate.project.discover import Source
from kmigrate.project.files import Decoded, document
from kmigrate.project.python2 import Conversion
from kmigrate.report.record import FileRecord


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file's bytes and text; `divisions` are None unless the text was Python 2.

    `original` is the notebook as it was, where its cells were converted.
    """

    source: Source
    data: bytes
    decoded: Decoded | Notebook
    divisions: tuple[tuple[int, int], ...] | None = None
    original: Notebook | None = None

    def converted(self, conversion: Conversion) -> Loaded:
        """The file with its text in Python 3."""
        if isinstance(self.decoded, Notebook) or conversion.text == self.decoded.text:
            return self
        decoded = replace(self.decoded, text=conversion.text)
        return replace(self, decoded=decoded, divisions=conversion.divisions)

    def with_cells(self, sources: Mapping[int, str]) -> Loaded:
        """The notebook with these sources in Python 3, by the number of their cell."""
        if not sources or not isinstance(self.decoded, Notebook):
            return self
        raw = self.decoded.with_sources(sources).decode("utf-8")
        return replace(self, decoded=Notebook(raw), original=self.decoded, divisions=())


@dataclass(slots=True)
class Shelf:
    """The files of a run by number; each is in `loaded` or `quiet`, or its record says why not.

    `quiet` files mention no library. They are read again, should a module they import turn out to
    hand on something of one.
    """

    sources: list[Source]
    is_python2: bool = False
    loaded: dict[int, Loaded] = field(default_factory=dict)
    quiet: list[int] = field(default_factory=list)
    failed: dict[int, FileRecord] = field(default_factory=dict)

    def fill(self, given: bytes | None = None) -> None:
        """Read everything; `given` are the bytes of the only file, from the standard input."""
        for number in range(len(self.sources)):
            data = given if given is not None else self._read(number)
            if data is None:
                continue
            if self.is_python2 or mentions(data):
                self._decode(number, data)
            else:
                self.quiet.append(number)

    def wake(self, concerns: Callable[[bytes], bool]) -> list[int]:
        """Load the quiet files whose bytes concern someone; give their numbers."""
        woken = []
        for number in self.quiet:
            data = self._read(number)
            if data is not None and concerns(data):
                self._decode(number, data)
                woken.append(number)
        self.quiet = [n for n in self.quiet if n not in self.loaded and n not in self.failed]
        return [number for number in woken if number in self.loaded]

    def fail(self, number: int, reason: str, line: int = 0, column: int = 0) -> None:
        """Take a file out of the run, and say why."""
        data = self.loaded[number].data if number in self.loaded else b""
        if number in self.loaded and isinstance(notebook := self.loaded[number].decoded, Notebook):
            reason, line, column = notebook.located(reason, line), 0, 0
        shown = self.sources[number].shown
        self.failed[number] = FileRecord(shown, Status.ERROR, reason, line, column, (), data)
        self.loaded.pop(number, None)

    def _read(self, number: int) -> bytes | None:
        try:
            with FileIO(self.sources[number].path) as file:  # twice as fast as through a Path
                return file.read()
        except OSError as error:
            self.fail(number, f"{error.strerror}; nothing was read")
            return None

    def _decode(self, number: int, data: bytes) -> None:
        try:
            self.loaded[number] = Loaded(
                self.sources[number], data, document(data, self.sources[number].path)
            )
        except Unreadable as error:
            self.fail(number, error.reason, error.line, error.column)
