"""`kmigrate apply --verify`: what was not seen to compute the same stays as it is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import Grow, Ran, Run

GOOD = "import numpy as np\nfrom keras import backend as K\ny = K.flatten(np.arange(6.0) / 7)\n"
RAISES = GOOD + "import nowhere\n"
MODULE = "from keras import backend as K\n\n\ndef flat(x):\n    return K.flatten(x)\n"
USER = "import numpy as np\nfrom {module} import flat\ny = flat(np.arange(6.0) / 7)\n{more}"


@pytest.fixture
def apply(kmigrate: Run, numpy_keras: Path) -> Run:
    def run(*arguments: str | Path) -> Ran:
        pythons = ("--before-python", sys.executable, "--after-python", sys.executable)
        return kmigrate("apply", *arguments, "--verify", "--from", "keras@2", *pythons)

    return run


def test_what_computes_the_same_is_written(grow: Grow, apply: Run) -> None:
    tree = grow({"a.py": GOOD})
    ran = apply(".")
    assert ran.code == 0
    assert "ops.reshape" in (tree / "a.py").read_text()
    assert ran.err == "verify: a.py: identical\n"


def test_what_does_not_is_left_and_reported(grow: Grow, apply: Run) -> None:
    tree = grow({"good.py": GOOD, "bad.py": RAISES})
    ran = apply(".")
    assert ran.code == 1
    assert "ops.reshape" in (tree / "good.py").read_text()
    assert (tree / "bad.py").read_text() == RAISES
    assert "Files left alone (1)" in ran.text
    assert "bad.py: unproven: both raise ModuleNotFoundError" in ran.text


def test_values_that_differ_are_not_written(grow: Grow, apply: Run, numpy_keras: Path) -> None:
    (numpy_keras / "ops.py").write_text("def reshape(x, shape):\n    return x.reshape(shape) * 2")
    tree = grow({"a.py": GOOD})
    ran = apply(".")
    assert (ran.code, (tree / "a.py").read_text()) == (1, GOOD)
    assert "a.py: different: y: 5 of 6 values differ" in ran.text


def test_files_that_import_each_other_are_held_back_together(grow: Grow, apply: Run) -> None:
    """One Keras per program: the module is not written for one program and against the other."""
    files = {
        "shared.py": MODULE,
        "one.py": USER.format(module="shared", more=""),
        "two.py": USER.format(module="shared", more="import nowhere\n"),
        "apart.py": GOOD,
    }
    tree = grow(files)
    ran = apply(".")
    assert ran.code == 1
    assert (tree / "shared.py").read_text() == MODULE
    assert "ops.reshape" in (tree / "apart.py").read_text()
    assert "shared.py: two.py, which belongs with it, is unproven" in ran.text


def test_a_module_is_written_when_the_programs_that_import_it_agree(grow: Grow, apply: Run) -> None:
    tree = grow({"shared.py": MODULE, "one.py": USER.format(module="shared", more="")})
    assert apply(".").code == 0
    assert "ops.reshape" in (tree / "shared.py").read_text()


def test_a_module_that_nothing_runs_is_left(grow: Grow, apply: Run) -> None:
    files = {"pkg/__init__.py": MODULE, "other.py": GOOD}
    tree = grow(files)
    ran = apply(".")
    assert (ran.code, (tree / "pkg/__init__.py").read_text()) == (1, MODULE)
    assert "pkg/__init__.py: not verified: no program that was run imports it" in ran.text


def test_dry_run_and_into_obey_the_verdict(grow: Grow, apply: Run, tmp_path: Path) -> None:
    tree = grow({"good.py": GOOD, "bad.py": RAISES})
    assert apply(".", "--dry-run").code == 1
    assert (tree / "good.py").read_text() == GOOD
    assert apply(".", "--into", str(tmp_path / "out")).code == 1
    assert "ops.reshape" in (tmp_path / "out" / "good.py").read_text()
    assert (tmp_path / "out" / "bad.py").read_text() == RAISES


def test_nothing_to_migrate_runs_nothing(grow: Grow, apply: Run) -> None:
    grow({"a.py": "import keras\nraise SystemExit('it ran')\n"})
    ran = apply(".")
    assert (ran.code, ran.err) == (0, "")


def test_standard_input_cannot_be_verified(grow: Grow, apply: Run) -> None:
    grow({})
    ran = apply("-")
    assert (ran.code, ran.out) == (2, b"")
    assert "--verify runs a program where it stands; name its file" in ran.err


def test_smoke_needs_verify(grow: Grow, kmigrate: Run) -> None:
    grow({"a.py": GOOD})
    ran = kmigrate("apply", ".", "--smoke")
    assert ran.code == 2
    assert "are for --verify" in ran.err
