"""Keras 2.2.4 on TensorFlow 1.15 beside its migration on Keras 3: whole scripts, weights carried."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kmigrate.verify.cases import translate
from kmigrate.verify.compare import Verdict
from kmigrate.verify.pair import Pair, Paired, run_pairs
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Limits, Program, Setting

pytest.importorskip("numpy")
pytestmark = pytest.mark.slow
HEAD = """\
import numpy as np
from keras import backend as K
from keras.engine.topology import Layer
from keras.layers import (
    LSTM, Activation, Conv2D, Dense, Dropout, Embedding, Flatten, Input, MaxPooling2D
)
from keras.models import Model, Sequential
from keras.optimizers import Adam, SGD

"""
TAIL = """
history = model.fit(x, y, batch_size=8, epochs=3, validation_split=0.25, verbose=0)
score = model.evaluate(x, y, verbose=0)
predicted = model.predict(x)
"""
# None of them sets a weight or a seed, and all of them shuffle.
SCRIPTS = {
    "mlp": """
model = Sequential()
model.add(Dense(16, activation="relu", input_dim=8))
model.add(Dropout(0.3))
model.add(Dense(3))
model.add(Activation("softmax"))
model.compile(optimizer="sgd", loss="categorical_crossentropy", metrics=["accuracy"])
x = np.random.normal(size=(40, 8))
y = np.eye(3)[np.random.randint(0, 3, size=40)]
""",
    "cnn": """
model = Sequential()
model.add(Conv2D(8, (3, 3), activation="relu", input_shape=(12, 12, 1)))
model.add(MaxPooling2D((2, 2)))
model.add(Conv2D(8, (3, 3), activation="relu", padding="same"))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(4, activation="softmax", name="classes"))
model.compile(optimizer=Adam(lr=0.01), loss="sparse_categorical_crossentropy", metrics=["acc"])
x = np.random.uniform(size=(32, 12, 12, 1)).astype("float32")
y = np.random.randint(0, 4, size=(32, 1))
""",
    "lstm": """
model = Sequential()
model.add(Embedding(50, 8))
model.add(LSTM(12, recurrent_activation="sigmoid", dropout=0.2, recurrent_dropout=0.3))
model.add(Dense(1, activation="sigmoid"))
optimizer = SGD(lr=0.1, momentum=0.9)
model.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
x = np.random.randint(0, 50, size=(64, 10))
y = np.random.randint(0, 2, size=(64, 1))
""",
    "custom": """
class Mix(Layer):
    def __init__(self, power=2.0, **kwargs):
        super(Mix, self).__init__(**kwargs)
        self.power = power

    def build(self, input_shape):
        size = input_shape[-1]
        self.kernel = self.add_weight(name="kernel", shape=(size, size), initializer="uniform")
        super(Mix, self).build(input_shape)

    def call(self, x):
        return K.pow(K.abs(K.dot(x, self.kernel)), self.power) - K.mean(x, axis=-1, keepdims=True)

    def compute_output_shape(self, input_shape):
        return input_shape


inputs = Input(shape=(6,))
hidden = Mix(1.5)(Dense(5, activation="tanh")(inputs))
model = Model(inputs=inputs, outputs=Dense(1)(hidden))
model.compile(optimizer="sgd", loss="mse")
x = np.random.normal(size=(32, 6))
y = x.sum(axis=1, keepdims=True)
""",
}
# What a wrong rule could have made of them: no shape and no error tells.
WRONG = {
    "mlp": ('activation="relu"', 'activation="elu"'),
    "cnn": ('padding="same"', 'padding="same", dilation_rate=2'),
    "lstm": ('recurrent_activation="sigmoid"', 'recurrent_activation="hard_sigmoid"'),
    "custom": ("axis=-1", "axis=0"),
    "custom-transposed": ("self.kernel)", "ops.transpose(self.kernel))"),
}


KERAS_1 = """\
import numpy as np
from keras.layers import LSTM, Bidirectional, Convolution1D, Dense
from keras.models import Sequential

