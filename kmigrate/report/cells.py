"""A notebook as a person sees it: each cell for itself, its lines counted from 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kmigrate.model import Finding
from kmigrate.notebook import Part
from kmigrate.report.record import FileRecord


def by_cell(record: FileRecord) -> Iterator[FileRecord]:
    """The record itself; of a notebook one for each cell of code, `notes.ipynb:cell 3`."""
    if not record.cells:
        yield record
    for before, after in record.cells:
        yield replace(
            record,
            path=f"{record.path}:cell {before.number}",
            findings=tuple(_shifted(f, before.first) for f in record.findings if _is_in(f, before)),
            before=_text(before),
            after=_text(after),
            cells=(),
        )


def _is_in(finding: Finding, part: Part) -> bool:
    return part.first < finding.span.line <= part.first + len(part.lines)


def _shifted(finding: Finding, by: int) -> Finding:
    span = finding.span
    return replace(finding, span=replace(span, line=span.line - by, end_line=span.end_line - by))


def _text(part: Part) -> bytes:
    return "".join(f"{line}\n" for line in part.lines).encode("utf-8")
