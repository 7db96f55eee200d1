"""Methods that the library calls: what becomes of their definitions in subclasses."""

from __future__ import annotations

import pytest
from programs import migrated, run

from kmigrate.model import Outcome
from kmigrate.rulebook.table import load_table

LAYER = "from keras.layers import Layer\n"
METRIC = "from keras.metrics import Metric\n"
RENAMED = [
    ("keras@1", LAYER + "class A(Layer):\n  {}def get_output_shape_for(self, s): return s\n"),
    (
        "keras@1",
        LAYER + "class A(Layer): pass\nclass B(A):\n  {}def get_output_shape_for(self): 0\n",
    ),
    ("keras@1", LAYER + "class A(Layer):\n  @staticmethod\n  {}def get_output_shape_for(s): 0\n"),
    ("keras@1", LAYER + "class A(Layer):\n  # é\n  {}def  \\\n   get_output_shape_for(self): 0\n"),
    ("keras@2", METRIC + "class A(Metric):\n  {}def reset_states(self): pass\n"),
]
NEW = {"get_output_shape_for": "compute_output_shape", "reset_states": "reset_state"}


def renamed(text: str) -> str:
    for old, new in NEW.items():
        text = text.replace(old, new)
    return text


@pytest.mark.parametrize("prefix", ["", "async "])
@pytest.mark.parametrize(("source", "text"), RENAMED)
def test_a_definition_is_renamed_with_what_the_library_calls(
    source: str, text: str, prefix: str
) -> None:
    text = text.format(prefix)
    assert migrated(text, source=source).after == renamed(text)


CALLS = [
    "  def f(self): return self.get_output_shape_for(1)\n",
    "  def f(self): return super().get_output_shape_for(1)\n",
    "  def f(self): return super(A, self).get_output_shape_for(1)\n",
    "A().get_output_shape_for(1)\n",
]


@pytest.mark.parametrize("call", CALLS)
def test_its_calls_are_renamed_with_it(call: str) -> None:
    text = LAYER + "class A(Layer):\n  def get_output_shape_for(self, s): return s\n" + call
    assert migrated(text, source="keras@1").after == renamed(text)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("keras@1", "import keras\nclass A:\n  def get_output_shape_for(self): 0\n"),
        ("keras@1", "import keras\ndef get_output_shape_for(self): 0\n"),
        ("keras@1", LAYER + "class A(Layer):\n  def f(self):\n    def get_output_shape_for(): 0\n"),
        ("keras@1", LAYER + "class A(Layer):\n  def compute_output_shape(self): 0\n"),
        (
            "keras@1",
            LAYER
            + "class A(Layer):\n  def get_output_shape_for(self): 0\n"
            + "  def compute_output_shape(self): 0\n",
        ),
        ("keras@2", METRIC + "class A(Metric):\n  def reset_state(self): pass\n"),
        ("keras@2", LAYER + "class A(Layer):\n  def reset_states(self): pass\n"),
        (
            "keras@2",
            "from keras.models import Model\nclass A(Model):\n  def predict_classes(s): 0\n",
        ),
    ],
)
def test_other_definitions_stay(source: str, text: str) -> None:
    assert migrated(text, source=source).after == text


FLAGGED = [
    ("keras@1", "from keras.layers import LSTM\nclass A(LSTM):\n  def step(self, x, s): 0\n"),
    ("keras@2", LAYER + "class A(Layer):\n  def compute_output_signature(self, s): 0\n"),
    (
        "tf_keras",
        "from tf_keras.optimizers import SGD\nclass A(SGD):\n  def update_step(self, g, v): 0\n",
    ),
]


@pytest.mark.parametrize(("source", "text"), FLAGGED)
def test_what_the_library_calls_no_more_is_flagged_where_it_is_defined(
    source: str, text: str
) -> None:
    result = run(text, source=source)
    found = [one for one in result.findings if one.outcome is Outcome.FLAGGED]
    assert [(one.span.line, f"def {one.before}(" in text) for one in found] == [(3, True)]
    assert all(load_table().is_hook(rule) for one in found for rule in one.rules)


def test_an_ignored_definition_stays() -> None:
    text = METRIC + "class A(Metric):\n  def reset_states(self): pass\n"
    assert migrated(text, ignore=("metrics",)).after == text
    marked = text.replace("pass", "pass  # kmigrate: ignore")
    assert migrated(marked).after == marked
