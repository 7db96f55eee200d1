"""What a file contributes to its project: names for others, and proof of an API."""

import pytest

from kmigrate.migrate import survey
from kmigrate.model import Module


def test_a_survey_tells_what_a_module_offers() -> None:
    text = """\
from keras import backend as K
from keras.layers import Dense as D
from . import other
from .other import J
L = K
x = 1
if flag:
    from keras import models
def f():
    from keras import layers
"""
    found = survey(text, Module("pkg.utils"))
    assert found.exports["K"] == found.exports["L"] == "keras.backend"
    assert found.exports["D"] == "keras.layers.Dense"
    assert found.exports["J"] == "pkg.other.J"
    assert {"layers", "x", "f"}.isdisjoint(found.exports)
    assert found.imported == {"pkg.other", "pkg.other.J"}


def test_a_survey_leaves_out_what_may_mean_something_else() -> None:
    text = "from keras import backend as K\nif flag:\n    K = mine\n"
    assert "K" not in survey(text, Module("pkg.utils")).exports


def test_a_survey_tells_of_star_imports() -> None:
    found = survey("from .other import *\n", Module("pkg.utils"))
    assert found.exports == {"*pkg.other": "pkg.other"}


@pytest.mark.parametrize(
    ("text", "ruled_out"),
    [
        ("from keras.layers.core import Dense\n", {"keras@3"}),
        ("import keras\nkeras.ops.sum(x)\n", {"keras@1", "keras@2"}),
        ("import keras\nkeras.backend.flatten(x)\n", {"keras@3"}),
        ("import keras\nkeras.layers.Dense(3)\n", set()),
        ("import tensorflow as tf\ntf.keras.ops.sum(x)\n", {"tf.keras@2"}),
        ("try:\n    from keras.layers.core import Dense\nexcept ImportError:\n    pass\n", set()),
        ("from mykeras.layers.core import Dense\n", set()),
        ("def f(keras): keras.ops.sum(x)\n", set()),
    ],
)
def test_a_survey_tells_what_the_code_cannot_be(text: str, ruled_out: set[str]) -> None:
    found = survey(text, Module()).ruled_out
    assert set(found) == ruled_out
    assert all("line" in where for where in found.values())
