"""Reading alone: attributes of objects, the classes of receivers, strings, and other modules."""

import pytest
from programs import migrated
from scanning import names, scanned

from kmigrate.model import Module

# --- attributes of the object itself ---

CLASS = "from keras import backend as K\nclass A:\n  def __init__(self, x):\n    self.K = {}\n"


@pytest.mark.parametrize(
    ("value", "method", "expected"),
    [
        ("K", "def f(self): self.K.sum", ["keras.backend.sum"]),
        ("K", "def f(me): me.K.sum", ["keras.backend.sum"]),
        ("K", "def f(self): lambda: self.K.sum", ["keras.backend.sum"]),
        ("K.sum", "def f(self): self.K(1)", ["keras.backend.sum"]),
        ("K", "def f(this, self): self.K.sum", []),
        ("K", "def f(self):\n    self = 1\n    self.K.sum", []),
        ("K", "def f(self): self.J.sum", []),
        ("x", "def f(self): self.K.sum", []),
        ("K", "def f(self): other.K.sum", []),
    ],
)
def test_attributes_of_self(value: str, method: str, expected: list[str]) -> None:
    text = CLASS.format(value) + "  " + method + "\n"
    read = [use for use in scanned(text).uses if use.node.lineno > 4]
    assert [name for use in read for name in use.names] == expected


# --- receivers of methods ---

MODEL = ["keras.models.Sequential"]


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("m = Sequential()\nm.fit(1)", MODEL),
        ("Sequential().fit(1)", MODEL),
        ("def f():\n  m = Sequential()\n  return lambda: m.fit(1)", MODEL),
        ("m = n = Sequential()\nn.fit(1)", MODEL),
        ("m: Sequential = load()\nm.fit(1)", MODEL),
        ("def f(m: Sequential): m.fit(1)", MODEL),
        ("class A(Sequential):\n  def f(self): self.fit(1)", MODEL),
        ("class A(Sequential): pass\nclass B(A):\n  def f(self): self.fit(1)", MODEL),
        ("class A(Sequential):\n  def f(self): super().fit(1)", MODEL),
        ("class A(Sequential): pass\nclass B(A):\n  def f(self): super(B, self).fit(1)", MODEL),
        ("class A(Sequential):\n  super().fit(1)", []),
        ("def super(): 0\nclass A(Sequential):\n  def f(self): super().fit(1)", []),
        ("class A:\n  def f(self): super().fit(1)", []),
        ("class A(Sequential): pass\nm = A()\nm.fit(1)", MODEL),
        (
            "class A:\n  def __init__(self): self.m = Sequential()\n  def f(self): self.m.fit(1)",
            MODEL,
        ),
        ("m = Sequential\nm().fit(1)", MODEL),
        ("def f(n):\n  if n: return None\n  m = Sequential()\n  return m\nf(1).fit(1)", MODEL),
        ("def f():\n  yield 1\n  return Sequential()\nf().fit(1)", []),
        ("@g\ndef f(): return Sequential()\nf().fit(1)", []),
        ("def f(x):\n  if x: return x\n  return Sequential()\nf(1).fit(1)", []),
        ("def f(): return f()\nf().fit(1)", []),
        ("def f():\n  def g(): return Sequential()\n  return 1\nf().fit(1)", []),
        (
            "class A:\n  def f(self): return Sequential()\n"
            "  def __init__(self): self.m = self.f()\n  def g(self): self.m.fit(1)",
            MODEL,
        ),
        ("if x: m = Sequential()\nelse: m = Sequential(2)\nm.fit(1)", MODEL),
        ("if x: m = Sequential()\nelse: m = load()\nm.fit(1)", []),
        ("m = Sequential()\nm = load()\nm.fit(1)", []),
        ("m = load()\nm = Sequential()\nm.fit(1)", MODEL),
        ("m = Sequential()\nm.fit(1)\nm = load()", MODEL),
        ("m = Sequential()\ndel m\nm = Sequential()\nm.fit(1)", MODEL),
        ("m = Sequential()\nfor i in x:\n  m.fit(1)\n  m = load()", []),
        ("m = load()\nif x: m = Sequential()\nm.fit(1)", []),
        ("m = load()\nm = Sequential()\ndef f(): m.fit(1)", []),
        ("def f():\n  global m\n  m = load()\nm = Sequential()\nm.fit(1)", []),
        ("m = load()\nm.fit(1)", []),
        ("def f(m): m.fit(1)", []),
        ("class A:\n  def f(self): self.fit(1)", []),
        ("m = Sequential().other()\nm.fit(1)", []),
        ("class A(A):\n  def f(self): self.fit(1)", []),
        # what has not run, or runs otherwise
        ("m = Sequential()\nif x:\n  m.fit(1)\n  m = load()", MODEL),
        ("m = Sequential()\nif x: m = load()\nelse: m.fit(1)", MODEL),
        ("m = Sequential()\nif x: m = load()\nelif y: m.fit(1)", MODEL),
        ("m = Sequential()\nif x:\n  m = load()\n  m.fit(1)", []),
        ("m = Sequential()\nwhile y:\n  if x: m = load()\n  else: m.fit(1)", []),
        ("m = Sequential()\nfor i in x: m = load()\nm.fit(1)", []),
        ("m = Sequential()\nfor i in x: m.fit(1)\nfor i in x: m = load()", MODEL),
        # what a function gives several of
        ("def f(): return Sequential(), 1\nm, n = f()\nm.fit(1)", MODEL),
        ("def f(): return 1, Sequential()\nm, n = f()\nm.fit(1)", []),
        ("def f(): return [1, Sequential()]\nf()[1].fit(1)", MODEL),
        ("def f():\n  t = 1, Sequential()\n  return t\nn, m = f()\nm.fit(1)", MODEL),
        ("t = Sequential(), 1\nt[0].fit(1)", MODEL),
        ("t = Sequential(), 1\nt[i].fit(1)", []),
        ("t = Sequential(), 1\nt = load()\nt[0].fit(1)", []),
        ("def f(): return (*x, Sequential())\nn, m = f()\nm.fit(1)", []),
        ("def f(): return 1, Sequential()\n*n, m = f()\nm.fit(1)", []),
        ("def f(x):\n  if x: return 1, 2\n  return Sequential(), 1\nm, n = f()\nm.fit(1)", []),
        ("def f(): return f()\nm, n = f()\nm.fit(1)", []),
        (
            "class A:\n  def f(self): return Sequential(), 1\n"
            "  def __init__(self): self.m, self.n = self.f()\n  def g(self): self.m.fit(1)",
            MODEL,
        ),
        # what every caller gives
        ("def f(m): m.fit(1)\nf(Sequential())", MODEL),
        ("def f(n, m=None): m.fit(1)\nf(1, m=Sequential())\nf(2)", MODEL),
        ("def f(m): m.fit(1)\nf(Sequential())\nf(load())", []),
        ("def f(m): m.fit(1)\nf(Sequential())\nmap(f, x)", []),
        ("def f(m): m.fit(1)\nf(*x)\nf(Sequential())", []),
        ("@g\ndef f(m): m.fit(1)\nf(Sequential())", []),
        ("def f(m):\n  m = load()\n  m.fit(1)\nf(Sequential())", []),
        ("def f(t):\n  n, m = t\n  m.fit(1)\nt = 1, Sequential()\nf(t)", MODEL),
        ("class A:\n  def __init__(self, m): m.fit(1)\nA(Sequential())", MODEL),
        (
            "class A:\n  def g(self, m): m.fit(1)\n  def f(self): self.g(Sequential())",
            MODEL,
        ),
        ("def f(m): f(m)\ndef g(m): m.fit(1)\nf(1)\ng(f)", []),
    ],
)
def test_the_class_of_a_receiver_is_proven_or_not_told(text: str, classes: list[str]) -> None:
    found = scanned("from keras.models import Sequential\n" + text, methods="fit").methods
    assert [list(method.classes) for method in found if method.method == "fit"] == [classes]


