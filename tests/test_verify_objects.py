"""Models that objects of the program hold are compared as those at its top level."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
import tiny_keras

from kmigrate.verify.compare import Verdict
from kmigrate.verify.pair import Pair, run_pairs
from kmigrate.verify.run import Limits, Program, Setting

np = pytest.importorskip("numpy")
PROGRAM = """
import numpy as np
from keras.layers import Dense
from keras.models import Sequential

class Net(object):
    def __init__(self):
        self.model = Sequential([Dense(5, "tanh", input_shape=(3,)), Dense(2)])
        self.model.compile("sgd", "mse")
        self.same = self.model

    def train(self):
        x, y = np.random.normal(size=(8, 3)), np.random.normal(size=(8, 2))
        self.model.fit(x, y, epochs=3)

net = Net()
net.train()
"""


def compared(folder: Path, after: str) -> tuple[Verdict, set[str]]:
    home = Setting(variables={"PYTHONPATH": str(tiny_keras.write(folder))})
    one, two = (Program("", textwrap.dedent(text), folder / "p.py") for text in (PROGRAM, after))
    found = run_pairs([Pair("p", one, two)], home, home, Limits(seconds=60))["p"].comparison
    return found.verdict, {entry.name for entry in found.names}


def test_a_model_of_an_object_is_looked_at_once(tmp_path: Path) -> None:
    verdict, names = compared(tmp_path, PROGRAM)
    assert verdict.same
    assert "net.model.output" in names
    assert not any(name.startswith("net.same") for name in names)


def test_what_it_computes_otherwise_is_told(tmp_path: Path) -> None:
    verdict, _ = compared(tmp_path, PROGRAM.replace('"tanh"', '"linear"'))
    assert verdict is Verdict.DIFFERENT
