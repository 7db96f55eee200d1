"""Merge without a list of models is a layer that is called; a function as its mode is a Lambda."""

from __future__ import annotations

import pytest
from programs import migrated

from kmigrate.model import Outcome

TOP = "from keras.layers import Merge, merge\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Merge(mode='concat', concat_axis=1)(x)", "Concatenate(axis=1)(x)"),
        ("Merge(mode='sum', name='s')(x)", "Add(name='s')(x)"),
        ("Merge()(x)", "Add()(x)"),
        ("Merge(mode=lambda x: x[0])(x)", "Lambda(lambda x: x[0])(x)"),
        ("merge(x, mode=lambda x: x[0])", "Lambda(lambda x: x[0])(x)"),
        ("merge(x, mode=f, output_shape=g, name='m')", "Lambda(f, output_shape=g, name='m')(x)"),
    ],
)
def test_what_joins_tensors(before: str, after: str) -> None:
    functions = "def f(x):\n    return x[0]\ndef g(x):\n    return x[0]\n"
    result = migrated(f"{TOP}{functions}y = {before}\n", source="keras@1").after or ""
    assert result.endswith(f"y = {after}\n")


@pytest.mark.parametrize(
    "call", ["Merge([a, b], mode='concat')", "Merge(mode=f)", "merge(x, mode=f)"]
)
def test_models_and_unknown_modes_are_flagged(call: str) -> None:
    result = migrated(f"{TOP}y = {call}\n", source="keras@1")
    assert [one.outcome for one in result.findings if one.span.line == 2] == [Outcome.FLAGGED]
