"""Samples are counted in batches where a generator of the file says how many make one."""

from __future__ import annotations

import pytest
from programs import migrated

TOP = "from keras.models import Sequential\nmodel = Sequential()\n"


def fitted(parameters: str, call: str, body: str = "yield x") -> str:
    text = f"{TOP}def gen({parameters}):\n    {body}\nmodel.fit_generator({call}, samples_per_epoch=90)\n"
    return (migrated(text, source="keras@1").after or text).splitlines()[-1]


@pytest.mark.parametrize(
    ("parameters", "call", "size"),
    [
        ("x, batch_size", "gen(x, 32)", "32"),
        ("x, batch_size", "gen(x, batch_size=n)", "n"),
        ("x, batchsize", "gen(x, batchsize=args.n)", "args.n"),
        ("batch, x", "gen(n, x)", "n"),
        ("x, batch_size=16", "gen(x)", "16"),
        ("x, BATCH_SIZE=16, y=None", "gen(x, 8)", "8"),
        ("n_batches, batch_size", "gen(5, 8)", "8"),
    ],
)
def test_the_size_of_a_batch(parameters: str, call: str, size: str) -> None:
    assert fitted(parameters, call) == f"model.fit({call}, steps_per_epoch=-(-90 // {size}))"


@pytest.mark.parametrize(
    ("parameters", "call", "body"),
    [
        ("x, n", "gen(x, 32)", "yield x"),
        ("x, n_batches", "gen(x, 32)", "yield x"),
        ("x, batch_size, val_batch_size", "gen(x, 32, 16)", "yield x"),
        ("x, batch_size=B", "gen(x)", "yield x"),
        ("x, batch_size", "gen(x, f())", "yield x"),
        ("x, batch_size", "gen(*x)", "yield x"),
        ("x, batch_size", "gen(**x)", "yield x"),
        ("x, batch_size", "gen(x, 32)", "return x"),
        ("x, batch_size", "other(x, 32)", "yield x"),
    ],
)
def test_a_size_that_is_not_told(parameters: str, call: str, body: str) -> None:
    assert fitted(parameters, call, body).endswith(f"fit_generator({call}, samples_per_epoch=90)")


def test_a_method_of_self() -> None:
    text = (
        f"{TOP}class Own:\n    def gen(self, batch_size):\n        yield 1\n"
        "    def fit(self):\n        model.fit_generator(self.gen(7), samples_per_epoch=90)\n"
    )
    after = migrated(text, source="keras@1").after or ""
    assert after.endswith("model.fit(self.gen(7), steps_per_epoch=-(-90 // 7))\n")
