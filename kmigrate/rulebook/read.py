"""`rules/*.toml` as `Rows`, through a cache in the user's cache folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from zlib import crc32

from kmigrate import __version__
from kmigrate.api import rules_dir
from kmigrate.rulebook.build import build
from kmigrate.rulebook.claims import NAME as CLAIMS
from kmigrate.rulebook.rows import Rows


def read_rows(folder: Path | None = None, cache: Path | None = None) -> Rows:
    """The rows of every `*.toml` in `folder` but the claims. Raises RuleError at the first bad one.

    `cache` is the folder to keep the parsed rows in; the user's own by default.
    """
    folder = folder or rules_dir()
    files = sorted(file for file in folder.glob("*.toml") if file.name != CLAIMS)
    key = _key(files)
    # One file for each installation: two of them must not throw out each other's rows.
    kept = (cache or cache_folder()) / f"rules-{crc32(str(folder).encode()):08x}.json"
    tables = _load(kept, key)
    if tables is None:
        tables = _parse(files)
        _save(kept, key, tables)
    return build(tables)


def cache_folder() -> Path:
    """The user's folder for data that may be thrown away."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.path.expanduser(base)) / "kmigrate"  # noqa: PTH111 (never raises)


def _key(files: Sequence[Path]) -> str:
    """What the cached rows depend on, on one line."""
    code = [Path(__file__).with_name(name) for name in ("parse.py", "build.py")]
    stats = [(str(path), *_size_and_time(path)) for path in (*files, *code)]
    return json.dumps([__version__, stats])


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _parse(files: Sequence[Path]) -> dict[str, list[dict[str, Any]]]:
    import tomllib

    from kmigrate.rulebook.parse import RuleError, parse

    tables: dict[str, list[dict[str, Any]]] = {}
    for file in files:
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{file.name}: {error}") from error
        for table, rows in parse(document, file.name).items():
            tables.setdefault(table, []).extend(rows)
    return tables


def _load(kept: Path, key: str) -> dict[str, list[dict[str, Any]]] | None:
    try:
        with kept.open(encoding="utf-8") as stream:
            if stream.readline().rstrip("\n") != key:
                return None
            tables: dict[str, list[dict[str, Any]]] = json.load(stream)
            return tables
    except (OSError, ValueError):
        return None


def _save(kept: Path, key: str, tables: dict[str, list[dict[str, Any]]]) -> None:
    scratch = kept.with_name(f"{kept.name}.{os.getpid()}")
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_text(f"{key}\n{json.dumps(tables)}", encoding="utf-8")
        scratch.replace(kept)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
