"""The programs of a person as subjects of a verification, each before and after migration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kmigrate.migrate import mentions, migrate, resolve_direction, survey
from kmigrate.model import Module, Outcome, Status, Unreadable
from kmigrate.project import run
from kmigrate.project.beside import data_beside
from kmigrate.project.discover import Found, discover, shown_path
from kmigrate.project.files import decode
from kmigrate.project.graph import Graph
from kmigrate.project.named import check_rules
from kmigrate.project.pins import find_pins
from kmigrate.report.record import FAILED, FileRecord, RunRecord
from kmigrate.verify.calls import parse_call
from kmigrate.verify.notebook import SUFFIX, program_of
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program
from kmigrate.verify.subject import CannotRunError, Subject, libraries

NOT_MIGRATED = "{names} beside it was not migrated: give the folder instead"


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
        return decode(file.after).text

    def overlay(self) -> dict[str, str]:
        """The migrated texts by the real paths of their files."""
        return {
            source.path: self.migrated(number)
            for number, source in enumerate(self.found.sources)
            if self.record.files[number].status is Status.WOULD_CHANGE
        }


def subjects(request: Request) -> list[Subject]:
    """Every program below the paths. Raises CannotRunError when there is none."""
    notebooks = [path for path in request.paths if path.suffix == SUFFIX]
    others = tuple(path for path in request.paths if path.suffix != SUFFIX)
    found = [_notebook(path, request) for path in notebooks]
    if others:
        found += subjects_of(tree_of(others, request), request)
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
    for file in tree.found.records:
        if file.status in FAILED:
            raise CannotRunError(file.message)
    call = parse_call(request.call, request.arg) if request.call else None
    numbers = _called(tree, call) if call else tree.graph.programs()
    given = {str(path.resolve()) for path in request.paths}
    for number, source in enumerate(tree.found.sources):
        if number in numbers or (source.path in given and not call):
            reached = tree.graph.reached(number)
            named = source.path in given
            if named:
                text_of(Path(source.path))
            if named or libraries(map(tree.text, reached)):
                yield _subject(tree, number, call, request)


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


def _subject(tree: Tree, number: int, call: dict[str, Any] | None, request: Request) -> Subject:
    source, reached = tree.found.sources[number], tree.graph.reached(number)
    files = [tree.record.files[each] for each in sorted(reached)]
    path = Path(source.place)
    before = extras(request, map(tree.text, reached), path, source.root)
    after = extras(request, map(tree.migrated, reached), path, source.root)
    after["overlay"] = tree.overlay()
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


def _notebook(path: Path, request: Request) -> Subject:
    """The code cells of a notebook, migrated as one program."""
    text, pins = text_of(path), find_pins(path)
    try:
        direction = resolve_direction(request.options, survey(text, Module()).ruled_out, pins)
        result = migrate(text, request.options, direction, path=str(path), pins=pins)
    except (Unreadable, ValueError) as error:
        raise CannotRunError(f"{path}: {error}") from None
    problem = result.error or result.held_back
    migrated = text if result.after is None else result.after
    return Subject(
        shown_path(path),
        program(path, text, extras(request, [text], path)),
        program(path, migrated, extras(request, [migrated], path)),
        direction,
        result.changed,
        sum(finding.outcome is Outcome.FLAGGED for finding in result.findings),
        problem and f"not migrated: {problem}",
    )


def text_of(path: Path) -> str:
    """The program in a file or a notebook. Raises CannotRunError with the reason."""
    try:
        text = decode(path.read_bytes()).text
    except (OSError, Unreadable) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRunError(f"{path}: {reason}") from None
    return program_of(text, str(path)) if path.suffix == SUFFIX else text


def program(path: Path, text: str, extras: Mapping[str, Any]) -> Program:
    """A program under the name that a person knows."""
    return Program(path.as_posix(), text, path, extras)


def extras(
    request: Request, texts: Iterable[str], path: Path, root: str | None = None
) -> dict[str, Any]:
    """What inside/person.py is asked to do for a program."""
    folder = Path(root) if root else path.absolute().parent
    roots = [folder, folder / "src", Path.cwd()]
    return {
        "libraries": libraries(texts),
        "roots": [str(each) for each in dict.fromkeys(roots) if each.is_dir()],
        "smoke": request.smoke,
        "copies": data_beside(path),
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
