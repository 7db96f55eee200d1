"""`rules/*.toml` as `Rows`, through a cache in the user's cache folder."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from zlib import crc32

from kmigrate import __version__
from kmigrate.api import rules_dir
from kmigrate.rulebook.claims import NAME as CLAIMS
from kmigrate.rulebook.rows import Rows
from kmigrate.rulebook.shelf import Lines, Shelf


def read_rows(folder: Path | None = None, cache: Path | None = None) -> Rows:
    """All rows of `read_shelf`, built."""
    return read_shelf(folder, cache).rows


def read_shelf(folder: Path | None = None, cache: Path | None = None) -> Shelf:
    """The rows of every `*.toml` in `folder` but the claims. Raises RuleError at the first bad one.

    `cache` is the folder to keep the compiled rows in; the user's own by default.
    """
    folder = folder or rules_dir()
    files = sorted(file for file in folder.glob("*.toml") if file.name != CLAIMS)
    key = _key(files)
    # One file for each installation: two of them must not throw out each other's rows.
    kept = (cache or cache_folder()) / f"rules-{crc32(str(folder).encode()):08x}.json"
    shelf = _load(kept, key)
    if shelf is None:
        lines = _parse(files)
        shelf = Shelf(Lines(lines))
        _save(kept, key, [json.dumps(shelf.marks), *lines])
    return shelf


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
    code = sorted(Path(__file__).parent.glob("*.py"))
    stats = [(str(path), *_size_and_time(path)) for path in (*files, *code)]
    return json.dumps([__version__, stats])


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def _parse(files: Sequence[Path]) -> list[str]:
    """Table and row as a line of JSON for each row, by table, in the order of the files."""
    import tomllib

    from kmigrate.rulebook.checks import RuleError
    from kmigrate.rulebook.parse import parse

    tables: dict[str, list[str]] = {}
    for file in files:
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise RuleError(f"{file.name}: {error}") from error
        for table, rows in parse(document, file.name).items():
            tables.setdefault(table, []).extend(json.dumps([table, row]) for row in rows)
    return [line for lines in tables.values() for line in lines]


def _load(kept: Path, key: str) -> Shelf | None:
    try:
        head, _, body = kept.read_bytes().partition(b"\n")
        if json.loads(head) != [key, crc32(body)]:
            return None
    except (OSError, ValueError):
        return None
    marks, *lines = body.decode().split("\n")
    return Shelf(Lines(lines), json.loads(marks))


def _save(kept: Path, key: str, lines: Sequence[str]) -> None:
    scratch = kept.with_name(f"{kept.name}.{os.getpid()}")
    body = "\n".join(lines).encode()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(json.dumps([key, crc32(body)]).encode() + b"\n" + body)
        scratch.replace(kept)
    except OSError:
        with suppress(OSError):
            scratch.unlink()
