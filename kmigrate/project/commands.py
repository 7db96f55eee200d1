"""The commands that migrate: run, say what happened, give the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from kmigrate.model import Status
from kmigrate.project.named import check_rules
from kmigrate.project.run import Request, StoppedError, run, run_text
from kmigrate.report.output import Output, complain, has_colour, refuse, rendered
from kmigrate.report.progress import progress_bar
from kmigrate.report.record import RunRecord

__all__ = ["Request", "Show", "execute"]

STDIN = Path("-")
INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Show:
    """How to present a run. `product` is apply, check or diff."""

    product: str
    format: str = "text"
    output: Path | None = None
    quiet: bool = False
    verbose: bool = False


def execute(request: Request, show: Show) -> int:
    """Run and report; the exit code. Nothing is raised for bad input."""
    try:
        _check_output(show.output)
        check_rules(request.options)
        if STDIN in request.paths:
            return _execute_text(request, show)
        with progress_bar(not show.quiet) as bar:
            record = run(request, bar)
        return _present(record, show, Output(show.output), request)
    except BrokenPipeError:
        raise
    except (ValueError, OSError) as error:
        return refuse(error)
    except StoppedError as stop:
        complain(_stopped(stop))
        return INTERRUPTED
    except KeyboardInterrupt:
        complain("kmigrate: interrupted while reporting")
        return INTERRUPTED


def _check_output(file: Path | None) -> None:
    """A report that could not be written should stop the run before it writes anything."""
    if file is not None and (file.is_dir() or not file.absolute().parent.is_dir()):
        raise ValueError(f"--output {file}: no such folder; make it first")


def _execute_text(request: Request, show: Show) -> int:
    if request.paths != (STDIN,):
        raise ValueError("`-` reads one file from standard input; give no other path with it")
    if show.product == "apply" and (request.into or not request.write):
        raise ValueError("`apply -` writes to standard output only; use `diff -` to look first")
    if request.gate:
        raise ValueError("--verify runs a program where it stands; name its file")
    data = sys.stdin.buffer.read()
    record = run_text(data, replace(request, paths=()))
    if show.product != "apply":
        return _present(record, show, Output(show.output), request)
    (file,) = record.files
    if file.status is Status.WOULD_CHANGE:
        file = replace(file, status=Status.CHANGED)
    output = Output(None)
    output.write(file.after if file.status is Status.CHANGED else data)
    output.close()
    return _present(replace(record, files=(file,)), show, Output(show.output, sys.stderr), request)


def _present(record: RunRecord, show: Show, output: Output, request: Request) -> int:
    for failed in record.errors:
        complain(failed.message)
    if not record.files:
        complain(f"kmigrate: no Python files in {', '.join(map(str, request.paths))}")
    product = "json" if show.format == "json" else show.product
    _PRODUCTS[product](record, show, output, request)
    output.close()
    if product == "diff" and not show.quiet:
        below = "\n" if record.would_change else ""
        sys.stderr.write(below + _summary(record, request, show, has_colour(sys.stderr)))
    return record.exit_code


def _json(record: RunRecord, show: Show, output: Output, request: Request) -> None:
    from kmigrate.report.json import as_json

    output.write(as_json(record, show.verbose))


def _diff(record: RunRecord, show: Show, output: Output, request: Request) -> None:
    from kmigrate.report.diff import diff

    for line in diff(record.files, record.direction, output.colour):
        output.write(line)


def _check(record: RunRecord, show: Show, output: Output, request: Request) -> None:
    from kmigrate.report.findings import lines

    for line in lines(record, show.verbose):
        output.write(f"{line}\n")


def _apply(record: RunRecord, show: Show, output: Output, request: Request) -> None:
    """Where the working tree will not show what happened, the diff does."""
    if show.quiet:
        return
    if show.verbose or request.into or not request.write:
        _diff(record, show, output, request)
        output.write("\n")
    output.write(_summary(record, request, show, output.colour))


def _summary(record: RunRecord, request: Request, show: Show, colour: bool) -> str:
    from kmigrate.report.advice import advice
    from kmigrate.report.summary import summary

    lines = [*summary(record, show.verbose), *advice(record, request.options.mark)]
    return rendered(lines, colour)


_PRODUCTS: dict[str, Callable[[RunRecord, Show, Output, Request], None]] = {
    "json": _json,
    "diff": _diff,
    "check": _check,
    "apply": _apply,
}


def _stopped(stop: StoppedError) -> str:
    if not stop.written and not stop.unwritten:
        return "kmigrate: interrupted; nothing was written"
    parts = [f"kmigrate: interrupted; {len(stop.written)} files were written"]
    for name, paths in (("written", stop.written), ("not written", stop.unwritten)):
        parts += [f"{name}: {path}" for path in paths]
    return "\n".join(parts)
