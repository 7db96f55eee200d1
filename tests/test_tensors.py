"""Symbolic tensors of functional models: followed through the code, and what is done to them."""

import pytest
from programs import migrated, tally

from kmigrate.model import Outcome

HEAD = (
    "import tensorflow as tf\nfrom tensorflow import keras\nfrom tensorflow.keras import layers\n"
)
BACKEND = "from keras import backend as K\nfrom keras.layers import Dense, Input, Lambda, Layer\nfrom keras.models import Model, Sequential\n"
SOURCES = ("auto", "tf.keras@2", "tf.keras@2,keras@2", "tf,tf.keras@2")


def last(text: str, head: str = HEAD, to: str = "keras", source: str = "auto") -> str:
    result = migrated(head + text, to=to, source=source)
    assert result.after is not None, result.error
    return result.after.splitlines()[-1]


INPUT = "x = keras.Input((4, 6))\n"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "given",
    [
        INPUT,
        INPUT + "x = layers.Dense(3)(x)\n",
        INPUT + "x = x[:, 0] * 2 + 1\n",
        INPUT + "x, y = layers.LSTM(3, return_state=True)(x)\n",
        INPUT + "if flag:\n    x = layers.Dense(3)(x)\n",
        INPUT + "for layer in mine:\n    x = layer(x)\n",
        INPUT + "x = mine.block(x, 3)\n",
        INPUT + "def f(t):\n    return layers.Dense(3)(t)\nx = f(x)\n",
        INPUT + "outs = []\nouts.append(x)\nfor x in outs:\n    pass\n",
        INPUT + "x = [layers.Dense(1)(t) for t in [x, x]][0]\n",
        "x = keras.applications.VGG16().output\n",
        "x = keras.Model(a, b).get_layer('name').output\n",
        "x = keras.Model(a, b).layers[-1].output\n",
    ],
)
def test_a_symbolic_tensor_is_known(given: str, source: str) -> None:
    assert last(given + "z = tf.nn.relu(x)", source=source) == "z = keras.ops.relu(x)"


@pytest.mark.parametrize(
    "text",
    [
        "def f(t):\n    t = layers.Dense(3)(t)\n    return tf.nn.relu(t)",
        "class Net:\n  def __init__(self):\n    self.x = keras.Input((3,))\n  def f(self): return tf.nn.relu(self.x)",
        "def f(t):\n    return tf.nn.relu(t)\nf(keras.Input((3,)))",
        "def f(*ts):\n    return tf.nn.relu(ts[0])\nf(keras.Input((3,)))",
        "class Net:\n  def f(self, t): return tf.nn.relu(t)\n  def g(self): return self.f(keras.Input((3,)))",
        "f = lambda t: tf.nn.relu(t)\nf(keras.Input((3,)))",
    ],
)
def test_it_is_known_in_functions(text: str) -> None:
    after = migrated(HEAD + text, to="keras", source="auto").after or ""
    assert "keras.ops.relu" in after
    assert "tf.nn" not in after


@pytest.mark.parametrize(
    "text",
    [
        "z = tf.nn.relu(x)",
        "x = tf.constant([1.0])\nz = tf.nn.relu(x)",
        "x = keras.Sequential([layers.Dense(3)])(tf.ones((2, 3)))\nz = tf.nn.relu(x)",
        INPUT + "y = layers.Lambda(lambda t: tf.nn.relu(t))(x)",
        INPUT + "def f(t):\n    return tf.nn.relu(t)\ny = layers.Lambda(f)(x)",
        "class L(layers.Layer):\n    def call(self, x):\n        return tf.nn.relu(x)",
        "class L(layers.Layer):\n    def call(self, x):\n        return tf.nn.relu(layers.Dense(3)(x))",
        INPUT + "z = tf.nn.relu(x.shape[1])",
        INPUT + "z = tf.ones((int(x.shape[1]), keras.backend.int_shape(x)[2]))",
        INPUT + "x = 3\nz = tf.nn.relu(x)",
        INPUT + "m = keras.Model(x, x)\nz = tf.saved_model.save(m, 'p')",
        INPUT + "z = len(x)\ny = tf.nn.relu(z)",
        "def loss(y, p):\n    return tf.reduce_mean(tf.square(y - p))\nkeras.Model(a, b).compile('sgd', loss)",
    ],
)
def test_values_stay_with_tensorflow(text: str) -> None:
    after = migrated(HEAD + text, to="keras", source="auto").after or ""
    assert [line for line in after.splitlines() if "tf." in line] == [
        line.replace("keras.backend.int_shape(x)", "x.shape")
        for line in text.splitlines()
        if "tf." in line
    ]


