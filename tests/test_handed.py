"""Functions that are initializers: Keras 1 called them with a name, later ones with a dtype."""

from __future__ import annotations

import pytest
from programs import migrated

TOP = "from keras.layers import Dense\n"


def parameters(
    before: str, to: str = "keras@3", source: str = "keras@1", word: str = "init"
) -> str:
    text = f"{TOP}def f({before}):\n    return 1\nDense(2, {word}=f)\n"
    after = migrated(text, source=source, to=to).after or text
    return after.split("def f(")[1].split("):\n")[0]


@pytest.mark.parametrize("to", ["keras@3", "tf_keras"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("shape", "shape, dtype=None"),
        ("shape, name=None", "shape, name=None, dtype=None"),
        ("shape, name", "shape, name=None, dtype=None"),
        ("shape, scale=0.1, name=None", "shape, scale=0.1, name=None, dtype=None"),
    ],
)
def test_the_function_takes_a_dtype(before: str, after: str, to: str) -> None:
    assert parameters(before, to) == after
    assert parameters(after, to) == after
    assert parameters(before, to, "keras@2", "kernel_initializer") == after


@pytest.mark.parametrize(
    "given",
    ["shape, dtype", "shape, **more", "*shape", "", "shape, scale, name", "shape, name=(None)"],
)
def test_others_stay(given: str) -> None:
    assert parameters(given) == given


def test_a_lambda_and_what_a_layer_of_ones_own_gives() -> None:
    after = migrated(TOP + "Dense(2, init=lambda shape, name: 1)\n", source="keras@1").after
    assert after == TOP + "Dense(2, kernel_initializer=lambda shape, name=None, dtype=None: 1)\n"
    own = (
        "from keras.layers import Layer\ndef f(shape):\n    return 1\nclass Own(Layer):\n"
        "    def build(self, shape):\n        self.w = self.add_weight('w', initializer=f)\n"
    )
    assert "def f(shape, dtype=None):" in (migrated(own, source="keras@2").after or "")


def test_the_functions_of_other_libraries_stay() -> None:
    text = (
        TOP + "from multiprocessing import Pool\ndef f(x):\n    return 1\nPool(2, initializer=f)\n"
    )
    assert migrated(text, source="keras@2").after in (None, text)


def test_a_function_bound_twice_stays() -> None:
    text = f"{TOP}def f(shape):\n    return 1\ndef f(shape):\n    return 2\nDense(2, init=f)\n"
    assert "dtype" not in (migrated(text, source="keras@1").after or "dtype")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("normal(s, scale=0.1, name=n)", "RandomNormal(stddev=0.1)(s)"),
        ("uniform(s, a + b, name=n)", "RandomUniform(-(a + b), a + b)(s)"),
        ("uniform(s)", "RandomUniform()(s)"),
        ("glorot_uniform(s, dim_ordering='tf')", "GlorotUniform()(s)"),
        ("one(s)", "Ones()(s)"),
    ],
)
def test_the_functions_of_initializations_become_initializers(before: str, after: str) -> None:
    text = f"from keras import initializations\nx = initializations.{before}\n"
    result = migrated(text, source="keras@1").after
    assert result == f"from keras import initializers\nx = initializers.{after}\n"
