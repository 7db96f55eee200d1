"""Reading alone: what the names of a module stand for."""

from __future__ import annotations

import sys
import warnings

import pytest
from scanning import names, scanned, uses

from kmigrate.model import Unreadable
from kmigrate.scan import parse

# --- reading ---


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("print 1", 1),
        ("x = 1\n  y = 2", 2),
        ("x = (", 1),
        ("def f():\nreturn", 2),
        ("x = '''", 1),
        ("async = 1", 1),
        ("exec 'x'", 1),
        ("raise E, 'x'", 1),
        ("\tif x:\n        y", 1),
    ],
)
def test_what_is_no_python_says_where(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as caught:
        parse(text)
    assert caught.value.line == line
    assert caught.value.column >= 1
    assert caught.value.reason.startswith("not Python 3.")


def test_a_nul_byte_is_no_python() -> None:
    with pytest.raises(Unreadable, match=r"null|NUL"):
        parse("x = 1\0")


@pytest.mark.parametrize(
    "text",
    ["(" * 3000 + ")" * 3000, "-" * 100_000 + "1", "[" * 150 + "]" * 150 + ".x" * 100_000],
    ids=["parentheses", "signs", "attributes"],
)
def test_deep_nesting_is_told_not_raised(text: str) -> None:
    with pytest.raises(Unreadable, match=r"nested|parenthes|not Python"):
        scanned("import keras\nx = " + text)


def test_five_thousand_implicitly_joined_strings_are_read() -> None:
    text = "import keras\nx = (\n" + "'a'\n" * 5000 + ")\nkeras.layers\n"
    assert names(text) == ["keras.layers"]


def test_warnings_about_other_peoples_code_are_silent() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert names("import keras\nx = '\\d' is 3, keras.layers\n") == ["keras.layers"]


def test_positions_count_bytes_as_ast_does() -> None:
    assert uses("import keras\nä = keras.layers\n") == ["2:5 keras.layers"]
    assert uses("import keras\n\f\nx = keras.layers\n") == ["3:4 keras.layers"]


# --- names ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import keras\nkeras.a.b.c", ["keras.a.b.c"]),
        ("import keras.a.b\nkeras.c", ["keras.c"]),
        ("import keras.a.b as m\nm.c", ["keras.a.b.c"]),
        ("import os, keras\nos.x, keras.y", ["keras.y"]),
        ("from keras.a import b\nb.c", ["keras.a.b.c"]),
        ("from keras import a as z\nz(z)", ["keras.a", "keras.a"]),
        ("from tensorflow.python.keras import a\na", ["tensorflow.python.keras.a"]),
        ("import tensorflow as tf\ntf.keras.x, tf.y", ["tensorflow.keras.x", "tensorflow.y"]),
        ("import tf_keras\ntf_keras.x", ["tf_keras.x"]),
        ("import keras_contrib, kerasy\nkeras_contrib.x, kerasy.y", []),
        ("import os as keras\nkeras.x", []),
        ("keras.x", []),
        ("from .keras import a\na.b", []),
        ("from . import keras\nkeras.b", []),
        ("import keras\nkeras.a().b, keras.a[0].c", ["keras.a", "keras.a"]),
        ("import keras\n(keras.a).b", ["keras.a.b"]),
        ("import keras\nx.keras.a", []),
        ("import keras\na = keras.b\nc = a.d\nc.e", ["keras.b", "keras.b.d", "keras.b.d.e"]),
        ("import keras\na = keras.b()\na.c", ["keras.b"]),
        ("import keras\na = a\na.b", []),
        ("import keras\na = b\nb = a\na.x, b.x", []),
        ("import keras\n(a, b), c = (keras.x, keras.y), 3\na, b, c", ["keras.x", "keras.y"] * 2),
        ("import keras\n[a] = keras.x\na.y", ["keras.x"]),
        ("import keras\nfor a in keras.x: a.y", ["keras.x"]),
        ("import keras\nwith keras.x as a: a.y", ["keras.x"]),
        ("import keras\na += keras.x\na.y", ["keras.x"]),
        ("import keras\n(a := keras.x).y", ["keras.x"]),
        (
            "from keras.layers import *\nDense, Conv2D, Other",
            ["keras.layers.Dense", "keras.layers.Conv2D"],
        ),
        ("from keras.backend import *\nsum, min", ["keras.backend.sum"]),
        ("sum(1)\nfrom keras.backend import *\n", ["keras.backend.sum"]),
        ("from keras.backend import *\nsum = 1\nsum", []),
        ("sum = 1\nfrom keras.backend import *\nsum", ["keras.backend.sum"]),
        ("from keras.backend import *\ndef f(sum): sum", []),
    ],
)
def test_what_names_stand_for(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if x:\n  import keras\nkeras.a", ["keras.a"]),
        (
            "if x:\n  import keras\nelse:\n  import tf_keras as keras\nkeras.a",
            ["keras.a or tf_keras.a"],
        ),
        ("if x:\n  import keras\nelse:\n  keras = 1\nkeras.a", ["keras.a?"]),
        ("import keras\nif x: keras = 1\nkeras.a", ["keras.a?"]),
        ("import keras\nwhile x:\n  keras.a\n  keras = 1", ["keras.a?"]),
        ("import keras\ndef f(): keras.a\nkeras = 1", ["keras.a?"]),
        ("try:\n  import keras\nexcept E:\n  keras = None\nkeras.a", ["keras.a"]),
        ("try:\n  import keras\nexcept E:\n  keras = x\nkeras.a", ["keras.a?"]),
        ("import keras\ntry: pass\nexcept E as keras: keras.a\n", ["keras.a?"]),
        ("import keras\ndef f():\n  global keras\n  keras = 1\nkeras.a", ["keras.a?"]),
        ("import keras\nkeras.a\nkeras = 1\nkeras.b", ["keras.a"]),
        ("keras = 1\nkeras.a\nimport keras\nkeras.b", ["keras.b"]),
        ("import keras\nimport tf_keras as keras\nkeras.a", ["tf_keras.a"]),
    ],
)
def test_names_that_may_be_several_things(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "def f(keras): keras.a",
        "def f(*keras): keras.a",
        "def f(*, keras): keras.a",
        "def f(**keras): keras.a",
        "lambda keras: keras.a",
        "def f():\n  keras = 1\n  keras.a",
        "def f():\n  keras.a\n  keras: int",
        "def f():\n  for keras in x: keras.a",
        "def f():\n  with x as keras: keras.a",
        "def f():\n  with x as (keras, y): keras.a",
        "def f():\n  import os as keras\n  keras.a",
        "def f():\n  def keras(): pass\n  keras.a",
        "def f():\n  class keras: pass\n  keras.a",
        "def f():\n  (keras := 1)\n  keras.a",
        "def f():\n  [keras := 1 for x in y]\n  keras.a",
        "def f():\n  del keras\n  keras.a",
        "def f():\n  try: pass\n  except E as keras: keras.a",
        "def f():\n  match x:\n    case keras: keras.a",
        "def f():\n  match x:\n    case [*keras]: keras.a",
        "def f():\n  match x:\n    case {**keras}: keras.a",
        "def f():\n  def g():\n    nonlocal keras\n  keras = 1\n  keras.a",
        "[keras.a for keras in x]",
        "{keras.a: 1 for keras in x}",
        "[keras.a for x in y for keras in x]",
        "[y for keras in x if keras.a]",
        "[[keras.a for y in keras.b] for keras in x]",
        "class A:\n  keras = 1\n  keras.a",
        "async def f(keras): await keras.a",
    ],
)
def test_what_hides_a_name(text: str) -> None:
    assert names("import keras\n" + text) == []


