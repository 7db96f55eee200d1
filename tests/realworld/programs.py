"""The programs of programs.toml: scripts and notebooks of public repositories, each run as a person would."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from realworld.catalogue import Package, Source

FILE = Path(__file__).with_name("programs.toml")
DEFAULT_SECONDS = 300


@dataclass(frozen=True)
class Repository:
    """One commit of a public repository."""

    name: str  # owner/name
    commit: str


@dataclass(frozen=True)
class Collection:
    """Programs of one place that were written for the same Keras."""

    name: str
    origin: Repository | Source
    environment: str  # in which they ran in their time
    dialects: tuple[str, ...]  # what `--from` is told
    programs: tuple[str, ...]  # paths below the place
    pins: tuple[str, ...] = ()  # other packages that they import, without their dependencies
    options: tuple[str, ...] = ()  # more options of `kmigrate apply`
    prepare: str = ""  # Python that writes small data of the right form before anything runs
    seconds: int = DEFAULT_SECONDS

    @property
    def package(self) -> Package:
        """What the conditions of the board know how to prepare."""
        source = Source(self.name, "", "")
        return Package(source, self.environment, self.dialects, options=self.options)


def read_collections(file: Path = FILE) -> tuple[Collection, ...]:
    """Raises KeyError or TypeError where a row is not as it should be."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["collection"]
    return tuple(_collection(dict(row)) for row in rows)


def chosen(collections: Iterable[Collection], names: Iterable[str]) -> tuple[Collection, ...]:
    """The collections of these names, all without names. Raises KeyError for an unknown one."""
    by_name = {collection.name: collection for collection in collections}
    return tuple(by_name[name] for name in names) or tuple(by_name.values())


def _collection(row: dict[str, Any]) -> Collection:
    origin: Repository | Source
    if "repository" in row:
        origin = Repository(row.pop("repository"), row.pop("commit"))
    else:
        origin = Source(row.pop("package"), row.pop("version"), row.pop("sha256"))
    lists = ("dialects", "programs", "pins", "options")
    rest: dict[str, Any] = {key: tuple(row.pop(key)) for key in lists if key in row}
    return Collection(origin=origin, **row | rest)
