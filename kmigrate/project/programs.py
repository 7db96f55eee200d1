"""The programs of a person as subjects of a verification, each before and after migration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmigrate.migrate import mentions
from kmigrate.model import Outcome, Status, Unreadable
from kmigrate.notebook import SUFFIX
from kmigrate.project import run
from kmigrate.project.beside import Beside, data_in, start_of
from kmigrate.project.discover import Found, discover
from kmigrate.project.graph import Graph
from kmigrate.project.graph import program as program_in
from kmigrate.project.named import check_rules
from kmigrate.report.record import FAILED, FileRecord, RunRecord
from kmigrate.verify.calls import parse_call
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program
from kmigrate.verify.subject import CannotRunError, Subject, libraries

NOT_MIGRATED = "{names} beside it was not migrated: give the folder instead"
SMALL = 20_000_000  # characters of migrated modules that all programs together are given


@dataclass(frozen=True, slots=True)
class Tree:
    """The files of a run: where they stand, what becomes of each, and which import which."""

    found: Found
    record: RunRecord
    graph: Graph

    def text(self, number: int) -> str:
        """The file as it is, or "" where it cannot be read."""
        return self.graph.text(number)

    def migrated(self, number: int) -> str:
        """The file as migrated."""
        file = self.record.files[number]
        if file.status is not Status.WOULD_CHANGE:
            return self.text(number)
        return program_in(file.after, self.found.sources[number].path)

    def overlay(self, numbers: Iterable[int]) -> dict[str, str]:
        """The migrated texts of those files by their real paths."""
        return {
            self.found.sources[number].path: self.migrated(number)
            for number in numbers
            if self.record.files[number].status is Status.WOULD_CHANGE
        }


def subjects(request: Request) -> list[Subject]:
    """Every program below the paths. Raises CannotRunError when there is none."""
    found = list(subjects_of(tree_of(tuple(request.paths), request), request))
    if not found:
        raise CannotRunError(f"no program to run in {', '.join(map(str, request.paths))}")
    return found


def tree_of(paths: tuple[Path, ...], request: Request, with_others: bool = False) -> Tree:
    """Decide about every file below the paths. Raises CannotRunError for bad options."""
    asked = run.Request(paths, request.options, request.exclude, request.exclude_in)
    try:
        check_rules(request.options)
        found = discover(paths, request.exclude, request.exclude_in, with_others)
        record = run.decide(found, asked)[1]
    except (ValueError, OSError) as error:
        raise CannotRunError(str(error)) from None
    if found.records and not found.sources:
        raise CannotRunError("; ".join(file.message for file in found.records))
    return Tree(found, record, Graph(found.sources))


def subjects_of(tree: Tree, request: Request) -> Iterator[Subject]:
    """The programs of a tree that have to do with one of the libraries, or the one to call."""
    call = parse_call(request.call, request.arg) if request.call else None
    given = {str(path.resolve()) for path in request.paths}
    numbers = _called(tree, call) if call else _run(tree, given)
    everything = tree.overlay(range(len(tree.found.sources)))
    is_small = sum(map(len, everything.values())) * len(numbers) < SMALL
    beside: Beside = {}
    for number in numbers:
        overlay = everything if is_small else tree.overlay(tree.graph.reached(number))
        yield _subject(tree, number, call, request, overlay, beside)
    for file in tree.found.records:
        if file.status in FAILED:
            nothing = program(Path(file.path), "", {})
            yield Subject(file.path, nothing, nothing, tree.record.direction, problem=file.message)


def _run(tree: Tree, given: set[str]) -> list[int]:
    """The files that were given by name, and the programs that have to do with a library."""
    named = [n for n, source in enumerate(tree.found.sources) if source.path in given]
    for number in named:
        text_of(Path(tree.found.sources[number].path))  # or say why it cannot be read
    found = [n for n in tree.graph.programs() if libraries(map(tree.text, tree.graph.reached(n)))]
    return sorted({*named, *found})


def _called(tree: Tree, call: Mapping[str, Any]) -> list[int]:
    """The one file that has the module of a call."""
    names = tree.graph.names()
    wanted = call["module"]
    found = [
        number
        for number, name in enumerate(names)
        if not wanted or name == wanted or name.endswith(f".{wanted}")
    ]
    exact = [number for number in found if names[number] == wanted]
    if len(exact or found) != 1:
        what = f"no module {wanted}" if not found else "several modules"
        known = ", ".join(sorted(names)[:8])
        raise CannotRunError(f"--call: {what} in the paths; write module:function with {known}")
    return exact or found


def _subject(
    tree: Tree,
    number: int,
    call: dict[str, Any] | None,
    request: Request,
    overlay: Mapping[str, str],
    beside: Beside,
) -> Subject:
    source, reached = tree.found.sources[number], tree.graph.reached(number)
    files = [tree.record.files[each] for each in sorted(reached)]
    path = Path(source.place)
    before = extras(request, map(tree.text, reached), path, source.root, beside)
    after = extras(request, map(tree.migrated, reached), path, source.root, beside)
    after["overlay"] = overlay
    if call:
        for side in (before, after):
            side["call"] = dict(call)
            locate(side, path, tree.graph.names()[number])
    return Subject(
        source.shown,
        program(Path(source.shown), tree.text(number), before),
        program(Path(source.shown), tree.migrated(number), after),
        tree.record.direction,
        any(file.status is Status.WOULD_CHANGE for file in files),
        sum(finding.outcome is Outcome.FLAGGED for file in files for finding in file.counted),
        "; ".join(filter(None, map(_problem, files))),
        _left_out(tree, number),
    )


def _problem(file: FileRecord) -> str:
    """Why a file could not be migrated, or ""."""
    if file.status is Status.ERROR:
        return file.message
    if file.status in (Status.REFUSED, Status.SKIPPED):
        return f"{file.path}: not migrated: {file.error}"
    return ""


def _left_out(tree: Tree, number: int) -> str:
    """A note on modules beside a lone file that mention a library and are not migrated with it."""
    folder = Path(tree.found.sources[number].place).parent
    known = {source.place for source in tree.found.sources}
    names = {name.split(".")[0] for name in tree.graph.imported_names(number)}
    files = [folder / f"{name}.py" for name in sorted(names)]
    left = [
        file.name
        for file in files
        if str(file) not in known and file.is_file() and mentions(file.read_bytes())
    ]
    return NOT_MIGRATED.format(names=" and ".join(left)) if left else ""


def text_of(path: Path) -> str:
    """The program in a file or a notebook. Raises CannotRunError with the reason."""
    try:
        return program_in(path.read_bytes(), str(path))
    except (OSError, Unreadable) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRunError(f"{path}: {reason}") from None


def program(path: Path, text: str, extras: Mapping[str, Any]) -> Program:
    """A program under the name that a person knows."""
    return Program(path.as_posix(), text, path, extras)


def extras(
    request: Request,
    texts: Iterable[str],
    path: Path,
    root: str | None = None,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """What inside/person.py is asked to do for a program; `beside` remembers the data of folders."""
    folder = Path(root) if root else path.absolute().parent
    roots = [folder, folder / "src", Path.cwd()]
    beside = {} if beside is None else beside
    start = start_of(path)
    if start not in beside:
        beside[start] = data_in(start)
    return {
        "libraries": libraries(texts),
        "roots": [str(each) for each in dict.fromkeys(roots) if each.is_dir()],
        "smoke": request.smoke,
        "copies": beside[start],
    }


def locate(extras: dict[str, Any], path: Path, name: str = "") -> None:
    """Say by which name the file of a call is imported, and from where."""
    name = name or path.stem
    if path.suffix == SUFFIX:
        extras["call"]["module"] = ""
        return
    stem = path.absolute().parent if path.stem == "__init__" else path.absolute().with_suffix("")
    folder = stem.parents[name.count(".")]
    extras["call"]["module"] = name
    extras["first"] = [str(folder)]
