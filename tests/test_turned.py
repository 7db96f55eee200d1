"""Calls whose arguments stood in another order in Keras 1, and values that are kept for later."""

import pytest
from programs import migrated

from kmigrate.model import Finding, Outcome

HEAD = "from keras import backend as K\n"
LOSSES = ("categorical_crossentropy", "binary_crossentropy", "sparse_categorical_crossentropy")


def finding(text: str, source: str) -> Finding:
    result = migrated(HEAD + text, source=source, to="keras@3")
    return next(one for one in result.findings if one.span.line == 2)


@pytest.mark.parametrize("name", LOSSES)
def test_an_order_that_the_version_decides_is_asked_for(name: str) -> None:
    found = finding(f"K.{name}(a, b)\n", "keras@1,keras@2")
    assert found.outcome is Outcome.REVIEW
    assert "say which with --from" in found.reason


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("source", ["keras@1", "keras@2"])
def test_an_order_that_is_known_is_written(name: str, source: str) -> None:
    found = finding(f"K.{name}(a, b)\n", source)
    assert "derived.ambiguous" not in found.rules


def test_a_call_in_one_order_is_not_asked_for() -> None:
    assert finding("K.clip(a, 0, 1)\n", "keras@1,keras@2").outcome is Outcome.REWRITTEN


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("states.append(K.zeros(shape))\n", Outcome.REVIEW),
        ("states.insert(0, K.ones(shape))\n", Outcome.REVIEW),
        ("K.sum(K.zeros(shape))\n", Outcome.REWRITTEN),
    ],
)
def test_a_variable_that_is_kept_is_no_tensor(text: str, outcome: Outcome) -> None:
    result = migrated(HEAD + text, source="keras@2", to="keras@3")
    found = [
        one for one in result.findings if one.rules[:1] in (("backend.zeros",), ("backend.ones",))
    ]
    assert [one.outcome for one in found] == [outcome]
