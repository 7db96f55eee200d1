"""Compare two samples by how they are distributed: operators that draw at random.

Three tests, each at a significance of one in a million, so that an honest pair fails about once in
300,000 comparisons; the seeds are fixed, and a pair that passed passes again:

- Kolmogorov and Smirnov: the largest distance between the two distribution functions;
- mean and variance, by their standard errors (Welch);
- atoms: the share of every value that is drawn again and again, such as the zeros of a dropout.

With 20,000 draws a side they find a shift of a twentieth of the standard deviation, a scale off by
a twentieth, and tails cut off beyond two standard deviations. Order and dependence do not count.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from kmigrate.verify.observation import Leaf
from kmigrate.verify.verdict import Compared, Verdict

if TYPE_CHECKING:
    from numpy.typing import NDArray

LEAST_DRAWS = 1000
SIGNIFICANCE = 1e-6
_DEVIATIONS = 4.9  # two-sided, at that significance
_ATOM = 0.005


def compare_draws(name: str, before: Leaf, after: Leaf) -> Compared:
    """Compare two leaves of one shape and dtype as samples of real numbers.

    Values that are not finite must be as frequent on both sides. Alike samples are `close`; the
    same draws are `identical`. Fewer than `LEAST_DRAWS` prove nothing.
    """
    import numpy as np

    left, right = (leaf.array().reshape(-1) for leaf in (before, after))
    if left.dtype.kind not in "fiub":
        return Compared(name, Verdict.UNPROVEN, f"cannot compare draws of {before.dtype}")
    if min(left.size, right.size) < LEAST_DRAWS:
        few = f"{min(left.size, right.size)} draws, fewer than {LEAST_DRAWS}"
        return Compared(name, Verdict.UNPROVEN, few)
    left, right = left.astype(np.float64), right.astype(np.float64)
    varies = bool((left != left[0]).any()) and bool(np.isfinite(left).all())
    if np.array_equal(left, right):
        return Compared(name, Verdict.IDENTICAL, "the same draws", varies, 0, 0.0, 0.0)
    distance, limit = _distance(left, right), ks_limit(left.size, right.size)
    said = f"distributions {distance:.3g} apart, of {limit:.3g} allowed for {left.size} draws"
    found = [said] if distance > limit else [*_moments(left, right), *_atoms(left, right)]
    if found:
        return Compared(name, Verdict.DIFFERENT, found[0], False, max_abs=distance)
    return Compared(name, Verdict.CLOSE, said, varies)


def ks_limit(first: int, second: int) -> float:
    """The distance of two samples of these sizes that chance exceeds once in 1/SIGNIFICANCE."""
    return math.sqrt(-math.log(SIGNIFICANCE / 2) / 2 * (first + second) / (first * second))


def _distance(left: NDArray[Any], right: NDArray[Any]) -> float:
    import numpy as np

    left, right = np.sort(left), np.sort(right)
    places = np.concatenate([left, right])
    first = np.searchsorted(left, places, "right") / left.size
    second = np.searchsorted(right, places, "right") / right.size
    return float(np.abs(first - second).max())


def _moments(left: NDArray[Any], right: NDArray[Any]) -> list[str]:
    """Which of mean and variance are further apart than their standard errors allow."""
    import numpy as np

    sides = [side[np.isfinite(side)] for side in (left, right)]
    if min(side.size for side in sides) < LEAST_DRAWS:
        return []
    squares = [(side - side.mean()) ** 2 for side in sides]
    found = []
    for moment, (first, second) in (("mean", sides), ("variance", squares)):
        error = math.sqrt(float(first.var()) / first.size + float(second.var()) / second.size)
        gap = abs(float(first.mean()) - float(second.mean()))
        if gap > _DEVIATIONS * error:
            found.append(
                f"{moment} {first.mean():.6g} against {second.mean():.6g}, {_errors(gap, error)}"
            )
    return found


def _errors(gap: float, error: float) -> str:
    return f"{gap / error:.3g} standard errors" if error else "without any scatter"


def _atoms(left: NDArray[Any], right: NDArray[Any]) -> list[str]:
    """Values of which one side draws many and the other another share."""
    import numpy as np

    values, counts = np.unique(np.concatenate([left, right]), return_counts=True)
    for value in values[counts >= _ATOM * (left.size + right.size)]:
        first, second = _share(left, value), _share(right, value)
        pooled = (first * left.size + second * right.size) / (left.size + right.size)
        error = math.sqrt(pooled * (1 - pooled) * (1 / left.size + 1 / right.size))
        if abs(first - second) > _DEVIATIONS * error:
            return [f"{value:.6g} is {first:.3%} of the draws against {second:.3%}"]
    return []


def _share(side: NDArray[Any], value: float) -> float:
    import numpy as np

    return float((np.isnan(side) if np.isnan(value) else side == value).mean())
