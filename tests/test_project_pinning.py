"""Pins move with the code: in one diff, written together, or left where the code is left."""

import json
from pathlib import Path

import pytest
from conftest import Grow, Ran, Run

CODE = "import keras\nkeras.layers.Dense(3, init='one')\n"
DONE = "import keras\nkeras.layers.Dense(3, kernel_initializer='one')\n"
PINS = "six\nkeras==2.0.8  # old\ntensorflow-gpu==1.3\n"
MOVED = "six\nkeras>=3.15  # old\ntensorflow>=2.16\n"
TREE = {"a.py": CODE, "requirements.txt": PINS}


def files_of(ran: Ran) -> dict[str, dict[str, object]]:
    return {file["path"]: file for file in json.loads(ran.text)["files"]}


def test_code_and_pins_are_one_diff_and_are_written_together(grow: Grow, kmigrate: Run) -> None:
    tree = grow(TREE)
    ran = kmigrate("diff", ".")
    assert "+++ b/a.py" in ran.text
    assert "+keras>=3.15  # old\n+tensorflow>=2.16\n" in ran.text
    assert (tree / "requirements.txt").read_text() == PINS
    assert ran.code == 1
    ran = kmigrate("apply", ".")
    assert "requirements.txt: keras==2.0.8 -> keras>=3.15, tensorflow-gpu==1.3" in ran.text
    assert (tree / "requirements.txt").read_text() == MOVED
    assert (tree / "a.py").read_text() == DONE
    ran = kmigrate("apply", ".")
    assert (ran.code, (tree / "requirements.txt").read_text()) == (0, MOVED)
    assert "Pins" not in ran.text


@pytest.mark.parametrize("way", ["option", "config"])
def test_pins_are_left_on_request(grow: Grow, kmigrate: Run, way: str) -> None:
    config = {"pyproject.toml": "[tool.kmigrate]\npins = false\n"} if way == "config" else {}
    tree = grow(TREE | config)
    kmigrate("apply", ".", *(["--no-pins"] if way == "option" else []))
    assert (tree / "requirements.txt").read_text() == PINS
    assert (tree / "a.py").read_text() == DONE


UNTOUCHED = [
    ({"a.py": "import six\n"}, []),
    ({"a.py": "import tensorflow as tf\ntf.placeholder(tf.float32)\n"}, []),
    ({"a.py": CODE}, ["--select", "layers"]),
    ({"a.py": CODE}, ["--exclude", "requirements.txt"]),
    ({"a.py": CODE, ".gitignore": "requirements.txt"}, []),
]


@pytest.mark.parametrize(("files", "options"), UNTOUCHED)
def test_pins_stay_where_the_code_does_not_move(
    grow: Grow, kmigrate: Run, files: dict[str, str], options: list[str]
) -> None:
    tree = grow({"requirements.txt": PINS} | files)
    ran = kmigrate("apply", ".", *options)
    assert (tree / "requirements.txt").read_text() == PINS
    assert "Pins" not in ran.text


def test_raw_tensorflow_moves_its_pin_where_it_is_migrated(grow: Grow, kmigrate: Run) -> None:
    tree = grow(
        {"a.py": "import tensorflow as tf\ntf.log(x)\n", "requirements.txt": "tensorflow==1.3\n"}
    )
    kmigrate("apply", ".", "--from", "tf@1", "--to", "tf")
    assert (tree / "requirements.txt").read_text() == "tensorflow>=2.16\n"


def test_a_file_alone_leaves_its_project_and_tells(grow: Grow, kmigrate: Run) -> None:
    tree = grow(TREE)
    ran = kmigrate("apply", "a.py")
    assert (tree / "requirements.txt").read_text() == PINS
    assert "requirements.txt:2: keras==2.0.8: only read" in ran.text
    assert ran.code == 0


def test_a_requirement_file_alone_moves(grow: Grow, kmigrate: Run) -> None:
    tree = grow(TREE)
    assert kmigrate("apply", "requirements.txt").code == 0
    assert (tree / "requirements.txt").read_text() == MOVED
    assert (tree / "a.py").read_text() == CODE


def test_pins_of_held_code_stay(grow: Grow, kmigrate: Run) -> None:
    held = "import keras\nfrom keras.layers import Convolution2D\n"
    held += "x = Convolution2D(3, 3, 3)(keras.layers.core.Dense(3))\n"
    tree = grow({"held.py": held, "requirements.txt": PINS})
    options = (".", "--from", "keras@1", "--to", "tf_keras")
    ran = kmigrate("apply", *options, "--ignore", "derived.name", "--format", "json")
    statuses = {path: file["status"] for path, file in files_of(ran).items()}
    assert statuses == {"held.py": "skipped", "requirements.txt": "skipped"}
    assert (tree / "requirements.txt").read_text() == PINS
    kmigrate("apply", *options)
    assert "tf-keras" in (tree / "requirements.txt").read_text()


