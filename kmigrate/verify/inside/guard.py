"""Keep programs that share a process apart, and hear what they write elsewhere. No sandbox.

Stays within the standard library and the syntax of Python 3.6.
"""

import builtins
import faulthandler
import gc
import os
import shutil
import signal
import sys
import threading
import traceback
from typing import Any, Dict, List, Optional

RUNNER = os.getpid()
KEEPER = os.getppid()
NAMED = 10
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Where the paths stand that are written to, and whether a folder's descriptor comes last.
WRITES = {
    "os.chmod": ((0,), True),
    "os.chown": ((0,), True),
    "os.link": ((1,), True),
    "os.mkdir": ((0,), True),
    "os.remove": ((0,), True),
    "os.rename": ((0, 1), True),
    "os.rmdir": ((0,), True),
    "os.symlink": ((1,), True),
    "os.truncate": ((0,), False),
    "os.utime": ((0,), True),
    "shutil.rmtree": ((0,), False),
    "sqlite3.connect": ((0,), False),
}
STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty")
KILLS = ("os.kill", "os.killpg")
WITNESSES = []  # type: List[Witness]


class Witness(object):
    """Remembers, from Python 3.8 on, where a program writes outside of `folder`.

    It hears of what Python itself does: a library that opens files in C, and another process, are
    not heard.
    """

    def __init__(self, folder: str, caches: str) -> None:
        self.folder = os.path.join(os.path.realpath(folder), "")
        self.caches = os.path.join(os.path.abspath(caches), "")
        self.places = []  # type: List[str]
        self.started = []  # type: List[str]
        self.listening = False

    def notes(self) -> List[str]:
        """What was heard since the last time, in a few sentences."""
        notes = ["wrote outside of its folder: %s" % place for place in self.places[:NAMED]]
        if len(self.places) > NAMED:
            notes.append("wrote to %d more places outside" % (len(self.places) - NAMED))
        if self.started:
            notes.append("started %s, whose writes are not seen" % ", ".join(self.started[:NAMED]))
        self.places, self.started = [], []
        return notes

    def hear(self, event: str, args: Any) -> None:
        if event == "open":
            if self.listening and args[2] & WRITING:
                self._hear_writes(args[:1])
        elif event in WRITES and self.listening:
            places, has_folder = WRITES[event]
            if not (has_folder and isinstance(args[-1], int) and args[-1] >= 0):
                self._hear_writes([args[place] for place in places])
        elif event in STARTS and self.listening:
            name = str(args[0]) if args else "a copy of itself"
            if name not in self.started:
                self.started.append(name)
        elif event in KILLS and abs(args[0]) in (1, KEEPER):
            raise PermissionError("kmigrate: not a process of this program: %d" % args[0])

    def _hear_writes(self, paths: Any) -> None:
        try:
            for path in paths:
                if isinstance(path, (str, bytes)) or hasattr(path, "__fspath__"):
                    self._hear_write(os.path.abspath(os.fsdecode(path)))
        except Exception:  # it is the program's turn to fail
            return

    def _hear_write(self, path: str) -> None:
        if path.startswith(self.caches):
            _unshare(self.caches, path[len(self.caches) :].split(os.sep)[:2])
        real = os.path.realpath(path)
        is_device = real.startswith(("/dev/", "/proc/", "\\\\.\\"))
        if not (is_device or real.startswith(self.folder) or real in self.places):
            self.places.append(real)


class Guarded(object):
    """A program runs inside; what was heard of it is added to `notes`.

    A process that the program forked and that comes back out ends: it is no second runner.
    """

    def __init__(self, notes: List[str]) -> None:
        self.notes = notes

    def __enter__(self) -> None:
        for witness in WITNESSES:
            witness.listening = True

    def __exit__(self, kind: Any, error: Optional[BaseException], trace: Any) -> None:
        if os.getpid() != RUNNER:
            _leave(error)
        for witness in WITNESSES:
            witness.listening = False
            self.notes += witness.notes()


def install(folder: str, caches: str) -> None:
    """Print where a crash happens, and listen where Python lets one."""
    faulthandler.enable()
    if hasattr(sys, "addaudithook"):
        witness = Witness(folder, caches)
        WITNESSES.append(witness)
        sys.addaudithook(witness.hear)


def _unshare(caches: str, names: List[str]) -> None:
    """Put a copy in the place of a link to what all programs read."""
    link = os.path.join(caches, *names)
    if len(names) == 2 and os.path.islink(link):
        real = os.path.realpath(link)
        os.unlink(link)
        if os.path.isdir(real):
            shutil.copytree(real, link)
        elif os.path.exists(real):
            shutil.copy(real, link)


def _leave(error: Optional[BaseException]) -> None:
    """End the process as Python would."""
    code = 0  # type: Any
    if isinstance(error, SystemExit):
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    elif error is not None:
        traceback.print_exception(type(error), error, error.__traceback__)
        code = 1
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue
    os._exit(code & 0xFF)


def fresh_folder(base: str, number: int) -> str:
    """Change into a folder that no program has seen."""
    folder = os.path.join(base, str(number))
    os.makedirs(folder)
    os.chdir(folder)
    return folder


def leave_folder(folder: str, base: str) -> bool:
    """Remove the program's folder; whether that, or where it stood, was beyond us."""
    try:
        os.chdir(base)
        shutil.rmtree(folder)
    except Exception:  # gone, protected, or too deep for rmtree
        return True
    return False


def changes(before: Dict[str, Any]) -> List[str]:
    """What a program left running or changed in the process since `before`."""
    after = state()
    names = [name for name in before if name != "threads" and after[name] != before[name]]
    return names + ["threads"] * bool(after["threads"] - before["threads"])


def state() -> Dict[str, Any]:
    """What a program can change in the process for those behind it, as far as it can be asked."""
    threads = {thread.ident for thread in threading.enumerate()}  # type: Set[Optional[int]]
    return {
        "threads": threads,
        "children": _children(),
        "signals": [signal.getsignal(number) for number in range(1, signal.NSIG)],
        "timer": getattr(signal, "getitimer", lambda timer: None)(
            getattr(signal, "ITIMER_REAL", None)
        ),
        "streams": [sys.stdin, sys.stdout, sys.stderr, _file(0), _file(1), _file(2)],
        "environment": dict(os.environ),
        "interpreter": [sys.getrecursionlimit(), gc.isenabled(), sys.gettrace(), sys.getprofile()],
        "builtins": {name: id(value) for name, value in vars(builtins).items() if name != "_"},
        "folders": [os.path.isdir(os.environ.get(name, "")) for name in ("HOME", "TMPDIR")],
    }


def _file(number: int) -> Any:
    try:
        status = os.fstat(number)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _children() -> bool:
    """Whether there are child processes, or any that the keeper took over."""
    for process in (RUNNER, KEEPER):
        tasks = "/proc/%d/task" % process
        try:
            for task in os.listdir(tasks):
                with open(os.path.join(tasks, task, "children")) as stream:
                    if set(stream.read().split()) - {str(RUNNER)}:
                        return True
        except OSError:
            continue
    return False