@pytest.mark.parametrize(("to", "source"), [("tf_keras", "auto"), ("keras", "keras@2")])
def test_tensors_of_another_keras_stay(to: str, source: str) -> None:
    assert last(INPUT + "z = tf.nn.relu(x)", to=to, source=source) == "z = tf.nn.relu(x)"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "z = tf.signal.fft(x)",
            "z = layers.Lambda(lambda x: tf.signal.fft(x))(x)",
        ),
        (
            "z = tf.bitwise.invert(x[:, 0], name='n')",
            "z = layers.Lambda(lambda tensor: tf.bitwise.invert(tensor, name='n'))(x[:, 0])",
        ),
        (
            "z = tf.gather_nd(x, indices=x)",
            "z = layers.Lambda(lambda x: tf.gather_nd(x, indices=x))(x)",
        ),
        (
            "z = tf.reshape(x, (tf.shape(x)[0], -1))",
            "z = layers.Lambda(lambda x: tf.reshape(x, (tf.shape(x)[0], -1)))(x)",
        ),
        (
            "n = tf.shape(x)[0]\nz = tf.zeros([n, 4])",
            "z = layers.Lambda(lambda x: tf.zeros([tf.shape(x)[0], 4]))(x)",
        ),
        (
            "y = keras.Input((3,))\nz = tf.tile(y, [tf.shape(x)[0], 1])",
            "z = layers.Lambda(lambda given: (lambda y, x: tf.tile(y, [tf.shape(x)[0], 1]))(*given))([y, x])",
        ),
        (
            "z = tf.image.resize(x, tf.shape(x)[1:3])",
            "z = keras.ops.image.resize(x, keras.ops.shape(x)[1:3])",
        ),
        ("z = tf.nn.dropout(x, 0.1)", "z = layers.Lambda(lambda x: tf.nn.dropout(x, 0.1))(x)"),
    ],
)
def test_what_has_no_other_form_goes_into_a_layer(text: str, after: str) -> None:
    assert last(INPUT + text) == after
    once = migrated(HEAD + INPUT + text, to="keras", source="auto").after or ""
    assert migrated(once, to="keras", source="auto").after == once


@pytest.mark.parametrize(
    "text",
    [
        "for n in range(3):\n    z = tf.bitwise.left_shift(x, n)",
        "n = 1\nn = 2\nz = tf.bitwise.left_shift(x, n)",
        "n = tf.shape(x)[0]\nx = layers.Dense(2)(x)\nz = tf.zeros([n, 4])",
        "z = tf.zeros([tf.shape(layers.Dense(3)(x))[0], 4])",
        "z = tf.signal.fft(*[x])",
        "class C:\n    z = tf.signal.fft(x)",
    ],
)
def test_what_would_mean_another_thing_later_is_flagged(text: str) -> None:
    result = migrated(HEAD + INPUT + text, to="keras", source="auto")
    flagged = [one for one in result.findings if one.outcome is Outcome.FLAGGED]
    assert [one.rules for one in flagged] == [("tensors.function",)]
    assert "Lambda" not in (result.after or "")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("a = x.get_shape()", "a = x.shape"),
        ("a = x.get_shape().as_list()[1:]", "a = list(x.shape)[1:]"),
        ("a = x.shape.as_list()", "a = list(x.shape)"),
        ("a = x.get_shape()[1].value", "a = x.shape[1]"),
        ("s = x.shape\na = s[1].value", "a = s[1]"),
        ("a = x._keras_shape[1]", "a = x.shape[1]"),
        ("a = mine._keras_shape[1]", "a = mine.shape[1]"),
        ("a = mine.get_shape().as_list()", "a = mine.get_shape().as_list()"),
        ("a = tf.constant(1).shape.as_list()", "a = tf.constant(1).shape.as_list()"),
        ("a = x.name", "a = x.name"),
    ],
)
def test_what_is_taken_of_a_tensor(text: str, after: str) -> None:
    assert last(INPUT + text) == after


@pytest.mark.parametrize("end", ["input", "output"])
def test_ends_of_a_sequential_model(end: str) -> None:
    text = f"m = Sequential([Dense(3, input_shape=(4,))])\na = m.{end}"
    assert last(text, BACKEND, source="keras@2") == f"a = m.{end}s[0]"
    assert last(text, BACKEND, "tf_keras", "keras@2") == f"a = m.{end}"
    model = f"m = Model(a, b)\na = m.{end}"
    assert last(model, BACKEND, source="keras@2") == f"a = m.{end}"