def test_the_migrated_tree_elsewhere_has_its_pins(grow: Grow, kmigrate: Run) -> None:
    tree = grow({f"old/{name}": text for name, text in TREE.items()})
    kmigrate("apply", "old", "--into", "new")
    assert (tree / "new/requirements.txt").read_text() == MOVED
    assert (tree / "old/requirements.txt").read_text() == PINS
    kmigrate("apply", "old", "--into", "new", "--no-pins")
    assert (tree / "new/requirements.txt").read_text() == PINS


def test_setup_py_is_code_and_requires(grow: Grow, kmigrate: Run) -> None:
    setup = "from setuptools import setup\nfrom keras.layers import Dense\nDense(3, init='one')\n"
    setup += "setup(install_requires=['keras==2.0.8'], extras_require={'a': ['theano', 'jax']})\n"
    tree = grow({"setup.py": setup, "a.py": CODE})
    file = files_of(kmigrate("apply", ".", "--format", "json"))["setup.py"]
    after = setup.replace("init=", "kernel_initializer=").replace("keras==2.0.8", "keras>=3.15")
    assert (tree / "setup.py").read_text() == after
    assert file["pins"] == [
        {"line": 4, "outcome": "rewritten", "before": "keras==2.0.8", "after": "keras>=3.15", "reason": ""},
        {
            "line": 4,
            "outcome": "flagged",
            "before": "theano",
            "after": None,
            "reason": "Theano is no backend of Keras any more; Keras 3 runs on TensorFlow, JAX or PyTorch",
        },
    ]  # fmt: skip


def notebook(*sources: str) -> str:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": source.splitlines(True)}
        for source in sources
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)


def test_cells_that_install_move_with_the_others(grow: Grow, kmigrate: Run) -> None:
    installs = "!pip install keras==2.0.8 tensorflow==1.3\nx = 1\n"
    tree = grow({"a.ipynb": notebook(installs, CODE)})
    ran = kmigrate("diff", ".")
    after = installs.replace("keras==2.0.8", '"keras>=3.15"').replace(
        "tensorflow==1.3", '"tensorflow>=2.16"'
    )
    assert "+++ b/a.ipynb:cell 1" in ran.text
    kmigrate("apply", ".")
    assert (tree / "a.ipynb").read_text() == notebook(after, DONE)
    kmigrate("apply", ".")
    assert (tree / "a.ipynb").read_text() == notebook(after, DONE)


TARGETS = [
    ("tf_keras", PINS, "six\ntf-keras>=2.16  # old\ntensorflow>=2.16\n"),
    ("tf_keras", "tensorflow==1.3", "tensorflow>=2.16\ntf-keras>=2.16"),
    ("tf_keras", "tf-keras==2.15\ntensorflow==2.15.1", "tf-keras==2.15\ntensorflow==2.15.1"),
    ("tf.keras", PINS, "six\nkeras>=3.0  # old\ntensorflow>=2.16\n"),
    ("tf.keras", "keras==2.0.8", "tensorflow>=2.16"),
    ("tf.keras@2", "tensorflow==2.17", "tensorflow>=2.15,<2.16"),
    ("tf.keras@2 --tf-version 2.10", "tensorflow==1.3", "tensorflow>=2.10,<2.16"),
    ("tf.keras@2", "tensorflow==1.3", "tensorflow==1.3"),
    ("keras --keras-version 3.5", "keras==2.0.8\njax", "keras>=3.5\njax"),
    ("keras --keras-version 3.5", "keras==3.1\njax", "keras>=3.5\njax"),
    ("keras --tf-version 2.18", "keras==3.1\ntensorflow==2.16.1", "keras==3.1\ntensorflow>=2.18"),
    ("keras", "keras==3.1\ntensorflow==2.16.1", "keras==3.1\ntensorflow==2.16.1"),
]


@pytest.mark.parametrize(("to", "before", "after"), TARGETS)
def test_each_target_has_its_needs(
    grow: Grow, kmigrate: Run, to: str, before: str, after: str
) -> None:
    tree = grow({"a.py": CODE, "requirements.txt": before})
    kmigrate("apply", ".", "--from", "keras@1", "--to", *to.split())
    assert (tree / "requirements.txt").read_text() == after


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow(TREE)
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path).replace(b"six", b"seven"))
    ran = kmigrate("apply", ".")
    assert "requirements.txt: changed on disk" in ran.err
    assert (tree / "requirements.txt").read_text() == PINS


def test_pins_that_moved_before_the_code_do_not_hide_it(grow: Grow, kmigrate: Run) -> None:
    tree = grow(
        {
            "a.py": CODE + "keras.utils.np_utils.f()\n",
            "b.py": CODE,
            "requirements.txt": "keras>=3.5\n",
        }
    )
    kmigrate("apply", ".")
    assert (tree / "b.py").read_text() == DONE
    assert (tree / "requirements.txt").read_text().startswith("keras>=3.5\n")
