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

from kmigrate.verify import keeper
from kmigrate.verify.descendants import END_SECONDS, Tree, kill, marked
from kmigrate.verify.folders import share_caches
from kmigrate.verify.limits import Limits
from kmigrate.verify.observation import Ending
from kmigrate.verify.results import Results
from kmigrate.verify.watch import POLL_SECONDS, Over, Watch

MARK = "KMIGRATE_FOLDER"
KEEPER_SECONDS = 1.0  # after which it is not waited for


@dataclass(frozen=True, slots=True)
class Exit:
    """How the process ended, in a sentence, and the last part of what it printed."""

    ending: Ending
    sentence: str
    output: str
    lines: Sequence[bytes] = ()


class Child:
    """A process that ends with all its descendants, in `folder`, which is its own.

    It is told the file for its results as its last argument. On POSIX a keeper stands in between,
    which see; on Windows only the process itself is ended.
    """

    def __init__(
        self,
        command: Sequence[str],
        folder: Path,
        variables: Mapping[str, str],
        limits: Limits,
        *,
        stand_in: bool = False,
    ) -> None:
        self._folder, self._limits, self._output = folder, limits, bytearray()
        environment = {**_environment(folder, command[0]), **variables}
        if stand_in:
            environment["TF_USE_LEGACY_KERAS"] = "1"
        self._results = Results(folder, limits.result_bytes)
        self._process = self._start([*command, self._results.path], environment)
        self._results.started()

    def _start(
        self, wanted: list[str], environment: Mapping[str, str]
    ) -> subprocess.Popen[bytes] | OSError:
        kept = sys.platform != "win32"
        inherited = self._results.inherited
        if kept:
            wanted = keeper.command(self._folder, self._limits.file_bytes, inherited, wanted)
        work = self._folder / "work"
        work.mkdir()
        try:
            return subprocess.Popen(
                wanted,
                cwd=work,
                env=environment,
                stdin=subprocess.PIPE if kept else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                pass_fds=(inherited,) if kept else (),
                start_new_session=kept,
            )
        except OSError as error:
            error.filename = error.filename or wanted[0]
            return error

    def wait(self, programs: int) -> Exit:
        """Wait for the end, or bring it about when one of the `programs` goes over a limit.

        Each program has its seconds from its own start, which the results show.
        """
        process = self._process
        if isinstance(process, OSError):
            self._results.close()
            return Exit(Ending.UNSTARTED, f"{process.filename}: {process.strerror}", "")
        assert process.stdout is not None
        reader = threading.Thread(target=self._keep_last, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            over = self._watch(process, Watch(process.pid, self._folder, self._limits, programs))
        finally:
            _end(process, self._folder)
        reader.join(timeout=5)
        lines = self._results.close()
        output = self._output.decode("utf-8", "replace")
        return Exit(*(over or _exit(process.returncode, output, lines)), output, lines)

    def _watch(self, process: subprocess.Popen[bytes], watch: Watch) -> Over:
        while process.poll() is None:
            self._results.wait(POLL_SECONDS)
            if self._results.over:
                size = self._limits.result_bytes >> 20
                return Ending.OUTPUT, f"its results are more than {size} MB"
            if over := watch.over(self._results.lines):
                return over
        return None

    def _keep_last(self, stream: IO[bytes]) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 1 << 16):
                self._output += chunk
                del self._output[: -self._limits.output_bytes]


def _environment(folder: Path, python: str) -> dict[str, str]:
    """Ours, with the home and temporary folders inside `folder`, quiet and repeatable."""
    environment = dict(os.environ)
    environment.pop("PYTHONHOME", None)
    if python != sys.executable:
        environment.pop("PYTHONPATH", None)  # it holds packages for this interpreter
    home, temporary = folder / "home", folder / "tmp"
    for made in (home, temporary):
        made.mkdir()
    keras = Path(environment.get("KERAS_HOME") or Path.home() / ".keras")
    share_caches(keras, home / ".keras")
    environment.setdefault("PYTHONUSERBASE", site.getuserbase())
    environment.update(dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME"), str(home)))
    environment.update(dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(temporary)))
    environment.update({MARK: str(folder), "KERAS_HOME": str(home / ".keras")})
    environment.update(PYTHONHASHSEED="0", PYTHONDONTWRITEBYTECODE="1", PYTHONIOENCODING="utf-8")
    environment.update(TF_ENABLE_ONEDNN_OPTS="0", TF_DETERMINISTIC_OPS="1", MPLBACKEND="Agg")
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    return environment


def _exit(code: int, output: str, lines: Sequence[bytes]) -> tuple[Ending, str]:
    if code == keeper.CANNOT_START and not lines:
        return Ending.UNSTARTED, output.strip().rpartition("\n")[2]
    if code == 0:
        return Ending.CRASHED, "the program ended its process"
    if code < 0:
        return Ending.CRASHED, f"the process died of {_signal(-code)}"
    return Ending.CRASHED, f"the process ended with status {code}"


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"  # one of real time


def _end(process: subprocess.Popen[bytes], folder: Path) -> None:
    """End the process and all below it, also when the keeper was stopped or killed."""
    if process.stdin is None:
        process.kill()
        process.wait()
        return
    process.stdin.close()
    for help in (lambda: Tree(process.pid).end(), process.kill):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=KEEPER_SECONDS)
            break
        help()
    process.wait()
    if process.returncode < 0:  # of a child that died so, or of the keeper itself
        _end_marked(f"{MARK}={folder}")


def _end_marked(mark: str) -> None:
    deadline = time.monotonic() + END_SECONDS
    while (left := marked(mark)) and time.monotonic() < deadline:
        kill(left)
        time.sleep(0.005)
