"""`kmigrate verify`: from the files that a person names to the programs that are compared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from kmigrate.model import Direction, Outcome, Status, Unreadable
from kmigrate.project import run as project
from kmigrate.project.files import decode
from kmigrate.project.named import check_rules
from kmigrate.report.record import FAILED, FileRecord
from kmigrate.verify.command import present, refuse, verify
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program
from kmigrate.verify.subject import CannotRunError, Subject


def execute(request: Request, out: TextIO | None = None) -> int:
    """Migrate, run both sides and print the verdict of every output.

    Returns 0 when both compute the same, 1 when not, 2 when that could not be found out.
    """
    try:
        _check(request)
        subjects = list(_two(request)) if request.before else list(_migrated(request))
        return present(verify(subjects, request), request, out or sys.stdout)
    except CannotRunError as error:
        return refuse(error)


def _check(request: Request) -> None:
    """Raises CannotRunError for options that contradict each other."""
    if (request.before is None) != (request.after is None):
        raise CannotRunError("--before and --after belong together; give both, or a PATH")
    if bool(request.before) == bool(request.paths):
        raise CannotRunError("give the files to migrate, or two programs with --before and --after")


def _two(request: Request) -> Iterator[Subject]:
    assert request.before
    assert request.after
    before, after = (
        Program(str(path), _read(path), path) for path in (request.before, request.after)
    )
    yield Subject(request.before.as_posix(), before, after)


def _read(path: Path) -> str:
    try:
        return decode(path.read_bytes()).text
    except (OSError, Unreadable) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRunError(f"{path}: {reason}") from None


def _migrated(request: Request) -> Iterator[Subject]:
    asked = project.Request(request.paths, request.options, request.exclude, request.exclude_in)
    try:
        check_rules(request.options)
        record = project.run(asked)
    except (ValueError, OSError) as error:
        raise CannotRunError(str(error)) from None
    for file in record.files:
        yield _subject(file, record.direction)


def _subject(file: FileRecord, direction: Direction) -> Subject:
    if file.status in (*FAILED, Status.SKIPPED):
        problem = "" if file.status is Status.ERROR else "not migrated: "
        raise CannotRunError(f"{file.path}: {problem}{file.error}")
    path = Path(file.path)
    text = _read(path)
    after = decode(file.after).text if file.status is Status.WOULD_CHANGE else text
    flagged = sum(finding.outcome is Outcome.FLAGGED for finding in file.counted)
    return Subject(
        file.path,
        Program(file.path, text, path),
        Program(file.path, after, path),
        direction,
        flagged,
    )
