"""One run of the command line over a tree, and the promises that it must have kept."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

OUTCOMES = ("kept", "rewritten", "review", "flagged", "unresolved")
IMPORT = re.compile(r"\s*(?:import\s|from\s+\S+\s+import\s|pass\s*$|$)")


@dataclass
class Report:
    """What a run said: its exit status and its JSON."""

    code: int
    stderr: str
    seconds: float
    totals: dict[str, int] = field(default_factory=dict)
    files: list[dict[str, Any]] = field(default_factory=list)
    parsed: bool = False

    @property
    def changed(self) -> list[str]:
        return [file["path"] for file in self.files if file["status"] == "changed"]


def run_cli(tree: Path, options: list[str]) -> Report:
    """`kmigrate apply . OPTIONS` inside `tree`, with this interpreter."""
    program = "import sys; from kmigrate.cli import main; sys.exit(main())"
    command = [
        sys.executable,
        "-c",
        program,
        "apply",
        ".",
        "--no-pins",
        "--format",
        "json",
        *options,
    ]
    start = time.perf_counter()
    done = subprocess.run(
        command, cwd=tree, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    report = Report(done.returncode, done.stderr, time.perf_counter() - start)
    try:
        data = json.loads(done.stdout)
    except json.JSONDecodeError:
        return report
    report.totals, report.files, report.parsed = data["totals"], data["files"], True
    return report


def broken_promises(before: Path, after: Path, report: Report) -> list[str]:
    """The promises a run over code that uses Keras did not keep."""
    if not report.parsed or "Traceback" in report.stderr or report.code not in (0, 1, 2):
        return [f"crashed with {report.code}: {report.stderr[-2000:]}"]
    return [
        *uneven_counts(report),
        *wrong_exit_code(report),
        *files_that_do_not_compile(after, report),
        *stray_changes(before, after, report),
    ]


def clean_promises(before: Path, after: Path, report: Report) -> list[str]:
    """The promises a run over code without Keras did not keep: nothing changes, nothing is said."""
    if not report.parsed or report.code != 0:
        return [f"ended with {report.code}: {report.stderr[-2000:]}"]
    findings = [(file["path"], file["findings"]) for file in report.files if file["findings"]]
    counted = {key: n for key, n in report.totals.items() if n and key != "files"}
    problems = [f"counts {counted}"] if counted else []
    problems += [f"reports {findings[:3]}"] if findings else []
    return problems + [f"changed {path}" for path in hunks(before, after)]


def uneven_counts(report: Report) -> list[str]:
    totals, problems = report.totals, []
    if sum(totals[outcome] for outcome in OUTCOMES) != totals["references"]:
        problems.append(f"the outcomes do not add up to the references: {totals}")
    listed = Counter(f["outcome"] for file in report.files for f in file["findings"])
    problems += [
        f"{listed[outcome]} {outcome} findings are listed, {totals[outcome]} counted"
        for outcome in OUTCOMES[1:]
        if listed[outcome] != totals[outcome]
    ]
    if len(report.changed) != totals["changed"]:
        problems.append(f"{len(report.changed)} files are changed, {totals['changed']} counted")
    return problems


def wrong_exit_code(report: Report) -> list[str]:
    failed = [f["path"] for f in report.files if f["status"] in ("error", "refused")]
    left = report.totals["flagged"] + report.totals["unresolved"]
    expected = 2 if failed else int(left > 0)
    refused = [
        f"refused {f['path']}: {f['error']}" for f in report.files if f["status"] == "refused"
    ]
    if report.code == expected:
        return refused
    return [*refused, f"ended with {report.code} where {expected} was due"]


def files_that_do_not_compile(after: Path, report: Report) -> list[str]:
    problems = []
    for path in report.changed:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile((after / path).read_bytes(), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            problems.append(f"{path} does not compile: {error}")
    return problems


def stray_changes(before: Path, after: Path, report: Report) -> list[str]:
    """Changed files that no finding speaks of, and changed lines that no finding touches."""
    findings = {file["path"]: file["findings"] for file in report.files}
    problems = []
    for path, changes in hunks(before, after).items():
        if path not in report.changed:
            problems.append(f"{path} was changed and is not reported as changed")
            continue
        lines = touched_lines(findings[path], before / path)
        problems += [
            f"{path}:{first} was changed and no finding touches it"
            for first, last, text in changes
            if not lines & set(range(first, last + 1))
            and not all(IMPORT.match(line[1:]) for line in text)
        ]
    return problems


def touched_lines(findings: list[dict[str, Any]], source: Path) -> set[int]:
    """The lines that a finding allows to change: its own, those beside it, and those of its call."""
    spoken = [f for f in findings if f["outcome"] in ("rewritten", "review", "flagged")]
    own = {line for f in spoken for line in range(f["line"], f["end_line"] + 1)}
    beside = {line + step for line in own for step in (-1, 1)}
    return (
        own | beside | {n for first, last in calls_on(own, source) for n in range(first, last + 1)}
    )


def calls_on(lines: set[int], source: Path) -> list[tuple[int, int]]:
    """The first and last lines of the calls whose callee touches `lines`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = ast.parse(source.read_bytes())
    return [
        (node.lineno, node.end_lineno or node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and lines & set(range(node.lineno, (node.func.end_lineno or node.lineno) + 1))
    ]


def hunks(before: Path, after: Path) -> dict[str, list[tuple[int, int, list[str]]]]:
    """The changed ranges of old lines by file, each with its lines as a diff shows them."""
    command = ["git", "diff", "--no-index", "--no-color", "--no-ext-diff", "-U0", "-a"]
    command += ["--no-prefix", "--no-renames", "--ignore-submodules", str(before), str(after)]
    text = subprocess.run(command, capture_output=True, check=False).stdout.decode("latin-1")
    found: dict[str, list[tuple[int, int, list[str]]]] = {}
    path = ""
    for line in text.split("\n"):
        if line.startswith("diff --git "):
            path = ""
        elif not path and line.startswith(("--- ", "+++ ")) and "/dev/null" not in line:
            path = relative(line[4:].rstrip("\t"), before, after)
            found.setdefault(path, [])
        elif header := re.match(r"@@ -(\d+)(?:,(\d+))? \+", line):
            first, count = int(header[1]), int(header[2] or 1)
            found[path].append((first, first + max(count, 1) - 1, []))
        elif line.startswith(("+", "-")) and path and found[path]:
            found[path][-1][2].append(line)
    return found


def relative(shown: str, before: Path, after: Path) -> str:
    """The path below the tree of a path as `git diff --no-prefix` shows it (without the slash)."""
    for root in (before, after):
        name = str(root.resolve()).lstrip("/")
        if shown.lstrip("/").startswith(name + "/"):
            return shown.lstrip("/")[len(name) + 1 :]
    return shown
