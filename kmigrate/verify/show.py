"""A verification as text for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any, TextIO

from kmigrate.verify.compare import Compared, Verdict
from kmigrate.verify.observation import Observation
from kmigrate.verify.verification import NOT_RUN, Verification

FORMAT = 1
_HEAD = ("name", "verdict", "max ulp", "max abs", "max rel", "")
_COLOURS = {Verdict.IDENTICAL: "green", Verdict.CLOSE: "green", Verdict.UNPROVEN: "yellow"}


def as_json(verifications: Sequence[Verification]) -> str:
    """One JSON document and a newline."""
    document = {"version": FORMAT, "programs": list(map(_program, verifications))}
    return dumps(document, indent=2) + "\n"


def _program(verification: Verification) -> dict[str, Any]:
    comparison, subject = verification.comparison, verification.subject
    return {
        "path": subject.name,
        "from": subject.sources,
        "to": subject.target,
        "backend": verification.backend,
        "verdict": comparison.verdict,
        "reason": comparison.reason,
        "names": [_name(compared) for compared in comparison.names],
        "before": _side(verification.before),
        "after": _side(verification.after),
    }


def as_text(verifications: Sequence[Verification], stream: TextIO) -> str:
    """A table of the names, then what each side ran on; in colour where `stream` is a terminal."""
    return "\n".join(_one(verification, stream) for verification in verifications)


def _one(verification: Verification, stream: TextIO) -> str:
    comparison, subject = verification.comparison, verification.subject
    reason = f": {comparison.reason}" if comparison.reason else ""
    lines = [f"{subject.name}, to {subject.target}: {comparison.verdict}{reason}"]
    if comparison.names:
        lines.append(_table(comparison.names, stream))
    for side, observation in (("before", verification.before), ("after", verification.after)):
        if observation is not NOT_RUN:
            lines += _side_lines(side, observation)
    return "\n".join(lines) + "\n"


def _name(compared: Compared) -> dict[str, Any]:
    return {
        "name": compared.name,
        "verdict": compared.verdict,
        "reason": compared.reason,
        "proves": compared.proves,
        "max_ulp": compared.max_ulp,
        "max_abs": compared.max_abs,
        "max_rel": compared.max_rel,
        "where": compared.where,
        "before": compared.before,
        "after": compared.after,
    }


def _side(observation: Observation) -> dict[str, Any]:
    failure = observation.failure
    return {
        "status": observation.ending,
        "versions": dict(observation.versions),
        "device": observation.device,
        "notes": list(observation.notes),
        "error": failure
        and {"type": failure.type, "message": failure.message, "line": failure.line},
    }


def _side_lines(side: str, observation: Observation) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in observation.versions.items())
    place = f"{versions} on {observation.device}" if versions else observation.ending.value
    lines = [f"{side}: {place}", *(f"  {note}" for note in observation.notes)]
    if observation.failure is not None:
        lines += [f"  {line}" for line in observation.failure.traceback.rstrip().splitlines()]
    return lines


def _cells(compared: Compared) -> tuple[str, ...]:
    numbers = [
        "" if value is None else f"{value:.3g}" if isinstance(value, float) else str(value)
        for value in (compared.max_ulp, compared.max_abs, compared.max_rel)
    ]
    remark = compared.reason
    if compared.where is not None and compared.before:
        place = f"[{', '.join(map(str, compared.where))}]" if compared.where else "value"
        remark = f"{remark or 'furthest'} at {place}: {compared.before} against {compared.after}"
    return (compared.name, str(compared.verdict), *numbers, remark)


def _table(names: Sequence[Compared], stream: TextIO) -> str:
    return _rich(names, stream) if stream.isatty() else _plain(names)


def _plain(names: Sequence[Compared]) -> str:
    rows = [_HEAD, *map(_cells, names)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def _rich(names: Sequence[Compared], stream: TextIO) -> str:
    from rich.box import SIMPLE
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=SIMPLE)
    for column in _HEAD:
        table.add_column(column)
    for compared in names:
        cells = [escape(cell) for cell in _cells(compared)]
        cells[1] = f"[{_COLOURS.get(compared.verdict, 'red')}]{cells[1]}[/]"
        table.add_row(*cells)
    console = Console(file=stream)
    with console.capture() as capture:
        console.print(table)
    return capture.get().rstrip()