# --- strings ---


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("mock.patch('keras.a.b')", ["keras.a.b"]),
        ("patch('keras.a.b')", ["keras.a.b"]),
        ("patch('mine.keras.a')", []),
        ("importlib.import_module('tensorflow.keras')", ["tensorflow.keras"]),
        ("__import__('keras')", ["keras"]),
        ("getattr(keras, 'a')", ["keras.a"]),
        ("hasattr(keras.b, 'a')", ["keras.b.a"]),
        ("setattr(keras, 'a', 1)", ["keras.a"]),
        ("getattr(mine, 'a')", []),
        ("getattr(keras, a)", []),
        ("getattr(keras, 'not a name')", []),
        ("print('keras.a.b')", []),
        ("patch('keras is fine')", []),
        ("patch.object(keras.a, 'b')", ["keras.a.b"]),
    ],
)
def test_strings_that_name_things(call: str, expected: list[str]) -> None:
    text = f"import keras\n{call}\n"
    assert [use.name for use in scanned(text).strings] == expected


# --- projects ---

EXPORTS = {"pkg.utils.K": "keras.backend", "pkg.utils.D": "keras.layers.Dense"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from pkg.utils import K\nK.sum", ["keras.backend.sum"]),
        ("from .utils import K\nK.sum", ["keras.backend.sum"]),
        ("from .utils import *\nK.sum, D", ["keras.backend.sum", "keras.layers.Dense"]),
        ("import pkg.utils\npkg.utils.K.sum", ["keras.backend.sum"]),
        ("from . import utils as u\nu.K.sum, u.other", ["keras.backend.sum"]),
        ("from .utils import other\nother.K", []),
        ("import utils\nutils.K.sum", []),
    ],
)
def test_names_through_the_project(text: str, expected: list[str]) -> None:
    assert names(text, Module("pkg.a", exports=EXPORTS)) == expected


@pytest.mark.parametrize(
    "use",
    [
        "for layer in model.layers[1:]:\n    layer.output_shape",
        "x = [layer.output_shape for layer in model.layers]",
        "x = model.layers[0].output_shape",
    ],
)
def test_the_elements_of_the_layers_of_a_model_are_layers(use: str) -> None:
    program = f"from keras.models import Sequential\nmodel = Sequential()\n{use}\n"
    symbols = [one.symbol for one in migrated(program, source="keras@2").findings]
    assert "keras.layers.Layer.output_shape" in symbols
    pairs = use.replace("layer in model", "a, layer in model").replace("[0]", "[:1]")
    other = migrated(program.replace(use, pairs), source="keras@2").findings
    assert "keras.layers.Layer.output_shape" not in [one.symbol for one in other]
