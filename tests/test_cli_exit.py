"""Exit codes as a table: what stands in the tree, the command, the code."""

import pytest
from conftest import Grow, Run

CHANGES = "from tensorflow.keras.layers import Dense\n\nlayer = Dense(3)\n"
FLAGGED = "from keras import backend as K\n\nsession = K.get_session()\n"
REVIEW = "from tensorflow.keras import backend as K\n\ny = K.binary_crossentropy(a, b)\n"
NOTHING = "import numpy\n\nx = 1\n"
BROKEN = "import keras\ndef f(:\n"
IGNORED = FLAGGED.replace("K.get_session()", "K.get_session()  # kmigrate: ignore")

TABLE = [
    (NOTHING, "apply x.py", 0),
    (NOTHING, "check x.py", 0),
    (NOTHING, "diff x.py", 0),
    (CHANGES, "apply x.py", 0),
    (CHANGES, "apply x.py --quiet", 0),
    (CHANGES, "apply x.py --into ../new", 0),
    (CHANGES, "apply x.py --dry-run", 1),
    (CHANGES, "check x.py", 1),
    (CHANGES, "check x.py --quiet", 1),
    (CHANGES, "check x.py --format json", 1),
    (CHANGES, "diff x.py", 1),
    (REVIEW, "apply x.py", 0),
    (FLAGGED, "apply x.py", 1),
    (FLAGGED, "apply x.py --ignore backend.get_session", 0),
    (FLAGGED, "check x.py", 1),
    (IGNORED, "apply x.py", 0),
    (BROKEN, "apply x.py", 2),
    (BROKEN, "check x.py --quiet", 2),
    (FLAGGED, "apply x.py broken.py", 2),
    (NOTHING, "apply missing.py", 2),
    (NOTHING, "apply", 2),
    (NOTHING, "apply x.py --jobs 0", 2),
    (NOTHING, "apply x.py --jobs many", 2),
    (NOTHING, "apply x.py --to keras@1", 2),
    (NOTHING, "apply x.py --to pytorch", 2),
    (NOTHING, "apply x.py --from jax", 2),
    (NOTHING, "apply x.py --format xml", 2),
    (NOTHING, "apply x.py --to tf.keras@2 --tf-version 2.21", 2),
    (NOTHING, "apply x.py --no-such-option", 2),
    (NOTHING, "check x.py --dry-run", 2),
    (NOTHING, "check x.py --output no/such/folder/file", 2),
    (NOTHING, f"check {'long' * 100}.py", 2),
    (NOTHING, "apply x.py --into .", 2),
    (NOTHING, "apply . --into sub", 2),
    (NOTHING, "check x.py -", 2),
    (NOTHING, "no-such-command", 2),
    (NOTHING, "--version", 0),
    (NOTHING, "--help", 0),
]


@pytest.mark.parametrize(("text", "command", "code"), TABLE)
def test_exit_codes(grow: Grow, kmigrate: Run, text: str, command: str, code: int) -> None:
    grow({"x.py": text, "broken.py": BROKEN})
    ran = kmigrate(*command.split())
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err
    assert ran.err.strip() or code != 2


def test_a_contradiction_is_a_sentence(grow: Grow, kmigrate: Run) -> None:
    grow({"x.py": NOTHING})
    ran = kmigrate("apply", "x.py", "--to", "tf.keras@2", "--tf-version", "2.21")
    assert ran.err.startswith("kmigrate: --to tf.keras@2")
    assert "2.21" in ran.err
