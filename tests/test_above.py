"""What is added above a layer, where Keras 3 wants an Input for what the layer was told."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

HEAD = "from keras import Input\nfrom keras.layers import Dense\n"


def after(text: str, source: str = "keras@2.2.4") -> str:
    result = migrated(HEAD + text, source=source).after
    assert result is not None
    return result.removeprefix(HEAD)


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "m.add(Dense(3, batch_input_shape=(1, 2)))",
            "m.add(Input(batch_shape=(1, 2)))\nm.add(Dense(3))",
        ),
        (
            "if a:\n  m.n.add(Dense(3, batch_input_shape=s))",
            "if a:\n  m.n.add(Input(batch_shape=s))\n  m.n.add(Dense(3))",
        ),
        (
            "m.add(Dense(3, input_shape=(2,), batch_size=b))",
            "m.add(Input(shape=(2,), batch_size=b))\nm.add(Dense(3))",
        ),
        ("m.add(Dense(3, input_shape=(2,)))", "m.add(Dense(3, input_shape=(2,)))"),
    ],
)
def test_an_input_is_added_above(before: str, expected: str) -> None:
    assert after(before) == expected


@pytest.mark.parametrize(
    "text",
    [
        "m.add(Dense(3, batch_input_shape=f(x)), 1)",
        "m = [Dense(3, batch_input_shape=(1, 2))]",
        "y = Dense(3, batch_input_shape=(1, 2))(x)",
        "x = m.add(Dense(3, batch_input_shape=(1, 2)))",
        "x = 1; m.add(Dense(3, batch_input_shape=(1, 2)))",
        "if x: m.add(Dense(3, batch_input_shape=(1, 2)))",
        "m.add(Dense(3, batch_size=2))",
    ],
)
def test_elsewhere_it_is_flagged(text: str) -> None:
    result = migrated(HEAD + text, source="keras@2.2.4")
    assert result.after == HEAD + text
    assert [one.outcome for one in result.findings if "batch" in "".join(one.rules)] == [
        Outcome.FLAGGED
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "m = Sequential([Dense(3, batch_input_shape=(1, 2)), Dense(2)])",
            "m = Sequential([Input(batch_shape=(1, 2)), Dense(3), Dense(2)])",
        ),
        (
            "m = Sequential([\n  Dense(3, batch_input_shape=(b, 2))])",
            "m = Sequential([\n  Input(batch_shape=(b, 2)), Dense(3)])",
        ),
    ],
)
def test_in_a_list_of_layers_it_stands_first(before: str, after: str) -> None:
    assert migrated(HEAD + before, source="keras@2.2.4").after == HEAD + after


def test_behind_other_layers_it_is_flagged() -> None:
    text = HEAD + "m = Sequential([Dense(2), Dense(3, batch_input_shape=(1, 2))])"
    assert migrated(text, source="keras@2.2.4").after == text