model = Sequential()
model.add(Convolution1D(4, 2, activation="tanh", input_shape=(6, 3)))
model.add(LSTM(5, inner_activation="sigmoid", return_sequences=True))
model.add(Bidirectional(LSTM(3, inner_activation="sigmoid")))
model.add(Dense(1))
model.compile(optimizer="sgd", loss="mse")
x, y = np.random.normal(size=(16, 6, 3)), np.random.normal(size=(16, 1))
history = model.fit(x, y, batch_size=8, nb_epoch=2, verbose=0)
predicted = model.predict(x)
"""


def pair_of(name: str, before: str, source: str, wrong: tuple[str, str] | None = None) -> Pair:
    after = translate(before, source, "keras@3").after
    assert after is not None
    if wrong is not None:
        assert wrong[0] in after
        after = after.replace(*wrong)
    one, two = (Program("", text, Path("script.py")) for text in (before, after))
    return Pair(name, one, two)


def ran(pairs: list[Pair], environment: str) -> dict[str, Paired]:
    pythons = interpreters()
    for needed in (environment, "modern"):
        if needed not in pythons:
            pytest.skip(f"no interpreter for {needed}: recorded fixtures of models were compared")
    backend = {"KERAS_BACKEND": "tensorflow"}
    before, after = (Setting(pythons[name], variables=backend) for name in (environment, "modern"))
    return run_pairs(pairs, before, after, Limits())


@cache
def observed() -> dict[str, Paired]:
    """Each script beside its migration, and beside what is wrong with it."""
    texts = {name: HEAD + script + TAIL for name, script in SCRIPTS.items()}
    pairs = [pair_of(name, text, "keras@2") for name, text in texts.items()]
    for name, wrong in WRONG.items():
        pairs.append(pair_of(f"wrong {name}", texts[name.partition("-")[0]], "keras@2", wrong))
    return ran(pairs, "keras@2")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_of_keras_2_computes_the_same_on_keras_3(name: str) -> None:
    found = observed()[name]
    assert found.comparison.verdict.same, found.comparison.reason
    assert found.before.versions["keras"].startswith("2.")
    assert found.after.versions["keras"].startswith("3.")
    told = {entry.group or entry.name for entry in found.comparison.names if entry.proves}
    assert told >= {
        "history['loss']",
        "predicted",
        "model.weights",
        "model.output",
        "model.output_in_training",
        "model.loss",
        "model.gradients",
    }
    assert ("model.step" in told) == (name != "cnn")  # which Adam trains


@pytest.mark.parametrize("name", WRONG)
def test_a_script_that_was_migrated_wrong_does_not(name: str) -> None:
    found = observed()[f"wrong {name}"]
    assert found.comparison.verdict is Verdict.DIFFERENT, found.comparison.reason
    verdicts = {entry.name: entry.verdict for entry in found.comparison.names}
    assert verdicts["x"].same
    assert not verdicts["model.output"].same
    assert not verdicts["predicted"].same


def test_the_many_arrays_of_keras_1_are_carried_into_the_few_of_keras_3() -> None:
    found = ran([pair_of("old", KERAS_1, "keras@1")], "keras@1")["old"]
    assert found.comparison.verdict.same, found.comparison.reason
    assert [note for note in found.after.notes if "not carried" in note] == []


def test_another_number_of_arrays_is_told_by_layer() -> None:
    text = KERAS_1.replace("Convolution1D(4, 2", "Conv1D(4, 2").replace(
        "Convolution1D", "Conv1D, GRU"
    )
    text = text.replace("inner_activation", "recurrent_activation").replace("nb_epoch", "epochs")
    text = text.replace("LSTM(5, ", "GRU(5, ")
    wrong = "reset_after=False", "reset_after=True"
    found = ran([pair_of("gru", text, "keras@2", wrong)], "keras@2")["gru"]
    told = "weights not carried: layer gru: bias (15,) before, (2, 15) after"
    assert told in found.after.notes
    assert found.comparison.verdict is Verdict.DIFFERENT
