"""Measure how far two arrays of one shape are apart: in ulp, absolutely and relatively."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any

from kmigrate.verify.observation import Leaf
from kmigrate.verify.ulp import max_ulp

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Tolerance:
    """`|before - after| <= atol + rtol * max(|before|, |after|)`, the same seen from either side.

    `dtypes` are pairs that may differ, and `reason` says why: one is required wherever a tolerance
    replaces that of its dtype. `distribution`: the values are draws at random, and only how they
    are distributed is compared. `wording`: an exception may give its reason in other words.
    """

    rtol: float
    atol: float
    dtypes: tuple[tuple[str, str], ...] = ()
    reason: str = ""
    distribution: bool = False
    wording: bool = False


TOLERANCES: Mapping[str, Tolerance] = {
    # One step of the format: these have two or three bits of fraction.
    "float8_e5m2": Tolerance(0.25, 2**-16),
    "float8_e5m2fnuz": Tolerance(0.25, 2**-17),
    "float8_e4m3fn": Tolerance(0.125, 2**-9),
    "float8_e4m3fnuz": Tolerance(0.125, 2**-10),
    "float8_e4m3b11fnuz": Tolerance(0.125, 2**-13),
    "bfloat16": Tolerance(1.6e-2, 1e-5),
    "float16": Tolerance(1e-3, 1e-5),
    "float32": Tolerance(2e-5, 1e-6),
    "float64": Tolerance(1e-9, 1e-12),
}
EXACT = Tolerance(0.0, 0.0)
# One step of training adds about as much rounding as one pass forward, now up and now down: as in a
# random walk, the error grows with the root of the number of steps (seen: 4e-7 after 200 steps of
# descent, 5e-6 after 500 of Adam, TensorFlow 1.15 against 2.21). Beyond the caps nothing is loosened.
TRAINED_RTOL, TRAINED_ATOL = 1e-2, 1e-3


@dataclass(frozen=True, slots=True)
class Measured:
    """`bitwise`: every bit is equal, NaN being NaN whatever its bits are.

    `faint`: the values are not equal, and vary no more than the tolerance lets pass, so that noise
    alone would agree as well.
    """

    within: bool
    bitwise: bool
    max_ulp: int | None = None
    max_abs: float | None = None
    max_rel: float | None = None
    where: tuple[int, ...] | None = None
    before: str = ""
    after: str = ""
    note: str = ""
    faint: bool = False


def default_tolerance(before: Leaf, after: Leaf) -> tuple[str, Tolerance]:
    """The coarser of the two dtypes and its tolerance.

    A float of Python counts as float32, in which Keras computes what it then hands out.
    """
    dtypes = [
        "float32" if leaf.kind == "number" and leaf.dtype == "float64" else _real(leaf.dtype)
        for leaf in (before, after)
    ]
    for dtype in TOLERANCES:  # the coarsest stands first
        if dtype in dtypes:
            return dtype, after_training(TOLERANCES[dtype], max(before.steps, after.steps))
    return dtypes[0], EXACT


def after_training(tolerance: Tolerance, steps: int) -> Tolerance:
    """The tolerance for what was computed after so many steps of an optimizer."""
    factor = sqrt(1 + steps)
    return replace(
        tolerance,
        rtol=max(tolerance.rtol, min(TRAINED_RTOL, tolerance.rtol * factor)),
        atol=max(tolerance.atol, min(TRAINED_ATOL, tolerance.atol * factor)),
    )


def measure(before: Leaf, after: Leaf, tolerance: Tolerance | None = None) -> Measured:
    """Compare two leaves of the same shape, value by value."""
    import numpy as np

    dtype, default = default_tolerance(before, after)
    left, right = _as_real(before.array()), _as_real(after.array())
    if left.size == 0:
        return Measured(within=True, bitwise=before.dtype == after.dtype, note="empty")
    if dtype not in TOLERANCES:
        return _measure_exact(left, right, same_dtype=before.dtype == after.dtype)
    allowed = tolerance or default
    wide_left, wide_right = left.astype(np.float64), right.astype(np.float64)
    size = np.maximum(np.abs(wide_left), np.abs(wide_right))
    equal = (wide_left == wide_right) | (np.isnan(wide_left) & np.isnan(wide_right))
    with np.errstate(all="ignore"):
        gap = np.where(equal, 0.0, np.abs(wide_left - wide_right))
        relative = np.where(equal, 0.0, gap / size)
        within = equal | (np.isfinite(size) & (gap <= allowed.atol + allowed.rtol * size))
    signs = bool(
        np.any(equal & ~np.isnan(wide_left) & (np.signbit(wide_left) != np.signbit(wide_right)))
    )
    place = _worst(gap, within)
    return Measured(
        within=bool(within.all()),
        bitwise=bool(equal.all()) and not signs and before.dtype == after.dtype,
        max_ulp=max_ulp(left, right, dtype),
        max_abs=_largest(gap),
        max_rel=_largest(relative),
        where=None if equal.all() else place,
        before="" if equal.all() else str(left[place]),
        after="" if equal.all() else str(right[place]),
        note=_note(wide_left, wide_right, signs, within),
        faint=not equal.all() and (_is_faint(wide_left, allowed) or _is_faint(wide_right, allowed)),
    )


def proves(values: NDArray[Any], kind: str, listed: bool) -> bool:
    """Whether agreement on these values says anything.

    Empty, constant and non-finite values do not. A single one does if it is a fraction, which
    seldom comes about by itself, and is no mere constant of the program.
    """
    import numpy as np

    real = _as_real(values).reshape(-1)
    finite = real[np.isfinite(real)] if real.dtype.kind == "f" else real
    if values.size == 1 and finite.size:
        fraction = bool((finite != np.round(finite)).any()) if finite.dtype.kind == "f" else False
        return fraction and (listed or kind == "array")
    return bool(finite.size and (finite != finite[0]).any())


def _is_faint(values: NDArray[Any], allowed: Tolerance) -> bool:
    import numpy as np

    finite = values[np.isfinite(values)]
    if finite.size < 2:
        return bool((np.abs(finite) <= allowed.atol).all())
    lost = allowed.atol + allowed.rtol * float(np.abs(finite).max())
    return float(finite.max()) / 2 - float(finite.min()) / 2 <= lost


def _measure_exact(left: NDArray[Any], right: NDArray[Any], *, same_dtype: bool) -> Measured:
    import numpy as np

    equal = left == right
    if equal.all():
        return Measured(within=True, bitwise=same_dtype, max_abs=0.0)
    place = tuple(int(i) for i in np.unravel_index(int(np.argmin(equal)), equal.shape))
    here = abs(int(left[place]) - int(right[place]))  # in a float64 neighbours above 2**53 are one
    gap = max(float(here), float(np.abs(left.astype(np.float64) - right.astype(np.float64)).max()))
    count = int((~equal).sum())
    note = f"{count} of {equal.size} values differ"
    texts = str(left[place]), str(right[place])
    return Measured(False, False, None, gap, None, place, *texts, note=note)


def _worst(gap: NDArray[Any], within: NDArray[Any]) -> tuple[int, ...]:
    """The first place out of tolerance, else the one with the largest gap."""
    import numpy as np

    flat = int(np.argmax(~within)) if not within.all() else int(np.argmax(gap))
    return tuple(int(index) for index in np.unravel_index(flat, gap.shape))


def _largest(gap: NDArray[Any]) -> float | None:
    """Of the gaps between finite values; a gap can also be too large for a float64."""
    import numpy as np

    finite = gap[np.isfinite(gap)]
    return float(finite.max()) if finite.size else None


def _note(left: NDArray[Any], right: NDArray[Any], signs: bool, within: NDArray[Any]) -> str:
    import numpy as np

    notes = []
    if not within.all():
        notes.append(f"{int((~within).sum())} of {within.size} values differ")
    if np.isnan(left).any() and np.isnan(right).any():
        notes.append(f"{int(np.isnan(left).sum())} NaN")
    if signs:
        notes.append("zeros of other sign")
    return ", ".join(notes)


def _real(dtype: str) -> str:
    return {"complex64": "float32", "complex128": "float64"}.get(dtype, dtype)


def _as_real(values: NDArray[Any]) -> NDArray[Any]:
    """Complex numbers as pairs along a new last axis."""
    import numpy as np

    if values.dtype.kind != "c":
        return values
    return np.stack([values.real, values.imag], -1)
