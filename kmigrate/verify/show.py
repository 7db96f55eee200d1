"""A verification as text for a person and as JSON for a program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from json import dumps
from pathlib import Path
from typing import Any, TextIO

from kmigrate.model import Direction, Result
from kmigrate.verify.compare import Compared, Comparison, Verdict
from kmigrate.verify.observation import Ending, Observation

FORMAT = 1
NOT_RUN = Observation(Ending.UNSTARTED)
_HEAD = ("name", "verdict", "max ulp", "max abs", "max rel", "")
_COLOURS = {Verdict.IDENTICAL: "green", Verdict.CLOSE: "green", Verdict.UNPROVEN: "yellow"}


@dataclass(frozen=True, slots=True)
class Verification:
    """A file, its migration, both runs and their comparison."""

    path: Path
    direction: Direction
    result: Result
    comparison: Comparison = field(default=Comparison(Verdict.UNPROVEN))
    before: Observation = NOT_RUN
    after: Observation = NOT_RUN

    @property
    def sources(self) -> list[str]:
        """The surfaces that the code may be written for."""
        return [surface.name for group in self.direction.candidates.values() for surface in group]


def as_json(verification: Verification) -> str:
    """One JSON document and a newline."""
    comparison = verification.comparison
    document = {
        "version": FORMAT,
        "path": verification.path.as_posix(),
        "from": verification.sources,
        "to": verification.direction.target.name,
        "verdict": comparison.verdict,
        "reason": comparison.reason,
        "names": [_name(compared) for compared in comparison.names],
        "before": _side(verification.before),
        "after": _side(verification.after),
    }
    return dumps(document, indent=2) + "\n"


def as_text(verification: Verification, stream: TextIO) -> str:
    """A table of the names, then what each side ran on; in colour where `stream` is a terminal."""
    comparison = verification.comparison
    reason = f": {comparison.reason}" if comparison.reason else ""
    head = f"{verification.path}, to {verification.direction.target.name}: {comparison.verdict}{reason}"
    lines = [head]
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
