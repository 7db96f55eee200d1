"""From loaded files to decisions: survey all, settle the direction, migrate each. Writes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from kmigrate.migrate import migrate, resolve_direction, survey
from kmigrate.model import Direction, Module, Options, Result, Status, Survey, Unreadable
from kmigrate.notebook import Notebook, Part
from kmigrate.project.files import Decoded
from kmigrate.project.index import Index
from kmigrate.project.load import Loaded, Shelf
from kmigrate.project.modules import Modules
from kmigrate.project.pool import Failure, Workers, worker_count
from kmigrate.project.python2 import convert, looks_like_python2
from kmigrate.project.python2_cells import converted_cells
from kmigrate.project.telling import tells
from kmigrate.report.record import FileRecord

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class SurveyTask:
    """What a worker needs to survey a file."""

    text: str
    module: Module
    has_shims: bool


@dataclass(frozen=True, slots=True)
class MigrateTask:
    """What a worker needs to migrate a file."""

    text: str
    options: Options
    direction: Direction
    module: Module
    path: str
    pins: Mapping[str, str]


def run_survey(task: SurveyTask) -> Survey:
    """Runs in a worker."""
    return survey(task.text, task.module, task.has_shims)


def run_migrate(task: MigrateTask) -> Result:
    """Runs in a worker."""
    return migrate(task.text, task.options, task.direction, task.module, task.path, task.pins)


class Decision:
    """All that is decided about a run before anything is written."""

    def __init__(
        self,
        shelf: Shelf,
        options: Options,
        pins: Mapping[str, str],
        jobs: int | None,
        progress: Progress = lambda what, done, total: None,
    ) -> None:
        self._shelf, self._options, self._pins = shelf, options, pins
        self._jobs, self._progress = jobs, progress
        self._modules = Modules(shelf.sources if shelf.loaded else ())
        self._surveys: dict[int, Survey] = {}

    def records(self) -> tuple[Direction, dict[int, FileRecord]]:
        """The direction, and a record by number for each file that was parsed.

        Raises ValueError when the options contradict each other or the project.
        """
        size = sum(len(loaded.data) for loaded in self._shelf.loaded.values())
        with Workers(worker_count(self._jobs, size)) as workers:
            if self._shelf.is_python2:
                self._convert(workers)
            return self._records(workers)

    def _records(self, workers: Workers) -> tuple[Direction, dict[int, FileRecord]]:
        index = self._surveyed(workers)
        ruled_out = {
            surface: f"{self._shelf.sources[number].shown}: {reason}"
            for surface, (number, reason) in index.ruled_out().items()
        }
        direction = resolve_direction(self._options, ruled_out, self._pins)
        return direction, dict(self._decided(index, direction, workers))

    def _convert(self, workers: Workers) -> None:
        """Make Python 3 of everything that is not, before anything is read."""
        numbers = [n for n, one in self._shelf.loaded.items() if isinstance(one.decoded, Decoded)]
        texts = [self._shelf.loaded[number].decoded.text for number in numbers]
        for done, answer in enumerate(workers.answers(convert, texts)):
            self._progress("converting", done + 1, len(texts))
            if isinstance(answer, Failure):
                self._shelf.fail(numbers[done], answer.reason, answer.line, answer.column)
            else:
                loaded = self._shelf.loaded[numbers[done]]
                self._shelf.loaded[numbers[done]] = loaded.converted(answer)
        for number, loaded in self._shelf.loaded.items():
            if isinstance(loaded.decoded, Notebook):
                self._shelf.loaded[number] = loaded.with_cells(converted_cells(loaded.decoded))

    def _surveyed(self, workers: Workers) -> Index:
        """Survey what mentions a library, then whatever may import it from there, and so on."""
        self._survey(list(self._shelf.loaded), workers)
        if self._shelf.loaded:
            self._survey(self._shelf.wake(tells), workers)
        known: frozenset[int] = frozenset()
        index = Index(self._modules, self._surveys)
        while self._shelf.quiet and (fresh := frozenset(index.offering()) - known):
            known |= fresh
            woken = self._shelf.wake(_names_one_of(map(self._modules.module, fresh)))
            self._survey(woken, workers)
        return index

    def _survey(self, numbers: list[int], workers: Workers) -> None:
        tasks = [
            SurveyTask(
                self._shelf.loaded[number].decoded.text,
                self._modules.module(number),
                self._options.also is not None,
            )
            for number in numbers
        ]
        for done, answer in enumerate(workers.answers(run_survey, tasks)):
            self._progress("reading", done + 1, len(tasks))
            if isinstance(answer, Failure):
                reason = f"{answer.reason}{_hint(tasks[done].text, answer)}"
                self._shelf.fail(numbers[done], reason, answer.line, answer.column)
            else:
                self._surveys[numbers[done]] = answer

    def _decided(
        self, index: Index, direction: Direction, workers: Workers
    ) -> Iterator[tuple[int, FileRecord]]:
        texts = {number: loaded.decoded.text for number, loaded in self._shelf.loaded.items()}
        needed, offering = index.needed(texts), self._modules.tree(index.offering())
        numbers = sorted(texts)
        tasks = []
        for number in numbers:
            decoded = self._shelf.loaded[number].decoded
            kept = decoded.needed if isinstance(decoded, Notebook) else frozenset()
            kept |= needed.get(number, frozenset())
            module = replace(index.module(number, offering), needed=kept)
            shown = self._shelf.sources[number].shown
            tasks.append(
                MigrateTask(texts[number], self._options, direction, module, shown, self._pins)
            )
        for done, answer in enumerate(workers.answers(run_migrate, tasks)):
            self._progress("migrating", done + 1, len(tasks))
            if isinstance(answer, Failure):
                self._shelf.fail(numbers[done], answer.reason, answer.line, answer.column)
            else:
                yield numbers[done], _record(self._shelf.loaded[numbers[done]], answer)


def _names_one_of(modules: Iterable[Module]) -> Callable[[bytes], bool]:
    """Whether bytes name one of the modules, by the last part of its name."""
    names = {re.escape(module.name.rpartition(".")[2].encode()) for module in modules}
    pattern = re.compile(rb"\b(?:" + b"|".join(sorted(names)) + rb")\b")
    return lambda data: b"import" in data and pattern.search(data) is not None


def _hint(text: str, failure: Failure) -> str:
    """A way out for what only Python 2 can read."""
    is_old = failure.reason.startswith("not Python") and looks_like_python2(text)
    return "; if it is Python 2, --python2 converts it first" if is_old else ""


def _cells(original: Notebook, notebook: Notebook, result: Result) -> tuple[tuple[Part, Part], ...]:
    before = original.parts(original.text)
    after = notebook.parts(result.before if result.after is None else result.after)
    return tuple(zip(before, after, strict=True))


def _record(loaded: Loaded, result: Result) -> FileRecord:
    record = FileRecord(loaded.source.shown, findings=result.findings, before=loaded.data)
    if isinstance(loaded.decoded, Notebook):
        original = loaded.original if loaded.original is not None else loaded.decoded
        record = replace(record, cells=_cells(original, loaded.decoded, result))
    record = replace(record, divisions=loaded.divisions)
    if result.after is None:
        return replace(record, status=Status.REFUSED, error=result.error)
    if result.held_back or (not result.changed and loaded.divisions is None):
        status = Status.SKIPPED if result.held_back else Status.UNCHANGED
        return replace(record, status=status, error=result.held_back)
    try:
        after = loaded.decoded.encode(result.after)
    except Unreadable as error:
        return replace(
            record, status=Status.REFUSED, error=error.reason, line=error.line, column=error.column
        )
    return replace(record, status=Status.WOULD_CHANGE, after=after)
