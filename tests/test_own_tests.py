"""What the runner of Keras' own tests does by itself, without the network and without TensorFlow."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Grow
from realworld.board import Row
from realworld.own_board import markdown, table, text
from realworld.own_suites import Suite, absolute, lay_out, part, read_own_tests, redirected
from realworld.places import AT_PLACE, IN_TEST, NOT, flagged_around, function_at
from realworld.results import Judged, Result
from realworld.suite import Failure, Outcome

from kmigrate.verify.envs.known import known

LIFTED = "keras/utils/test_utils.py"
SUITE = Suite("9.9", "", "keras@2", ("keras@2",), LIFTED, {"a": ("tests/a_test.py",)})


@pytest.mark.parametrize("suite", read_own_tests().suites, ids=lambda suite: suite.version)
def test_every_suite_names_what_exists(suite: Suite) -> None:
    assert suite.environment in known()
    assert suite.environment in read_own_tests().runners
    assert len(bytes.fromhex(suite.sha256)) == 32
    assert suite.package("layers").tests == ("tests/keras/layers",)
    assert set(suite.package("layers").tests) < set(suite.package().tests)


def test_the_lifted_module_imports_by_whole_names() -> None:
    before = (
        "from .generic_utils import a\nfrom ..engine import b\nfrom .. import c\nfrom . import d\n"
    )
    after = "from keras.utils.generic_utils import a\nfrom keras.engine import b\n"
    assert absolute(before, LIFTED) == f"{after}from keras import c\nfrom keras.utils import d\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from keras.utils.test_utils import f", "from keras_utils_test_utils import f"),
        ("from keras.utils import test_utils", "import keras_utils_test_utils as test_utils"),
        ("from keras.utils import np_utils", "from keras.utils import np_utils"),
    ],
)
def test_tests_import_what_is_lifted_from_beside_them(before: str, after: str) -> None:
    assert redirected(f"{before}\n", LIFTED) == f"{after}\n"


def test_the_keras_package_stays_out(grow: Grow, tmp_path: Path) -> None:
    test = "from keras.utils.test_utils import f\n"
    files = {LIFTED: "from .. import backend\n", "tests/a_test.py": test, "tests/conftest.py": ""}
    release = grow({"keras/__init__.py": "", "tests/b_test.py": "", **files})
    lay_out(SUITE, tmp_path / "laid", tmp_path, release)
    found = {str(one.relative_to(tmp_path / "laid")) for one in (tmp_path / "laid").rglob("*.py")}
    tests = {"tests/a_test.py", "tests/b_test.py", "tests/conftest.py"}
    assert found == {"keras_utils_test_utils.py", *tests}
    taken = part(tmp_path / "laid", tmp_path / "part", SUITE.package("a").tests)
    assert sorted(path.name for path in taken.rglob("*.py")) == [
        "a_test.py",
        "conftest.py",
        "keras_utils_test_utils.py",
    ]


def test_what_is_said_elsewhere_in_a_test_is_told_apart(grow: Grow) -> None:
    tree = grow({"a.py": "x = 1\ndef f():\n    y = g()\n    assert y\ndef g():\n    pass\n"})
    assert function_at((tree / "a.py").read_text(), 4) == (2, 4)
    spoken = {"a.py": {"flagged": [(3, 3)]}}
    assert flagged_around([("a.py", 4)], spoken, tree) == (IN_TEST, "flagged")
    assert flagged_around([("a.py", 6)], spoken, tree) == (NOT, "")


def test_the_table_counts_what_was_said_of_lost_tests() -> None:
    def judged(test: str, where: str) -> Judged:
        return Judged(Failure(test, "ValueError: x"), "other", where, "flagged")

    before = Result("a", "before", Outcome(("t.py::a", "t.py::b", "u.py::c", "u.py::d", "v.py::e")))
    lost = (judged("t.py::a", AT_PLACE), judged("t.py::b", IN_TEST), judged("u.py", NOT))
    after = Result("a", "tf_keras", Outcome(("v.py::e",)), lost)
    row = Row(SUITE.package("a"), {"before": before, "tf_keras": after})
    assert table([row])[1] == ["Keras 9.9 a", "5", "1/5, 20 %", "1 / 0 / 1 / 2"]
    assert "| all | 5 | 1/5, 20 % | 1 / 0 / 1 / 2 |" in markdown([row])
    assert "What fails after migration to `tf_keras`:" in text([row])
