"""Keep programs that share a process apart, and hear what they write elsewhere. No sandbox.

Stays within the standard library and the syntax of Python 3.6.
"""

import builtins
import contextlib
import faulthandler
import gc
import os
import shutil
import signal
import sys
import threading
import traceback
from typing import Any, Dict, Iterator, List, Optional

RUNNER = os.getpid()
KEEPER = os.getppid()
NAMED, REMEMBERED = 10, 1000
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Where the paths stand that are written to.
WRITES = {
    "open": (0,),
    "os.chmod": (0,),
    "os.chown": (0,),
    "os.link": (1,),
    "os.mkdir": (0,),
    "os.remove": (0,),
    "os.rename": (0, 1),
    "os.rmdir": (0,),
    "os.symlink": (1,),
    "os.truncate": (0,),
    "os.utime": (0,),
    "shutil.rmtree": (0,),
}
FOLLOW_LINKS = ("open", "os.chmod", "os.chown", "os.truncate", "os.utime")
WITHOUT_FOLDER = ("open", "os.truncate", "shutil.rmtree")
STARTS = ("subprocess.Popen", "os.system", "os.posix_spawn", "os.fork", "os.forkpty")
KILLS = ("os.kill", "os.killpg")
BUILTINS = vars(builtins)
SAVED = dict(BUILTINS)
WITNESSES = []  # type: List[Witness]


class Witness(object):
    """Remembers, from Python 3.8 on, where a program writes outside of `folder`.

    It hears of what Python itself does: a library that opens files in C, and another process, are
    not heard.
    """

    def __init__(self, folder: str, caches: str) -> None:
        self.folder = os.path.join(os.path.realpath(folder), "")
        self.caches = os.path.join(os.path.abspath(caches), "")
        self.places = {}  # type: Dict[str, bool]
        self.started = {}  # type: Dict[str, bool]
        self.listening = False
        self._hearing = []  # type: List[int]

    def notes(self) -> List[str]:
        """What was heard since the last time, in a few sentences."""
        places, started = list(self.places), list(self.started)[:NAMED]
        self.places, self.started = {}, {}
        notes = ["wrote outside of its folder: %s" % place for place in places[:NAMED]]
        if len(places) > NAMED:
            rest = "many" if len(places) == REMEMBERED else len(places) - NAMED
            notes.append("wrote to %s more places outside" % rest)
        if started:
            notes.append("started %s, whose writes are not seen" % ", ".join(started))
        return notes

    def hear(self, event: str, args: Any) -> None:
        if event in WRITES:
            me = threading.get_ident()
            if self.listening and me not in self._hearing:
                self._hearing.append(me)  # what is done here is no doing of the program
                try:
                    self._hear_write(event, args)
                except Exception:  # the path is no path; the program will be told
                    return
                finally:
                    self._hearing.remove(me)
        elif event in STARTS and self.listening:
            name = _shown(args[0]) if args else "a copy of itself"
            if len(self.started) < REMEMBERED:
                self.started[name] = True
        elif event in KILLS and abs(args[0]) in (1, KEEPER):
            raise PermissionError("kmigrate: not a process of this program: %d" % args[0])

    def _hear_write(self, event: str, args: Any) -> None:
        if event == "open" and not args[2] & WRITING:
            return
        if event not in WITHOUT_FOLDER and args[-1] >= 0:
            return  # a name in an open folder, as shutil.rmtree goes about it
        for place in WRITES[event]:
            if isinstance(args[place], int):
                continue  # it was heard of when it was opened
            path = os.path.abspath(os.fsdecode(args[place]))
            if path.startswith(self.caches) and event != "os.remove":
                _unshare(self.caches, path[len(self.caches) :].split(os.sep)[:2])
            folder, name = os.path.split(path)
            is_followed = event in FOLLOW_LINKS
            self._remember(
                os.path.realpath(path)
                if is_followed
                else os.path.join(os.path.realpath(folder), name)
            )

    def _remember(self, path: str) -> None:
        is_device = path.startswith(("/dev/", "/proc/", "\\\\.\\"))
        if not (is_device or path.startswith(self.folder)) and len(self.places) < REMEMBERED:
            self.places[path] = True


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
        BUILTINS.update(SAVED)
        for name in set(BUILTINS) - set(SAVED):
            del BUILTINS[name]
        if os.getpid() != RUNNER:
            _leave(error)
        for witness in WITNESSES:
            witness.listening = False
            self.notes += witness.notes()


@contextlib.contextmanager
def unheard() -> Iterator[None]:
    """What is done inside is the runner's own doing."""
    heard = [witness for witness in WITNESSES if witness.listening]
    for witness in heard:
        witness.listening = False
    yield
    for witness in heard:
        witness.listening = True


def _shown(command: Any) -> str:
    text = command.decode("utf-8", "replace") if isinstance(command, bytes) else str(command)
    return text if len(text) < 80 else text[:77] + "..."


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
    return {
        "threads": {thread.ident for thread in threading.enumerate()},
        "children": _children(),
        "signals": [signal.getsignal(number) for number in range(1, signal.NSIG)],
        "timer": getattr(signal, "getitimer", lambda timer: None)(
            getattr(signal, "ITIMER_REAL", None)
        ),
        "streams": [sys.stdin, sys.stdout, sys.stderr, _file(0), _file(1), _file(2)],
        "environment": dict(os.environ),
        "interpreter": [sys.getrecursionlimit(), gc.isenabled(), sys.gettrace(), sys.getprofile()],
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
