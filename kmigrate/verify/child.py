"""One child process: its own session, home and temporary folder, watched until it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import site
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kmigrate.verify.observation import Ending

POLL_SECONDS = 0.05
START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Exit:
    """How the process ended, in a sentence, and the last part of what it printed."""

    ending: Ending
    sentence: str
    output: str


class Child:
    """A process in a group of its own, which is ended as a whole."""

    def __init__(
        self, command: Sequence[str], work: Path, variables: Mapping[str, str], *, stand_in: bool
    ) -> None:
        self._output = bytearray()
        environment = {**_environment(work, command[0]), **variables}
        if stand_in:
            environment["TF_USE_LEGACY_KERAS"] = "1"
        try:
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                command,
                cwd=work,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            self._process, self._error = None, f"{command[0]}: {error.strerror}"

    def wait(self, results: Path, seconds: float, resident: int, output_bytes: int) -> Exit:
        """Wait for the end, or bring it about when a program in it goes over a limit.

        Each program has `seconds` from its own start, which shows as growth of `results`.
        """
        process = self._process
        if process is None:
            return Exit(Ending.UNSTARTED, self._error, "")
        assert process.stdout is not None
        reader = threading.Thread(
            target=self._keep_last, args=(process.stdout, output_bytes), daemon=True
        )
        reader.start()
        try:
            over = self._watch(process, results, seconds, resident)
        finally:
            _end_group(process)
        reader.join(timeout=5)
        output = self._output.decode("utf-8", "replace")
        return Exit(*(over or _exit(process.returncode)), output)

    def _watch(
        self, process: subprocess.Popen[bytes], results: Path, seconds: float, resident: int
    ) -> tuple[Ending, str] | None:
        size, deadline = 0, time.monotonic() + max(seconds, START_SECONDS)
        while process.poll() is None:
            grown = results.stat().st_size if results.exists() else 0
            if grown != size:
                size, deadline = grown, time.monotonic() + seconds
            if time.monotonic() > deadline:
                return Ending.TIMEOUT, f"ran for more than {seconds:g} s"
            if _resident_bytes(process.pid) > resident:
                return Ending.MEMORY, f"held more than {resident >> 20} MB in memory"
            time.sleep(POLL_SECONDS)
        return None

    def _keep_last(self, stream: IO[bytes], limit: int) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 1 << 16):
                self._output += chunk
                del self._output[:-limit]


def _environment(work: Path, python: str) -> dict[str, str]:
    """Ours, with the home and temporary folders inside `work`, quiet and repeatable."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    if python != sys.executable:
        environment.pop("PYTHONPATH", None)  # it holds packages for this interpreter
    home, temporary = work.parent / "home", work.parent / "tmp"
    for folder in (home, temporary):
        folder.mkdir()
    environment.setdefault("PYTHONUSERBASE", site.getuserbase())
    environment.update(dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME"), str(home)))
    environment.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)))
    environment.update(KERAS_HOME=str(home / ".keras"), MPLBACKEND="Agg")
    environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8")
    environment.update(TF_ENABLE_ONEDNN_OPTS="0", TF_DETERMINISTIC_OPS="1")
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment


def _exit(code: int) -> tuple[Ending, str]:
    if code == 0:
        return Ending.CRASHED, "the program ended its process"
    if code < 0:
        return Ending.CRASHED, f"the process died of {signal.Signals(-code).name}"
    return Ending.CRASHED, f"the process ended with status {code}"


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """End every process of the group, also those that outlived their parent."""
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _resident_bytes(group: int) -> int:
    """What the processes of the session hold in memory; 0 where /proc does not say."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue  # it ended meanwhile
        if int(fields[3]) == group:
            total += int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    return total
