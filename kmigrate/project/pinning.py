"""The requirement files of a run: moved with the code, or told of where they only stand near it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kmigrate.model import Options, Outcome, Status
from kmigrate.notebook import SUFFIX, Notebook, Part
from kmigrate.project.discover import Found, Source, shown_path
from kmigrate.project.manifests.encoded import decoded
from kmigrate.project.manifests.formats import (
    KERAS_JSON,
    SETUP,
    is_environment,
    is_manifest,
    reader,
)
from kmigrate.project.manifests.items import Item, normal
from kmigrate.project.manifests.keras_json import keras_json
from kmigrate.project.manifests.move import Moves
from kmigrate.project.manifests.needs import Needs, needs
from kmigrate.project.manifests.shell import shell
from kmigrate.project.pins import find_pins, requirement_files
from kmigrate.report.findings import is_raw
from kmigrate.report.record import CHANGES, FAILED, FileRecord, Pin, RunRecord

_WORD = re.compile(rb"\w+")
_HELD = "the code was held back, so its requirements stay"
_ONLY_READ = "only read: name it, or the folder it stands in, to move it to {}"
Moved = tuple[RunRecord, list[tuple[Source, FileRecord]]]


def move_pins(found: Found, record: RunRecord, paths: Sequence[Path], options: Options) -> Moved:
    """The record with the pins that stand in Python files and notebooks moved, and a record for
    each requirement file that there is something to say about. Writes nothing."""
    named = [path for path in paths if path.is_file() and is_manifest(path.name, path.parent.name)]
    has_code = any(map(_migrates(record), record.files))
    if options.select or not (has_code or named):
        return record, []
    run = _Run.read(found, record, paths, options)
    if any(file.status is Status.SKIPPED for file in record.files):
        return record, [(s, _held(f)) for s, f in run.manifests() if f.status in CHANGES]
    files = record.files
    if has_code:
        files = tuple(run.in_code(file, source) for file, source in _pairs(record, found))
    would_change = any(file.status in CHANGES for file in files)
    near = run.near() if would_change else []
    return replace(record, files=files), [*run.manifests(), *near]


def _migrates(record: RunRecord) -> Callable[[FileRecord], bool]:
    """Whether a file has to do with what is migrated: raw TensorFlow only where it was asked for."""
    with_raw = "tf" in record.direction.candidates
    return lambda file: any(with_raw or not is_raw(finding) for finding in file.findings)


def _pairs(record: RunRecord, found: Found) -> Iterable[tuple[FileRecord, Source]]:
    return zip(record.files, found.sources, strict=True)


@dataclass(slots=True)
class _Run:
    """What is known of a project's requirements before any of them moves."""

    needs: Needs
    words: frozenset[str]
    here: Mapping[Source, bytes]
    outside: Mapping[Path, bytes]
    safe_only: bool

    @classmethod
    def read(cls, found: Found, record: RunRecord, paths: Sequence[Path], options: Options) -> _Run:
        first = paths[0] if paths else Path()
        here = {source: _bytes(Path(source.path)) for source in found.requirements}
        in_run = {source.path for source in (*found.requirements, *found.sources)}
        files = [file for file in requirement_files(first) if str(file) not in in_run]
        around = {file: _bytes(file) for file in files}
        trees = [path.resolve() for path in paths if path.is_dir()]
        outside = {
            file: data
            for file, data in around.items()
            if not any(file.is_relative_to(tree) for tree in trees)  # else it was left out
        }
        required = {
            name
            for path, data in _texts(here, around, record, found)
            for name in _required(path, data)
        }
        asked = needs(options, record.direction, find_pins(first), required)
        return cls(asked, _named(record, found), here, outside, options.safe_only)

    def manifests(self) -> list[tuple[Source, FileRecord]]:
        """A record for each requirement file with something to say."""
        records = [(source, self._file(source.shown, data)) for source, data in self.here.items()]
        return [(source, file) for source, file in records if file.pins]

    def near(self) -> list[tuple[Source, FileRecord]]:
        """A hint for each requirement file outside the given paths that would have to move."""
        hints = []
        for path, data in self.outside.items():
            moves = [pin for pin in self._file(path.name, data).pins if pin.after]
            pins = tuple(
                replace(pin, outcome=Outcome.KEPT, after="", reason=_ONLY_READ.format(pin.after))
                for pin in moves
                if pin.before and pin.outcome in (Outcome.REWRITTEN, Outcome.REVIEW)
            )
            shown = shown_path(path)
            if pins:
                hints.append(
                    (Source(str(path), str(path), shown, ""), FileRecord(shown, pins=pins))
                )
        return hints

    def _file(self, shown: str, data: bytes) -> FileRecord:
        text, encoding = decoded(data)
        name = shown.rpartition("/")[2]
        if name == KERAS_JSON:
            after, pins = keras_json(text, self.safe_only)
        else:
            moves = Moves(self.needs, self.words, is_environment(name))
            after, pins = moves.apply(text, _items(shown, text)), moves.pins
        status = Status.UNCHANGED if after == text else Status.WOULD_CHANGE
        new = b"" if after == text else after.encode(encoding)
        return FileRecord(shown, status, before=data, after=new, pins=tuple(pins))

    def in_code(self, file: FileRecord, source: Source) -> FileRecord:
        """The record of a setup.py or notebook with its pins moved."""
        if file.status in FAILED or not file.before:
            return file
        if source.path.endswith(SUFFIX):
            return self._notebook(file)
        if Path(source.path).name != SETUP:
            return file
        moved = self._file(SETUP, file.after or file.before)
        return _joined(file, moved.after, moved.pins)

    def _notebook(self, file: FileRecord) -> FileRecord:
        notebook, pins, sources = Notebook((file.after or file.before).decode("utf-8")), [], {}
        moves = Moves(self.needs, self.words)
        for cell in notebook.cells:
            after = moves.apply(cell.source, shell(cell.source))
            pins += [replace(pin, cell=cell.number) for pin in moves.pins]
            moves.pins.clear()
            if after != cell.source:
                sources[cell.number] = after
        new = notebook.with_sources(sources) if sources else b""
        cells = tuple(
            (before, replace(after, lines=_lines(sources, after))) for before, after in file.cells
        )
        return replace(_joined(file, new, tuple(pins)), cells=cells)


