"""Run a package's tests in one environment and read what the reporter wrote."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

INSIDE = Path(__file__).with_name("inside")
QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "CUDA_VISIBLE_DEVICES": "-1",
    "KERAS_BACKEND": "tensorflow",
    "MPLBACKEND": "Agg",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONHASHSEED": "0",
}
PYTEST = (
    *("-m", "pytest", "-q", "--no-header", "-o", "addopts=", "-c", os.devnull, "--rootdir=."),
    *("-p", "realworld_reporter", "-p", "no:cacheprovider", "--continue-on-collection-errors"),
)


@dataclass(frozen=True)
class Failure:
    """One test, or one file that could not be collected."""

    test: str
    error: str
    frames: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What a run of the tests left behind."""

    passed: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    skipped: tuple[str, ...] = ()
    ending: str = ""  # why the run as a whole did not come to its end


@dataclass
class _Tally:
    outcomes: dict[str, str] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)

    def add(self, row: Mapping[str, Any]) -> None:
        test = row["test"]
        if row["outcome"] == "failed":
            frames = tuple((file, line) for file, line in row.get("frames", ()))
            self.failures.setdefault(test, Failure(test, row.get("error", ""), frames))
        elif row["phase"] == "call" or row["outcome"] == "skipped":
            self.outcomes[test] = row["outcome"]


def read_report(lines: Iterable[str], ending: str = "") -> Outcome:
    """A test passed when its call did and no phase of it failed."""
    tally = _Tally()
    for line in lines:
        tally.add(json.loads(line))
    good = {test: how for test, how in tally.outcomes.items() if test not in tally.failures}
    return Outcome(
        passed=tuple(sorted(test for test, how in good.items() if how == "passed")),
        failures=tuple(tally.failures[test] for test in sorted(tally.failures)),
        skipped=tuple(sorted(test for test, how in good.items() if how == "skipped")),
        ending=ending,
    )


def run_suite(
    python: Path, tree: Path, tests: Sequence[str], overlays: Sequence[Path], seconds: int
) -> Outcome:
    """Run pytest inside `tree` with these folders before the environment's own packages."""
    with tempfile.TemporaryDirectory(prefix="realworld-") as scratch:
        report = Path(scratch, "report.jsonl")
        report.touch()
        paths = [str(path.resolve()) for path in (tree, tree / "src", INSIDE, *overlays)]
        variables = os.environ | QUIET
        variables |= {"PYTHONPATH": os.pathsep.join(paths), "REALWORLD_REPORT": str(report)}
        variables |= {"HOME": scratch, "KERAS_HOME": scratch}
        ending, last_line = _run([str(python), *PYTEST, *tests], tree, variables, seconds)
        lines = report.read_text(encoding="utf-8").splitlines()
        return read_report(lines, ending or ("" if lines else f"no test ran: {last_line}"))


def _run(
    command: list[str], tree: Path, variables: dict[str, str], seconds: int
) -> tuple[str, str]:
    """How the process ended, in a sentence, empty when pytest came to its end; what it said last."""
    with subprocess.Popen(
        command,
        cwd=tree,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            said, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return f"it ran longer than {seconds} s", ""
        finally:  # also when a person interrupts
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    last_line = (said.strip().splitlines() or [""])[-1][:400]
    is_usual = process.returncode in (0, 1, 2, 5)
    return "" if is_usual else f"pytest ended with {process.returncode}: {last_line}", last_line
