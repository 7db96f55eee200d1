"""Count the representable numbers between two floats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bits of the fraction, and the exponent of the least normal number.
SMALL_FLOATS: Mapping[str, tuple[int, int]] = {
    "float8_e4m3fn": (3, -6),
    "float8_e4m3fnuz": (3, -7),
    "float8_e4m3b11fnuz": (3, -10),
    "float8_e5m2": (2, -14),
    "float8_e5m2fnuz": (2, -15),
}


def max_ulp(left: NDArray[Any], right: NDArray[Any], dtype: str) -> int | None:
    """The largest count of representable numbers between two finite ones; None if there are none.

    `dtype` names what the values were, of which both are given in the same or a wider type.
    bfloat16 stands in the upper half of a float32, hence the shift.
    """
    import numpy as np

    width = {"float16": np.float16, "bfloat16": np.float32, "float32": np.float32}.get(dtype)
    with np.errstate(over="ignore"):
        left, right = (side.astype(width or np.float64) for side in (left, right))
    both = np.isfinite(left) & np.isfinite(right)
    if not both.any():
        return None
    if dtype in SMALL_FLOATS:
        first, second = (
            _small_ordinals(side[both], *SMALL_FLOATS[dtype]) for side in (left, right)
        )
    else:
        first, second = _ordinals(left[both]), _ordinals(right[both])
    gap = int(np.where(first > second, first - second, second - first).max())
    return gap >> 16 if dtype == "bfloat16" else gap


def _ordinals(values: NDArray[Any]) -> NDArray[Any]:
    """The floats counted from the least to the greatest; both zeros are one."""
    import numpy as np

    bits = values.dtype.itemsize * 8
    raw = values.view(f"u{values.dtype.itemsize}").astype(np.uint64)
    sign = np.uint64(1 << (bits - 1))
    magnitude = raw & (sign - np.uint64(1))
    ordinals: NDArray[Any] = np.where(raw & sign, sign - magnitude, sign + magnitude)
    return ordinals


def _small_ordinals(values: NDArray[Any], fraction: int, least: int) -> NDArray[Any]:
    """The same for a float of few bits that is given as float64."""
    import numpy as np

    exponent = np.maximum(np.frexp(np.abs(values))[1] - 1, least)
    steps = np.abs(values) / np.exp2(exponent - fraction) + (exponent - least) * 2.0**fraction
    ordinals: NDArray[Any] = (np.sign(values) * np.round(steps)).astype(np.int64)
    return ordinals
