"""The name of a layer or a model that is set: tf_keras has a property there, which reads `_name`."""

from __future__ import annotations

import pytest
from programs import migrated

TOP = "from keras.layers import Dense\nfrom keras.models import Model, load_model\n"


def after(text: str, to: str = "tf_keras", source: str = "keras@2") -> str:
    result = migrated(TOP + text, source=source, to=to).after or ""
    return "\n".join(result.splitlines()[2:])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("m = Model(i, o)\nm.name = 'a'", "m = Model(i, o)\nm._name = 'a'"),
        ("d = Dense(1)\nd.name = d.name + '_x'", "d = Dense(1)\nd._name = d.name + '_x'"),
        (
            "m = load_model('a.h5')\nfor l in m.layers:\n    l.name += '_x'",
            "m = load_model('a.h5')\nfor l in m.layers:\n    l._name += '_x'",
        ),
        ("x.name = 'a'",) * 2,
        ("class Own:\n    pass\nown = Own()\nown.name = 'a'",) * 2,
        ("m = Model(i, o)\nprint(m.name)",) * 2,
    ],
)
def test_what_is_set_is_what_the_property_reads(text: str, expected: str) -> None:
    assert after(text) == expected


def test_keras_3_takes_a_name_as_it_did() -> None:
    text = "m = Model(i, o)\nm.name = 'a'"
    assert after(text, to="keras@3") == text
