"""The scoreboard with real processes: pytest on small trees; slow, packages of the index."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from conftest import Grow
from realworld.board import Row
from realworld.catalogue import read_catalogue
from realworld.conditions import CONDITIONS
from realworld.fetch import FetchProblem, fetch
from realworld.suite import run_suite
from realworld.workshop import Workshop

from kmigrate.verify.envs import find

PYTHON = Path(sys.executable)
LIGHT = ("keras-embed-sim", "keras-unet")


def test_tests_are_run_and_placed(grow: Grow) -> None:
    tree = grow(
        {
            "old.py": "def f(x):\n    return x.gone\n",
            "setup.cfg": "[tool:pytest]\naddopts = --no-such-option\n",
            "tests/test_a.py": "from old import f\ndef test_good(): pass\ndef test_bad(): f(1)\n",
            "tests/test_b.py": "import no_such_module\n",
        }
    )
    outcome = run_suite(PYTHON, tree, ["tests"], [], 60)
    assert (outcome.passed, outcome.ending) == (("tests/test_a.py::test_good",), "")
    bad, broken = outcome.failures
    assert bad.error == "AttributeError: 'int' object has no attribute 'gone'"
    assert bad.frames == (("tests/test_a.py", 3), ("old.py", 2))
    assert broken.test == "tests/test_b.py"
    assert broken.error == "ModuleNotFoundError: No module named 'no_such_module'"
    assert broken.frames == (("tests/test_b.py", 1),)


def test_a_suite_that_hangs_or_dies_keeps_what_ran(grow: Grow) -> None:
    good = "def test_good(): pass\n"
    tree = grow({"test_a.py": f"{good}def test_long():\n    import time; time.sleep(60)\n"})
    hung = run_suite(PYTHON, tree, ["."], [], 3)
    assert (hung.passed, hung.ending) == (("test_a.py::test_good",), "it ran longer than 3 s")
    (tree / "test_a.py").write_text(f"{good}def test_dies():\n    import os; os._exit(9)\n")
    died = run_suite(PYTHON, tree, ["."], [], 60)
    assert died.passed == ("test_a.py::test_good",)
    assert died.ending.startswith("pytest ended with 9")


def test_a_python_without_pytest_is_told(grow: Grow) -> None:
    tree = grow({"test_a.py": "def test_good(): pass\n", "pytest.py": "raise OSError('none')\n"})
    outcome = run_suite(PYTHON, tree, ["."], [], 60)
    assert outcome.ending == "no test ran: OSError: none"


@pytest.mark.slow
@pytest.mark.parametrize("name", LIGHT)
def test_a_package_of_the_index_runs_after_migration(name: str, tmp_path: Path) -> None:
    """Where its old environment is missing only the sides of today are compared."""
    catalogue = read_catalogue()
    (package,) = catalogue.chosen([name])
    if find("modern") is None:
        pytest.skip("the environment modern is missing: kmigrate envs build modern")
    try:
        fetch(package.source, tmp_path / "sdists")
    except FetchProblem as problem:
        pytest.skip(f"the package index cannot be reached: {problem}")
    has_legacy = find(package.environment) is not None
    wanted = {"untouched", "keras", "tf_keras"} | ({"before"} if has_legacy else set())
    workshop = Workshop(catalogue, tmp_path)
    conditions = [each for each in CONDITIONS if each.name in wanted]
    row = Row(package, {each.name: workshop.result(package, each) for each in conditions})
    assert [result.problem for result in row.results.values()] == [""] * len(wanted)
    assert row.counted
    assert row.passed("tf_keras") == len(row.counted)
    assert row.passed("untouched") < row.passed("tf_keras")
    assert all(each.where for each in row.results["keras"].judged)
