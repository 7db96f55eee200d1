"""`kmigrate verify`: from the files that a person names to the programs that are compared."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from kmigrate.project import programs, suite
from kmigrate.report.output import has_colour
from kmigrate.report.progress import status_line
from kmigrate.verify.calls import parse_call
from kmigrate.verify.command import present, record, refuse, verify
from kmigrate.verify.request import Request
from kmigrate.verify.subject import CannotRunError, Subject


def execute(request: Request, out: TextIO | None = None) -> int:
    """Migrate, run both sides and print the verdict of every output.

    Returns 0 when both compute the same, 1 when not, 2 when that could not be found out.
    """
    try:
        _check(request)
        stream = out or sys.stdout
        subjects = list(_subjects(request))
        if request.record is not None:
            return record(subjects, request, request.record, stream, has_colour(stream))
        with status_line(not request.quiet) as tell:
            verifications = verify(subjects, request, tell)
        return present(verifications, request, stream, has_colour(stream))
    except CannotRunError as error:
        return refuse(error)


def _check(request: Request) -> None:
    """Raises CannotRunError for options that contradict each other."""
    if (request.before is None) != (request.after is None):
        raise CannotRunError("--before and --after belong together; give both, or a PATH")
    if request.record and request.against:
        raise CannotRunError("--record runs one side and --against the other; give one of them")
    if bool(request.before) == bool(request.paths):
        raise CannotRunError("give a PATH to migrate, or two programs with --before and --after")
    if request.arg and not request.call:
        raise CannotRunError("--arg is for --call; name the function with --call module:function")
    if request.pytest and (request.before or request.call):
        raise CannotRunError("--pytest runs the tests of one folder; give that alone")


def _subjects(request: Request) -> Iterator[Subject]:
    if request.before and request.after:
        yield _two(request.before, request.after, request)
    elif request.pytest:
        yield suite.subject(request)
    else:
        yield from programs.subjects(request)


def _two(before: Path, after: Path, request: Request) -> Subject:
    """Two programs as they are."""
    sides = []
    for path in (before, after):
        text = programs.text_of(path)
        extras = programs.extras(request, [text], path)
        if request.call:
            extras["call"] = parse_call(request.call, request.arg)
            programs.locate(extras, path)
        sides.append(programs.program(path, text, extras))
    changed = sides[0].text != sides[1].text
    return Subject(before.as_posix(), sides[0], sides[1], changed=changed)
