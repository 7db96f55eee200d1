"""What a run has to tell: one record per file, and the sums over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kmigrate.model import Direction, Finding, Outcome, Status
from kmigrate.notebook import Part

FAILED = (Status.ERROR, Status.REFUSED)
CHANGES = (Status.CHANGED, Status.WOULD_CHANGE)
LEFT_TO_DO = (Outcome.FLAGGED, Outcome.UNRESOLVED)


@dataclass(frozen=True, slots=True)
class Pin:
    """A requirement that moved (rewritten), that cannot stay and was not moved (flagged), or that is
    only worth a word (kept). `cell` is that of a notebook, 0 elsewhere."""

    line: int
    outcome: Outcome
    before: str
    after: str = ""
    reason: str = ""
    cell: int = 0


@dataclass(frozen=True, slots=True)
class FileRecord:
    """One file: `path` POSIX and relative to the working folder, `before` and `after` as bytes.

    `error` is the reason of a status other than (un)changed; `line` and `column` count from 1, 0 is
    unknown. `after` is the migrated file where there is one, written or not. `cells` are those of
    a notebook, before and after; its findings count the lines of the program they make together. `divisions` are None
    but for a file converted from Python 2: each (line, column) of a `/` that may have rounded down.
    """

    path: str
    status: Status = Status.UNCHANGED
    error: str = ""
    line: int = 0
    column: int = 0
    findings: tuple[Finding, ...] = ()
    before: bytes = b""
    after: bytes = b""
    cells: tuple[tuple[Part, Part], ...] = ()
    divisions: tuple[tuple[int, int], ...] | None = None
    pins: tuple[Pin, ...] = ()

    @property
    def counted(self) -> tuple[Finding, ...]:
        """The findings that a person did not ask to ignore."""
        return tuple(finding for finding in self.findings if not finding.ignored)

    @property
    def message(self) -> str:
        """`path:line:col: what happened; what to do`."""
        place = ":".join(str(part) for part in (self.path, self.line, self.column) if part)
        return f"{place}: {self.error}"


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A whole run, its files in a stable order."""

    files: tuple[FileRecord, ...]
    direction: Direction

    @property
    def errors(self) -> Iterator[FileRecord]:
        """The files that could not be read, migrated or written."""
        return (record for record in self.files if record.status in FAILED)

    @property
    def would_change(self) -> bool:
        """Whether there are changes that are not written."""
        return any(record.status is Status.WOULD_CHANGE for record in self.files)

    @property
    def exit_code(self) -> int:
        """2: something failed; 1: something would change or is left to do; else 0."""
        if any(self.errors):
            return 2
        return int(any(map(_is_unfinished, self.files)))

    @property
    def totals(self) -> Mapping[str, int]:
        """The counts of the JSON report; the five outcomes add up to `references`."""
        outcomes = Counter(finding.outcome for file in self.files for finding in file.counted)
        return {
            "files": len(self.files),
            "changed": sum(record.status in CHANGES for record in self.files),
            "references": outcomes.total(),
            **{outcome.value: outcomes[outcome] for outcome in Outcome},
            "errors": sum(1 for _ in self.errors),
        }


def _is_unfinished(record: FileRecord) -> bool:
    if record.status is Status.WOULD_CHANGE:
        return True
    outcomes = {each.outcome for each in record.counted} | {pin.outcome for pin in record.pins}
    return not outcomes.isdisjoint(LEFT_TO_DO)
