"""Attributes of receivers that nothing proves, and that are called as their class is."""

import pytest
from programs import migrated

from kmigrate.model import Outcome

HEAD = "from keras import backend as K\n"


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("K.set_value(model.optimizer.lr, 0.1)", "model.optimizer.learning_rate.assign(0.1)"),
        (
            "def f(optimizer):\n    optimizer.lr = 1",
            "def f(optimizer):\n    optimizer.learning_rate = 1",
        ),
    ],
)
def test_the_learning_rate_of_an_optimizer_has_its_new_name(before: str, expected: str) -> None:
    result = migrated(HEAD + before, source="keras@2.2.4", to="keras@3")
    assert (result.after or "").endswith(expected)
    found = [one for one in result.findings if one.rules == ("optimizers.Optimizer.learning_rate",)]
    assert [one.outcome for one in found] == [Outcome.REVIEW]


@pytest.mark.parametrize("text", ["args.lr = 1", "print(self.lr)", "optimizer.rate = 1"])
def test_what_is_called_otherwise_stays(text: str) -> None:
    result = migrated("from keras.layers import Dense\n" + text, source="keras@2.2.4", to="keras@3")
    assert result.after in (None, "from keras.layers import Dense\n" + text)


def test_a_library_that_is_not_used_is_not_meant() -> None:
    text = "import torch\noptimizer.lr = 1\n"
    assert migrated(text, source="keras@2.2.4", to="keras@3").after in (None, text)
