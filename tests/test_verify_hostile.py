"""Programs that loop, storm, hoard, crash, fork and litter: each ends by name and costs only itself.

Every program here runs on plain Python. What it may use is small, so that it is soon over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from running import GOOD, LIMITS, PATIENT, Runs, ending, linux

from kmigrate.verify.observation import Ending

pytest.importorskip("numpy")
DEAF = (
    "import os, signal, time\n"
    "for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT):\n"
    "    signal.signal(number, signal.SIG_IGN)\n"
)
# A hundred that leave the group and lose their parent, each with a child that does the same.
STORM = DEAF + (
    "def leave(depth):\n"
    "    if os.fork():\n"
    "        os.wait()\n"
    "        return\n"
    "    os.setsid()\n"
    "    if os.fork():\n"
    "        os._exit(0)\n"
    "    if depth:\n"
    "        leave(depth - 1)\n"
    "    time.sleep(60)\n"
    "    os._exit(0)\n"
    "for _ in range(100): leave(1)\n"
    "x = 1\n"
)


ENDINGS = {
    "deaf": (DEAF + "while True: pass", "timeout", "ran for more than 1 s"),
    "in-c": (
        "import collections, itertools\ncollections.deque(itertools.repeat(0), maxlen=0)",
        "timeout",
        "ran for more than 1 s",
    ),
    "storm": (STORM, "processes", "had more than 30 processes at once"),
    "zombies": (
        "import os, time\nfor _ in range(60):\n    if not os.fork(): os._exit(0)\ntime.sleep(60)",
        "processes",
        "had more than 30 processes at once",
    ),
    "memory": (
        "import numpy as np\nheld = [np.ones(1 << 26) for _ in range(100)]",
        "memory",
        "held more than 300 MB in memory",
    ),
    "memory-of-all": (
        "import os, time\n"
        "for _ in range(6):\n    if not os.fork():\n        held = b'x' * (70 << 20)\n"
        "        time.sleep(60)\ntime.sleep(60)",
        "memory",
        "held more than 300 MB in memory",
    ),
    "disk": (
        "import time\nfor i in range(5): open(str(i), 'wb').write(b'x' * (7 << 20))\ntime.sleep(60)",
        "disk",
        "wrote more than 24 MB to its folders",
    ),
    "many-files": (
        "import time\nfor i in range(7000): open(str(i), 'w').close()\ntime.sleep(60)",
        "disk",
        "wrote more than 24 MB to its folders",
    ),
    "big-file": ("open('f', 'wb').write(b'x' * (9 << 20))", "raised", "[Errno 27] File too large"),
    "exit": ("import os\nos._exit(0)", "crashed", "the program ended its process"),
    "exit-3": ("import sys\nsys.exit(3)", "raised", "3"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "crashed", "the process died of SIGSEGV"),
    "abort": ("import os\nos.abort()", "crashed", "the process died of SIGABRT"),
    "stack": (
        "import sys\nsys.setrecursionlimit(1 << 30)\ndef f(): return [*map(lambda _: f(), [0])]\nf()",
        "crashed",
        "the process died of SIGSEGV",
    ),
    "keeper": (
        "import ctypes, os, time\nctypes.CDLL(None).kill(os.getppid(), 9)\ntime.sleep(60)",
        "crashed",
        "the process died of SIGKILL",
    ),
    "frozen-keeper": (
        "import ctypes, os\nctypes.CDLL(None).kill(os.getppid(), 19)\nwhile True: pass",
        "timeout",
        "ran for more than 1 s",
    ),
    "garbage": (
        "import os\nfor n in range(3, 20):\n    try: os.write(n, b'\\xff[[\\n')\n    except OSError: pass",
        "garbled",
        "something else was written where the results go",
    ),
    "closes-all": ("import os\nos.closerange(0, 64)", "crashed", "the process ended with status 1"),
    "flood": (
        "import os, stat\n"
        "pipes = [n for n in range(3, 20) if os.path.exists(f'/proc/self/fd/{n}')"
        " and stat.S_ISFIFO(os.fstat(n).st_mode)]\n"
        "while True: os.write(pipes[0], b'x' * 65536)",
        "output",
        "its results are more than 4 MB",
    ),
    "raises": ("raise ValueError('no')", "raised", "no"),
    "interrupt": ("raise KeyboardInterrupt", "raised", ""),
    "exit-well": ("import sys\nsys.exit()", "finished", ""),
    "many-lines": ("for i in range(200000): print(i)", "finished", ""),
    "stdin": ("input()", "raised", "EOF when reading a line"),
}


@linux
@pytest.mark.parametrize("name", ENDINGS)
def test_it_ends_by_name(name: str, runs: Runs) -> None:
    text, expected, sentence = ENDINGS[name]
    limits = LIMITS if expected == "timeout" else replace(LIMITS, seconds=30)
    start = time.monotonic()
    assert ending(runs({name: text}, limits)[name]) == (expected, sentence)
    assert time.monotonic() - start < 30


def test_where_it_crashed_is_said(runs: Runs) -> None:
    text = "import ctypes\ndef f():\n    ctypes.string_at(0)\n\nf()"
    failure = runs({"crashes": text}, replace(PATIENT, output_bytes=1 << 16))["crashes"].failure
    assert failure is not None
    assert (failure.line, "crashes.py" in failure.traceback) == (3, True)
    assert "observe.py" not in failure.traceback


HARMLESS = {
    "leaves-a-storm": STORM.replace("range(100)", "range(5)"),
    "prints": "for _ in range(1000): print('x' * 100000)",
    "closes-streams": "import os\nos.close(1), os.close(2)",
    "swaps-streams": "import os\nos.dup2(os.open('out', os.O_WRONLY | os.O_CREAT), 1)\nprint('x')",
    "deletes-its-folders": (
        "import os, shutil\nfor place in (os.getcwd(), os.environ['TMPDIR'], os.environ['HOME'],"
        " os.path.dirname(os.getcwd())): shutil.rmtree(place)"
    ),
    "goes-away": "import os\nos.chdir('/')",
    "raises-in-a-thread": "import threading\nt = threading.Thread(target=lambda: 1 / 0)\nt.start()\nt.join()",
    "leaves-a-bomb": "import os, threading\nthreading.Timer(0.2, os._exit, [1]).start()",
    "leaves-an-alarm": "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.2)",
    "at-exit": "import atexit, os\natexit.register(os.abort)",
    "forks-into-the-runner": "import os\nchild = os.fork() == 0\nif not child: os.wait()\nx = int(child)",
    "takes-signals": "import signal\nfor n in (2, 15, 17): signal.signal(n, lambda *_: None)",
    "changes-builtins": "import builtins\nbuiltins.open = builtins.len = builtins.print = None",
    "changes-environment": "import os\nos.environ.clear()",
    "shallow": "import sys\nsys.setrecursionlimit(60)",
    "empties-results": "import os, sys\nfor n in os.listdir('../..'):\n    p = '../../' + n\n    os.path.isfile(p) and os.remove(p)",
}


@linux
def test_whoever_ends_well_costs_the_next_nothing(runs: Runs) -> None:
    texts: dict[str, str] = {}
    for name, text in HARMLESS.items():
        texts |= {name: text + "\nn = 1", f"{name}-next": GOOD + "\nopen('left', 'x').close()"}
    observed = runs(texts)
    assert {name: ending(seen) for name, seen in observed.items()} == dict.fromkeys(
        texts, ("finished", "")
    )
    for name in HARMLESS:
        following = observed[f"{name}-next"]
        assert following.values["y"].array().tolist() == [0.0, 1.0, 2.0], name
    forked = observed["forks-into-the-runner"]
    assert forked.values["x"].array() == 0


@linux
@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_hostile_and_good_in_turn(every: bool, runs: Runs) -> None:
    names = list(ENDINGS) if every else ["segfault", "storm", "garbage"]
    texts: dict[str, str] = {}
    for index, name in enumerate(names):
        texts |= {name: ENDINGS[name][0], f"good-{index}": f"{GOOD} + {index}"}
    observed = runs(texts, replace(LIMITS, seconds=10))
    assert {name: observed[name].ending.value for name in names} == {
        name: ENDINGS[name][1] for name in names
    }
    for index in range(len(names)):
        assert observed[f"good-{index}"].values["y"].array().tolist() == [
            index,
            index + 1,
            index + 2,
        ]


def test_what_one_leaves_behind_is_not_held_against_the_next(runs: Runs) -> None:
    hoards = "import builtins, numpy as np\nnp.hoard = np.ones(25 << 20)\nn = 1"
    more = "import numpy as np\nheld = np.ones(20 << 20)\nimport time\ntime.sleep(0.3)\nn = 1\noutputs = ['n']"
    observed = runs({"hoards": hoards + "\noutputs = ['n']", "more": more})
    assert {name: seen.ending for name, seen in observed.items()} == dict.fromkeys(
        ("hoards", "more"), Ending.FINISHED
    )


def test_a_process_takes_so_many_programs_and_not_more(runs: Runs) -> None:
    text = "import os\npid = os.getpid()"
    observed = runs(dict.fromkeys("abc", text), replace(PATIENT, programs=2))
    first, second, third = (observed[name].values["pid"].array().item() for name in "abc")
    assert first == second != third


ELSEWHERE = """\
import os, select, signal, subprocess, sys
for module, names in ((os, "fork killpg getpgid getpgrp WNOHANG"), (signal, "SIGKILL SIGHUP SIGQUIT")):
    for name in names.split():
        delattr(module, name)
