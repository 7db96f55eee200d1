"""The process between kmigrate and a child: whatever descends from the child ends with it.

It is the subreaper of all of them (Linux), so that one that leaves its group and loses its parent
is still found below it. When kmigrate goes away, however that comes about, it ends them and removes
their folder. Elsewhere than on Linux only the child's process group is ended. Standard library
only: it has to start at once.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

from kmigrate.verify.descendants import Tree
from kmigrate.verify.folders import remove

SET_CHILD_SUBREAPER, SET_PARENT_DEATH_SIGNAL = 36, 1
CANNOT_START = 127
POLL_SECONDS = 1.0


def command(folder: Path, file_bytes: int, inherited: int, wanted: list[str]) -> list[str]:
    """The command that keeps `wanted`; the file descriptor `inherited` is passed on to it."""
    root = str(Path(__file__).resolve().parents[2])
    start = "import sys; sys.path.append(sys.argv.pop(1)); from kmigrate.verify import keeper; keeper.main()"
    numbers = [str(file_bytes), str(inherited)]
    return [sys.executable, "-I", "-S", "-B", "-c", start, root, str(folder), *numbers, *wanted]


def main() -> NoReturn:
    """Run the command of the arguments until it ends, or until standard input does."""
    folder, file_bytes, inherited = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for ignored in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(ignored, signal.SIG_IGN)
    _control(SET_CHILD_SUBREAPER, 1)
    parent = os.getppid()
    wake, wakes = os.pipe()
    os.set_blocking(wakes, False)
    signal.set_wakeup_fd(wakes)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        child = _start(sys.argv[4:], file_bytes, inherited)
    except OSError as error:
        sys.stderr.write(f"{sys.argv[4]}: {error.strerror}\n")
        sys.stderr.flush()
        os._exit(CANNOT_START)
    status = _wait(child, wake, parent)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    Tree(os.getpid()).end(_is_childless)
    if status is None:
        remove(folder)
        os._exit(0)
    _end_like(status)


def _start(wanted: list[str], file_bytes: int, inherited: int) -> int:
    def prepare() -> None:
        _control(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        _limit(file_bytes)
        for changed in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):
            signal.signal(changed, signal.SIG_DFL)

    return subprocess.Popen(
        wanted,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        pass_fds=(inherited,),
        preexec_fn=prepare,
    ).pid


def _limit(file_bytes: int) -> None:
    """Bound the files, write no core, and be the first to go when the machine has no memory left."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, file_bytes))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _wait(child: int, wake: int, parent: int) -> int | None:
    """How the child ended, as `wait` says it; None when it is kmigrate that did."""
    while True:
        try:
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                if found[0] == child:
                    return found[1]
        except ChildProcessError:
            return 0  # somebody else waited for it
        readable, _, _ = select.select([0, wake], [], [], POLL_SECONDS)
        if wake in readable:
            os.read(wake, 1 << 12)
        if 0 in readable or os.getppid() != parent:
            return None


def _is_childless() -> bool:
    """Whether none is left, once those that ended are asked how: all that descend end up here."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            continue
    except ChildProcessError:
        return True
    return False


def _end_like(status: int) -> NoReturn:
    """End as the child did, by the same signal."""
    if os.WIFSIGNALED(status):
        _limit(0)
        with contextlib.suppress(OSError):  # some cannot be set, and need not be
            signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def _control(option: int, value: int) -> None:
    """Call `prctl`, which Python does not offer; nothing where there is none."""
    if sys.platform != "linux":
        return
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0)))
