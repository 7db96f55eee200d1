"""A `keras` of nothing but numpy: dense layers, dropout, plain descent, shuffled batches.

It draws its seeds from numpy's generator, as Keras 2 did, so that what a program draws behind it
depends on it. `write` can change its text, to be another Keras.
"""

from __future__ import annotations

from pathlib import Path

BACKEND = """
import numpy as np
def floatx(): return "float32"
def epsilon(): return 1e-7
def image_data_format(): return "channels_last"
def clear_session(): pass
def learning_phase(): return 0
def seed(): return np.random.randint(10e6)
"""

LAYERS = """
import numpy as np
from keras import backend

class Layer:
    count = 0
    def __init__(self, name=None, input_shape=None):
        kind = type(self).__name__.lower()
        Layer.count += 1
        self.name = name or "%s_%d" % (kind, Layer.count)
        self.given_shape, self.values, self.output_shape = input_shape, [], None
    weights = trainable_weights = property(lambda self: self.values)
    def build(self, size): return size
    def get_weights(self): return [value.copy() for value in self.values]
    def set_weights(self, values): self.values = [np.array(value) for value in values]
    def get_config(self): return {"name": self.name}
    def backward(self, gradient, rate): return gradient

class Dense(Layer):
    def __init__(self, units, activation="linear", **kwargs):
        super().__init__(**kwargs)
        self.units, self.activation = units, activation
    def build(self, size):
        draw = np.random.RandomState(backend.seed())
        self.values = [draw.normal(size=(size, self.units)), np.zeros(self.units)]
        self.output_shape = (None, self.units)
        return self.units
    def get_config(self):
        return {"name": self.name, "units": self.units, "activation": self.activation}
    def call(self, x, training=False):
        self.x, out = x, x @ self.values[0] + self.values[1]
        self.out = np.tanh(out) if self.activation == "tanh" else out
        return self.out
    def backward(self, gradient, rate):
        if self.activation == "tanh":
            gradient = gradient * (1 - self.out ** 2)
        below = gradient @ self.values[0].T
        self.values[0] = self.values[0] - rate * self.x.T @ gradient
        self.values[1] = self.values[1] - rate * gradient.sum(0)
        return below

class Dropout(Layer):
    def __init__(self, rate, **kwargs):
        super().__init__(**kwargs)
        self.rate = rate
    def build(self, size):
        self.output_shape = (None, size)
        return size
    def call(self, x, training=False):
        return x * (np.random.uniform(size=x.shape) > self.rate) if training else x
"""

MODELS = """
import numpy as np
from keras import optimizers

class History:
    pass

class Model:
    def __init__(self, layers=()):
        self.layers, self.name, self.optimizer, self.size = [], "model", None, None
        for layer in layers:
            self.add(layer)
    def add(self, layer):
        if layer.given_shape:
            self.input_shape, self.size = (None,) + layer.given_shape, layer.given_shape[0]
        if self.size:
            self.size = layer.build(self.size)
        self.layers.append(layer)
    def build(self, shape):
        self.input_shape, self.size = shape, shape[1]
        for layer in self.layers:
            self.size = layer.build(self.size)
    def get_weights(self): return [value for layer in self.layers for value in layer.get_weights()]
    def set_weights(self, values):
        for layer in self.layers:
            count = len(layer.values)
            layer.set_weights(values[:count])
            values = values[count:]
    def compile(self, optimizer, loss, metrics=None):
        self.loss, self.metrics = loss, metrics
        self.optimizer = optimizers.get(optimizer)
    def __call__(self, x, training=False):
        if not self.size:
            self.build((None,) + np.shape(x)[1:])
        for layer in self.layers:
            x = layer.call(x, training=training)
        return x
    def predict(self, x, verbose=0): return self(np.asarray(x))
    predict_on_batch = predict
    def test_on_batch(self, x, y): return float(np.mean((self(x) - y) ** 2))
    def evaluate(self, x, y, verbose=0): return self.test_on_batch(x, y)
    def train_on_batch(self, x, y):
        out = self(np.asarray(x), training=True)
        gradient = 2 * (out - y) / out.size
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient, self.optimizer.rate)
        self.optimizer.iterations += 1
        return float(np.mean((out - y) ** 2))
    def fit(self, x, y, batch_size=4, epochs=1, shuffle=True, verbose=0):
        history = History()
        history.history = {"loss": []}
        for _ in range(epochs):
            order = np.arange(len(x))
            if shuffle:
                np.random.shuffle(order)
            parts = [order[at:at + batch_size] for at in range(0, len(x), batch_size)]
            losses = [self.train_on_batch(x[part], y[part]) for part in parts]
            history.history["loss"].append(sum(losses) / len(losses))
        return history

Sequential = Model
"""

OPTIMIZERS = """
class SGD:
    def __init__(self, learning_rate=0.01, momentum=0.0):
        self.rate, self.iterations = learning_rate, 0
    def get_config(self): return {"learning_rate": self.rate}
    @classmethod
    def from_config(cls, config): return cls(**config)

class Adam(SGD):
    # Its rate is far from that of descent: what it trained would give itself away.
    def __init__(self, learning_rate=0.001):
        super().__init__(100 * learning_rate)
        self.told = learning_rate
    def get_config(self): return {"lr": self.told, "decay": 0.0}

def get(identifier):
    return {"sgd": SGD, "adam": Adam}[identifier]() if isinstance(identifier, str) else identifier
"""

MODULES = {
    "__init__": "from keras import backend, layers, models, optimizers, utils\nModel = models.Model",
    "backend": BACKEND,
    "layers": LAYERS,
    "models": MODELS,
    "optimizers": OPTIMIZERS,
    "utils": "",
}


def write(folder: Path, *changes: tuple[str, str]) -> Path:
    """The package below the folder, with each pair of texts exchanged; the folder for sys.path."""
    package = folder / "keras"
    package.mkdir(parents=True)
    texts = dict(MODULES)
    for old, new in changes:
        (name,) = [name for name, text in texts.items() if old in text]
        texts[name] = texts[name].replace(old, new)
    for name, text in texts.items():
        (package / f"{name}.py").write_text(text)
    return folder
