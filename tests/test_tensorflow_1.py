"""TensorFlow 1: to Keras 3 and to the names of TensorFlow 2, which keeps the old API whole."""

import pytest
from programs import migrated

from kmigrate.api import load
from kmigrate.match.judge import Judge
from kmigrate.model import SURFACES, Outcome
from kmigrate.rulebook.table import load_table

TO_TF = {
    "a public name of the same object": ("tf.log(x)", "tf.math.log(x)"),
    "no other name": ("tf.placeholder(tf.float32)", "tf.compat.v1.placeholder(tf.float32)"),
    "the spelling of the person": ("tf.app.flags.FLAGS", "tf.compat.v1.app.flags.FLAGS"),
    "a field of a value": ("tf.app.flags.FLAGS.size", "tf.compat.v1.app.flags.FLAGS.size"),
    "a module that is used as a value": ("tf.app.flags", "tf.compat.v1.app.flags"),
    "a name that now means another function": (
        "tf.image.resize_images(x, [3, 4])",
        "tf.compat.v1.image.resize_images(x, [3, 4])",
    ),
    "a call that TensorFlow 2 refuses": (
        "tf.nn.conv2d(x, filter=w, strides=[1, 1, 1, 1], padding='SAME')",
        "tf.compat.v1.nn.conv2d(x, filter=w, strides=[1, 1, 1, 1], padding='SAME')",
    ),
    "an initializer whose name Keras has taken": (
        "tf.truncated_normal_initializer(stddev=0.1)",
        "tf.compat.v1.truncated_normal_initializer(stddev=0.1)",
    ),
    "a function that changed under its name": ("tf.where(x)", "tf.compat.v1.where(x)"),
    "a renamed argument": ("tf.gfile.Exists(filename=p)", "tf.io.gfile.exists(path=p)"),
    "what is the same": ("tf.reshape(x, [2])", "tf.reshape(x, [2])"),
    "a call that is the same": ("tf.reduce_sum(x, 1)", "tf.reduce_sum(x, 1)"),
    "what is gone": ("tf.layers.flatten(x)", "tf.layers.flatten(x)"),
    "what never was public": ("tf.contrib.rnn.LSTMCell(3)", "tf.contrib.rnn.LSTMCell(3)"),
}
TO_KERAS = {
    "an operator": ("tf.log(x)", "keras.ops.log(x)"),
    "no name in Keras, one in TensorFlow 2": ("tf.lgamma(x)", "tf.math.lgamma(x)"),
    "a name that rows leave out of a template": (
        "tf.identity(x, name='y')",
        "keras.ops.copy(x)",
    ),
    "an argument that nobody leaves out": (
        "tf.argmax(x, 1, output_type=tf.int32)",
        "tf.argmax(x, 1, output_type=tf.int32)",
    ),
    "a step that no schedule takes": (
        "tf.train.exponential_decay(0.1, step, 10, 0.5)",
        "keras.optimizers.schedules.ExponentialDecay(0.1, 10, 0.5, False)",
    ),
    "a penalty of half the squares": (
        "tf.contrib.layers.l2_regularizer(0.01)",
        "keras.regularizers.L2(0.5 * 0.01)",
    ),
    "sizes of parts, which are no indices": (
        "tf.split(x, [1, 2], axis=0)",
        "tf.split(x, [1, 2], axis=0)",
    ),
    "a session that runs": ("tf.Session().run(x)", "tf.compat.v1.Session().run(x)"),
    "a session that runs nothing": ("tf.Session()", "tf.compat.v1.Session()"),
}


def last_line(call: str, target: str) -> str:
    result = migrated(f"import tensorflow as tf\n{call}\n", source="tf@1", to=target)
    assert result.after is not None
    return result.after.splitlines()[-1]


@pytest.mark.parametrize(("before", "after"), TO_TF.values(), ids=TO_TF)
def test_a_call_in_tensorflow_2(before: str, after: str) -> None:
    assert last_line(before, "tf@2") == after


@pytest.mark.parametrize(("before", "after"), TO_KERAS.values(), ids=TO_KERAS)
def test_a_call_in_keras_3(before: str, after: str) -> None:
    assert last_line(before, "keras@3") == after


def test_every_name_leads_to_one_that_tensorflow_2_has() -> None:
    """Also of the newest version alone, which lost what the one before still had."""
    old, new = load("tf", "1.15"), load("tf", "")
    judge = Judge(load_table(), SURFACES["tf@1"], SURFACES["tf@2"], new.version)
    names = {name for name in old.names() if not name.startswith("compat.")}
    symbols = [judge.symbol(name) for name in names]
    led = [one for one in symbols if one.action.outcome is not Outcome.FLAGGED]
    assert len(led) > 1400
    assert [one.path for one in led if not new.has(one.destination)] == []


@pytest.mark.parametrize("target", ["keras@3", "tf@2"])
def test_a_module_without_a_home_keeps_its_import(target: str) -> None:
    text = "import tensorflow as tf\nimport tensorflow.contrib.slim as slim\n"
    result = migrated(text + "x = slim.conv2d(tf.log(x), 3, [1, 1])\n", source="tf@1", to=target)
    assert result.after is not None
    assert "import tensorflow.contrib.slim as slim" in result.after.splitlines()


def test_what_tensorflow_2_lacks_goes_beside_keras_though_raw_tensorflow_stays() -> None:
    program = (
        "import tensorflow as tf\nfrom keras.layers import Dense\nx = tf.log(tf.exp(y)), Dense(2)\n"
    )
    result = migrated(program, source="auto", to="tf_keras")
    assert "tf.math.log(tf.exp(y))" in (result.after or "")
    block = program.replace("tf.log(tf.exp(y))", "tf.placeholder(tf.float32)")
    found = migrated(block, source="auto", to="tf_keras").findings
    said = [one.symbol for one in found if one.outcome is Outcome.FLAGGED]
    assert said == ["tensorflow.placeholder"]
    alone = program.replace("from keras.layers import Dense\n", "").replace(", Dense(2)", "")
    assert {one.outcome for one in migrated(alone, source="auto").findings} == {Outcome.KEPT}


@pytest.mark.parametrize("source", ["auto", "keras@2.2.4", "keras@2.2.4,tf@1"])
def test_what_a_class_of_tensorflow_1_holds_stays_behind_it(source: str) -> None:
    program = (
        "import keras\nimport tensorflow as tf\nx = tf.Summary.Value(tag=t), tf.Summary(value=v)\n"
    )
    after = migrated(program, source=source).after or ""
    assert "x = tf.compat.v1.Summary.Value(tag=t), tf.compat.v1.Summary(value=v)\n" in after
