"""A whole run: discover, read, decide about every file, then write, or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kmigrate.model import Options, Status
from kmigrate.notebook import SUFFIX
from kmigrate.project.decide import Decision, Progress
from kmigrate.project.discover import Found, Source, discover
from kmigrate.project.load import Shelf
from kmigrate.project.manifests.formats import SETUP
from kmigrate.project.pins import find_pins, requirement_files
from kmigrate.project.python2 import INSTALL
from kmigrate.project.write import WriteError, overwrite
from kmigrate.report.record import FileRecord, RunRecord

if TYPE_CHECKING:
    from kmigrate.project.into import Target
    from kmigrate.project.pinning import Moved

Gate = Callable[[Found, RunRecord], RunRecord]


@dataclass(frozen=True, slots=True)
class Request:
    """What to run over. `into` writes the migrated tree there instead of over the sources.

    `gate` holds back files that were decided and shall not be written.
    """

    paths: tuple[Path, ...]
    options: Options
    exclude: tuple[str, ...] = ()
    exclude_in: Path | None = None
    jobs: int | None = None
    python2: bool = False
    into: Path | None = None
    write: bool = False
    gate: Gate | None = None
    pins: bool = True


class StoppedError(Exception):
    """Ctrl-C: what was written, and what was decided and is not written."""

    def __init__(self, written: Sequence[str] = (), unwritten: Sequence[str] = ()) -> None:
        super().__init__(written, unwritten)
        self.written, self.unwritten = tuple(written), tuple(unwritten)


def _no_progress(what: str, done: int, total: int) -> None:
    return


def run(request: Request, progress: Progress = _no_progress) -> RunRecord:
    """Migrate files and folders.

    Raises ValueError, with a sentence, for contradictory options or an unusable `into`, and
    StoppedError on Ctrl-C.
    """
    target = _target(request)
    try:
        found = discover(request.paths, request.exclude, request.exclude_in, target is not None)
        if target:
            target.plan(found)
        shelf, record = decide(found, request, progress)
        if request.gate:
            record = request.gate(found, record)
        record, requirements = _moved(found, record, request)
    except KeyboardInterrupt:
        raise StoppedError from None
    sources = [*shelf.sources, *(source for source, _ in requirements)]
    files = [*record.files, *(file for _, file in requirements)]
    if request.write:
        files = _write(sources, files, target)
        if target:
            files += _copy(target, found, sources, files)
    return replace(record, files=(*files, *found.records))


def decide(
    found: Found, request: Request, progress: Progress = _no_progress
) -> tuple[Shelf, RunRecord]:
    """Read and decide; the record has a file for each source, in their order."""
    shelf = Shelf(found.sources, _python2(request))
    shelf.fill()
    return shelf, _decide(shelf, request, progress)


def _python2(request: Request) -> bool:
    """Whether to convert first. Raises ValueError where that cannot be done."""
    if request.python2 and find_spec("fissix") is None:
        raise ValueError(INSTALL)
    return request.python2


def _target(request: Request) -> Target | None:
    if request.into is None:
        return None
    from kmigrate.project.into import Target

    return Target(request.into, request.paths)


def run_text(data: bytes, request: Request) -> RunRecord:
    """Migrate the bytes of one file that comes from the standard input; nothing is written."""
    folder = str(Path.cwd())
    source = Source("", str(Path(folder, "<stdin>.py")), "<stdin>", folder)
    shelf = Shelf([source])
    shelf.fill(data)
    return _decide(shelf, request, _no_progress)


def _decide(shelf: Shelf, request: Request, progress: Progress) -> RunRecord:
    first = request.paths[0] if request.paths else Path()
    decision = Decision(shelf, request.options, find_pins(first), request.jobs, progress)
    direction, decided = decision.records()
    decided |= shelf.failed
    files = (
        decided.get(number) or FileRecord(source.shown)
        for number, source in enumerate(shelf.sources)
    )
    return RunRecord(tuple(files), direction)


def _moved(found: Found, record: RunRecord, request: Request) -> Moved:
    first = request.paths[0] if request.paths else Path()
    may_require = (SETUP, SUFFIX)
    is_code_alone = not found.requirements and not any(
        source.path.endswith(may_require) for source in found.sources
    )
    if not request.pins or (is_code_alone and not requirement_files(first)):
        return record, []
    from kmigrate.project.pinning import move_pins

    return move_pins(found, record, request.paths, request.options)


def _write(
    sources: Sequence[Source], files: Sequence[FileRecord], target: Target | None
) -> list[FileRecord]:
    done: list[FileRecord] = []
    try:
        if target:
            target.begin()
        for source, record in zip(sources, files, strict=True):
            done.append(_written(source, record, target))
    except KeyboardInterrupt:
        if not target and _is_written(sources, files, len(done)):
            done.append(replace(files[len(done)], status=Status.CHANGED))
        due = [r.path for r in files[len(done) :] if r.status is Status.WOULD_CHANGE]
        raise StoppedError(_changed(done), due) from None
    return done


def _is_written(sources: Sequence[Source], files: Sequence[FileRecord], number: int) -> bool:
    """Whether Ctrl-C came between the renaming of this file and its record."""
    try:
        data = Path(sources[number].path).read_bytes()
    except (OSError, IndexError):
        return False
    return files[number].status is Status.WOULD_CHANGE and data == files[number].after


def _changed(records: Sequence[FileRecord]) -> list[str]:
    return [record.path for record in records if record.status is Status.CHANGED]


def _copy(
    target: Target, found: Found, sources: Sequence[Source], files: Sequence[FileRecord]
) -> list[FileRecord]:
    pairs = zip(sources, files, strict=False)
    migrated = {source.place for source, record in pairs if record.status is Status.CHANGED}
    try:
        return list(target.copy(found, migrated))
    except KeyboardInterrupt:
        raise StoppedError(_changed(files), ["files that are only copied"]) from None


def _written(source: Source, record: FileRecord, target: Target | None) -> FileRecord:
    if record.status is not Status.WOULD_CHANGE:
        return record
    try:
        if target:
            target.put(source, record.after)
        else:
            overwrite(Path(source.path), record.before, record.after)
    except WriteError as error:
        return replace(record, status=Status.ERROR, error=str(error))
    return replace(record, status=Status.CHANGED)
