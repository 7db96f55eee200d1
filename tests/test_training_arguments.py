"""Arguments of training that were passed over, as they are no dictionary; and weights of one loss."""

from __future__ import annotations

import pytest
from programs import migrated

TOP = "from keras.layers import Dense\nfrom keras.models import Model, Sequential\n"
ONE = TOP + "m = Sequential([Dense(2, input_shape=(2,))])\n"
TWO = TOP + "m = Model(i, [a, b])\n"
NUMBERS = "w = compute_class_weight('balanced', names, y)\n"


def after(text: str, to: str = "keras@3", source: str = "keras@2") -> str:
    result = migrated(text, source=source, to=to)
    return (result.after or "").rstrip().splitlines()[-1]


@pytest.mark.parametrize(
    "given",
    ["'auto'", "'balanced'", "[1.0, 5.0]", "(1, 5)", "compute_class_weight('balanced', n, y)"],
)
@pytest.mark.parametrize("method", ["fit", "train_on_batch"])
@pytest.mark.parametrize("to", ["keras@3", "tf_keras"])
@pytest.mark.parametrize("source", ["keras@1", "keras@2", "tf.keras@2"])
def test_weights_of_classes_that_were_not_read_are_left_out(
    given: str, method: str, to: str, source: str
) -> None:
    top = ONE.replace("from keras", "from tensorflow.keras") if source[:2] == "tf" else ONE
    text = top + f"m.{method}(x, y, class_weight={given})"
    assert after(text, to, source) == f"m.{method}(x, y)"


@pytest.mark.parametrize(
    "text",
    [
        "{0: 1.0, 1: 5.0}",
        "dict(enumerate(compute_class_weight('balanced', n, y)))",
        "[{0: 1.0}, {0: 2.0}]",
        "[first, second]",
        "weights",
        "None",
    ],
)
def test_what_is_a_dictionary_or_may_be_one_stays(text: str) -> None:
    assert after(ONE + f"m.fit(x, y, class_weight={text})") == f"m.fit(x, y, class_weight={text})"


def test_a_name_is_followed_to_its_only_value() -> None:
    assert after(ONE + NUMBERS + "m.fit(x, y, class_weight=w)") == "m.fit(x, y)"
    again = ONE + NUMBERS + "w = dict(enumerate(w))\nm.fit(x, y, class_weight=w)"
    assert after(again) == "m.fit(x, y, class_weight=w)"


def test_a_fit_of_what_is_not_known_is_told_by_the_argument() -> None:
    text = "import keras\ndef run(model, x, y):\n    model.fit(x, y, class_weight='auto')\n"
    assert after(text).strip() == "model.fit(x, y)"
    other = "from sklearn.svm import SVC\nSVC(class_weight='balanced').fit(x, y)\n"
    assert migrated(other).after in (None, other)


@pytest.mark.parametrize(("loss", "spoken"), [("'poisson'", True), ("{'a': 'poisson'}", False)])
def test_weights_of_losses_are_warned_of_beside_one_loss(loss: str, spoken: bool) -> None:
    found = migrated(TWO + f"m.compile('sgd', loss={loss}, loss_weights=w)\n").findings
    assert any("losses.weights_of_one" in one.rules for one in found) is spoken
