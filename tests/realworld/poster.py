"""The table of all programs, and the causes of what fails after migration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from realworld.board import MIGRATED, NAMES, aligned, grid, share
from realworld.causes import telling_line
from realworld.programs import Collection
from realworld.studio import Ran

__all__ = ["NAMES", "Sheet", "markdown", "text"]


@dataclass(frozen=True)
class Sheet:
    """One collection in all conditions."""

    collection: Collection
    results: Mapping[str, Mapping[str, Ran]]

    @property
    def counted(self) -> frozenset[str]:
        """The programs that ran in their time; all where that was not tried."""
        before = self.results.get("before")
        if before is None:
            return frozenset(self.collection.programs)
        return frozenset(name for name, ran in before.items() if ran.finished)

    def ran(self, condition: str) -> list[Ran]:
        """What became of the programs that count."""
        return [ran for name, ran in self.results[condition].items() if name in self.counted]

    def finished(self, condition: str) -> int:
        return sum(ran.finished for ran in self.ran(condition))


def table(sheets: Sequence[Sheet]) -> list[list[str]]:
    """Head, one line a collection, the sum."""
    conditions = _conditions(sheets)
    lines = [["programs", "written for", *conditions]]
    for sheet in sheets:
        whole = len(sheet.counted)
        cells = [share(sheet.finished(name), whole) for name in conditions]
        lines.append([sheet.collection.name, ", ".join(sheet.collection.dialects), *cells])
    whole = sum(len(sheet.counted) for sheet in sheets)
    sums = [share(sum(sheet.finished(name) for sheet in sheets), whole) for name in conditions]
    return [*lines, [f"all {len(sheets)}", "", *sums]]


def verdicts(sheets: Sequence[Sheet], condition: str) -> str:
    """How often the verifier said what of the programs that ran on both sides."""
    ran = [each for sheet in sheets for each in sheet.ran(condition) if each.finished]
    told = Counter(each.verdict or "not compared" for each in ran)
    return ", ".join(f"{count} {verdict}" for verdict, count in told.most_common())


def failures(sheets: Sequence[Sheet], condition: str) -> list[list[str]]:
    """Collection, program, cause, flagged in advance, the first line of the error."""
    return [
        [
            sheet.collection.name,
            ran.program,
            ran.cause or ran.ending,
            f"{ran.outcome} {ran.where}".strip() or "no",
            telling_line(ran.error)[:160],
        ]
        for sheet in sheets
        for ran in sheet.ran(condition)
        if not ran.finished
    ]


def markdown(sheets: Sequence[Sheet]) -> str:
    """Everything, as for a README."""
    parts = [grid(table(sheets))]
    for condition in (name for name in MIGRATED if name in _conditions(sheets)):
        head = ["programs", "program", "cause", "flagged in advance", "error"]
        found = failures(sheets, condition) or [["none", "", "", "", ""]]
        parts.append(
            f"The verifier on what was migrated to `{condition}`: {verdicts(sheets, condition)}."
        )
        parts.append(_differing(sheets, condition))
        parts += [f"What fails after migration to `{condition}`:", grid([head, *found])]
    return "\n\n".join(part for part in parts if part)


def _differing(sheets: Sequence[Sheet], condition: str) -> str:
    rows = [
        [sheet.collection.name, ran.program, ran.verdict, ran.reason[:200]]
        for sheet in sheets
        for ran in sheet.ran(condition)
        if ran.verdict not in ("", "identical", "close")
    ]
    return grid([["programs", "program", "verdict", "why"], *rows]) if rows else ""


def _conditions(sheets: Sequence[Sheet]) -> list[str]:
    return [name for name in NAMES if any(name in sheet.results for sheet in sheets)]


def text(sheets: Sequence[Sheet]) -> str:
    """The same in columns of even width."""
    return aligned(markdown(sheets))
