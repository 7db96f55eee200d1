"""New code stands where a person would put it: no bracket, quote or import that the place lacks."""

from __future__ import annotations

import pytest
from programs import migrated

from kmigrate.model import Module, Outcome

K = "from keras import backend as K\n"


def after(text: str, source: str = "keras@2", to: str = "keras@3") -> str:
    return migrated(text, source=source, to=to).after or text


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("y = K.in_train_phase(a, b, training=t)", "y = a if t else b"),
        ("f(K.in_train_phase(a, b, training=t))", "f(a if t else b)"),
        ("y = K.in_train_phase(a, b, training=t) + 1", "y = (a if t else b) + 1"),
        ("y = K.hard_sigmoid(a + 1)", "y = ops.clip(0.2 * (a + 1) + 0.5, 0.0, 1.0)"),
    ],
)
def test_a_template_has_brackets_where_its_place_needs_them(before: str, expected: str) -> None:
    assert after(f"{K}{before}\n").splitlines()[-1] == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("K.set_image_dim_ordering('th')", "K.set_image_data_format('channels_first')"),
        ('K.set_image_dim_ordering("th")', 'K.set_image_data_format("channels_first")'),
        ("a = 'x'\nb = K.image_dim_ordering()", "'th' if K.image_data_format() == "),
        ('a = "x"\nb = K.image_dim_ordering()', '"th" if K.image_data_format() == '),
    ],
)
def test_literals_have_the_quotes_of_their_call_or_file(before: str, expected: str) -> None:
    assert expected in after(f"{K}{before}\n")


def test_a_cell_keeps_its_imports() -> None:
    cell = "# %% cell {}\nfrom keras.layers.core import Dense\nDense(2)\n"
    moved = "# %% cell {}\nfrom keras.layers import Dense\nDense(2)\n"
    assert after(cell.format(1) + cell.format(2)) == moved.format(1) + moved.format(2)
    once = "from keras.layers import Dense\nfrom keras.layers.core import Dense\nDense(2)\n"
    assert after(once).count("import Dense") == 1


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("width_shift_range=0.1, height_shift_range=0.1", ""),
        ("width_shift_range=0.1, height_shift_range=0.2", "height_shift_range=0.1"),
    ],
)
def test_arguments_of_one_value_do_not_change_places(given: str, expected: str) -> None:
    text = (
        f"from keras.preprocessing.image import ImageDataGenerator\nImageDataGenerator({given})\n"
    )
    last = after(text, "keras@2.3.1", "tf_keras").splitlines()[-1]
    assert last.startswith(f"ImageDataGenerator({expected or given}")


@pytest.mark.parametrize("module", ["layers", "layers.convolutional"])
@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("(64, 3, 3)", "(64, (3, 3))"),
        ("(64, k, k)", "(64, (k, k))"),
        ("(64, (3, 3))", "(64, (3, 3))"),
        ("(64, (3, 3), (2, 2))", "(64, (3, 3), (2, 2))"),
    ],
)
def test_numbers_are_joined_to_a_kernel_and_tuples_are_not(
    module: str, before: str, expected: str
) -> None:
    text = f"from keras.{module} import Convolution2D\nConvolution2D{before}\n"
    result = migrated(text, source="keras@2,keras@1")
    assert result.after is not None and result.after.endswith(f"\nConv2D{expected}\n")
    assert {one.outcome for one in result.findings} == {Outcome.REWRITTEN}


def test_raw_tensorflow_is_written_through_the_star_that_gives_it() -> None:
    exports = {"models.tf": "tensorflow"}
    text = "from models import *\nfrom keras import backend as K\nK.set_session(tf.Session())\n"
    result = migrated(text, module=Module(name="train", exports=exports))
    assert result.after is not None and "[tf.config." in result.after
    assert "import tensorflow" not in result.after


def test_what_is_renamed_in_tensorflow_stays_in_tensorflow_beside_tf_keras() -> None:
    text = "import tensorflow as tf\nfrom keras.layers import Dense\nDense(2)\ny = tf.log(x)\n"
    assert after(text, "keras@2,tf@1", "tf_keras").endswith("\ny = tf.math.log(x)\n")


@pytest.mark.parametrize(
    ("call", "source", "reason"),
    [
        (
            "GRU(3)",
            "keras@2",
            "written as for keras@2.3.1: for keras@2.2.4 with `recurrent_activation='hard_sigmoid'`, "
            "for keras@2.15.0 without `reset_after=False`; say which with --from",
        ),
    ],
)
def test_a_review_says_what_another_version_wants(call: str, source: str, reason: str) -> None:
    result = migrated(f"from keras.layers import GRU\n{call}\n", source=source, to="tf_keras")
    assert [one.reason for one in result.findings if one.span.line == 2] == [reason]


def test_an_import_that_nothing_uses_is_no_value() -> None:
    result = migrated("from keras.layers import GRU\n", to="keras@3")
    assert [one.outcome for one in result.findings] == [Outcome.KEPT]
