"""What a random ten rules of each page got wrong when they were read against the packages."""

import pytest
from programs import CHANGED, LEFT, migrated

K = "from keras import backend as K\n"
TF = "import tensorflow as tf\n"
DENSE = "from keras.layers import Dense\n"


@pytest.mark.parametrize(
    ("source", "to", "text", "last"),
    [
        # Masking of Keras 3 overrides compute_mask, with another name than Layer has.
        (
            "keras@1",
            "keras@3",
            "from keras.layers import Masking\nMasking().compute_mask(x=a, input_mask=b)",
            "Masking().compute_mask(inputs=a, mask=b)",
        ),
        # A list is laid out in the shape; keras.ops.full repeats it, or raises.
        (
            "keras@2",
            "keras@3",
            K + "K.constant([1, 2, 3, 4], 'int32', (2, 2))",
            "ops.reshape(ops.convert_to_tensor([1, 2, 3, 4], dtype='int32'), (2, 2))",
        ),
        (
            "keras@2",
            "keras@3",
            K + "K.constant(1, 'int32', (2, 2))",
            "ops.full((2, 2), 1, dtype='int32')",
        ),
        # What is drawn where no dtype is said: int64 there, int32 here.
        (
            "tf@2",
            "keras@3",
            TF + "tf.random.categorical(x, 2)",
            'keras.random.categorical(x, 2, dtype="int64")',
        ),
        (
            "keras@3",
            "tf@2",
            "import keras\nkeras.random.categorical(x, 2)",
            "tf.random.categorical(x, 2, dtype='int32')",
        ),
        # The Tokenizer of the shim takes document_count through its **kwargs.
        (
            "keras@2",
            "tf.keras@3",
            "from keras.preprocessing.text import Tokenizer\nTokenizer(document_count=3)",
            "Tokenizer(document_count=3)",
        ),
        (
            "keras@2",
            "keras@3",
            "from keras.applications.vgg16 import get_source_inputs\nget_source_inputs(x)",
            "get_source_inputs(x)",
        ),
        (
            "tf@2",
            "keras@3",
            TF + "tf.random.uniform((2,), seed=3)",
            "keras.random.uniform((2,), 0.0, 1.0, seed=3)",
        ),
    ],
)
def test_what_it_becomes(source: str, to: str, text: str, last: str) -> None:
    result = migrated(text + "\n", source=source, to=to)
    assert (result.after or "").splitlines()[-1] == last
    assert not any(found.outcome in LEFT for found in result.findings)


@pytest.mark.parametrize("name", ["nonneg", "maxnorm", "unitnorm"])
@pytest.mark.parametrize("source", ["keras@1", "keras@2"])
def test_a_constraint_that_keras_3_has_by_another_name_is_flagged(source: str, name: str) -> None:
    argument = {"keras@1": "W_constraint", "keras@2": "kernel_constraint"}[source]
    result = migrated(f"{DENSE}Dense(3, {argument}={name!r})\n", source=source)
    assert f"constraints.named.{argument}" in result.findings[-1].rules
    now = migrated(f"{DENSE}Dense(3, {argument}='non_neg')\n", source=source)
    assert not any(found.outcome in LEFT for found in now.findings)


def test_decay_of_the_legacy_ftrl_is_a_schedule() -> None:
    text = "from tensorflow.keras.optimizers.legacy import Ftrl\nFtrl(0.1, decay=0.2)\n"
    result = migrated(text, source="tf.keras@2")
    assert "InverseTimeDecay(0.1, decay_steps=1, decay_rate=0.2)" in (result.after or "")
    assert any(found.outcome in CHANGED for found in result.findings)
