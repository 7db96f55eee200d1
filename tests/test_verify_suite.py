"""`kmigrate verify FOLDER --pytest`: a project's own tests on both sides, test by test."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Grow
from verifying import document, page, request

MODULE = "from keras import backend as K\n\n\ndef flat(x):\n    return K.flatten(x)\n"
TESTS = """\
import pathlib

import numpy as np
import pytest
from helper import flat
from keras import backend as K


def test_values():
    assert flat(np.arange(6.0).reshape(2, 3)).shape == (6,)


@pytest.mark.skip(reason="too slow")
def test_slow():
    raise AssertionError


@pytest.mark.xfail
def test_known():
    raise AssertionError


def test_data(tmp_path):
    assert pathlib.Path("data/x.txt").read_text() == "x"
    pathlib.Path("data/x.txt").write_text("y")


def test_broken():
    assert 1 == 2
"""
FILES = {"helper.py": MODULE, "tests/test_flat.py": TESTS, "data/x.txt": "x"}


@pytest.fixture
def project(grow: Grow, numpy_keras: Path) -> Path:
    return grow(FILES)


def test_the_same_outcomes_are_the_same(project: Path) -> None:
    code, programs = document(request(project, pytest=True))
    (suite,) = programs.values()
    assert (code, suite["verdict"]) == (0, "identical")
    outcomes = {name["name"].rpartition("::")[2]: name["after"] for name in suite["names"]}
    assert outcomes == {
        "test_values": "passed",
        "test_slow": "skipped",
        "test_known": "xfailed",
        "test_data": "passed",
        "test_broken": "failed",
    }
    assert (project / "data/x.txt").read_text() == "x", "the tests run in a copy"


def test_a_test_that_fails_after_is_shown_with_its_reason(project: Path, numpy_keras: Path) -> None:
    (numpy_keras / "ops.py").write_text("def reshape(x, shape):\n    return x[None]")
    code, text = page(request(project, pytest=True))
    assert code == 1
    assert "1 test of 5: 1 got worse" in text
    assert "tests/test_flat.py::test_values  passed before, failed after" in text
    assert "(tests/test_flat.py:10)" in text
    assert "before  1 failed, 2 passed, 1 skipped, 1 xfailed" in text
    assert "after   2 failed, 1 passed, 1 skipped, 1 xfailed" in text
    assert "test_broken" not in text, "what did not change is only counted"


def test_tests_that_cannot_be_collected_after(project: Path, numpy_keras: Path) -> None:
    (numpy_keras / "__init__.py").write_text("from keras import backend")
    (numpy_keras / "ops.py").unlink()
    code, programs = document(request(project, pytest=True))
    (suite,) = programs.values()
    changed = {name["name"]: name["after"] for name in suite["names"] if name["reason"]}
    assert code == 1
    assert changed["tests/test_flat.py"] == "error"
    assert changed["tests/test_flat.py::test_values"] == "missing"


def test_no_tests_prove_nothing(grow: Grow, numpy_keras: Path) -> None:
    tree = grow({"helper.py": MODULE})
    code, programs = document(request(tree, pytest=True))
    (suite,) = programs.values()
    assert (code, suite["reason"]) == (2, "pytest found no tests")


def test_a_suite_that_fails_on_both_sides_proves_nothing(grow: Grow, numpy_keras: Path) -> None:
    tree = grow({"helper.py": MODULE, "test_a.py": "def test_a():\n    raise OSError('gone')\n"})
    code, programs = document(request(tree, pytest=True))
    (suite,) = programs.values()
    assert (code, suite["reason"]) == (1, "no test passes on either side")


def test_an_interpreter_without_pytest_is_said(project: Path, numpy_keras: Path) -> None:
    (numpy_keras.parent / "sitecustomize.py").write_text(
        "import importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name: None if name == 'pytest' else find(name)\n"
    )
    code, programs = document(request(project, pytest=True))
    (suite,) = programs.values()
    assert code == 2
    assert suite["before"]["error"]["type"] == "ImportError"
    assert "pytest is not installed in this interpreter" in suite["reason"]
