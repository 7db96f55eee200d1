"""Private names of Keras that old code imports: what is written for them, and what it computes."""

from typing import Any

import pytest
from programs import migrated

from kmigrate.model import Outcome

TARGETS = ("keras@3", "tf_keras")
PLAIN = [  # what the function of Keras 2.0.9 gives
    ("initializers import _compute_fans", "_compute_fans((3, 4))", (3, 4)),
    ("initializers import _compute_fans", "_compute_fans((2, 5, 3, 4))", (30, 40)),
    (
        "initializers import _compute_fans",
        "_compute_fans((2, 5, 3, 4), 'channels_first')",
        (60, 24),
    ),
    (
        "initializers import _compute_fans",
        "_compute_fans((2, 5), data_format='channels_first')",
        (2, 5),
    ),
    ("initializers import _compute_fans", "_compute_fans((9,))", (3.0, 3.0)),
    (
        "preprocessing.sequence import _remove_long_seq",
        "_remove_long_seq(3, [[1], [1, 2, 3], []], [4, 5, 6])",
        ([[1], []], [4, 6]),
    ),
    (
        "engine.training import _make_batches",
        "_make_batches(7, batch_size=3)",
        [(0, 3), (3, 6), (6, 7)],
    ),
    (
        "applications.imagenet_utils import _obtain_input_shape",
        "_obtain_input_shape(None, 224, 48, 'channels_last', require_flatten=True)",
        (224, 224, 3),
    ),
    (
        "applications.imagenet_utils import _obtain_input_shape",
        "_obtain_input_shape(None, default_size=224, min_size=48, data_format='channels_first', include_top=False)",
        (3, None, None),
    ),
    (
        "applications.imagenet_utils import _obtain_input_shape",
        "_obtain_input_shape((64, 48, 1), 224, 48, 'channels_last', False)",
        (64, 48, 1),
    ),
]


def after(text: str, to: str = "keras@3") -> str:
    result = migrated(text, source="keras@2.0.9", to=to)
    assert result.after is not None
    assert migrated(result.after, source="keras@2.0.9", to=to).after == result.after
    return result.after


@pytest.mark.parametrize("to", TARGETS)
@pytest.mark.parametrize(("imported", "call", "wanted"), PLAIN)
def test_what_is_written_out_gives_the_same(imported: str, call: str, wanted: Any, to: str) -> None:
    text = after(f"from keras.{imported}\nfound = {call}\n", to)
    assert "keras" not in text
    names: dict[str, Any] = {}
    exec(text, names)
    assert names["found"] == wanted


@pytest.mark.parametrize(
    ("before", "wanted"),
    [
        (
            "K.tensorflow_backend._to_tensor(K.common._EPSILON, p.dtype)",
            "keras.ops.convert_to_tensor(keras.config.epsilon(), p.dtype)",
        ),
        (
            "K._FLOATX if K._BACKEND == 'theano' else None",
            "keras.config.floatx() if keras.config.backend() == 'theano' else None",
        ),
        (
            "len(K.tensorflow_backend._get_available_gpus())",
            'len((lambda: [device.name for device in tf.config.list_logical_devices("GPU")])())',
        ),
        ("map(K._to_tensor, ps)", "map(keras.ops.convert_to_tensor, ps)"),
    ],
)
def test_public_names_take_their_place(before: str, wanted: str) -> None:
    head = "import keras\nimport tensorflow as tf\nfrom keras import backend as K\n"
    assert after(f"{head}x = {before}\n").splitlines()[-1] == f"x = {wanted}"


def test_what_is_set_is_flagged_and_stays() -> None:
    text = "from keras import backend as K\nK._EPSILON = 1e-5\n"
    result = migrated(text, source="keras@2.2.4")
    assert result.after == text
    assert [one.outcome for one in result.findings] == [Outcome.KEPT, Outcome.FLAGGED]


def test_a_constant_that_is_gone_and_set_is_flagged() -> None:
    text = "from keras.losses import Reduction\nReduction.NONE = 'mean'\n"
    result = migrated(text, source="keras@2.3")
    assert "Reduction.NONE = 'mean'" in (result.after or "")
    assert result.findings[-1].outcome is Outcome.FLAGGED


def test_other_private_names_are_flagged() -> None:
    text = "from keras.engine.training import _slice_arrays\nx = _slice_arrays(y, 0, 2)\n"
    assert "_slice_arrays(y, 0, 2)" in after(text)
    found = migrated(text, source="keras@2.0.9").findings
    assert {one.outcome for one in found} == {Outcome.FLAGGED}
