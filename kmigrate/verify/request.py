"""What `kmigrate verify` was asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kmigrate.model import Options
from kmigrate.verify.envs import Environment


@dataclass(frozen=True, slots=True)
class Request:
    """`paths` are migrated and compared with themselves; `before` and `after` are compared as they are.

    Each field is an option of the command line: see `kmigrate verify --help`.
    """

    paths: tuple[Path, ...] = ()
    options: Options = field(default_factory=Options)
    exclude: tuple[str, ...] = ()
    exclude_in: Path | None = None
    before: Path | None = None
    after: Path | None = None
    before_python: str | None = None
    after_python: str | None = None
    envs: Mapping[str, Environment] = field(default_factory=dict)
    record: Path | None = None
    against: Path | None = None
    backend: tuple[str, ...] = ()
    call: str | None = None
    arg: tuple[str, ...] = ()
    smoke: bool = False
    pytest: bool = False
    printed: bool = False
    time_limit: float = 300.0
    json: bool = False
    verbose: bool = False
    quiet: bool = False
