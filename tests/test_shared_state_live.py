"""A GAN and a VAE of Keras 2 beside their migration on Keras 3 and tf_keras, by their numbers."""

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
GAN = """\
import numpy as np
from keras.layers import Dense, Input
from keras.models import Model, Sequential
from keras.optimizers import Adam


class Gan(object):
    def __init__(self):
        optimizer = Adam(0.0002, 0.5)
        self.critic = Sequential([Dense(4, activation="tanh", input_dim=3), Dense(1)])
        self.critic.compile(loss="mse", optimizer=optimizer)
        self.generator = Sequential([Dense(3, input_dim=2)])
        self.critic.trainable = False
        noise = Input((2,))
        self.both = Model(noise, self.critic(self.generator(noise)))
        self.both.compile(loss="mse", optimizer=optimizer)

    def train(self, real, noise):
        for _ in range(3):
            loss = self.critic.train_on_batch(real, np.ones((8, 1)))
            fake = self.generator.predict(noise)
            loss += self.critic.train_on_batch(fake, np.zeros((8, 1)))
            whole = self.both.train_on_batch(noise, np.ones((8, 1)))
        return loss, whole


gan = Gan()
losses = gan.train(np.random.normal(size=(8, 3)), np.random.normal(size=(8, 2)))
"""
VAE = """\
import numpy as np
from keras import backend as K
from keras.layers import Dense, Input, add
from keras.models import Model

x = Input((6,))
h = Dense(4, activation="tanh")(x)
mean, spread = Dense(2)(h), Dense(2)(h)
y = Dense(6)(add([mean, spread]))
vae = Model(x, y)
kl = -0.5 * K.sum(1 + spread - K.square(mean) - K.exp(spread), axis=-1)
vae.add_loss(K.mean(K.sum(K.square(x - y), axis=-1) + kl))
vae.compile(optimizer="sgd", loss=None)
data = np.random.normal(size=(32, 6))
history = vae.fit(data, epochs=2, batch_size=8, validation_data=(data, None), verbose=0)
decoded = vae.predict(data)
"""
TARGETS = ("keras@3", "tf_keras")
WRONG = {"gan": ("trainable = True", "trainable = False"), "vae": (" + kl", "")}


def pair_of(name: str, target: str) -> Pair:
    before = {"gan": GAN, "vae": VAE}[name.partition(" ")[0]]
    after = translate(before, "keras@2", target).after
    assert after is not None
    if name.endswith("wrong"):
        old, new = WRONG[name.partition(" ")[0]]
        assert old in after
        after = after.replace(old, new)
    one, two = (Program("", text, Path("script.py")) for text in (before, after))
    return Pair(f"{name} {target}", one, two)


@cache
def observed() -> dict[str, Paired]:
    pythons = interpreters()
    for needed in ("keras@2", "modern"):
        if needed not in pythons:
            pytest.skip(f"no interpreter for {needed}")
    backend = {"KERAS_BACKEND": "tensorflow"}
    before, after = (Setting(pythons[name], variables=backend) for name in ("keras@2", "modern"))
    pairs = [pair_of(name, target) for name in ("gan", "vae") for target in TARGETS]
    pairs += [pair_of(f"{name} wrong", "keras@3") for name in ("gan", "vae")]
    return run_pairs(pairs, before, after, Limits())


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["gan", "vae"])
def test_it_computes_the_same(name: str, target: str) -> None:
    found = observed()[f"{name} {target}"].comparison
    assert found.verdict.same, found.reason
    told = {entry.group or entry.name for entry in found.names if entry.proves}
    trained = "gan.critic.weights" if name == "gan" else "history['val_loss']"
    assert trained in told


@pytest.mark.parametrize("name", ["gan", "vae"])
def test_what_is_frozen_too_long_or_lost_is_told(name: str) -> None:
    found = observed()[f"{name} wrong keras@3"].comparison
    assert found.verdict is Verdict.DIFFERENT, found.reason
