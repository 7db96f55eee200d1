"""Folders of a child: made, measured and removed, whatever a program did to them."""

from __future__ import annotations

import contextlib
import itertools
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

ENTRY_BYTES = 4096  # what an empty file costs at least
SHARED = ("datasets", "models")


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="kmigrate-"))
    try:
        yield folder
    finally:
        remove(folder)


def remove(folder: Path) -> None:
    """Remove the folder as far as one may: also read-only ones, and deeper than a path is long.

    A folder in it is moved up before it is emptied, so that nothing is ever deep; links are never
    followed.
    """
    waiting, emptied = [str(folder)], []
    unused = (f"{folder}/{os.urandom(4).hex()}-{number}" for number in itertools.count())
    while waiting:
        current = waiting.pop()
        with contextlib.suppress(OSError):
            Path(current).chmod(stat.S_IRWXU)
        for entry in _entries(current):
            if entry.is_dir(follow_symlinks=False):
                waiting.append(_moved_up(entry.path, next(unused)))
            else:
                _unlink(entry.path)
        emptied.append(current)
    for current in reversed(emptied):
        with contextlib.suppress(OSError):
            Path(current).rmdir()


def _moved_up(path: str, place: str) -> str:
    try:
        Path(path).chmod(stat.S_IRWXU)  # moving a folder writes to it
        Path(path).rename(place)
    except OSError:
        return path
    return place


def _unlink(path: str) -> None:
    with contextlib.suppress(OSError):
        if os.name == "nt":
            Path(path).chmod(stat.S_IWRITE)  # there it is the file that is protected
        Path(path).unlink()


def size(folder: Path) -> int:
    """Bytes on disk of all that lies in the folder, an empty file for one block."""
    total, waiting = 0, [str(folder)]
    while waiting:
        for entry in _entries(waiting.pop()):
            with contextlib.suppress(OSError):
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                held = entry.stat(follow_symlinks=False)
                blocks = getattr(held, "st_blocks", None)
                total += max(held.st_size if blocks is None else blocks * 512, ENTRY_BYTES)
    return total


def share_caches(real: Path, home: Path) -> None:
    """Link what was downloaded before into the Keras home `home`, entry by entry.

    What is new stays in `home`. What is there is a link to the real one: a copy would cost
    gigabytes for each run. inside/guard.py turns a link into a copy before Python writes to it;
    Python before 3.8 and libraries that open files themselves write through.
    """
    for name in SHARED:
        for entry in _entries(real / name):
            link = home / name / entry.name
            with contextlib.suppress(OSError):  # Windows may not allow links
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(Path(entry.path).resolve())


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
