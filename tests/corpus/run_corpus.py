"""Migrate whole trees of real code and hold every run to what kmigrate promises.

    python tests/corpus/run_corpus.py CORPUS [--clean NAME]... [--only NAME]... [--to T]...

CORPUS is a folder with one tree a folder; `--clean` names those that do not use Keras. Trees are
copied to a temporary folder first. Prints a Markdown report; exits 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from judge import OUTCOMES, Report, broken_promises, clean_promises, hunks, run_cli

TARGETS = ("keras", "tf_keras", "tf.keras")
COLUMNS = ("files", "changed", "references", *OUTCOMES)
MOST = 10


@dataclass
class Tally:
    """What all runs together say."""

    rows: list[str] = field(default_factory=list)
    reasons: dict[str, Counter[str]] = field(
        default_factory=lambda: {"flagged": Counter(), "unresolved": Counter()}
    )
    symbols: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    examples: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    drift: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def count(self, tree: str, target: str, report: Report) -> None:
        for file in report.files:
            if file["error"]:
                self.errors.append(f"{tree}/{file['path']} ({target}): {file['error']}")
            for finding in file["findings"]:
                self.count_reason(f"{tree}/{file['path']}", finding)

    def count_reason(self, path: str, finding: dict[str, object]) -> None:
        counter = self.reasons.get(str(finding["outcome"]))
        if counter is None:
            return
        rules = finding["rules"]
        name = ", ".join(map(str, rules)) if isinstance(rules, list) and rules else "-"
        key = f"`{name}` {kind_of_reason(str(finding['reason']))}"
        counter[key] += 1
        self.symbols[key][str(finding["symbol"])] += 1
        self.examples.setdefault(key, f"{path}:{finding['line']} `{finding['symbol']}`")


def kind_of_reason(reason: str) -> str:
    """A reason without the names in it, so that the same one counts as the same."""
    without_names = re.sub(r"`[^`]*`", "`…`", re.sub(r"line \d+", "line …", reason))
    return re.sub(r"(?<![\w.])(?:(?:tf\.)?keras@\d|tf_keras)(?![\w.])", "…", without_names)


def judge_tree(tree: Path, target: str, clean: bool, jobs: int, tally: Tally) -> None:
    with tempfile.TemporaryDirectory(prefix="kmigrate-corpus-") as folder:
        copy, once = Path(folder) / "work" / tree.name, Path(folder) / "once"
        shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
        options = ["--to", target, "--jobs", str(jobs)]
        first = run_cli(copy, options)
        broken = (clean_promises if clean else broken_promises)(tree, copy, first)
        shutil.copytree(copy, once, symlinks=True)
        second = run_cli(copy, options)
        broken += changes_of_second_run(once, copy, second)
    tally.drift += drift(f"{tree.name} to {target}", first, second)
    tally.rows.append(row(tree.name, target, first, len(broken)))
    tally.broken += [f"{tree.name} to {target}: {promise}" for promise in broken]
    tally.count(tree.name, target, first)


def changes_of_second_run(once: Path, twice: Path, second: Report) -> list[str]:
    if not second.parsed:
        return [f"a second run crashed with {second.code}: {second.stderr[-2000:]}"]
    return [
        f"a second run changes {path}:{first}: {' '.join(lines)}"
        for path, changes in hunks(once, twice).items()
        for first, _, lines in changes
    ]


def drift(what: str, first: Report, second: Report) -> list[str]:
    numbers = [
        f"{outcome} {first.totals.get(outcome)} -> {second.totals.get(outcome)}"
        for outcome in ("flagged", "unresolved")
        if first.totals.get(outcome) != second.totals.get(outcome)
    ]
    return [f"{what}: {', '.join(numbers)}"] if numbers else []


def row(tree: str, target: str, report: Report, broken: int) -> str:
    numbers = [str(report.totals.get(column, "?")) for column in COLUMNS]
    cells = [tree, target, *numbers, str(report.totals.get("errors", "?")), str(report.code)]
    return f"| {' | '.join([*cells, f'{report.seconds:.1f}', str(broken)])} |"


def bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines] or ["none"]


def markdown(tally: Tally) -> str:
    head = ["repository", "to", *COLUMNS, "errors", "exit", "seconds", "broken promises"]
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}", *tally.rows]
    for outcome, counter in tally.reasons.items():
        lines += ["", f"## Most frequent reasons: {outcome} ({counter.total()} in all)", ""]
        common = counter.most_common(MOST)
        lines += bullets(f"{n} × {key} ({examples(tally, key)})" for key, n in common)
    lines += ["", "## Files in error", "", *bullets(tally.errors)]
    lines += ["", "## Counts that differ on a second run", "", *bullets(tally.drift)]
    lines += ["", "## Broken promises", "", *bullets(tally.broken)]
    return "\n".join(lines) + "\n"


def examples(tally: Tally, key: str) -> str:
    often = ", ".join(f"`{name}` {n}" for name, n in tally.symbols[key].most_common(3))
    return f"most often {often}; first at {tally.examples[key]}"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--clean", action="append", default=[], metavar="NAME")
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--to", action="append", default=[], metavar="T")
    parser.add_argument("--jobs", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    tally = Tally()
    trees = [path for path in sorted(arguments.corpus.resolve().iterdir()) if path.is_dir()]
    for tree in trees:
        if tree.name.startswith(".") or (arguments.only and tree.name not in arguments.only):
            continue
        for target in arguments.to or TARGETS:
            print(f"{tree.name} to {target}", file=sys.stderr, flush=True)
            judge_tree(tree, target, tree.name in arguments.clean, arguments.jobs, tally)
    if not tally.rows:
        print("no tree found", file=sys.stderr)
        return 1
    print(markdown(tally), end="")
    return 1 if tally.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
