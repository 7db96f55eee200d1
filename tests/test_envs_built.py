"""The environments themselves, built from nothing: minutes, a network or a warm uv cache."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.verify.envs import EnvironmentProblem, build, place
from kmigrate.verify.envs.check import check
from kmigrate.verify.envs.interpreters import uv_command, uv_variables
from kmigrate.verify.envs.known import built_in

pytestmark = pytest.mark.slow
# What uv says of a machine or a moment, not of our pins.
ELSEWHERE = ("cannot be had here", "needs uv", "Failed to fetch", "No space left")
MLP = """\
import numpy as np
from keras.layers.core import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import SGD
from keras.utils.np_utils import to_categorical

random = np.random.RandomState(7)
x = random.normal(size=(64, 8)).astype("float32")
labels = (x[:, 0] + x[:, 1] > 0).astype("int64")
y = to_categorical(labels, 2)

model = Sequential([
    Dense(16, activation="relu", input_shape=(8,)),
    Dropout(0.0),
    Dense(2, activation="softmax"),
])
model.set_weights([random.normal(scale=0.3, size=w.shape) for w in model.get_weights()])
model.compile(optimizer=SGD(lr=0.1, momentum=0.9), loss="categorical_crossentropy")
untrained = model.predict(x)
loss = [float(model.train_on_batch(x, y)) for _ in range(20)]
trained = model.predict(x)
outputs = ["untrained", "loss", "trained"]
"""


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cache folder that is empty at first; uv keeps its own, and what it fetched."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(place, "cache_folder", lambda: folder)
        patch.delenv("KMIGRATE_ENVS", raising=False)
        yield folder
    shutil.rmtree(folder)


def built(name: str) -> Path:
    try:
        return build(name)
    except EnvironmentProblem as problem:
        if any(words in str(problem) for words in ELSEWHERE):
            pytest.skip(str(problem))
        raise


@pytest.mark.parametrize("name", built_in())
def test_it_is_built_from_nothing_and_trains_a_model(name: str) -> None:
    python = built(name)
    prefix = subprocess.run(
        [python, "-c", "import sys; print(sys.prefix)"], capture_output=True, text=True, check=True
    )
    assert Path(prefix.stdout.strip()) == python.parent.parent
    checked = check(name)
    assert checked.problems == ()
    assert checked.trained is not None
    assert checked.trained.keys() == set(built_in()[name].trains)


def test_another_version_is_not_as_pinned() -> None:
    python = built("keras@3-jax")
    command = [*uv_command(), "pip", "install", "--python", str(python), "keras==3.14.0"]
    done = subprocess.run(command, env=uv_variables(), capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"no keras 3.14.0 to put in its place: {done.stderr}")
    (problem,) = check("keras@3-jax").problems
    assert problem == "what is installed is not as pinned: keras==3.15.1"
    shutil.rmtree(python.parent.parent)


def test_a_script_of_keras_2_agrees_with_its_migration(grow: Grow, kmigrate: Run) -> None:
    for name in ("keras@2", "modern"):
        built(name)
    grow({"mlp.py": MLP})
    sides = ("--before-python", "keras@2", "--after-python", "modern", "--format", "json")
    ran = kmigrate("verify", "mlp.py", "--from", "keras@2", *sides)
    assert ran.code == 0, ran.text + ran.err
    (program,) = json.loads(ran.text)["programs"]
    assert program["before"]["versions"]["keras"] == "2.2.4"
    assert program["after"]["versions"]["keras"].startswith("3.")
    assert {name["name"]: name["proves"] for name in program["names"]} == {
        "untrained": True,
        "loss": True,
        "trained": True,
    }
    # Negative control: what was trained, on record as what was not, and the comparison fails.
    before = ("--from", "keras@2", "--before-python", "keras@2")
    assert kmigrate("verify", "mlp.py", *before, "--record", "mlp.json").code == 0
    recorded = json.loads(Path("mlp.json").read_text())
    values = recorded["programs"][0]["observation"]["values"]
    values["untrained"], values["trained"] = values["trained"], values["untrained"]
    Path("mlp.json").write_text(json.dumps(recorded))
    against = ("--from", "keras@2", "--against", "mlp.json", "--after-python", "modern")
    assert kmigrate("verify", "mlp.py", *against).code == 1
