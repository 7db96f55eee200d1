"""Merge without a list of models is a layer that is called; a function as its mode is a Lambda."""

from __future__ import annotations

import pytest
from programs import migrated

from kmigrate.model import Outcome

TOP = "from keras.layers import Merge, merge\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Merge(mode='concat', concat_axis=1)(x)", "Concatenate(axis=1)(x)"),
        ("Merge(mode='sum', name='s')(x)", "Add(name='s')(x)"),
        ("Merge()(x)", "Add()(x)"),
        ("Merge(mode=lambda x: x[0])(x)", "Lambda(lambda x: x[0])(x)"),
        ("merge(x, mode=lambda x: x[0])", "Lambda(lambda x: x[0])(x)"),
        ("merge(x, mode=f, output_shape=g, name='m')", "Lambda(f, output_shape=g, name='m')(x)"),
    ],
)
def test_what_joins_tensors(before: str, after: str) -> None:
    functions = "def f(x):\n    return x[0]\ndef g(x):\n    return x[0]\n"
    result = migrated(f"{TOP}{functions}y = {before}\n", source="keras@1").after or ""
    assert result.endswith(f"y = {after}\n")


@pytest.mark.parametrize(
    "call", ["Merge([a, b], mode='concat')", "Merge(mode=f)", "merge(x, mode=f)"]
)
def test_models_and_unknown_modes_are_flagged(call: str) -> None:
    result = migrated(f"{TOP}y = {call}\n", source="keras@1")
    assert [one.outcome for one in result.findings if one.span.line == 2] == [Outcome.FLAGGED]


MODELS = (
    "from keras.layers import Dense, Merge\nfrom keras.models import Sequential\n"
    "a = Sequential()\nb = Sequential()\n"
)
HEAD = "m = Sequential()\nm.add(Merge({given}))\n"


def joined(behind: str, given: str = "[a, b], mode='concat'", top: str = MODELS) -> str:
    text = top + HEAD.format(given=given) + behind
    return (migrated(text, source="keras@1").after or text).split("m = Sequential()\n")[1]


@pytest.mark.parametrize(
    "layers", ["m.add(Dense(2))\n", "for i in x:\n    m.add(Dense(i))\nm.add(Dense(2))\n"]
)
def test_models_are_joined_and_the_head_is_called_on_them(layers: str) -> None:
    assert joined(f"{layers}y = 1\nm.compile('sgd', 'mse')\n") == (
        "m_joined = Model([tensor for one in [a, b] for tensor in one.inputs], "
        "concatenate([one.outputs[0] for one in [a, b]], axis=-1))\n"
        f"{layers}y = 1\nm = Model(m_joined.inputs, m(m_joined.outputs[0]))\n"
        "m.compile('sgd', 'mse')\n"
    )


@pytest.mark.parametrize(
    ("behind", "given", "top"),
    [
        ("m.add(Dense(2))\n", "[a, b], mode='concat'", MODELS),  # used nowhere
        ("m.compile()\n", "[a, b], mode='concat'", MODELS),  # no head
        ("m.add(Dense(2))\nm.compile()\n", "[a, a], mode='concat'", MODELS),
        ("m.add(Dense(2))\nm.compile()\n", "[a, c], mode='concat'", MODELS),
        ("m.add(Dense(2))\nm.compile()\n", "[a, Dense(2)], mode='concat'", MODELS),
        ("m.add(Dense(2))\nm.compile()\n", "models, mode='concat'", MODELS),
        ("m.add(Dense(2))\nm.compile()\n", "[a, b], mode='dot'", MODELS),
        ("m.add(Dense(2))\nm.compile(m_joined)\n", "[a, b], mode='concat'", MODELS),
        ("m.add(Dense(2))\nm.compile()\n", "[a, b]", MODELS + "if x:\n    b = Sequential()\n"),
    ],
)
def test_other_models_keep_the_layer_and_are_flagged(behind: str, given: str, top: str) -> None:
    assert f"m.add(Merge({given}))\n" in joined(behind, given, top)
