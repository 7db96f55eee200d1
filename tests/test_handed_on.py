"""Arguments that classes of the file hand on to the library's: `Mine(2, weights=[w])`."""

from __future__ import annotations

import pytest
from programs import migrated

TOP = "from keras.layers import Dense, Embedding, Layer\n"
PASSING = "class Own({}):\n    def __init__(self, n, **kwargs):\n        super(Own, self).__init__({}**kwargs)\n"
LAYER = PASSING.format("Layer", "")
DENSE = PASSING.format("Dense", "n, ")
TOUCHING = DENSE.replace("        super", "        self.n = kwargs.get('init')\n        super")


def rules(text: str, source: str = "keras@2", to: str = "keras@3") -> list[tuple[int, str]]:
    """The line and the first rule of all that is flagged."""
    found = migrated(TOP + text, source=source, to=to).findings
    return [(one.span.line, one.rules[0]) for one in found if one.outcome == "flagged"]


@pytest.mark.parametrize(
    "text",
    [
        LAYER + "Own(2, weights=[w])\n",
        DENSE + "Own(2, weights=[w])\n",
        "class Own(Dense):\n    pass\n\n\nOwn(2, weights=[w])\n",
        LAYER.replace("Own", "Base")[:-1] + "\nclass Own(Base): pass\nOwn(2, weights=[w])\n",
    ],
)
def test_weights_that_a_class_hands_on_are_flagged_at_its_call(text: str) -> None:
    line = len((TOP + text).splitlines())
    assert (line, "layers.weights") in rules(text)
    assert "layers.weights" not in {rule for _, rule in rules(text, to="tf_keras")}


def test_what_is_put_into_the_arguments_is_flagged_there() -> None:
    text = LAYER.replace("        super", "        kwargs['weights'] = [1]\n        super")
    assert rules(text) == [(4, "layers.weights")]
    assert rules(text.replace("'weights'", "'name'")) == []


def test_the_shape_of_a_batch_has_no_place_above_an_own_layer() -> None:
    assert rules(LAYER + "Own(2, batch_input_shape=(1, 2))\n") == [(5, "layers.batch_input_shape")]


@pytest.mark.parametrize(
    "text",
    [
        LAYER + "Own(2, name='a', weights=None)\n",
        PASSING.format("Embedding", "n, 3, ") + "Own(2, weights=[w])\n",
        LAYER.replace("n, **", "n, weights=None, **") + "Own(2, weights=[w])\n",
        LAYER.replace("**kwargs)\n", ")\n") + "Own(2, weights=[w])\n",
        LAYER.replace("(Layer)", "(object)") + "Own(2, weights=[w])\n",
        LAYER + "    def __new__(cls, *a, **k):\n        return 1\nOwn(2, weights=[w])\n",
        LAYER + "Own = make(Own)\nOwn(2, weights=[w])\n",
        LAYER.replace("**kwargs)\n", "weights=None)\n") + "Own(2)\n",
    ],
)
def test_what_does_not_reach_the_layer_is_not(text: str) -> None:
    assert not [rule for line, rule in rules(text) if line > 4]


@pytest.mark.parametrize(
    ("own", "after"),
    [
        (DENSE, "Own(2, kernel_initializer='uniform', name='a')"),
        ("class Own(Dense): pass\n", "Own(2, kernel_initializer='uniform', name='a')"),
        (TOUCHING, "Own(2, init='uniform', name='a')"),
        (
            DENSE.replace("n, **kwargs):", "n, init='a', **kwargs):"),
            "Own(2, init='uniform', name='a')",
        ),
    ],
)
@pytest.mark.parametrize("to", ["keras@3", "tf_keras"])
def test_arguments_of_keras_1_are_renamed_where_they_are_handed_on(
    own: str, after: str, to: str
) -> None:
    text = TOP + own + "Own(2, init='uniform', name='a')\n"
    result = migrated(text, source="keras@1", to=to).after or ""
    assert result.splitlines()[-1] == after


def test_no_weights_are_dropped() -> None:
    result = migrated(TOP + "Dense(2, weights=None)\n", source="keras@2").after
    assert result == TOP + "Dense(2)\n"
