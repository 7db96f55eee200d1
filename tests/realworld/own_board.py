"""The table of Keras' own tests by module."""

from __future__ import annotations

from collections.abc import Sequence

from realworld.board import Row, aligned, causes, grid, lost, share
from realworld.places import AT_PLACE, IN_TEST, NOT, ON_WAY

CONDITIONS = ("before", "tf_keras", "keras")
SAID = "flagged at the line / on the way / in the test / not"
KINDS = (AT_PLACE, ON_WAY, IN_TEST, NOT)


def table(rows: Sequence[Row]) -> list[list[str]]:
    """Head, one line a module, the sum: what passes, and of what no longer does, what was said."""
    targets = [name for name in CONDITIONS[1:] if all(name in row.results for row in rows)]
    heads = [cell for name in targets for cell in (name, f"lost to it: {SAID}")]
    lines = [["module", "before", *heads]]
    lines += [[row.package.name, *_cells([row], targets)] for row in rows]
    return [*lines, ["all", *_cells(rows, targets)]]


def _cells(group: Sequence[Row], targets: Sequence[str]) -> list[str]:
    whole = sum(len(row.counted) for row in group)
    cells = [str(whole)]
    for name in targets:
        counts = map(sum, zip(*(_by_kind(row, name) for row in group), strict=True))
        cells += [share(sum(row.passed(name) for row in group), whole)]
        cells += [" / ".join(map(str, counts))]
    return cells


def _by_kind(row: Row, condition: str) -> list[int]:
    """Of the tests that are lost, how many fail flagged at the line, and so on."""
    kinds: dict[str, str] = {}
    for judged in lost(row, condition):
        for test in row.counted - set(row.results[condition].outcome.passed):
            if judged.failure.test == test or test.startswith(f"{judged.failure.test}::"):
                kinds[test] = judged.where
    missing = row.counted - set(row.results[condition].outcome.passed)
    said = [kinds.get(test, NOT) for test in missing]
    return [said.count(kind) for kind in KINDS]


def markdown(rows: Sequence[Row]) -> str:
    """The table, and the causes for each target."""
    parts = [grid(table(rows))]
    for condition in CONDITIONS[1:]:
        if all(condition in row.results for row in rows):
            head = ["module", "tests", "cause", "flagged in advance", "error"]
            found = causes(rows, condition) or [["none", "", "", "", ""]]
            parts += [f"What fails after migration to `{condition}`:", grid([head, *found])]
    return "\n\n".join(parts)


def text(rows: Sequence[Row]) -> str:
    """The same in columns of even width."""
    return aligned(markdown(rows))
