"""The run as JSON, in the format of `schema.json`."""

from __future__ import annotations

import json
from typing import Any

from kmigrate.model import Finding, Outcome
from kmigrate.report import pins
from kmigrate.report.cells import by_cell
from kmigrate.report.record import FileRecord, RunRecord

FORMAT = 1


def as_json(run: RunRecord, verbose: bool = False) -> str:
    """One JSON document with a final newline; `verbose` lists the kept references too."""
    surfaces = {s.name for several in run.direction.candidates.values() for s in several}
    document = {
        "version": FORMAT,
        "from": sorted(surfaces),
        "to": run.direction.target.name,
        "also": run.direction.also.name if run.direction.also else None,
        "totals": dict(run.totals),
        "files": [_file(record, verbose) for record in run.files],
    }
    return json.dumps(document, indent=2, ensure_ascii=True) + "\n"


def _file(record: FileRecord, verbose: bool) -> dict[str, Any]:
    cells = [before.number for before, _ in record.cells]
    findings = [
        _finding(finding, cell)
        for part, cell in zip(by_cell(record), cells or [0], strict=True)
        for finding in part.counted
        if verbose or finding.outcome is not Outcome.KEPT
    ]
    place = ":".join(str(part) for part in (record.line, record.column) if part)
    return {
        "path": record.path,
        "status": record.status.value,
        "error": f"{place}: {record.error}" if place else record.error or None,
        "findings": findings,
        "pins": pins.as_json(record.pins),
        "python2": None if record.divisions is None else {"divisions": _places(record.divisions)},
    }


def _finding(finding: Finding, cell: int) -> dict[str, Any]:
    where = {"cell": cell} if cell else {}
    return where | {
        "rules": list(finding.rules),
        "outcome": finding.outcome.value,
        "line": finding.span.line,
        "column": finding.span.column + 1,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column + 1,
        "symbol": finding.symbol,
        "before": finding.before,
        "after": finding.after,
        "reason": finding.reason,
    }


def _places(divisions: tuple[tuple[int, int], ...]) -> list[dict[str, int]]:
    return [{"line": line, "column": column} for line, column in divisions]
