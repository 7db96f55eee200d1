import os
from pathlib import Path

import pytest
from conftest import Grow, Run

BEFORE = "from tensorflow.keras.layers import Dense\n\nlayer = Dense(3)\n"
AFTER = "from keras.layers import Dense\n\nlayer = Dense(3)\n"


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".kmigrate-into"
    }


TREE = {
    "src/a.py": BEFORE,
    "src/sub/b.py": "x = 1\n",
    "src/data/w.txt": "weights",
    "src/broken.py": "import keras\ndef f(:\n",
    "src/__pycache__/c.py": "",
}
MIGRATED = {
    "a.py": AFTER,
    "broken.py": TREE["src/broken.py"],
    "data/w.txt": "weights",
    "sub/b.py": "x = 1\n",
}


def test_the_whole_tree_goes_there_and_the_sources_stay(grow: Grow, kmigrate: Run) -> None:
    tree = grow(TREE)
    before = contents(tree)
    ran = kmigrate("apply", "src", "--into", "new/place")
    assert ran.code == 2
    assert ran.err.startswith("src/broken.py:2:7: ")
    assert contents(tree / "new" / "place") == MIGRATED
    assert before.items() <= contents(tree).items()
    assert "--- a/src/a.py" in ran.text


def test_an_earlier_result_is_written_over(grow: Grow, kmigrate: Run) -> None:
    tree = grow(TREE)
    kmigrate("apply", "src", "--into", "new")
    (tree / "src" / "a.py").write_text("y = 2\n")
    kmigrate("apply", "src", "--into", "new")
    assert contents(tree / "new") == MIGRATED | {"a.py": "y = 2\n"}


def test_several_trees_keep_their_names(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"one/a.py": BEFORE, "two/a.py": "", "three.py": BEFORE})
    assert kmigrate("apply", "one", "two", "three.py", "--into", "new").code == 0
    assert contents(tree / "new") == {"one/a.py": AFTER, "three.py": AFTER, "two/a.py": ""}


def test_excluded_files_are_copied_as_they_are_and_ignored_ones_are_not(
    grow: Grow, kmigrate: Run
) -> None:
    tree = grow({"src/a.py": BEFORE, "src/b.py": BEFORE, "src/.gitignore": "b.py\n"})
    assert kmigrate("apply", "src", "--exclude", "a.py", "--into", "new").code == 0
    assert contents(tree / "new") == {".gitignore": "b.py\n", "a.py": BEFORE}


def test_modes_and_links_are_kept(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"src/a.py": BEFORE, "src/run.sh": "", "out.txt": ""})
    (tree / "src" / "a.py").chmod(0o755)
    (tree / "src" / "run.sh").chmod(0o700)
    (tree / "src" / "link.py").symlink_to(tree / "src" / "a.py")
    (tree / "src" / "out.txt").symlink_to("../out.txt")
    assert kmigrate("apply", "src", "--into", "new").code == 0
    assert (tree / "new" / "a.py").stat().st_mode & 0o777 == 0o755
    assert (tree / "new" / "run.sh").stat().st_mode & 0o777 == 0o700
    assert (tree / "new" / "link.py").readlink() == Path("a.py")
    assert not os.path.lexists(tree / "new" / "out.txt")


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ("src --into src", "overlap"),
        ("src --into src/new", "overlap"),
        ("src --into .", "overlap"),
        ("src/a.py --into src", "overlap"),
        ("src --into other", "other files"),
        ("src --into other/x.txt", "not a folder"),
        ("src other/src --into new", "mix two folders"),
        ("src/a.py other/src/a.py --into new", "twice"),
        ("src --into other/x.txt/new", "choose another folder"),
    ],
)
def test_a_target_that_would_cost_something_is_refused(
    grow: Grow, kmigrate: Run, arguments: str, word: str
) -> None:
    tree = grow({**TREE, "other/x.txt": "precious", "other/src/a.py": BEFORE})
    before = contents(tree)
    ran = kmigrate("apply", *arguments.split())
    assert ran.code == 2
    assert word in ran.err
    assert contents(tree) == before
