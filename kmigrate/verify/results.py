"""What a child writes down about its programs, as it comes."""

from __future__ import annotations

import json
import os
import select
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kmigrate.verify.observation import Observation

CHUNK = 1 << 20


class Results:
    """A pipe, since what went through one cannot be taken back; a file on Windows.

    `path` is what the child opens to write, `lines` how many lines came, `over` whether there was
    more than `limit` bytes.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self.lines, self.over = 0, False
        self._limit, self._parts, self._size = limit, list[bytes](), 0
        self._is_open = True
        if os.name == "nt":
            file = folder / "results.jsonl"
            file.touch()
            self.path, self.inherited = str(file), -1
            self._reading = os.open(file, os.O_RDONLY)
        else:
            self._reading, self.inherited = os.pipe()
            os.set_blocking(self._reading, False)
            self.path = f"/dev/fd/{self.inherited}"

    def started(self) -> None:
        """The child has its end; ours would keep the pipe open."""
        if self.inherited >= 0:
            os.close(self.inherited)

    def wait(self, seconds: float) -> None:
        """Take what comes within the time, and return when something did."""
        if os.name == "nt" or not self._is_open:
            time.sleep(seconds)
        else:
            select.select([self._reading], [], [], seconds)
        self._take()

    def close(self) -> list[bytes]:
        """Take the rest; all lines that are whole."""
        self._take()
        os.close(self._reading)
        return b"".join(self._parts).split(b"\n")[:-1]

    def _take(self) -> None:
        while self._is_open:
            try:
                chunk = os.read(self._reading, CHUNK)
            except BlockingIOError:
                return
            if not chunk:
                self._is_open = os.name == "nt"  # a file may still grow
                return
            self._size += len(chunk)
            self.lines += chunk.count(b"\n")
            self.over = self._size > self._limit
            if self.over:
                return
            self._parts.append(chunk)


class Record:
    """The lines read: who started, what was observed, and whether something else was in between."""

    def __init__(self, lines: Sequence[bytes], ids: Sequence[str]) -> None:
        self.running: str | None = None
        self.observations: dict[str, Observation] = {}
        self.garbled = False
        waiting = list(ids)
        for line in lines:
            if not self._read(line, waiting):
                self.garbled = True
                break

    def _read(self, line: bytes, waiting: list[str]) -> bool:
        """Whether the line is the next one that there must be."""
        try:
            record: dict[str, Any] = json.loads(line)
            event, name = record["event"], record["id"]
            if self.running is None and event == "start" and waiting[:1] == [name]:
                self.running = waiting.pop(0)
                return True
            if event != "done" or name != self.running:
                return False
            self.observations[name] = Observation.from_json(record)
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return False
        self.running = None
        return True
