"""One Keras per program: which files stay whole, and why."""

from __future__ import annotations

from typing import Any

import pytest
from programs import migrated, run

from kmigrate.model import Outcome


@pytest.mark.parametrize("target", ["tf_keras", "tf.keras@2"])
@pytest.mark.parametrize(
    "given", [{"select": ("layers",)}, {"ignore": ("derived.name",)}, {"ignore": ("derived",)}]
)
def test_a_selection_that_would_mix_holds_the_file_back(target: str, given: dict[str, Any]) -> None:
    text = "import keras\nfrom keras.layers import Convolution2D\n"
    text += "x = Convolution2D(3, 3, 3)(keras.layers.core.Dense(3))\n"
    assert migrated(text, to=target, source="keras@1").held_back == ""
    result = run(text, to=target, source="keras@1", **given)
    assert result.after == text
    assert result.held_back
    assert not any(finding.after for finding in result.findings)


SHIM = "try:\n    import keras\nexcept ImportError:\n    from tensorflow import keras\n"


@pytest.mark.parametrize("target", ["tf_keras", "tf.keras@2"])
def test_a_shim_that_cannot_be_decided_holds_the_file_back(target: str) -> None:
    text = SHIM + "from keras.layers.core import Dense\nx = keras.Sequential([Dense(3)])\n"
    result = migrated(text, to=target, source="auto")
    assert result.after == text
    assert f"mix keras and {target.partition('@')[0]}" in result.held_back


def test_a_shim_does_not_matter_where_the_name_stays() -> None:
    text = SHIM + "x = keras.Sequential()\n"
    result = migrated(text, to="keras@3", source="keras@3")
    assert (result.after, result.held_back) == (text, "")


def test_a_file_held_back_says_why_everywhere() -> None:
    text = "from keras.layers import Convolution2D\nfrom keras import models\n"
    text += "x = Convolution2D(3, 3, 3)\nm = models.Sequential()\n"
    result = run(text, to="tf_keras", source="keras@1", select=("layers",))
    assert result.after == text
    assert "mix keras and tf_keras" in result.held_back
    flagged = [f for f in result.findings if f.reason.startswith("held back")]
    assert flagged
    assert all(f.outcome is Outcome.FLAGGED and not f.after for f in flagged)


def test_a_flagged_reference_does_not_hold_a_file_back() -> None:
    text = "from keras import backend as K\nx = K.get_session(), K.sum(y)\n"
    after = "from tf_keras import backend as K\nx = K.get_session(), K.sum(y)\n"
    result = migrated(text, to="tf_keras")
    assert (result.after, result.held_back) == (after, "")


def test_a_comment_does_not_hold_a_file_back() -> None:
    text = "import keras\nfrom keras import layers\nx = layers.core.Dense(3)\n"
    text += "y = keras.layers.Flatten()  # kmigrate: ignore\n"
    result = migrated(text, to="tf_keras")
    assert result.held_back == ""
    assert "from tf_keras import layers\n" in (result.after or "")
    assert "import keras\n" in (result.after or "")
