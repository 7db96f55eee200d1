"""Which programs `kmigrate verify` runs, and what their imports see on either side."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from conftest import Grow
from verifying import document, page, request

MODULE = "from keras import backend as K\n\n\ndef flat(x):\n    return K.flatten(x)\n"
PROGRAM = """\
import numpy as np
from helper import flat

y = flat(np.arange(6.0).reshape(2, 3) / 7)
"""
ALONE = "import numpy as np\nfrom keras import backend as K\ny = K.flatten(np.arange(6.0) / 7)\n"
ONLY_AFTER = (
    "import numpy as np\nfrom keras import ops\ny = ops.reshape(np.arange(6.0) / 7, (-1,))\n"
)

pytestmark = pytest.mark.usefixtures("numpy_keras")


def test_two_programs_are_compared_as_they_are(grow: Grow) -> None:
    grow({"a.py": ALONE, "b.py": ONLY_AFTER, "c.py": ALONE.replace("/ 7", "/ 8")})
    code, programs = document(request(before=Path("a.py"), after=Path("b.py")))
    assert (code, programs["a.py"]["verdict"], programs["a.py"]["to"]) == (0, "identical", "b.py")
    code, programs = document(request(before=Path("a.py"), after=Path("c.py")))
    assert (code, programs["a.py"]["verdict"]) == (1, "different")
    assert programs["a.py"]["names"][0]["where"] == [1]


def test_two_programs_of_one_text_need_no_run(grow: Grow) -> None:
    grow({"a.py": "raise SystemExit('it ran')", "b.py": "raise SystemExit('it ran')"})
    code, programs = document(request(before=Path("a.py"), after=Path("b.py")))
    assert (code, programs["a.py"]["reason"]) == (0, "the two programs are the same text")


def test_a_module_of_the_project_is_migrated_for_the_program_that_imports_it(grow: Grow) -> None:
    tree = grow({"helper.py": MODULE, "main.py": PROGRAM})
    code, programs = document(request(tree))
    assert programs.keys() == {"main.py"}, "a module that others import is no program"
    assert (code, programs["main.py"]["verdict"]) == (0, "identical")
    assert (tree / "helper.py").read_text() == MODULE


def test_the_after_side_imports_what_was_migrated_and_nothing_else(
    grow: Grow, numpy_keras: Path
) -> None:
    """Without the migrated module the old name would still answer, and hide a missing one."""
    tree = grow({"helper.py": MODULE, "main.py": PROGRAM})
    (numpy_keras / "ops.py").write_text("def reshape(x, shape):\n    return x.reshape(shape) + 1")
    code, programs = document(request(tree))
    assert (code, programs["main.py"]["reason"]) == (1, "y: 6 of 6 values differ")


def test_modules_of_one_name_in_two_folders_are_kept_apart(grow: Grow) -> None:
    tree = grow(
        {
            "a/helper.py": MODULE,
            "a/main.py": PROGRAM,
            "b/helper.py": MODULE.replace("(x)\n", "(x) * 3\n").replace("3\n", "3\n", 1),
            "b/main.py": PROGRAM + "assert y[1] > 0.4\n",
        }
    )
    code, programs = document(request(tree))
    assert code == 0
    assert [programs[name]["verdict"] for name in ("a/main.py", "b/main.py")] == ["identical"] * 2


def test_packages_tests_and_what_mentions_no_library_are_not_run(grow: Grow) -> None:
    tree = grow(
        {
            "pkg/__init__.py": "from pkg.helper import flat\n",
            "pkg/helper.py": MODULE,
            "main.py": PROGRAM.replace("from helper", "from pkg"),
            "test_main.py": "raise SystemExit('it ran')\nfrom pkg import flat",
            "setup.py": "import keras\nraise SystemExit('it ran')",
            "other.py": "raise SystemExit('it ran')",
        }
    )
    code, programs = document(request(tree))
    assert (code, list(programs)) == (0, ["main.py"])


def test_a_lone_file_says_that_its_module_is_not_migrated_with_it(grow: Grow) -> None:
    tree = grow({"helper.py": MODULE, "main.py": PROGRAM})
    _, programs = document(request(tree / "main.py"))
    assert "helper.py beside it was not migrated" in programs["main.py"]["reason"]
    _, programs = document(request(tree / "main.py", tree / "helper.py"))
    assert "not migrated" not in programs["main.py"]["reason"]


def test_the_worst_of_several_programs_is_the_exit_code(grow: Grow) -> None:
    tree = grow({"a.py": ALONE, "b.py": ALONE.replace("y =", "import nowhere\ny =")})
    code, programs = document(request(tree))
    assert code == 2
    assert programs["a.py"]["verdict"] == "identical"
    assert programs["b.py"]["before"]["error"]["type"] == "ModuleNotFoundError"
    code, text = page(request(tree))
    assert text.splitlines()[0] == "a.py, to keras@3: identical"
    assert text.splitlines()[-1] == "2 comparisons: 1 identical, 1 unproven"


def test_a_program_that_could_not_be_migrated_is_named_beside_the_others(grow: Grow) -> None:
    tree = grow({"a.py": ALONE, "b.py": "import keras\nx = ("})
    code, programs = document(request(tree))
    assert code == 2
    assert programs["a.py"]["verdict"] == "identical"
    assert programs["b.py"]["reason"].startswith("b.py:2:5: not Python")


def test_files_beside_the_program_can_be_read_and_are_not_written(grow: Grow) -> None:
    text = ALONE + "z = y * float(open('data/scale.txt').read())\nopen('data/scale.txt', 'w')\n"
    tree = grow({"main.py": text, "data/scale.txt": "0.25"})
    assert document(request(tree / "main.py"))[0] == 0
    assert (tree / "data/scale.txt").read_text() == "0.25"


def test_a_notebook_is_one_program(grow: Grow) -> None:
    import json

    cells = [
        {"cell_type": "markdown", "source": ["# A title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "!pip install keras\n"]},
        {"cell_type": "code", "source": "%%bash\nrm -r here"},
        {"cell_type": "code", "source": ALONE.splitlines(keepends=True)},
        {"cell_type": "code", "source": "%time z = y + 1\nfiles = !ls\ny?\ndisplay(z)"},
    ]
    tree = grow({"a.ipynb": json.dumps({"cells": cells}), "b.py": ONLY_AFTER + "z = y + 1\n"})
    code, programs = document(request(tree / "a.ipynb"))
    assert (code, [name["name"] for name in programs["a.ipynb"]["names"]]) == (0, ["y", "z"])
    code, _ = document(request(before=Path("a.ipynb"), after=Path("b.py")))
    assert code == 0
    assert "rm -r here" in (tree / "a.ipynb").read_text()


def test_a_line_of_a_notebook_is_found_in_its_cell(grow: Grow, numpy_keras: Path) -> None:
    import json

    cells = [{"cell_type": "code", "source": text} for text in ("x = 1", ALONE)]
    tree = grow({"a.ipynb": json.dumps({"cells": cells})})
    (numpy_keras / "ops.py").write_text("")
    code, text = page(request(tree / "a.ipynb"))
    assert code == 1
    assert "a.ipynb In[2]:3" in text
    assert "y = ops.reshape(np.arange(6.0) / 7, (-1,))" in text


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"before": Path("a.py")}, "--before and --after belong together"),
        ({}, "give a PATH to migrate, or two programs"),
        ({"before": Path("a.py"), "after": Path("none.py")}, "none.py: No such file"),
        ({"before": Path("a.py"), "after": Path("n.ipynb")}, "n.ipynb: not a notebook"),
        ({"before": Path("a.py"), "after": Path("b.py"), "arg": ("x=1",)}, "--arg is for --call"),
        ({"before": Path("a.py"), "after": Path("b.py"), "pytest": True}, "one folder"),
        ({"paths": (Path("empty"),)}, "no program to run in empty"),
        ({"paths": (Path("a.py"),), "pytest": True}, "one folder"),
    ],
)
def test_what_cannot_be_run_is_said(
    grow: Grow, capsys: pytest.CaptureFixture[str], given: dict[str, Any], reason: str
) -> None:
    grow({"a.py": ALONE, "n.ipynb": "{}", "b.py": ONLY_AFTER, "empty/notes.txt": ""})
    assert document(request(*given.pop("paths", ()), **given)) == (2, {})
    assert reason in capsys.readouterr().err


def test_a_link_to_nowhere_costs_only_itself(grow: Grow) -> None:
    tree = grow({"a.py": ALONE})
    (tree / "gone.py").symlink_to(tree / "nowhere.py")
    code, programs = document(request(tree))
    assert (code, programs["a.py"]["verdict"]) == (2, "identical")
    assert "a link to a file that does not exist" in programs["gone.py"]["reason"]
