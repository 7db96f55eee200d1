"""Files that name no library and use what another file of the project makes with one."""

from pathlib import Path

import pytest
from conftest import Grow, Run

MODEL = "from keras.models import Sequential\nmodel = Sequential()\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "from net import model\nmodel.fit(x, nb_epoch=5)\n",
            "from net import model\nmodel.fit(x, epochs=5)\n",
        ),
        ("from net import model\nmodel.fit(x, n_epoch=5)\n",) * 2,
        (
            "def run(model, x):\n    return model.predict_generator(x, steps=3)\n",
            "def run(model, x):\n    return model.predict(x, steps=3)\n",
        ),
        (
            "def run(net, path):\n    net.save_weights(path + '.h5')\n",
            "def run(net, path):\n    net.save_weights(path + '.weights.h5')\n",
        ),
        ("def run(clf, x):\n    return clf.predict_proba(x)\n",) * 2,
        ("def run(clf, x):\n    return clf.predict(x), clf.lr\n",) * 2,
        ("class Own:\n    def fit_generator(self, x):\n        pass\n\n\nOwn().fit_generator(3)\n",)
        * 2,
        ("import torch\nnet.compile(optimizer='adam')\n",) * 2,
    ],
)
def test_an_argument_tells_what_is_called(
    grow: Grow, kmigrate: Run, text: str, expected: str
) -> None:
    grow({"net.py": MODEL, "train.py": text})
    kmigrate("apply", ".", "--from", "keras@1", "--to", "keras")
    assert Path("train.py").read_text(encoding="utf-8") == expected


def test_a_path_whose_end_is_hidden_is_flagged_in_such_a_file(grow: Grow, kmigrate: Run) -> None:
    grow({"net.py": MODEL, "train.py": "def run(model, path):\n    model.save_weights(path)\n"})
    said = kmigrate("diff", ".", "--from", "keras@2", "--to", "keras").err
    assert "models.Model.save_weights.path" in said and "train.py:2" in said


@pytest.mark.parametrize("text", ["model.fit(x, nb_epoch=5)\n", "model.predict_classes(x)\n"])
def test_nothing_is_told_where_no_file_speaks_of_a_library(
    grow: Grow, kmigrate: Run, text: str
) -> None:
    grow({"train.py": text})
    kmigrate("apply", ".", "--from", "keras@1", "--to", "keras")
    assert Path("train.py").read_text(encoding="utf-8") == text
