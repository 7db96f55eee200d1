"""`--python2`: what only Python 2 can read is converted first, and then migrated."""

import ast
import json
import sys

import pytest
from conftest import Grow, Run
from hypothesis import given
from hypothesis import strategies as st

from kmigrate.model import Unreadable
from kmigrate.project.python2 import convert, looks_like_python2

OLD = """import keras
from keras.layers.core import Dense
print "made", Dense(3).name  # now
"""
NEW = """import keras
from keras.layers import Dense
print("made", Dense(3).name)  # now
"""


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('print "x", y\n', 'print("x", y)\n'),
        ("for i in xrange(3): pass\n", "for i in range(3): pass\n"),
        ("try: f()\nexcept E, e: pass\n", "try: f()\nexcept E as e: pass\n"),
        ("if a <> b: pass\n", "if a != b: pass\n"),
        ("d.has_key(1)\n", "1 in d\n"),
        ("import cPickle\n", "import pickle\n"),
        ("print 'a'\r\nx = 0777\r\n", "print('a')\r\nx = 0o777\r\n"),
        ("x = 1\r\nprint 'a'\n", "x = 1\r\nprint('a')\n"),
        ("print 'a'", "print('a')"),
        ("# é\nprint u'é'\n", "# é\nprint('é')\n"),
        ("print(1, file=f)\nraise E, 1\n", "print(1, file=f)\nraise E(1)\n"),
        ("for i in xrange(n / m): pass\n", "for i in range(n // m): pass\n"),
        ("for i in xrange(n / 2.): print i\n", "for i in range(n / 2.): print(i)\n"),
        ("print 1\ndef f(x):\n    return x.next()\n", "print(1)\ndef f(x):\n    return next(x)\n"),
        (
            "def f(x):\n    next = x.next()\n    print next\n",
            "def f(x):\n    next = x.__next__()\n    print(next)\n",
        ),
    ],
)
def test_python_2_becomes_python_3(old: str, new: str) -> None:
    assert convert(old).text == new
    ast.parse(new)
    assert convert(new).text == new


@pytest.mark.parametrize(
    "text",
    [
        "print('x')\n",
        "from six.moves import xrange\nxrange(3)\n",
        "import six\nsix.iteritems(d)\n",
        "try:\n    import cPickle as pickle\nexcept ImportError:\n    import pickle\n",
        "try:\n    unicode\nexcept NameError:\n    unicode = str\n",
        "reduce = f\nx = map(f, reduce(x))\n",
        "x = 3 / 2\n",
    ],
)
def test_what_python_3_reads_stays(text: str) -> None:
    assert convert(text).text == text
    assert convert(text).divisions == ()


@pytest.mark.parametrize(
    ("expression", "after", "doubtful"),
    [
        ("3 / 2", "3 // 2", 0),
        ("len(x) / 2", "len(x) // 2", 0),
        ("x.shape[0] / 32", "x.shape[0] // 32", 0),
        ("a / b", "a / b", 1),
        ("7 / 2 + a / b", "7 // 2 + a / b", 1),
        ("a / 2.0", "a / 2.0", 0),
        ("1. / len(x)", "1. / len(x)", 0),
        ("float(a) / b", "float(a) / b", 0),
        ("(a * 0.5 + 1) / b", "(a * 0.5 + 1) / b", 0),
    ],
)
def test_division_of_integers_rounds_down_as_it_did(
    expression: str, after: str, doubtful: int
) -> None:
    found = convert(f"print 1\ny = {expression}\n")
    assert found.text == f"print(1)\ny = {after}\n"
    assert len(found.divisions) == doubtful
    for line, column in found.divisions:
        assert found.text.splitlines()[line - 1][column - 1] == "/"


def test_true_division_is_asked_for_or_not() -> None:
    true = convert("from __future__ import division\nprint 1\ny = 3 / 2\n")
    assert "y = 3 / 2" in true.text
    assert true.divisions == ()


def test_the_command_converts_then_migrates(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"a.py": OLD, "helper.py": "print 'no Keras'\n", "new.py": "x = 3 / 2\n"})
    ran = kmigrate("apply", ".", "--python2", "--from", "keras@2")
    assert ran.code == 0, ran.err
    assert (tree / "a.py").read_text() == NEW
    assert (tree / "helper.py").read_text() == "print('no Keras')\n"
    assert (tree / "new.py").read_text() == "x = 3 / 2\n"
    assert "Converted from Python 2 (2 files)" in ran.text
    again = kmigrate("apply", ".", "--python2", "--from", "keras@2")
    assert "Converted" not in again.text
    assert (tree / "a.py").read_text() == NEW


def test_the_report_separates_the_two(grow: Grow, kmigrate: Run) -> None:
    grow({"a.py": OLD + "x = a / b\n", "b.py": "import keras\n"})
    document = json.loads(kmigrate("check", ".", "--python2", "--format", "json").text)
    told = {file["path"]: file["python2"] for file in document["files"]}
    assert told == {"a.py": {"divisions": [{"line": 4, "column": 7}]}, "b.py": None}


def test_without_the_option_it_is_hinted_at(grow: Grow, kmigrate: Run) -> None:
    grow({"a.py": OLD, "b.py": "import keras\nx = (\n"})
    told = kmigrate("check", ".").err.splitlines()
    assert "--python2 converts it first" in told[0]
    assert "--python2" not in told[1]


def test_what_is_neither_is_said_by_its_place(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"a.py": "import keras\nprint 'x' 'y\n", "b.py": OLD})
    ran = kmigrate("apply", ".", "--python2", "--from", "keras@2")
    assert ran.code == 2
    assert "a.py" in ran.err and "neither Python 3 nor Python 2" in ran.err
    assert (tree / "b.py").read_text() == NEW


def test_without_fissix_it_says_what_to_install(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow({"a.py": OLD})
    monkeypatch.setitem(sys.modules, "fissix", None)
    ran = kmigrate("apply", ".", "--python2")
    assert (ran.code, "pip install 'kmigrate[python2]'" in ran.err) == (2, True)


STATEMENTS = st.sampled_from(
    ["print 'a'", "print a, b", "x = a / b", "x = 3 / 4", "for k in xrange(3): print k,",
     "# c", "", "raise E, 'x'", "d.iteritems()", "y = map(f, x)", "s = u'x'", "def f(): pass"]
)  # fmt: skip


@given(st.lists(STATEMENTS, min_size=1, max_size=6))
def test_what_comes_out_is_python_3_with_every_comment(lines: list[str]) -> None:
    try:
        found = convert("\n".join(lines) + "\n")
    except Unreadable:
        pytest.fail("all of these are Python 2")
    ast.parse(found.text)
    assert found.text.count("# c") == lines.count("# c")
    assert convert(found.text).text == found.text


def test_a_sign_of_python_2() -> None:
    assert looks_like_python2("lambda (a, b): a")
    assert not looks_like_python2("print(1, 2)\nx = (")
