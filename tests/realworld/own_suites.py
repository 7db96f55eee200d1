"""Keras' own tests: the suites of own_tests.toml, and how their files are laid out to be run alone."""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from realworld.catalogue import Package, Source
from realworld.fetch import fetch, unpack

FILE = Path(__file__).with_name("own_tests.toml")
SECONDS = 3600


@dataclass(frozen=True)
class Suite:
    """The tests of one release of Keras."""

    version: str
    sha256: str
    environment: str
    dialects: tuple[str, ...]
    lifted: str  # a file of the keras package that the tests import
    modules: Mapping[str, tuple[str, ...]]

    @property
    def source(self) -> Source:
        return Source("keras", self.version, self.sha256)

    def package(self, module: str = "all") -> Package:
        """The tests of a module as a package of the scoreboard; all of them without a name."""
        every = tuple(path for paths in self.modules.values() for path in paths)
        source = Source(f"Keras {self.version} {module}", self.version, self.sha256)
        tests = self.modules.get(module, every)
        return Package(source, self.environment, self.dialects, tests=tests, seconds=SECONDS)


@dataclass(frozen=True)
class OwnTests:
    """Everything own_tests.toml says."""

    suites: tuple[Suite, ...]
    runners: Mapping[str, tuple[str, ...]]


def read_own_tests(file: Path = FILE) -> OwnTests:
    """Raises KeyError or TypeError where a row is not as it should be."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    runners = {key: tuple(pins) for key, pins in data["runners"].items()}
    return OwnTests(tuple(_suite(row) for row in data["suite"]), runners)


def _suite(row: dict[str, Any]) -> Suite:
    modules = {name: tuple(paths) for name, paths in row["modules"].items()}
    return Suite(**row | {"modules": modules, "dialects": tuple(row["dialects"])})


def lay_out(suite: Suite, tree: Path, cache: Path, release: Path | None = None) -> None:
    """The tests and what is lifted, out of the sdist or of an unpacked release. Raises FetchProblem."""
    with tempfile.TemporaryDirectory() as scratch:
        if release is None:
            release = Path(scratch)
            unpack(fetch(suite.source, cache / "sdists"), release)
        for folder in {PurePosixPath(path).parts[0] for path in suite.package().tests}:
            shutil.copytree(release / folder, tree / folder, ignore=shutil.ignore_patterns("*.pyc"))
        lifted = (release / suite.lifted).read_text(encoding="utf-8")
    name = _lifted_name(suite.lifted)
    (tree / f"{name}.py").write_text(absolute(lifted, suite.lifted), encoding="utf-8")
    for file in (tree / "tests").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        file.write_text(redirected(text, suite.lifted), encoding="utf-8")


def _dotted(path: str) -> str:
    return ".".join(PurePosixPath(path).with_suffix("").parts)


def _lifted_name(path: str) -> str:
    return _dotted(path).replace(".", "_")


def absolute(text: str, path: str) -> str:
    """The text of a module of a package with its relative imports written out."""
    parents = PurePosixPath(path).parent.parts

    def written(match: re.Match[str]) -> str:
        package = parents[: len(parents) + 1 - len(match[1])]
        return f"from {'.'.join([*package, *([match[2]] if match[2] else [])])} import"

    return re.sub(r"^from (\.+)([\w.]*) import", written, text, flags=re.MULTILINE)


def redirected(text: str, path: str) -> str:
    """The text of a test with its imports of the lifted module taken from beside the tests."""
    package, _, name = _dotted(path).rpartition(".")
    lifted = _lifted_name(path)
    text = re.sub(
        rf"\bfrom {package} import {name}$", f"import {lifted} as {name}", text, flags=re.M
    )
    return re.sub(rf"\bfrom {package}\.{name} import", f"from {lifted} import", text)


def part(tree: Path, into: Path, tests: Iterable[str]) -> Path:
    """The files that a module's tests need, so that a change elsewhere does not run them again."""
    shared = [file.relative_to(tree) for file in tree.glob("*.py")]
    for test in tests:
        shared += [parent / "conftest.py" for parent in Path(test).parents]
        if (tree / test).is_dir():
            shutil.copytree(tree / test, into / test, dirs_exist_ok=True)
        else:
            shared.append(Path(test))
    for file in shared:
        if (tree / file).is_file():
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / file, into / file)
    return into
