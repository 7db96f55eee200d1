"""A project's own tests as the subject of a verification."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kmigrate.model import Outcome, Status
from kmigrate.project.programs import Tree, tree_of
from kmigrate.report.record import FAILED
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program
from kmigrate.verify.subject import CannotRunError, Subject, libraries


def subject(request: Request) -> Subject:
    """The tests of one folder, run in a copy of it as it is and in one as migrated."""
    if len(request.paths) != 1 or not request.paths[0].is_dir():
        raise CannotRunError("--pytest runs the tests of one folder; give the project's folder")
    (path,) = request.paths
    tree = tree_of((path,), request, with_others=True)
    for file in (*tree.record.files, *tree.found.records):
        if file.status in FAILED:
            raise CannotRunError(file.message)
    root = path.resolve()
    numbers = range(len(tree.found.sources))
    changed = [n for n in numbers if tree.record.files[n].status is Status.WOULD_CHANGE]
    texts = {_name(tree, number, root): tree.migrated(number) for number in changed}
    files = _files(tree, root)
    before = _extras(request, files, {}, [tree.text(number) for number in numbers])
    after = _extras(request, files, texts, [tree.migrated(number) for number in numbers])
    return Subject(
        f"{path.as_posix()} (tests)",
        Program("tests", "", root / "tests", before),
        Program("tests", "", root / "tests", after),
        tree.record.direction,
        bool(changed),
        sum(
            finding.outcome is Outcome.FLAGGED
            for file in tree.record.files
            for finding in file.counted
        ),
        is_suite=True,
    )


def _name(tree: Tree, number: int, root: Path) -> str:
    return Path(tree.found.sources[number].place).relative_to(root).as_posix()


def _files(tree: Tree, root: Path) -> dict[str, str]:
    """Every file to copy by its name in the project."""
    places = [Path(source.place) for source in (*tree.found.sources, *tree.found.others)]
    return {place.relative_to(root).as_posix(): str(place) for place in places if place.is_file()}


def _extras(
    request: Request, files: dict[str, str], texts: dict[str, str], all_texts: list[str]
) -> dict[str, Any]:
    return {
        "libraries": libraries(all_texts),
        "smoke": request.smoke,
        "suite": {"files": files, "texts": texts, "arguments": []},
    }
