"""The ways in which a package's tree is made ready for today's stack."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realworld.catalogue import MODERN, Package

_KERAS = re.compile(r"\bkeras\b")
_IMPORT = re.compile(r"^(\s*)(from\s+keras\b|import\s+keras\b)")
_ALONE = re.compile(r"^(\s*)import keras\s*(#.*)?$")
_SECONDS = 600


class PreparationProblem(Exception):
    """The tool that prepares a tree did not come to its end."""


@dataclass(frozen=True)
class Prepared:
    """What the tool said of the tree; only kmigrate says something."""

    findings: tuple[dict[str, Any], ...] = ()  # with `path`, below the tree
    before: Path | None = None  # the tree to which the lines of the findings belong


@dataclass(frozen=True)
class Condition:
    """A column of the table."""

    name: str
    prepare: Callable[[Package, Path, Path], Prepared]  # (package, tree, modern interpreter)
    is_legacy: bool = False

    def environment(self, package: Package) -> str:
        return package.environment if self.is_legacy else MODERN


def _leave(package: Package, tree: Path, python: Path) -> Prepared:
    return Prepared()


def sed_line(line: str) -> str:
    """What `s/\\bkeras\\b/tensorflow.keras/` makes of an import; `import keras` keeps its name."""
    if _ALONE.match(line):
        return line.replace("import keras", "from tensorflow import keras", 1)
    return _KERAS.sub("tensorflow.keras", line, count=1) if _IMPORT.match(line) else line


def _sed(package: Package, tree: Path, python: Path) -> Prepared:
    for file in tree.rglob("*.py"):
        text = file.read_bytes().decode("utf-8", "surrogateescape")
        after = "".join(sed_line(line) for line in text.splitlines(keepends=True))
        file.write_bytes(after.encode("utf-8", "surrogateescape"))
    return Prepared()


def _tf_upgrade(package: Package, tree: Path, python: Path) -> Prepared:
    into = tree.with_name(f"{tree.name}-upgraded")
    options = [f"--intree={tree}", f"--outtree={into}", f"--reportfile={into}.txt"]
    _call([str(python.with_name("tf_upgrade_v2")), *options], tree.parent)
    shutil.copytree(into, tree, dirs_exist_ok=True)
    return Prepared()


def _kmigrate(target: str) -> Callable[[Package, Path, Path], Prepared]:
    def prepare(package: Package, tree: Path, python: Path) -> Prepared:
        before = tree.with_name(f"{tree.name}-before")
        shutil.copytree(tree, before)
        report = tree.with_name(f"{tree.name}.json")
        program = "import sys; from kmigrate.cli import main; sys.exit(main())"
        sources = [part for dialect in package.dialects for part in ("--from", dialect)]
        options = ["--to", target, *sources, "--jobs", "1", *package.options]
        output = ["--format", "json", "--output", str(report)]
        command = [sys.executable, "-c", program, "apply", ".", *options, *output]
        _call(command, tree, codes=(0, 1, 2))  # 2: a file could not be read, the rest was migrated
        return Prepared(read_findings(report.read_text(encoding="utf-8")), before)

    return prepare


def read_findings(text: str) -> tuple[dict[str, Any], ...]:
    """The findings of kmigrate's JSON report, each with the path of its file."""
    files = json.loads(text)["files"]
    return tuple(row | {"path": file["path"]} for file in files for row in file["findings"])


def _call(command: Sequence[str], folder: Path, codes: Collection[int] = (0, 1)) -> None:
    """kmigrate ends with 1 when something is left to do."""
    own = str(Path(__file__).resolve().parents[2])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env=os.environ | {"PYTHONPATH": own, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PreparationProblem(str(error)) from None
    if done.returncode not in codes or "Traceback" in done.stderr:
        lines = done.stderr.strip().splitlines() or [f"exit {done.returncode}"]
        raise PreparationProblem(f"{Path(command[0]).name}: {lines[-1][:300]}")


CONDITIONS = (
    Condition("before", _leave, is_legacy=True),
    Condition("untouched", _leave),
    Condition("sed", _sed),
    Condition("tf_upgrade_v2", _tf_upgrade),
    Condition("keras", _kmigrate("keras")),
    Condition("tf_keras", _kmigrate("tf_keras")),
)
