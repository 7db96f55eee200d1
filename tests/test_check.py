"""The laws between a text and what it became, each broken once and kept once."""

from __future__ import annotations

import sys

import pytest

from kmigrate.check import violations

K = "from keras import backend as K\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x = 1\n", "x = 2\n"),
        ("", ""),
        ("x = 1  # a\n", "# a\nx = 2\n"),
        ("x = '# no comment'\n", "x = 'other'\n"),
        ("# TODO(kmigrate backend.get_session): no session\nx = 1\n", "x = 1\n"),
        ("print(unicode)\n", "print(unicode, unicode)\n"),
        (f"{K}x = K.sum(y)\ny = 1\n", "import keras\nx = keras.ops.sum(y)\ny = 1\n"),
        ("def f():\n    global g\n    g = 1\n\nprint(1)\n", "def f():\n    global g\n    g = 1\n\nprint(g)\n"),
        ("class A:\n    b = 1\n    c = b\n", "class A:\n    b = 2\n    c = b\n"),
        ("def f(a):\n    return [a for b in a]\n", "def f(a):\n    return [b for b in a]\n"),
        ("from m import *\nprint(1)\n", "from m import *\nprint(anything)\n"),
        ("return 1\n", "return 2\n"),
        ("x = '\\d'\n", "x = '\\e'\n"),
        ("try:\n    1\nexcept E as e:\n    pass\n", "try:\n    1\nexcept E as e:\n    print(e)\n"),
    ],
)  # fmt: skip
def test_lawful(before: str, after: str) -> None:
    assert violations(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("x = 1\n", "x = (\n", "the result is not valid Python: '(' was never closed (line 1)"),
        ("x = 1\n", "x = 1\0\n", "not valid Python"),
        ("x = 1\n", "return 1\n", "'return' outside function (line 1)"),
        ("return 1\n", "return (\n", "not valid Python"),
        ("f(a=1)\n", "f(a=1, a=2)\n", "keyword argument repeated"),
        ("x = 1  # a\n", "x = 1\n", "a comment would be lost: # a"),
        ("x = 1  # a\ny = 1  # a\n", "x = 1\ny = 1  # a\n", "a comment would be lost: # a"),
        ("x = 1  # a\n", "x = '# a'\n", "a comment would be lost: # a"),
        (f"{K}K.sum(1)\n", "K.sum(1)\n", "the name `K` would be bound nowhere"),
        (f"{K}def f():\n    K.sum(1)\n", "def f():\n    K.sum(1)\n", "the name `K`"),
        (f"def f():\n    {K}    K.sum(1)\n", "def f():\n    K.sum(1)\n", "the name `K`"),
        (
            "def f():\n    import a\n\nimport b\nb\n",
            "def f():\n    import b\n\nb\n",
            "the name `b`",
        ),
        ("class A:\n    b = 1\nc = 1\n", "class A:\n    b = 1\nc = b\n", "the name `b`"),
        ("from m import *\nDense()\n", "import m\nDense()\n", "the name `Dense`"),
    ],
)
def test_broken(before: str, after: str, sentence: str) -> None:
    (told,) = violations(before, after)
    assert sentence in told


def test_what_python_cannot_recurse_through_is_said() -> None:
    deep = "x = " + "(" * 3000 + ")" * 3000 + "\n"
    (told,) = violations("x = 1\n", deep)
    assert "not valid Python" in told


def test_comments_among_all_kinds_of_strings_are_seen() -> None:
    before = "x = '''# 1\n' ''' + \"\\\"# 2\" + r'\\'  # 3\ny = ''  # 4\nz = 'a' '''b'''# 5\r\n"
    assert [law[-3:] for law in violations(before, "x = y = z = 0\n")] == ["# 3", "# 4", "# 5"]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="f-strings may hold their own quotes")
def test_comments_beside_f_strings_that_hold_their_own_quotes_are_seen() -> None:
    before = "x = f'{y['# 1']} # 2' 'a'  # 3\nz = f\"{'\"'}\"  # 4\n"
    assert [law[-3:] for law in violations(before, "x = y = z = 0\n")] == ["# 3", "# 4"]
