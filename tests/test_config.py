from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.config import KEYS, Settings, settings
from kmigrate.verify.envs import Environment

TABLE = """
[tool.kmigrate]
from = ["keras@2", "tf_keras"]
to = "tf.keras"
also = "tf_keras"
tf-version = "2.15"
keras-version = "3.5"
safe-only = true
select = "backend,layers"
ignore = ["backend.get_session"]
mark = true
python2 = true
pins = false
jobs = 3
exclude = ["a,b/*.py"]
format = "json"
quiet = true
verbose = true
envs = { old = { python = "3.9", pins = ["keras==2.4.3"] } }
"""


def test_every_key_is_read_from_the_nearest_file_upward(grow: Grow) -> None:
    tree = grow({"pyproject.toml": TABLE, "a/b/x.py": ""})
    assert settings([Path("a/b/x.py"), tree], {}) == Settings(
        from_=("keras@2", "tf_keras"),
        to="tf.keras",
        also="tf_keras",
        tf_version="2.15",
        keras_version="3.5",
        safe_only=True,
        select=("backend", "layers"),
        ignore=("backend.get_session",),
        mark=True,
        python2=True,
        pins=False,
        jobs=3,
        exclude=("a,b/*.py",),
        format="json",
        quiet=True,
        verbose=True,
        envs={
            "old": Environment("old", "3.9", ("keras==2.4.3",), where=str(tree / "pyproject.toml"))
        },
        exclude_in=tree,
    )
    assert all(f"\n{key} = " in TABLE for key in KEYS)


def test_the_command_line_goes_before(grow: Grow) -> None:
    grow({"pyproject.toml": TABLE})
    given = {"from_": ["keras@1"], "to": None, "quiet": False, "select": ["a,b", " c"], "jobs": 1}
    chosen = settings([Path()], given)
    assert (chosen.from_, chosen.to, chosen.quiet) == (("keras@1",), "tf.keras", False)
    assert (chosen.select, chosen.jobs) == (("a", "b", "c"), 1)


@pytest.mark.parametrize("text", ["", "[tool]\nx = 1\n", "tool = 1\n", "[project]\nname = 'x'\n"])
def test_without_a_table_the_defaults_hold(grow: Grow, text: str) -> None:
    grow({"pyproject.toml": text})
    assert settings([Path("-")], {}) == Settings()


@pytest.mark.parametrize(
    ("line", "key", "word"),
    [
        ("form = 'json'", "tool.kmigrate.form", "unknown"),
        ("to = 3", "tool.kmigrate.to", "string"),
        ("tf-version = 2.10", "tool.kmigrate.tf-version", "string"),
        ("mark = 'yes'", "tool.kmigrate.mark", "true or false"),
        ("jobs = true", "tool.kmigrate.jobs", "whole number"),
        ("jobs = 0", "jobs", "at least 1"),
        ("select = [1]", "tool.kmigrate.select", "list of strings"),
        ("from = []", "from", "dialect"),
        ("format = 'xml'", "format", "text or json"),
        ("envs = 3", "tool.kmigrate.envs", "table"),
        ("envs.old = 3", 'tool.kmigrate.envs."old"', "python and pins or an interpreter"),
        ("envs.old = {}", 'tool.kmigrate.envs."old"', "python is missing"),
        ("envs.old.pyton = '3.9'", 'tool.kmigrate.envs."old"', "unknown key pyton"),
        ("envs.old.python = 3.9", 'tool.kmigrate.envs."old": python', "version as a string"),
        ("envs.old.python = 'pypy'", 'tool.kmigrate.envs."old": python', "version as a string"),
        ("envs.old.pins = 'keras'", 'tool.kmigrate.envs."old": pins', "list of strings"),
        ("envs.old.pins = ['-r x.txt']", 'tool.kmigrate.envs."old": pins', "list of strings"),
        (
            "envs.old.variables = { A = 1 }",
            'tool.kmigrate.envs."old": variables',
            "table of strings",
        ),
        ("envs.old.interpreter = ''", 'tool.kmigrate.envs."old": interpreter', "string"),
        ("envs.'../old'.python = '3.9'", "../old", "letters, digits"),
        (
            "envs.old = { interpreter = '/usr/bin/python3', pins = ['keras'] }",
            'tool.kmigrate.envs."old"',
            "pins has no effect",
        ),
        ("to = ", "", "pyproject.toml"),
    ],
)
def test_mistakes_end_with_a_sentence_that_names_file_and_key(
    grow: Grow, kmigrate: Run, line: str, key: str, word: str
) -> None:
    grow({"pyproject.toml": f"[tool.kmigrate]\n{line}\n", "a.py": "import keras\n"})
    ran = kmigrate("check", ".")
    assert ran.code == 2
    assert ran.out == b""
    for part in (key, word, "pyproject.toml"):
        assert part in ran.err
    assert "Traceback" not in ran.err
