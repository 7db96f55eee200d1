"""What code of tf.keras does that standalone Keras had no way to do, on its way to Keras 3."""

from pathlib import Path

import pytest
from conftest import Grow, Run
from programs import migrated

HEAD = "import tensorflow as tf\nimport keras\ntf.abs(1)\n"
LAYER = HEAD + "class A(keras.layers.Layer):\n  def __init__(self):\n    "
MODEL = HEAD + "class A(keras.Model):\n  pass\nm = A()\n"
SAVED = HEAD + "m = keras.Sequential([])\n"


def after(text: str) -> str:
    """`text` with `keras` of TensorFlow, to Keras 3, from what `HEAD` is there."""
    source = text.replace("import keras\n", "from tensorflow import keras\n", 1)
    result = migrated(source, source="tf.keras@2").after
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("m.build((None, 4))", "m(keras.Input(batch_shape=(None, 4)))"),
        ("m.build(input_shape=[None, 4])", "m(keras.Input(batch_shape=[None, 4]))"),
        ("m.build(x.shape)", "m(keras.Input(batch_shape=x.shape))"),
        (
            "m.build([(None, 3), (1, 2)])",
            "m([keras.Input(batch_shape=shape) for shape in [(None, 3), (1, 2)]])",
        ),
        (
            "class B(A):\n  def build(self, shape):\n    super().build(shape)",
            "class B(A):\n  def build(self, shape):\n    super().build(shape)",
        ),
        ("s = keras.Sequential([])\ns.build((1, 2))", "s = keras.Sequential([])\ns.build((1, 2))"),
        (
            "keras.layers.Dense(3).build((1, 2))",
            "keras.layers.Dense(3).build((1, 2))",
        ),
    ],
)
def test_a_model_of_ones_own_is_built_by_a_call(before: str, expected: str) -> None:
    assert after(MODEL + before) == MODEL + expected


def test_a_model_with_a_build_of_its_own_keeps_it() -> None:
    text = HEAD + "class A(keras.Model):\n  def build(self, s):\n    pass\nA().build((1, 2))\n"
    assert after(text) == text


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("self.w = tf.Variable(x)", "self.w = keras.Variable(x)"),
        (
            "self.w = tf.Variable(initial_value=x, name='w', trainable=False)",
            "self.w = keras.Variable(x, name='w', trainable=False)",
        ),
        ("self.w = tf.Variable(x, True)", "self.w = keras.Variable(x, trainable=True)"),
        ("self.w = tf.Variable(lambda: x)", "self.w = tf.Variable(lambda: x)"),
        ("self.w = tf.Variable(x, shape=s)", "self.w = tf.Variable(x, shape=s)"),
        ("w = tf.Variable(x)", "w = tf.Variable(x)"),
    ],
)
def test_a_variable_of_a_layer_is_one_of_its_weights(before: str, expected: str) -> None:
    assert after(LAYER + before) == LAYER + expected


def test_a_variable_of_another_class_stays() -> None:
    text = HEAD + "class A(tf.Module):\n  def f(self):\n    self.w = tf.Variable(1.)\nkeras.Model\n"
    assert after(text) == text


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("m.fit(x, {'out': y}, epochs=1)", "m.fit(x, y, epochs=1)"),
        ("m.evaluate(x, y={'out': y + 1})", "m.evaluate(x, y=y + 1)"),
        ("m.fit(x, {'a': y, 'b': z})", "m.fit(x, {'a': y, 'b': z})"),
        ("m.fit(x, {**ys})", "m.fit(x, {**ys})"),
        ("m.fit({'x': x}, y)", "m.fit({'x': x}, y)"),
    ],
)
def test_the_targets_of_one_output_go_without_its_name(before: str, expected: str) -> None:
    assert after(SAVED + before) == SAVED + expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (
            "m.save_weights('a/w.ckpt')",
            "tf.io.gfile.makedirs('a')\nm.save_weights('a/w.weights.h5')",
        ),
        (
            "p = 'a/w-{e}.ckpt'\nif x:\n  m.save_weights(p.format(e=1))",
            "p = 'a/w-{e}.weights.h5'\nif x:\n"
            "  tf.io.gfile.makedirs(p.format(e=1).rpartition('/')[0])\n"
            "  m.save_weights(p.format(e=1))",
        ),
        (
            "keras.models.save_model(m, 'a/b/c')",
            "tf.io.gfile.makedirs('a/b')\nkeras.models.save_model(m, 'a/b/c.keras')",
        ),
        ("m.save_weights('a/w.h5')", "m.save_weights('a/w.weights.h5')"),
        ("m.save_weights('./w')", "m.save_weights('./w.weights.h5')"),
        ("m.save_weights(f() + '/w')", "m.save_weights(f() + '/w.weights.h5')"),
        ("if x: m.save_weights('a/w')", "if x: m.save_weights('a/w.weights.h5')"),
    ],
)
def test_the_folder_that_tensorflow_made_is_made(before: str, expected: str) -> None:
    assert after(SAVED + before) == SAVED + expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("tf.optimizers.Adam(lr=1)", "keras.optimizers.Adam(learning_rate=1)"),
        ("m = tf.metrics.Mean()\nm.reset_states()", "m = keras.metrics.Mean()\nm.reset_state()"),
        ("tf.losses.MeanSquaredError()", "keras.losses.MeanSquaredError()"),
        ("tf.losses.mean_squared_error(a, b)", "tf.losses.mean_squared_error(a, b)"),
        ("tf.losses.Reduction", "tf.losses.Reduction"),
        ("tf.initializers.GlorotUniform()", "keras.initializers.GlorotUniform()"),
        ("tf.initializers.zeros()", "tf.initializers.zeros()"),
    ],
)
def test_keras_is_known_where_tensorflow_has_it_itself(before: str, expected: str) -> None:
    assert after(HEAD + before) == HEAD + expected


@pytest.mark.parametrize("line", ["from own import tf\n", "from own import *\n"])
def test_tensorflow_through_a_file_of_ones_own(grow: Grow, kmigrate: Run, line: str) -> None:
    grow({"own.py": "import tensorflow as tf\n", "a.py": line + "tf.keras.Model\ntf.abs(x)\n"})
    kmigrate("apply", ".", "--from", "tf.keras@2", "--to", "tf_keras")
    text = Path("a.py").read_text(encoding="utf-8")
    assert text == line + "import tf_keras\ntf_keras.Model\ntf.abs(x)\n"


def test_a_file_of_ones_own_gives_what_moved_with_it(grow: Grow, kmigrate: Run) -> None:
    text = "from own import keras, layers\nkeras.Model\nlayers.Dense(3)\n"
    grow(
        {
            "own.py": "from tensorflow import keras\nfrom tensorflow.keras import layers\n",
            "a.py": text,
        }
    )
    kmigrate("apply", ".", "--from", "tf.keras@2", "--to", "tf_keras")
    assert Path("a.py").read_text(encoding="utf-8") == text