def _lines(sources: Mapping[int, str], part: Part) -> tuple[str, ...]:
    source = sources.get(part.number)
    return part.lines if source is None else tuple(source.split("\n"))


def _joined(file: FileRecord, after: bytes, pins: tuple[Pin, ...]) -> FileRecord:
    if not after:
        return replace(file, pins=pins)
    return replace(file, status=Status.WOULD_CHANGE, after=after, pins=pins)


def _held(file: FileRecord) -> FileRecord:
    return replace(file, status=Status.SKIPPED, error=_HELD, after=b"", pins=())


def _items(shown: str, text: str) -> Iterable[Item]:
    path = Path(shown)
    read = reader(path.name, path.parent.name)
    return read(text) if read else ()


def _texts(
    here: Mapping[Source, bytes],
    around: Mapping[Path, bytes],
    record: RunRecord,
    found: Found,
) -> Iterator[tuple[str, bytes]]:
    """All files of the project that require something, by their names."""
    yield from ((source.shown, data) for source, data in here.items())
    yield from ((path.as_posix(), data) for path, data in around.items())
    for file, source in _pairs(record, found):
        if file.before and (Path(source.path).name == SETUP or file.cells):
            yield source.path, file.before


def _required(shown: str, data: bytes) -> Iterator[str]:
    text = decoded(data)[0]
    if not shown.endswith(SUFFIX):
        return (normal(text[slice(*item.name)]) for item in _items(shown, text))
    sources = (cell.source for cell in Notebook(text).cells)
    return (normal(each[slice(*item.name)]) for each in sources for item in shell(each))


def _named(record: RunRecord, found: Found) -> frozenset[str]:
    """The words of the migrated code, without what only a setup.py says."""
    codes = (
        file.after or file.before
        for file, source in _pairs(record, found)
        if Path(source.path).name != SETUP
    )
    return frozenset(
        word.decode("ascii", "ignore") for data in codes for word in _WORD.findall(data)
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
