"""Programs that loop, storm, hoard, crash, fork and litter: each ends by name and costs only itself.

Every program here runs on plain Python. What it may use is small, so that it is soon over.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kmigrate.verify.folders import remove, size
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Limits, Program, Setting, run

pytest.importorskip("numpy")
linux = pytest.mark.skipif(sys.platform != "linux", reason="descendants are found in /proc")
posix = pytest.mark.skipif(os.name != "posix", reason="forks and signals")
LIMITS = Limits(
    seconds=1,
    resident_bytes=300 << 20,
    processes=30,
    file_bytes=8 << 20,
    folder_bytes=24 << 20,
    result_bytes=4 << 20,
    output_bytes=1000,
)
PATIENT = replace(LIMITS, seconds=30)
GOOD = "import numpy as np\ny = np.arange(3.0)"
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


class Runs:
    """Runs programs whose processes and folders are known by a mark."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mark = folder, uuid.uuid4().hex
        self.temporary = folder / "temporary"
        self.temporary.mkdir()

    def __call__(
        self, texts: Mapping[str, str], limits: Limits = PATIENT
    ) -> dict[str, Observation]:
        programs = [Program(name, text, self.folder / f"{name}.py") for name, text in texts.items()]
        return run(programs, Setting(variables={"MARK": self.mark}), limits)

    def processes(self) -> list[str]:
        """The commands of the marked processes that still live."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (process / "environ").read_bytes():
                    found.append(f"{process.name} {(process / 'cmdline').read_bytes()!r}")
            except OSError:
                continue  # it ended, or is another's
        return found


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Whatever ran, no process and no folder is left."""
    runs = Runs(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(runs.temporary))
    yield runs
    assert runs.processes() == []
    assert list(runs.temporary.iterdir()) == []


def ending(observation: Observation) -> tuple[str, str]:
    failure = observation.failure
    return observation.ending.value, failure.message if failure else ""


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
    observed = runs(texts, replace(LIMITS, seconds=5))
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


@linux
@pytest.mark.skipif(sys.version_info < (3, 8), reason="audit hooks")
def test_a_write_elsewhere_is_named(runs: Runs, tmp_path: Path) -> None:
    text = (
        "import os, tempfile\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "open('written', 'w').close()\nos.rename('written', 'renamed')\nos.mkdir('made')\n"
        "os.remove('renamed')\nopen('/dev/null', 'w').close()\nopen(__file__ and '/proc/self/stat')\n"
        "open(os.path.expanduser('~/inside'), 'w').close()\ntempfile.TemporaryFile().close()\n"
        "os.system('true')\nn = 1"
    )
    notes = runs({"wrote": text})["wrote"].notes
    assert notes == (
        *(
            f"wrote outside of its folder: {tmp_path / name}"
            for name in ("written", "renamed", "made")
        ),
        "started true, whose writes are not seen",
    )
    many = f"for i in range(15): open({str(tmp_path)!r} + '/' + str(i), 'w').close()"
    notes = runs({"many": many, "none": GOOD})["many"].notes
    assert len(notes) == 11
    assert notes[-1] == "wrote to 5 more places outside"


@linux
@pytest.mark.skipif(sys.version_info < (3, 8), reason="audit hooks")
def test_a_program_signals_itself_and_its_children_alone(runs: Runs) -> None:
    text = (
        "import os, signal\n"
        "def refused(send, pid):\n"
        "    try: send(pid, 0)\n"
        "    except PermissionError: return True\n"
        "    return False\n"
        "child = os.fork()\n"
        "if not child: signal.pause()\n"
        "outputs = {'others': [refused(os.kill, pid) for pid in (-1, 1, os.getppid(), -os.getppid())],\n"
        "    'group': refused(os.killpg, os.getpgid(os.getppid())),\n"
        "    'own': [refused(os.kill, pid) for pid in (0, child, os.getpid())]}"
    )
    seen = {
        name: leaf.array().tolist() for name, leaf in runs({"kills": text})["kills"].values.items()
    }
    assert seen == {"others": [True] * 4, "group": True, "own": [False] * 3}


def test_a_program_that_writes_inside_has_no_notes(runs: Runs) -> None:
    assert runs({"good": GOOD + "\nopen('f', 'w').close()"})["good"].notes == ()


@posix
def test_downloads_are_shared_and_copied_before_a_write(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "keras"
    for file in ("datasets/a.npz", "datasets/flowers/b.jpg", "models/c.h5", "keras.json"):
        (real / file).parent.mkdir(parents=True, exist_ok=True)
        (real / file).write_text("real")
    monkeypatch.setenv("KERAS_HOME", str(real))
    text = (
        "import os\nhome = os.environ['KERAS_HOME']\nassert home == os.path.expanduser('~/.keras')\n"
        "names = ['datasets/a.npz', 'datasets/flowers/b.jpg', 'models/c.h5']\n"
        "read = [open(os.path.join(home, name)).read() for name in names]\n"
        "for name in names: open(os.path.join(home, name), 'a').write(' no more')\n"
        "read += [open(os.path.join(home, name)).read() for name in names]\n"
        "os.remove(os.path.join(home, names[0]))\n"
        "open(os.path.join(home, 'datasets', 'new'), 'w').close()\n"
        "outputs = {'read': read, 'config': os.path.exists(home + '/keras.json')}"
    )
    observed = runs({"reads": text})["reads"]
    assert ending(observed) == ("finished", "")
    texts = [leaf.texts[0] for name, leaf in observed.values.items() if "read" in name]
    assert texts == ["real"] * 3 + ["real no more"] * 3
    assert observed.values["config"].array() == 0
    assert observed.notes == ()
    assert {path.read_text() for path in real.rglob("*") if path.is_file()} == {"real"}
    assert len(list(real.rglob("*"))) == 7


@posix
def test_folders_are_removed_whatever_is_in_them(tmp_path: Path) -> None:
    folder, kept = tmp_path / "folder", tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    deep = folder
    for _ in range(30):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x" * 10000)
    (folder / "link").symlink_to(kept)
    assert size(folder) > 10000
    deep.chmod(0o500)
    (folder / "d").chmod(0o000)
    remove(folder)
    assert not folder.exists()
    assert (kept / "file").exists()


@posix
def test_a_folder_deeper_than_a_path_is_long_is_removed(runs: Runs) -> None:
    text = "import os\nfor _ in range(40):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nos.chmod('.', 0)"
    assert ending(runs({"deep": text})["deep"]) == ("finished", "")


BETWEEN = """\
import sys
from pathlib import Path
from kmigrate.verify.run import Limits, Program, Setting, run
program = Program("storm", sys.argv[1], Path("storm.py"))
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
    deadline = time.monotonic() + 20
    while not ready.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(runs.processes()) > 10
    process.send_signal(number)
    process.wait(timeout=20)
    while (runs.processes() or any(runs.temporary.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.02)
