"""The processes below a process, from /proc; where there is no /proc, none are seen."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PROC = "/proc"
# A process that a group still holds may be seen for a moment after it was killed.
END_SECONDS = 10.0
AFRESH = 64  # looks after which processes of others are asked for their parents again


class Tree:
    """The descendants of the process `root`, followed from look to look.

    A process that is not below `root` never comes to be, so it is asked once. The root must be a
    subreaper: it is the parent of whatever below it lost its own.
    """

    def __init__(self, root: int) -> None:
        self.root = root
        self._others: set[int] = set()
        self._looks = 0

    def look(self) -> list[int]:
        """The descendants, also those that ended and were not waited for."""
        present = _numbers()
        self._others &= present if self._looks % AFRESH else set()
        self._looks += 1
        parents = {pid: _parent(pid) for pid in present - self._others}
        below = {self.root}
        while more := {pid for pid, parent in parents.items() if parent in below} - below:
            below |= more
        self._others |= parents.keys() - below
        return sorted(below - {self.root})

    def end(self, is_over: Callable[[], bool] | None = None) -> bool:
        """Kill the descendants until none is alive; whether that came true in time.

        `is_over` knows better than a look, which may miss one that changes its parent meanwhile.
        """
        deadline, empty = time.monotonic() + END_SECONDS, 0
        while time.monotonic() < deadline:
            self._others.clear()
            alive = [pid for pid in self.look() if not ended(pid)]
            kill(alive)
            empty = 0 if alive else empty + 1
            if empty == 2 if is_over is None else is_over():
                return True
            time.sleep(0.002)
        return False


def kill(pids: Iterable[int]) -> None:
    """Kill them with their process groups, which takes in who is just being born."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            group = os.getpgid(pid)
            if group != os.getpgrp():
                os.killpg(group, signal.SIGKILL)
            os.kill(pid, signal.SIGKILL)


def marked(mark: str) -> list[int]:
    """The processes that were started with `mark` in their environment."""
    found = []
    for pid in _numbers():
        with contextlib.suppress(OSError):
            if mark.encode() in Path(PROC, str(pid), "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def resident_bytes(pids: Iterable[int], enough: int) -> int:
    """What the processes hold in memory; what they share is divided where the sum passes `enough`."""
    seen = list(pids)
    total = sum(map(_resident, seen))
    return total if total <= enough else sum(map(_proportional, seen))


def ended(pid: int) -> bool:
    """Whether it is gone, or only waits for its parent to ask how it ended."""
    fields = _stat(pid)
    return not fields or fields[0] in "ZX"


def _numbers() -> set[int]:
    try:
        return {int(name) for name in os.listdir(PROC) if name.isdecimal()}  # noqa: PTH208
    except FileNotFoundError:
        return set()


def _stat(pid: int) -> list[str]:
    """The fields behind the command, which may hold anything: state, parent, group, session."""
    try:
        return Path(PROC, str(pid), "stat").read_bytes().rpartition(b")")[2].decode().split()
    except OSError:
        return []  # it ended meanwhile


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _resident(pid: int) -> int:
    try:
        return int(Path(PROC, str(pid), "statm").read_bytes().split()[1]) * _page()
    except (OSError, IndexError):
        return 0


def _proportional(pid: int) -> int:
    try:
        lines = Path(PROC, str(pid), "smaps_rollup").read_bytes().splitlines()
        return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(b"Pss:"))
    except (OSError, IndexError):
        return _resident(pid)


def _page() -> int:
    return 0 if sys.platform == "win32" else os.sysconf("SC_PAGE_SIZE")
