"""The table of all results, and the causes of what fails after migration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from realworld.catalogue import Package
from realworld.causes import telling_line
from realworld.conditions import CONDITIONS
from realworld.results import Judged, Result

MIGRATED = ("keras", "tf_keras")
NAMES = tuple(condition.name for condition in CONDITIONS)


@dataclass(frozen=True)
class Row:
    """One package in all conditions."""

    package: Package
    results: Mapping[str, Result]

    @property
    def counted(self) -> frozenset[str]:
        """The tests that passed in their time; all that passed anywhere where that cannot be run."""
        before = self.results.get("before")
        if before is not None and not before.problem:
            return frozenset(before.outcome.passed)
        every = (result.outcome.passed for result in self.results.values())
        return frozenset(test for passed in every for test in passed)

    def passed(self, condition: str) -> int:
        """How many of the tests that count pass."""
        result = self.results.get(condition)
        return len(self.counted & set(result.outcome.passed)) if result else 0

    def cell(self, condition: str) -> str:
        result = self.results.get(condition)
        if result is None:
            return ""
        return "-" if result.problem else share(self.passed(condition), len(self.counted))


def share(part: int, whole: int) -> str:
    return f"{part}/{whole}, {100 * part // whole} %" if whole else "0"


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Head, one line a package, the sum."""
    conditions = [name for name in NAMES if any(name in row.results for row in rows)]
    lines = [["package", "written for", *conditions]]
    for row in rows:
        cells = [row.cell(name) for name in conditions]
        lines.append([row.package.source.title, ", ".join(row.package.dialects), *cells])
    whole = sum(len(row.counted) for row in rows)
    sums = [share(sum(row.passed(name) for row in rows), whole) for name in conditions]
    return [*lines, [f"all {len(rows)}", "", *sums]]


def lost(row: Row, condition: str) -> list[Judged]:
    """Failures that took away a test that counts; a file that fails to load takes all of its own."""
    result = row.results.get(condition)
    if result is None:
        return []
    missing = row.counted - set(result.outcome.passed)
    return [each for each in result.judged if any(_covers(each, test) for test in missing)]


def _covers(judged: Judged, test: str) -> bool:
    name = judged.failure.test
    return name in ("the whole run", test) or test.startswith(f"{name}::")


def causes(rows: Sequence[Row], condition: str) -> list[list[str]]:
    """Package, tests lost to it, cause, flagged in advance, the first line of the error."""
    lines = []
    for row in rows:
        missing = row.counted - set(row.results[condition].outcome.passed)
        groups: dict[tuple[str, str, str], set[str]] = defaultdict(set)
        for each in lost(row, condition):
            spoken = f"{each.outcome} {each.where}".strip()
            covered = {test for test in missing if _covers(each, test)}
            groups[each.cause, spoken, telling_line(each.failure.error)] |= covered
        explained = {test for group in groups.values() for test in group}
        if missing - explained:
            problem = row.results[condition].problem or "not run"
            groups["not run", "", problem] |= missing - explained
        for (cause, spoken, error), tests in sorted(groups.items(), key=lambda it: -len(it[1])):
            lines.append([row.package.name, str(len(tests)), cause, spoken or "no", error[:160]])
    return lines


def markdown(rows: Sequence[Row]) -> str:
    """Everything, as for a README."""
    parts = [grid(table(rows))]
    for condition in (name for name in MIGRATED if all(name in row.results for row in rows)):
        head = ["package", "tests", "cause", "flagged in advance", "error"]
        found = causes(rows, condition) or [["none", "", "", "", ""]]
        parts += [f"What fails after migration to `{condition}`:", grid([head, *found])]
    problems = [
        f"- {row.package.name}, {name}: {result.problem}"
        for row in rows
        for name, result in row.results.items()
        if result.problem
    ]
    return "\n\n".join([*parts, *(["Could not be run:", "\n".join(problems)] if problems else [])])


def grid(lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table; the first line is its head."""

    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"

    head, *body = lines
    return "\n".join([line(head), f"|{' --- |' * len(head)}", *map(line, body)])


def text(rows: Sequence[Row]) -> str:
    """The same in columns of even width."""
    return aligned(markdown(rows))


def aligned(plain: str) -> str:
    """Markdown with its tables in columns of even width."""
    parts = plain.split("\n\n")
    return "\n\n".join(_aligned(part) if part.startswith("|") else part for part in parts)


def _aligned(table: str) -> str:
    lines = [line[2:-2].split(" | ") for line in table.splitlines() if not line.startswith("| ---")]
    lines = [line for line in lines if not set("".join(line)) <= set("-| ")] or lines
    widths = [max(map(len, column)) for column in zip(*lines, strict=False)]
    padded = (map(str.ljust, line, widths) for line in lines)
    return "\n".join("  ".join(line).rstrip() for line in padded)
