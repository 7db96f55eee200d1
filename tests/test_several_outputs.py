"""Metrics of a model with several outputs: one list was for every output, and is written so."""

import pytest
from programs import migrated, run

MODEL = "from keras.models import Model\nm = Model(i, [a, b])\nl = ['mse', 'mae']\n"
TWO = "loss=['mse', 'mae']"
EACH = "[['mae'] for _ in m.outputs]"


def after(text: str) -> str:
    result = migrated(MODEL + text, source="keras@2.3.1").after
    assert result is not None
    return result.removeprefix(MODEL)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (f"m.compile({TWO}, metrics=['mae'])", f"m.compile({TWO}, metrics={EACH})"),
        ("m.compile(loss=l, metrics=['mae'])", f"m.compile(loss=l, metrics={EACH})"),
        (
            f"n = ['mae']\nm.compile({TWO}, metrics=n)",
            f"n = ['mae']\nm.compile({TWO}, metrics=[n for _ in m.outputs])",
        ),
        (
            "m.compile(loss={'a': 'mse', 'b': 'mae'}, metrics=['mae'])",
            f"m.compile(loss={{'a': 'mse', 'b': 'mae'}}, metrics={EACH})",
        ),
    ],
)
def test_each_output_gets_the_list(before: str, expected: str) -> None:
    assert after(before) == expected


@pytest.mark.parametrize(
    "text",
    [
        "m.compile(loss='mse', metrics=['mae'])",
        "m.compile(loss=['mse'], metrics=['mae'])",
        f"m.compile({TWO}, metrics=[['mae'], ['mse']])",
        f"m.compile({TWO}, metrics={{'a': 'mae'}})",
        f"m.compile({TWO}, metrics=f(x))",
        f"m.compile({TWO})",
    ],
)
def test_what_is_for_one_or_already_for_each_stays(text: str) -> None:
    assert after(text) == text


def test_tf_keras_takes_one_list_for_all() -> None:
    text = MODEL + f"m.compile({TWO}, metrics=['mae'])"
    result = run(text, to="tf_keras", source="keras@2.3.1")
    assert result.after is not None and result.after.endswith("metrics=['mae'])")
