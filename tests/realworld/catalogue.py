"""The packages of packages.toml and the environments in which their tests run."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("packages.toml")
MODERN = "modern"
DEFAULT_SECONDS = 300
LISTS = ("dialects", "pins", "tests", "options")


@dataclass(frozen=True)
class Source:
    """One sdist of the package index."""

    name: str
    version: str
    sha256: str

    @property
    def title(self) -> str:
        return f"{self.name} {self.version}"


@dataclass(frozen=True)
class Package:
    """A package with its tests, and what they need."""

    source: Source
    environment: str  # in which its tests passed in their time
    dialects: tuple[str, ...]  # what `--from` is told
    companions: tuple[Source, ...] = ()  # packages it imports that use Keras too: migrated with it
    pins: tuple[str, ...] = ()  # other packages that it imports, without their dependencies
    tests: tuple[str, ...] = ("tests",)  # arguments of pytest
    options: tuple[str, ...] = ()  # more options of `kmigrate apply`
    seconds: int = DEFAULT_SECONDS

    @property
    def name(self) -> str:
        return self.source.name


@dataclass(frozen=True)
class Catalogue:
    """Everything packages.toml says."""

    packages: tuple[Package, ...]
    runners: dict[str, tuple[str, ...]]  # by environment: the pins that bring pytest into it

    def chosen(self, names: Iterable[str]) -> tuple[Package, ...]:
        """The packages of these names, all without names. Raises KeyError for an unknown one."""
        by_name = {package.name: package for package in self.packages}
        return tuple(by_name[name] for name in names) or self.packages


def read_catalogue(file: Path = FILE) -> Catalogue:
    """Raises KeyError or TypeError where a row is not as it should be."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    sources = {key: Source(**row) for key, row in data.get("companion", {}).items()}
    packages = tuple(_package(row, sources) for row in data["package"])
    return Catalogue(packages, {key: tuple(pins) for key, pins in data["runners"].items()})


def _package(row: dict[str, Any], sources: dict[str, Source]) -> Package:
    row = dict(row)
    source = Source(row.pop("name"), row.pop("version"), row.pop("sha256"))
    companions = tuple(sources[key] for key in row.pop("companions", ()))
    rest: dict[str, Any] = {key: tuple(row.pop(key)) for key in LISTS if key in row}
    return Package(source, companions=companions, **row | rest)