@pytest.mark.parametrize(
    "text",
    [
        "class A:\n  keras = 1\n  def f(self): keras.a",
        "def f():\n  keras = 1\ndef g(): keras.a",
        "def f():\n  global keras\n  keras.a",
        "[x for keras in keras.a]",
        "[y for x in keras.a for keras in x]",
        "def f(keras=keras.a): pass",
        "def f(keras: keras.a): pass",
        "@keras.a\ndef f(keras): pass",
        "class keras_(keras.a): pass",
        "lambda keras=keras.a: keras",
        "def f():\n  class A:\n    keras = 1\n    def g(self): return keras.a",
        "match keras.a:\n  case 1: pass",
        "x: keras.a",
        "x: 'keras.a'",
        "def f() -> 'keras.a': pass",
        "f'{keras.a}'",
        "x[keras.a:]",
        "print(*keras.a)",
        "print(x=keras.a)",
        "return_ = [lambda: (yield keras.a)]",
    ],
)
def test_what_does_not_hide_a_name(text: str) -> None:
    found = names("import keras\n" + text)
    assert found == ["keras.a"]


NEW = sys.version_info >= (3, 12)
NEW_SYNTAX = [
    "def f[keras](x: keras.a) -> keras.b: keras.c",
    "class A[keras](keras.a): x = keras.b",
    "class A[keras]:\n  def f(self): keras.a",
    "type B[keras] = keras.a",
    "def f[*keras](x): keras.a",
    "def f[**keras](x): keras.a",
]


@pytest.mark.skipif(not NEW, reason="type parameters are Python 3.12")
@pytest.mark.parametrize("text", NEW_SYNTAX)
def test_type_parameters_hide_a_name(text: str) -> None:
    assert names("import keras\n" + text) == []


@pytest.mark.skipif(not NEW, reason="type parameters are Python 3.12")
@pytest.mark.parametrize(
    "text",
    [
        "def f[T: keras.a](x): pass",
        "class A[T](keras.a): pass",
        "type B = keras.a",
        "def f[keras](x): pass\nkeras.a",
        "@keras.a\ndef f[keras](x): pass",
        "def f[keras](x=keras.a): pass",
    ],
)
def test_type_parameters_hide_nothing_else(text: str) -> None:
    assert names("import keras\n" + text) == ["keras.a"]


@pytest.mark.skipif(NEW, reason="this Python reads it")
@pytest.mark.parametrize("text", [*NEW_SYNTAX, "type X = int", "x = f'{'a'}'"])
def test_syntax_of_a_later_python_says_which(text: str) -> None:
    with pytest.raises(Unreadable, match=r"needs Python 3\.12"):
        parse("import keras\n" + text + "\n")
