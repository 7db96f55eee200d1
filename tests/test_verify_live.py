"""`kmigrate verify` on TensorFlow: training cut short, tensors given to a function, notebooks."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Grow
from verifying import document, request

from kmigrate.verify import command
from kmigrate.verify.recording import interpreters

pytestmark = pytest.mark.slow

LAYERS = """\
model = Sequential([
    Dense(16, activation="relu", input_shape=(784,), kernel_initializer="ones"),
    Dense(10, activation="softmax", kernel_initializer="zeros"),
])
"""
TRAINING = (
    """\
import matplotlib.pyplot as plt
from keras import backend as K
from keras.datasets import mnist
from keras.layers import Dense
from keras.models import Sequential
from keras.optimizers import SGD

(x, y), (x_test, y_test) = mnist.load_data()
x = x.reshape(60000, 784).astype("float32") / 255
x_test = x_test.reshape(10000, 784).astype("float32") / 255
"""
    + LAYERS
    + """\
model.compile(SGD(lr=0.001), "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, epochs=500, shuffle=False, validation_data=(x_test, y_test), verbose=0)
for _ in range(100000):
    batch_loss = model.train_on_batch(x[:32], y[:32])
plt.plot(history.epoch)
plt.show()
predicted = model.predict(x_test)
hits = (predicted.argmax(1) == y_test).mean()
largest = predicted.max(axis=-1) + K.epsilon()
outputs = ["batch_loss", "predicted", "hits", "largest"]
"""
)
OLDEST = {
    "epochs=": "nb_epoch=",
    "kernel_initializer": "init",
    '"ones"': '"one"',
    '"zeros"': '"zero"',
}
LOSSES = """\
from keras import backend as K


def rmse(truth, guess):
    return K.sqrt(K.mean(K.square(guess - truth), axis=-1))
"""
CELLS = [
    "%matplotlib inline\nimport numpy as np",
    "from keras import backend as K",
    "%time y = K.eval(K.flatten(K.constant(np.arange(6.0).reshape(2, 3) / 7)))",
]


@pytest.fixture
def modern(monkeypatch: pytest.MonkeyPatch) -> None:
    python = interpreters().get("modern")
    if python is None:
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(command, "require", lambda *settings: None)


@pytest.mark.usefixtures("modern")
def test_a_script_and_a_notebook_with_smoke(grow: Grow) -> None:
    cells = [{"cell_type": "code", "source": cell} for cell in CELLS]
    tree = grow({"train.py": TRAINING, "flat.ipynb": json.dumps({"cells": cells})})
    asked = request(tree / "train.py", tree / "flat.ipynb", smoke=True)
    asked = replace(asked, before_python=None, after_python=None)
    code, programs = document(asked)
    reasons = {name: program["reason"] for name, program in programs.items()}
    assert (code, reasons) == (0, {"train.py": "", "flat.ipynb": ""})
    notes = programs["train.py"]["after"]["notes"]
    assert any("mnist is random data" in note for note in notes)
    assert (tree / "train.py").read_text() == TRAINING


FLOAT64 = """import keras
import numpy as np
keras.backend.set_floatx("float64")
m = keras.models.Sequential([keras.layers.Dense(2, input_shape=(3,))])
p = m.predict(np.arange(12.0).reshape(4, 3))
"""


@pytest.mark.usefixtures("modern")
def test_a_program_may_compute_in_float64(grow: Grow) -> None:
    asked = replace(
        request(grow({"a.py": FLOAT64}) / "a.py"), before_python=None, after_python=None
    )
    code, programs = document(asked)
    assert (code, programs["a.py"]["reason"]) == (0, "")


@pytest.mark.usefixtures("modern")
def test_a_function_gets_tensors_of_its_library(grow: Grow) -> None:
    tree = grow({"losses.py": LOSSES})
    arguments = ("truth=float32(4,3)", "guess=float32(4,3)")
    asked = request(tree / "losses.py", call="rmse", arg=arguments)
    asked = replace(asked, before_python=None, after_python=None)
    code, programs = document(asked)
    (name,) = programs["losses.py"]["names"]
    assert (code, name["name"], name["proves"]) == (0, "rmse(...)", True)


def test_training_is_cut_alike_in_keras_1_and_2(grow: Grow) -> None:
    found = interpreters()
    if not {"keras@1", "keras@2"} <= found.keys():
        pytest.skip("needs interpreters of keras@1 and keras@2 below $KMIGRATE_ENVS")
    older = TRAINING
    for new, old in OLDEST.items():
        older = older.replace(new, old)
    grow({"one.py": older, "two.py": TRAINING, "losses.py": LOSSES, "same.py": LOSSES + "\n"})
    pythons = {"before_python": found["keras@1"], "after_python": found["keras@2"]}
    asked = request(before=Path("one.py"), after=Path("two.py"), smoke=True, **pythons)
    code, programs = document(asked)
    assert (code, programs["one.py"]["reason"]) == (0, "")
    asked = request(before=Path("losses.py"), after=Path("same.py"), call="rmse", **pythons)
    arguments = ("float32(4,3)", "float32(4,3)")  # tensors of a graph, evaluated in its session
    assert document(replace(asked, arg=arguments))[0] == 0
