"""Children are bounded, and a program that misbehaves costs only itself."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Limits, Program, Setting, run

pytest.importorskip("numpy")
GOOD = "import numpy as np\ny = np.arange(3.0)"


def run_texts(folder: Path, limits: Limits | None = None, **texts: str) -> dict[str, Observation]:
    programs = [Program(name, text, folder / f"{name}.py") for name, text in texts.items()]
    return run(programs, limits=limits or Limits())


def test_collects_every_top_level_number_and_array(tmp_path: Path) -> None:
    text = "import numpy as np\na = np.ones(2)\nn, _m = 3, 4\nt = 'x'\nf = np.mean\nz = 1j"
    observed = run_texts(tmp_path, good=text)["good"]
    assert list(observed.values) == ["a", "n", "z"]
    assert (observed.ending, observed.listed) == (Ending.FINISHED, False)
    assert observed.versions.keys() >= {"python", "numpy"}
    assert observed.device.startswith("CPU")


@pytest.mark.parametrize(
    ("outputs", "names"),
    [
        ("['y', 's']", ["y", "s['a']", "s['b'][0]", "s['b'][1]"]),
        ("{'first': y}", ["first"]),
        ("[y, 'text']", ["outputs[0]", "outputs[1]"]),
        ("[]", []),
    ],
)
def test_outputs_names_what_counts(tmp_path: Path, outputs: str, names: list[str]) -> None:
    text = f"{GOOD}\ns = {{'b': [y, y], 'a': 1}}\noutputs = {outputs}"
    observed = run_texts(tmp_path, good=text)["good"]
    assert (list(observed.values), observed.listed) == (names, True)


@pytest.mark.parametrize("outputs", ["y * 2", "[KerasTensor()]", "np"])
def test_outputs_may_be_a_name_of_the_programs_own(tmp_path: Path, outputs: str) -> None:
    text = f"""{GOOD}
class KerasTensor:
    dtype, shape = "float32", (None, 2)
    def __iter__(self):
        raise NotImplementedError("symbolic")
outputs = {outputs}
"""
    observed = run_texts(tmp_path, good=text)["good"]
    assert (observed.ending, observed.listed) == (Ending.FINISHED, False)
    assert "y" in observed.values


def test_each_program_is_a_main_of_its_own(tmp_path: Path) -> None:
    first = "import sys\nleak = 1\nimport random\nr = random.random()\nsys.path.append('/leak')"
    second = (
        "import sys, random\nfound = 'leak' in dir(sys.modules['__main__'])\n"
        "path = '/leak' in sys.path\nmain = __name__ == '__main__'\nr = random.random()"
    )
    observed = run_texts(tmp_path, first=first, second=second)
    values = {name: leaf.array().tolist() for name, leaf in observed["second"].values.items()}
    assert values == {"found": False, "path": False, "main": True, "r": pytest.approx(values["r"])}
    assert observed["first"].values["r"] == observed["second"].values["r"]


def test_siblings_are_importable_and_not_remembered(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "record.py").write_text(f"value = {name!r}")
    programs = [
        Program(name, "import record\noutputs = [record.value]", tmp_path / name / "main.py")
        for name in ("one", "two")
    ]
    observed = run(programs)
    assert [observed[name].values["outputs[0]"].texts for name in ("one", "two")] == [
        ("one",),
        ("two",),
    ]


def test_an_error_is_described_from_the_programs_first_frame(tmp_path: Path) -> None:
    observed = run_texts(tmp_path, bad="def f():\n    return 1 / 0\n\nf()")["bad"]
    assert observed.ending is Ending.RAISED
    assert observed.failure is not None
    assert (observed.failure.type, observed.failure.line) == ("ZeroDivisionError", 2)
    assert "return 1 / 0" in observed.failure.traceback
    assert "observe.py" not in observed.failure.traceback


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    observed = run_texts(tmp_path, bad="x = 1\ny = (")["bad"]
    assert observed.failure is not None
    assert (observed.failure.type, observed.failure.line) == ("SyntaxError", 2)


@pytest.mark.skipif(os.name != "posix", reason="process groups")
def test_descendants_end_with_the_program(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    text = (
        "import os, signal, time\n"
        "if os.fork() == 0:\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"    open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        f"while not os.path.exists({str(note)!r}): time.sleep(0.01)\n"
        "x = 1"
    )
    assert run_texts(tmp_path, forks=text)["forks"].ending is Ending.FINISHED
    time.sleep(0.1)
    state = Path(f"/proc/{note.read_text()}/stat")
    assert not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


def test_home_and_temporary_files_stay_inside(tmp_path: Path) -> None:
    text = (
        "import os, tempfile\n"
        "outputs = [os.path.expanduser('~'), tempfile.gettempdir(), os.getcwd()]\n"
        "open('left', 'w').close()"
    )
    observed = run_texts(tmp_path, where=text)["where"]
    places = [leaf.texts[0] for leaf in observed.values.values()]
    assert len(places) == 3
    for place in places:
        assert place is not None
        assert place != str(Path.home())
        assert not Path(place).exists()


def test_what_tensorflow_logs_at_its_start_is_no_news(tmp_path: Path) -> None:
    text = (
        "import os, sys\n"
        "print('WARNING: All log messages before absl::InitializeLog() is called')\n"
        "print('I0000 00:00:17951 1 cudart_stub.cc:31] Could not find cuda drivers')\n"
        "print('the last words', flush=True)\nos._exit(3)"
    )
    failure = run([Program("p", text, tmp_path / "p.py")])["p"].failure
    assert failure is not None and failure.traceback == "the last words\n"


def test_an_interpreter_that_cannot_start_is_said(tmp_path: Path) -> None:
    program = Program("a", GOOD, tmp_path / "a.py")
    missing = run([program], Setting(python=str(tmp_path / "python")))["a"]
    assert missing.ending is Ending.UNSTARTED
    assert missing.failure is not None
    assert "No such file" in missing.failure.message
    (tmp_path / "python").write_text("#!/bin/sh\necho broken >&2\nexit 3\n")
    (tmp_path / "python").chmod(0o755)
    broken = run([program], Setting(python=str(tmp_path / "python")))["a"]
    assert (broken.ending, broken.output) == (Ending.UNSTARTED, "broken\n")
