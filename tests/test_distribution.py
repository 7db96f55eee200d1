"""Samples of one distribution are alike, and those of another are not, whatever the seed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.differences import Tolerance
from kmigrate.verify.distribution import LEAST_DRAWS, ks_limit
from kmigrate.verify.inside import record
from kmigrate.verify.observation import Ending, Leaf, Observation

np = pytest.importorskip("numpy")
DRAWS = 20_000
BY_DISTRIBUTION = {"x": Tolerance(0, 0, reason="drawn at random", distribution=True)}


def sampled(values: Any) -> Observation:
    return Observation(
        Ending.FINISHED, {"x": Leaf.from_json(record.encode(values, 1 << 30))}, listed=True
    )


def compared(before: Any, after: Any) -> Comparison:
    return compare(sampled(before), sampled(after), BY_DISTRIBUTION)


def draws(make: Callable[[Any], Any], seed: int) -> Any:
    return np.asarray(make(np.random.RandomState(seed)), np.float32)


def truncated(rng: Any) -> Any:
    many = rng.normal(size=2 * DRAWS)
    return many[np.abs(many) < 2][:DRAWS]


def dropout(keep: float) -> Callable[[Any], Any]:
    return lambda rng: (rng.uniform(size=DRAWS) < keep) / keep


FAMILIES: dict[str, Callable[[Any], Any]] = {
    "normal": lambda rng: rng.normal(size=DRAWS),
    "uniform": lambda rng: rng.uniform(-1, 1, size=DRAWS),
    "truncated": truncated,
    "bernoulli": lambda rng: rng.uniform(size=DRAWS) < 0.3,
    "dropout": dropout(0.8),
    "shape": lambda rng: rng.gamma(2.0, size=(100, 200)),
}
OTHERS: dict[str, Callable[[Any], Any]] = {
    "shifted": lambda rng: rng.normal(0.1, size=DRAWS),
    "wider": lambda rng: rng.normal(scale=1.06, size=DRAWS),
    "variance for deviation": lambda rng: rng.normal(scale=np.sqrt(0.5), size=DRAWS),
    "cut": truncated,
    "uniform": lambda rng: rng.uniform(-np.sqrt(3), np.sqrt(3), size=DRAWS),
    "with zeros": lambda rng: rng.normal(size=DRAWS) * (rng.uniform(size=DRAWS) < 0.98),
    "constant": lambda rng: np.zeros(DRAWS),
    "with NaN": lambda rng: np.where(rng.uniform(size=DRAWS) < 0.9, rng.normal(size=DRAWS), np.nan),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("family", FAMILIES)
def test_two_samples_of_one_distribution_are_alike(family: str, seed: int) -> None:
    before, after = (draws(FAMILIES[family], 2 * seed + side) for side in (0, 1))
    result = compared(before, after)
    assert result.verdict is Verdict.CLOSE, result.reason
    assert compared(before, before.copy()).verdict is Verdict.IDENTICAL


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("other", OTHERS)
def test_a_sample_of_another_distribution_is_noticed(other: str, seed: int) -> None:
    before, after = draws(FAMILIES["normal"], seed), draws(OTHERS[other], 100 + seed)
    for first, second in ((before, after), (after, before)):
        assert compared(first, second).verdict is Verdict.DIFFERENT


def test_dropout_of_another_rate_or_scale_is_noticed() -> None:
    before = draws(dropout(0.8), 0)
    assert compared(before, draws(dropout(0.75), 1)).verdict is Verdict.DIFFERENT
    assert compared(before, draws(dropout(0.8), 1) * np.float32(0.8)).verdict is Verdict.DIFFERENT


def test_few_or_constant_draws_prove_nothing() -> None:
    few = draws(FAMILIES["normal"], 0)[: LEAST_DRAWS - 1]
    assert compared(few, few).verdict is Verdict.UNPROVEN
    ones = np.ones(DRAWS, np.float32)
    assert compared(ones, ones).verdict is Verdict.UNPROVEN


def test_shape_and_dtype_still_count() -> None:
    before = draws(FAMILIES["normal"], 0)
    for after in (before.reshape(100, 200), before.astype(np.float64)):
        assert compared(before, after).verdict is Verdict.DIFFERENT


def test_the_limit_is_that_of_kolmogorov_and_smirnov() -> None:
    rng = np.random.RandomState(0)
    size, limit = 500, ks_limit(500, 500)
    at_five_percent = limit * np.sqrt(np.log(0.05 / 2) / np.log(1e-6 / 2))
    samples = np.sort(rng.uniform(size=(400, 2, size)), axis=-1)
    far = 0
    for left, right in samples:
        places = np.concatenate([left, right])
        first, second = (np.searchsorted(side, places, "right") / size for side in (left, right))
        far += np.abs(first - second).max() > at_five_percent
    assert 8 <= far <= 32  # about one in twenty of 400
