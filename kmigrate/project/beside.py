"""The data that stands where a program is started: its relative paths must find it."""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path

from kmigrate.project.ignored import ENVIRONMENT_SIGN, is_skipped_folder

MAX_FILES = 500
MAX_BYTES = 64 << 20
_CODE = (".py", ".pyi", ".pyc", ".ipynb")


Beside = dict[Path, dict[str, str]]


def start_of(path: Path) -> Path:
    """Where a person would start the program: here, if it stands below, else in its own folder."""
    here = Path.cwd()
    return here if path.absolute().is_relative_to(here) else path.absolute().parent


def data_in(start: Path) -> dict[str, str]:
    """Files other than code by their name relative to the folder, the nearest first.

    What is beyond the limits is left out.
    """
    found: dict[str, str] = {}
    size, folders = 0, deque([str(start)])
    while folders and len(found) < MAX_FILES:
        for entry in _entries(folders.popleft()):
            if entry.is_dir(follow_symlinks=False):
                if not entry.name.startswith(".") and not is_skipped_folder(entry.path, entry.name):
                    folders.append(entry.path)
            elif _is_data(entry) and size + entry.stat().st_size <= MAX_BYTES:
                size += entry.stat().st_size
                found[os.path.relpath(entry.path, start)] = entry.path
            if len(found) >= MAX_FILES:
                break
    return found


def _entries(folder: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []
    return [] if any(entry.name == ENVIRONMENT_SIGN for entry in listed) else listed


def _is_data(entry: os.DirEntry[str]) -> bool:
    try:
        is_file = entry.is_file(follow_symlinks=False)
    except OSError:
        return False
    return is_file and not entry.name.endswith(_CODE) and not entry.name.startswith(".")