MODEL = "x = Input((4,))\nh = Dense(4)(x)\nm = Model(x, h)\n"
FLAGGED = {
    "m.add_loss(lambda: 1.0)": "models.Model.add_loss.remade",
    "m.metrics_tensors.append(h)": "models.Model.metrics_tensors",
    "a = h._uses_learning_phase": "tensors.uses_learning_phase",
    "def f(y, p):\n    return p + h\nm.compile('sgd', loss=f)": "tensors.closure",
    "def f(y, p):\n    return p + h\nm.compile('sgd', loss={'a': f}, metrics=[f])": "tensors.closure",
    "def g(t):\n  def f(y, p):\n    return p + t\n  return f\nm.compile('sgd', g(h))": "tensors.closure",
    "o = Lambda(lambda t: t + h)(x)": "tensors.closure",
    "class L(Layer):\n  def build(self, s):\n    self.trainable_weights = [1]": "layers.Layer.trainable_weights.set",
    "class L(Layer):\n  def build(self, s):\n    self._trainable_weights.append(1)": "layers.Layer.trainable_weights.private",
}
KEPT = [
    "class L(Layer):\n  def call(self, x):\n    self.add_loss(K.mean(x))\n    return x",
    "class M(Model):\n  def call(self, x):\n    self.add_loss(K.mean(x))\n    return x",
    "def f(y, p):\n    return p + 1\nm.compile('sgd', loss=f)",
    "def g(t):\n  def f(y, p):\n    return p + t\n  return f\nm.compile('sgd', g(2.0))",
    "o = Lambda(lambda t: t[0] + t[1])([x, h])",
    "def f(y):\n    return h\nf(1)",
    "m.trainable = True",
]


@pytest.mark.parametrize(("text", "rule"), FLAGGED.items(), ids=FLAGGED)
def test_what_fails_is_flagged(text: str, rule: str) -> None:
    result = migrated(BACKEND + MODEL + text, to="keras", source="keras@2")
    rules = {one.rules for one in result.findings if one.outcome is Outcome.FLAGGED}
    assert rules == {(rule,)}


@pytest.mark.parametrize("text", KEPT)
def test_what_runs_is_not(text: str) -> None:
    result = migrated(BACKEND + MODEL + text, to="keras", source="keras@2")
    assert "left" not in tally(result)


PLAIN = """
m = Sequential()
m.add(Dense(4, activation='relu', input_shape=(4,)))
m.add(BatchNormalization())
m.add(Dense({units}))
m.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
"""


def test_a_plain_program_leaves_nothing_to_do() -> None:
    head = BACKEND + "from keras.layers import BatchNormalization\n"
    for units, is_left in (("1", False), ("units=1", False), ("8", True)):
        result = migrated(head + PLAIN.format(units=units), to="keras", source="keras@2")
        assert ("left" in tally(result)) is is_left
        told = {rule for one in result.findings for rule in one.rules}
        assert "layers.BatchNormalization.averages" in told
        assert ("optimizers.named.rmsprop" in told) is not is_left


def test_frozen_layers_are_looked_for() -> None:
    head = BACKEND + "from keras.layers import BatchNormalization\nb = BatchNormalization()\n"
    for text, is_left in (("b.trainable = False", True), ("b.name = 'b'", False)):
        result = migrated(head + text, to="keras", source="keras@2")
        assert ("left" in tally(result)) is is_left


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nclass C:\n  def __init__(self):\n    self.n = np.max(y) + 1\n  def f(self):\n    return Dense({})",
        "def f(n):\n  return Dense({})\nf(y.max() + 1)",
        "n = max(y) + 1\nDense({})",
    ],
)
def test_sizes_of_numpy_are_followed(text: str) -> None:
    name = "self.n" if "self" in text else "n"
    after = migrated(BACKEND + text.format(name), to="keras", source="keras@2").after or ""
    assert f"Dense(int({name}))" in after


@pytest.mark.parametrize("to", ["keras", "tf_keras"])
def test_symbolic_gradients_are_flagged(to: str) -> None:
    text = "import tensorflow as tf\nx = Input((3,))\nm = Model(x, Dense(2)(x))\n"
    text += "g = tf.gradients(m.output, m.trainable_weights)"
    result = migrated(BACKEND + text, to=to, source="keras@2.2.4")
    found = [one for one in result.findings if one.rules == ("tensors.gradients",)]
    assert [one.outcome for one in found] == [Outcome.FLAGGED]


def test_gradients_of_other_tensors_stay() -> None:
    text = "import tensorflow as tf\n@tf.function\ndef f(a, b):\n    return tf.gradients(a, b)"
    result = migrated(BACKEND + text, to="keras", source="keras@2.2.4")
    assert not [one for one in result.findings if "tensors.gradients" in one.rules]