sys.modules.update(dict.fromkeys(("resource", "fcntl")))
sys.path.append(sys.argv[1])
import kmigrate.verify.run
"""


def test_where_there_are_no_forks_and_signals_it_can_be_imported() -> None:
    root = str(Path(__file__).resolve().parents[1])
    subprocess.run([sys.executable, "-I", "-S", "-c", ELSEWHERE, root], check=True)


# A shell starts its background jobs deaf to SIGINT.
BETWEEN = """\
import signal, sys
from pathlib import Path
from kmigrate.verify.run import Limits, Program, Setting, run
program = Program("storm", sys.argv[1], Path("storm.py"))
signal.signal(signal.SIGINT, signal.default_int_handler)
run([program], Setting(), Limits(processes=1000))
"""


@linux
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_left_when_kmigrate_ends_first(
    number: signal.Signals, runs: Runs, tmp_path: Path
) -> None:
    ready = tmp_path / "ready"
    text = (
        STORM.replace("range(100)", "range(5)")
        + f"open({str(ready)!r}, 'w').close()\ntime.sleep(60)"
    )
    environment = {**os.environ, "MARK": runs.mark, "TMPDIR": str(runs.temporary)}
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parents[1])
    process = subprocess.Popen(
        [sys.executable, "-c", BETWEEN, text], env=environment, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(runs.processes()) > 10
    process.send_signal(number)
    process.wait(timeout=30)
    while (runs.processes() or any(runs.temporary.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
