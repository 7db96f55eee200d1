"""The import shim as text: where it stands, what it says, what it leaves alone."""

from __future__ import annotations

import ast

import pytest

from kmigrate.model import Unreadable
from kmigrate.shims import TEST, Roots, bare_imports, with_shims, without_shims

HERE = Roots(
    "keras", "tf_keras", {"keras.ops": "tf_keras.backend", "keras.ops.sqrt": "tensorflow.sqrt"}
)


def shimmed(text: str, kept: frozenset[str] = frozenset()) -> str:
    result = with_shims(text, HERE, kept)
    compile(result, "<shimmed>", "exec")
    assert with_shims(result, HERE, kept) == result, "a second run changes something"
    assert bare_imports(result, HERE, kept) == set()
    return result


def there(text: str) -> list[str]:
    """The imports from the other Keras."""
    (shim,) = [node for node in ast.walk(ast.parse(shimmed(text))) if isinstance(node, ast.If)]
    return [ast.unparse(statement) for statement in shim.body]


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import keras", ["import tf_keras as keras"]),
        ("import keras as k", ["import tf_keras as k"]),
        ("import keras.layers", ["import tf_keras as keras"]),
        ("import keras.layers as L", ["import tf_keras.layers as L"]),
        ("from keras import layers, ops", ["from tf_keras import layers, backend as ops"]),
        ("from keras import ops as o", ["from tf_keras import backend as o"]),
        ("from keras.layers import *", ["from tf_keras.layers import *"]),
        (
            "from keras.ops import mean, sqrt",
            ["from tf_keras.backend import mean", "from tensorflow import sqrt"],
        ),
        ("import keras, numpy", ["import tf_keras as keras", "import numpy"]),
    ],
)
def test_the_other_keras_gives_the_same_names(statement: str, expected: list[str]) -> None:
    assert there(f"{statement}\n") == expected


@pytest.mark.parametrize(
    "text", ["import numpy\n", "from . import keras\n", "import tensorflow.keras\n", "x = 1\n", ""]
)
def test_other_imports_need_none(text: str) -> None:
    assert shimmed(text) == text


def test_imports_that_stand_together_get_one() -> None:
    text = "import keras  # one\nimport numpy\nfrom keras.layers import (\n    Dense,  # two\n)\n\nx = 1\n"
    result = shimmed(text)
    assert result.count(TEST) == 1
    assert result.endswith("    )\n\nimport numpy\n\nx = 1\n")
    assert result.count("# one") == result.count("# two") == 1


def test_a_star_import_stays_where_it_is() -> None:
    text = "from keras.layers import *\nfrom mine import *\nfrom keras.models import *\n"
    result = shimmed(text)
    assert result.count(TEST) == 2
    assert result.index("from mine") < result.index("from tf_keras.models")


@pytest.mark.parametrize("head", ["def f():\n", "class A:\n", "try:\n", "if x:\n"])
def test_a_shim_stands_where_the_import_stood(head: str) -> None:
    tail = "except ImportError:\n    keras = None\n" if head.startswith("try") else ""
    result = shimmed(f"import os\n{head}    import keras\n{tail}")
    assert f"{head}    if {TEST}:\n        import tf_keras as keras\n" in result
    assert result.count("import os") == 1


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_end_as_they_did(end: str) -> None:
    text = end.join(['"""Doc."""', "from __future__ import annotations", "import keras"])
    result = shimmed(text)
    assert result.count(end) == result.count("\n")
    assert result.endswith(f"else:{end}    import keras{end}")


def test_a_shim_follows_its_own_imports() -> None:
    done = shimmed("from keras.layers import Dense\n")
    added = done.replace(
        "    from keras.layers import Dense\n", "    from keras.layers import Conv2D\n"
    )
    assert "    from tf_keras.layers import Conv2D\n" in shimmed(added)
    assert TEST not in shimmed(done.replace("    from keras.layers import Dense\n", "    pass\n"))


def test_what_is_kept_gets_none() -> None:
    text = "import keras\n"
    assert shimmed(text, frozenset({"import keras"})) == text
    assert bare_imports(text, HERE, frozenset()) == {1}


@pytest.mark.parametrize("text", ["import keras; x = 1\n", "if x: import keras\n"])
def test_an_import_that_shares_its_line_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="a line of its own"):
        with_shims(text, HERE, frozenset())


def test_a_shim_reads_as_the_imports_of_the_target() -> None:
    text = shimmed("import keras\nx = 1\n")
    assert ast.unparse(without_shims(ast.parse(text))) == "import os\nimport keras\nx = 1"
    other = f"if {TEST}:\n    x = 1\nelse:\n    import keras\n"
    assert ast.unparse(without_shims(ast.parse(other))) == ast.unparse(ast.parse(other))
