"""Whether a child goes over a limit, asked often and yet cheap."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

from kmigrate.verify.descendants import Tree, resident_bytes
from kmigrate.verify.folders import size
from kmigrate.verify.limits import Limits
from kmigrate.verify.observation import Ending

POLL_SECONDS = 0.05
FOLDER_SECONDS = 0.5
START_SECONDS = 60.0
SHARE = 10  # a question that takes a while is asked so much more seldom
SPARE_BYTES = 256 << 20

Over = tuple[Ending, str] | None


class Watch:
    """The limits of the programs that run in the process `root`, one after the other."""

    def __init__(self, root: int, folder: Path, limits: Limits, programs: int) -> None:
        self._tree, self._folder, self._limits = Tree(root), folder, limits
        self._lines, self._most_lines = 0, 2 * programs
        self._deadline = time.monotonic() + max(limits.seconds, START_SECONDS)
        self._had_space = _free(folder) > SPARE_BYTES
        self._processes = _Seldom(self._over_processes, POLL_SECONDS)
        self._disk = _Seldom(self._over_disk, FOLDER_SECONDS)

    def over(self, lines: int) -> Over:
        """The limit that was passed and a sentence; `lines` that came show a program's progress."""
        now = time.monotonic()
        if self._lines < lines <= self._most_lines:  # each has a start and an end, and not more
            self._lines, self._deadline = lines, now + self._limits.seconds
        if now > self._deadline:
            return Ending.TIMEOUT, f"ran for more than {self._limits.seconds:g} s"
        return self._processes.ask(now) or self._disk.ask(now)

    def _over_processes(self) -> Over:
        pids, limits = self._tree.look(), self._limits
        if len(pids) > limits.processes:
            return Ending.PROCESSES, f"had more than {limits.processes} processes at once"
        if resident_bytes(pids, limits.resident_bytes) > limits.resident_bytes:
            return Ending.MEMORY, f"held more than {limits.resident_bytes >> 20} MB in memory"
        return None

    def _over_disk(self) -> Over:
        if size(self._folder) > self._limits.folder_bytes:
            return (
                Ending.DISK,
                f"wrote more than {self._limits.folder_bytes >> 20} MB to its folders",
            )
        if self._had_space and _free(self._folder) < SPARE_BYTES:
            return Ending.DISK, f"left less than {SPARE_BYTES >> 20} MB free on the disk"
        return None


class _Seldom:
    """A question that is not asked again before its time."""

    def __init__(self, question: Callable[[], Over], seconds: float) -> None:
        self._question, self._seconds, self._next = question, seconds, 0.0

    def ask(self, now: float) -> Over:
        if now < self._next:
            return None
        before = time.thread_time()  # what it costs, however busy the machine is
        answer = self._question()
        self._next = now + max(self._seconds, SHARE * (time.thread_time() - before))
        return answer


def _free(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return 0
