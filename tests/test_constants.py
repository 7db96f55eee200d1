"""Constants that the target lacks, for which their value is written."""

import pytest
from programs import migrated


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NONE", "none"),
        ("SUM", "sum"),
        ("SUM_OVER_BATCH_SIZE", "sum_over_batch_size"),
        ("AUTO", "sum_over_batch_size"),
    ],
)
def test_a_reduction_is_written_as_its_text(name: str, value: str) -> None:
    before = (
        "import tensorflow as tf\n"
        f"loss = tf.keras.losses.MeanSquaredError(reduction=tf.keras.losses.Reduction.{name})\n"
    )
    result = migrated(before, source="tf.keras@2")
    assert (
        result.after == f'import keras\nloss = keras.losses.MeanSquaredError(reduction="{value}")\n'
    )
    found = next(one for one in result.findings if "Reduction" in one.symbol)
    assert (found.outcome, found.rules) == ("review", (f"losses.Reduction.{name}",))
    assert migrated(result.after, source="tf.keras@2").after == result.after


def test_an_import_for_constants_alone_goes_with_them() -> None:
    before = (
        "from keras.losses import MeanSquaredError, Reduction\n"
        "from keras.utils import losses_utils\n"
        "a = MeanSquaredError(Reduction.NONE)\n"
        "b = MeanSquaredError(losses_utils.Reduction.SUM)\n"
    )
    after = (
        "from keras.losses import MeanSquaredError\n"
        'a = MeanSquaredError("none")\n'
        'b = MeanSquaredError("sum")\n'
    )
    assert migrated(before, source="keras@2.3.1").after == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('f"{Reduction.SUM}"', "f\"{'sum'}\""),
        ("f'{Reduction.SUM}'", "f'{\"sum\"}'"),
        ('f"{f(r=Reduction.SUM):>{9}}"', "f\"{f(r='sum'):>{9}}\""),
    ],
)
def test_its_quotes_do_not_end_an_f_string(before: str, after: str) -> None:
    text = f"from keras.losses import Reduction\nx = {before}\n"
    assert migrated(text, source="keras@2.3.1").after == f"x = {after}\n"


def test_the_class_of_the_constants_is_still_flagged() -> None:
    before = "from keras.losses import Reduction\nnames = vars(Reduction)\n"
    result = migrated(before, source="keras@2.3.1")
    assert result.after == before
    assert "losses.Reduction" in {rule for one in result.findings for rule in one.rules}


def test_tf_keras_keeps_the_constants() -> None:
    before = "from tf_keras.losses import Reduction\nr = Reduction.NONE\n"
    old = before.replace("tf_keras", "keras")
    assert migrated(old, source="keras@2.3.1", to="tf_keras").after == before
