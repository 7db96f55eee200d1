"""Check an environment by using it: what is installed in it, and whether it trains a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kmigrate.verify.envs.build import unlike_pins
from kmigrate.verify.envs.environment import Environment
from kmigrate.verify.envs.known import named
from kmigrate.verify.envs.place import python_of
from kmigrate.verify.envs.resolve import setting_of
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Limits, Program, run

SECONDS = 300.0
# Runs in the environment: Python 3.6, whatever Keras there is.
_PROGRAM = """\
import importlib

import numpy as np


def is_installed(module):
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


modules = TRAINS or [m for m in ("keras", "tensorflow.keras", "tf_keras") if is_installed(m)]
random = np.random.RandomState(0)
x = random.normal(size=(64, 4)).astype("float32")
y = x.sum(axis=1, keepdims=True)
trained = []
for module in modules:
    models, layers = (importlib.import_module(module + part) for part in (".models", ".layers"))
    model = models.Sequential([layers.Dense(1, input_shape=(4,))])
    model.compile(optimizer="sgd", loss="mse")
    before = model.evaluate(x, y, verbose=0)
    for _ in range(10):
        model.train_on_batch(x, y)
    after = model.evaluate(x, y, verbose=0)
    trained.append("%s %r %r" % (module, float(before), float(after)))
outputs = ["trained"]
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found; `problems` is empty for a good environment."""

    name: str
    problems: tuple[str, ...]
    versions: Mapping[str, str]
    device: str = ""
    trained: Mapping[str, tuple[float, float]] | None = None  # loss before and after, by module


def check(name: str, project: Mapping[str, Environment] | None = None) -> Checked:
    """Run a small program in the environment: imports, versions as pinned, a model trained.

    Raises EnvironmentProblem where it is not built.
    """
    environment = named(name, project)
    setting = setting_of(environment)
    text = _PROGRAM.replace("TRAINS", repr(list(environment.trains)))
    program = Program(name, text, Path("check.py"))
    return judge(environment, run([program], setting, Limits(seconds=SECONDS))[name])


def judge(environment: Environment, observation: Observation) -> Checked:
    """What the program's outputs say about the environment."""
    name, versions, device = environment.name, observation.versions, observation.device
    if observation.ending is not Ending.FINISHED:
        failure = observation.failure
        said = f"{failure.type}: {failure.message}" if failure else str(observation.ending)
        return Checked(name, (f"{python_of(environment)}: {said}",), versions, device)
    trained = {}
    for line in _texts(observation, "trained"):
        module, before, after = line.split()
        trained[module] = float(before), float(after)
    problems = unlike_pins(environment)
    problems += [
        f"{module}: training did not lower the loss ({before:.3g} to {after:.3g})"
        for module, (before, after) in trained.items()
        if not after < before
    ]
    if not trained:
        problems.append("no Keras is installed in it")
    return Checked(name, tuple(problems), versions, device, trained)


def _texts(observation: Observation, name: str) -> list[str]:
    """The strings of a list among the outputs."""
    return [
        text
        for key, leaf in observation.values.items()
        if key.startswith(f"{name}[")
        for text in leaf.texts
        if text
    ]
