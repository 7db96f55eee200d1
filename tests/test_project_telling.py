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
        ("import torch\nnet.compile(optimizer='adam')\n",) * 2,
    ],
)
def test_an_argument_tells_what_is_called(
    grow: Grow, kmigrate: Run, text: str, expected: str
) -> None:
    grow({"net.py": MODEL, "train.py": text})
    kmigrate("apply", ".", "--from", "keras@1", "--to", "keras")
    assert Path("train.py").read_text(encoding="utf-8") == expected


def test_nothing_is_told_where_no_file_speaks_of_a_library(grow: Grow, kmigrate: Run) -> None:
    text = "model.fit(x, nb_epoch=5)\n"
    grow({"train.py": text})
    kmigrate("apply", ".", "--from", "keras@1", "--to", "keras")
    assert Path("train.py").read_text(encoding="utf-8") == text
