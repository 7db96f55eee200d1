"""Layers and models that are called: what is no tensor is given by keyword."""

import pytest
from programs import migrated, run

CLASSES = """from tensorflow.keras import Model, Sequential, layers
class Block(layers.Layer):
  def __init__(self):
    self.d = layers.Dropout(0.1)
  def call(self, x, training, mask=None):
    return x
class Same(Block): pass
class Net(Model):
  def call(self, x, deep=False, training=False): return x
class Direct(Model):
  def __call__(self, x, training): return x
class Plain:
  def call(self, x, training): return x
class Two(layers.Layer):
  def call(self, x, y, training=None): return x
"""


def after(text: str) -> str:
    result = migrated(CLASSES + text, source="tf.keras@2.15").after
    assert result is not None
    return result[result.index("def call(self, x, y") :].partition("\n")[2]


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("b = Block()\nb(x, t)", "b = Block()\nb(x, training=t)"),
        ("b = Block()\nb(x, True, m)", "b = Block()\nb(x, training=True, mask=m)"),
        ("b = Same()\nb(x, t)", "b = Same()\nb(x, training=t)"),
        ("Block()(x, t)", "Block()(x, training=t)"),
        ("d = layers.Dropout(0.1)\nd(x, t)", "d = layers.Dropout(0.1)\nd(x, training=t)"),
        (
            "s = Sequential([])\ns(s(x, t), t)",
            "s = Sequential([])\ns(s(x, training=t), training=t)",
        ),
        (
            "bs = [Block() for _ in y]\nbs[0](x, t)",
            "bs = [Block() for _ in y]\nbs[0](x, training=t)",
        ),
        (
            "bs = [Block(), Same()]\nfor b in bs:\n  b(x, t)",
            "bs = [Block(), Same()]\nfor b in bs:\n  b(x, training=t)",
        ),
        ("n = Net()\nn(x, True, t)", "n = Net()\nn(x, deep=True, training=t)"),
        ("n = Two()\nn(x, y, t)", "n = Two()\nn(x, y, training=t)"),
        (
            "class A:\n  def __init__(self): self.b = Block()\n  def f(self, x): self.b(x, True)",
            "class A:\n  def __init__(self): self.b = Block()\n"
            "  def f(self, x): self.b(x, training=True)",
        ),
    ],
)
def test_what_is_no_tensor_is_named(before: str, expected: str) -> None:
    assert after(before) == expected


@pytest.mark.parametrize(
    "text",
    [
        "b = Block()\nb(x, training=t)",
        "b = Block()\nb(x)",
        "b = Block()\nb(*x, t)",
        "b = Block()\nb(x, f(t))",
        "b = Block()\nif y: b = z\nb(x, t)",
        "b = Block()\nif y: b = Two()\nb(x, t)",
        "n = Two()\nn(x, y)",
        "n = Direct()\nn(x, t)",
        "n = Plain()\nn(x, t)",
        "def f(b): b(x, t)",
        "bs = [Block(), z]\nbs[0](x, t)",
        "b = Block()\nb.call(x, t)",
    ],
)
def test_what_is_not_known_stays(text: str) -> None:
    assert after(text) == text


def test_tf_keras_takes_it_by_position() -> None:
    text = CLASSES + "b = Block()\nb(x, t)"
    result = run(text, to="tf_keras", source="tf.keras@2.15")
    assert result.after is not None and result.after.endswith("b(x, t)")
