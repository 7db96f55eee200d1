"""What one package came to in one condition, and the folder that keeps it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from realworld.suite import INSIDE, PYTEST, Failure, Outcome


@dataclass(frozen=True)
class Judged:
    """A failure with its cause, and whether kmigrate had spoken of the place."""

    failure: Failure
    cause: str
    where: str = ""
    outcome: str = ""


@dataclass(frozen=True)
class Result:
    """One cell of the table with what stands behind it."""

    package: str
    condition: str
    outcome: Outcome = field(default_factory=Outcome)
    judged: tuple[Judged, ...] = ()
    problem: str = ""  # why there is no outcome


def tree_digest(tree: Path) -> str:
    """The same for the same files."""
    digest = hashlib.sha256()
    for file in sorted(path for path in tree.rglob("*") if path.is_file()):
        digest.update(f"{file.relative_to(tree)}\0".encode())
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def key_of(tree: Path, python: Path, tests: Sequence[str], overlays: Iterable[Path]) -> str:
    """What the outcome of a run of tests depends on."""
    reporter = next(INSIDE.glob("*.py")).read_text(encoding="utf-8")
    told = [tree_digest(tree), str(python), list(tests), [path.name for path in overlays]]
    told += [PYTEST, reporter]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def load(file: Path) -> Outcome | None:
    """The outcome that was kept; none when there is none, or it cannot be read."""
    try:
        row = json.loads(file.read_text(encoding="utf-8"))
        failures = tuple(
            Failure(each["test"], each["error"], tuple((f, n) for f, n in each["frames"]))
            for each in row["failures"]
        )
        return Outcome(tuple(row["passed"]), failures, tuple(row["skipped"]), row["ending"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def keep(outcome: Outcome, file: Path) -> None:
    """Write it for the next time."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(asdict(outcome), indent=1) + "\n", encoding="utf-8")
