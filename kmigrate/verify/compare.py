"""Compare what two runs computed. Stricter than `numpy.testing`: shape, dtype and proof count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from kmigrate.verify.differences import Tolerance, measure, proves
from kmigrate.verify.observation import INTERPRETER, Ending, Leaf, Observation


class Verdict(StrEnum):
    """What a comparison found, for one name and for a program."""

    IDENTICAL = "identical"
    CLOSE = "close"
    DIFFERENT = "different"
    MISSING = "missing"
    FAILED = "failed"
    UNPROVEN = "unproven"

    @property
    def same(self) -> bool:
        """Whether both sides computed the same."""
        return self in (Verdict.IDENTICAL, Verdict.CLOSE)


@dataclass(frozen=True, slots=True)
class Compared:
    """One name: its verdict, why, the largest differences and the first place that differs most.

    `proves` is False for values that agree whatever was computed: empty, constant or non-finite
    ones, and the bare shape of a symbolic tensor.
    """

    name: str
    verdict: Verdict
    reason: str = ""
    proves: bool = False
    max_ulp: int | None = None
    max_abs: float | None = None
    max_rel: float | None = None
    where: tuple[int, ...] | None = None
    before: str = ""
    after: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of a program: the verdict, why, and every name."""

    verdict: Verdict
    reason: str = ""
    names: Sequence[Compared] = field(default=())


def compare(
    before: Observation,
    after: Observation,
    tolerances: Mapping[str, Tolerance] | None = None,
) -> Comparison:
    """Compare two runs. `tolerances` replaces the one of the dtype, by name or for `*`."""
    for side, observation in (("before", before), ("after", after)):
        if observation.ending is not Ending.FINISHED:
            return Comparison(Verdict.FAILED, f"{side}: {ending_sentence(observation)}")
    names = list(before.values) + [name for name in after.values if name not in before.values]
    if not names:
        return Comparison(Verdict.UNPROVEN, "nothing to compare: neither side has an output")
    listed = before.listed and after.listed
    compared = [
        compare_leaves(
            name,
            before.values.get(name),
            after.values.get(name),
            (tolerances or {}).get(name) or (tolerances or {}).get("*"),
            listed=listed,
        )
        for name in names
    ]
    return _judge(compared)


def ending_sentence(observation: Observation) -> str:
    """How a run ended, in a few words."""
    failure = observation.failure
    if failure is None:
        return observation.ending.value
    place = f" (line {failure.line})" if failure.line else ""
    kind = "" if failure.type == INTERPRETER else f"{failure.type}: "
    return f"{observation.ending.value}: {kind}{failure.message}{place}"


def compare_leaves(
    name: str,
    before: Leaf | None,
    after: Leaf | None,
    tolerance: Tolerance | None = None,
    *,
    listed: bool = True,
) -> Compared:
    """Compare one value; `listed` says that the program named it as an output of its own."""
    compared = _compare(name, before, after, tolerance, listed)
    leaf = before or after
    return replace(compared, group=leaf.group) if leaf is not None and leaf.group else compared


def _compare(
    name: str, before: Leaf | None, after: Leaf | None, tolerance: Tolerance | None, listed: bool
) -> Compared:
    if before is None or after is None:
        return Compared(name, Verdict.MISSING, "only " + ("after" if before is None else "before"))
    mismatch = _mismatch(before, after, tolerance)
    if mismatch:
        return Compared(name, Verdict.DIFFERENT, mismatch)
    if before.kind == "other":
        return Compared(name, Verdict.UNPROVEN, f"cannot compare a {before.dtype}")
    if before.kind in ("text", "structure"):
        return _compare_text(name, before, after)
    if before.kind == "symbolic":
        return Compared(name, Verdict.IDENTICAL, "symbolic: shape and dtype only")
    return _compare_arrays(name, before, after, tolerance, listed)


def _judge(names: Sequence[Compared]) -> Comparison:
    bad = [entry for entry in names if not entry.verdict.same]
    worst = next((entry for entry in bad if entry.verdict is not Verdict.UNPROVEN), None)
    if worst is not None:
        count = sum(entry.verdict is not Verdict.UNPROVEN for entry in bad)
        reason = f"{worst.name}: {worst.reason}" + (f", and {count - 1} more" if count > 1 else "")
        return Comparison(Verdict.DIFFERENT, reason, names)
    if bad:
        return Comparison(Verdict.UNPROVEN, f"{bad[0].name}: {bad[0].reason}", names)
    if not any(entry.proves for entry in names):
        reason = "equal, which proves nothing: every output is empty, constant or not finite"
        return Comparison(Verdict.UNPROVEN, reason, names)
    close = any(entry.verdict is Verdict.CLOSE for entry in names)
    return Comparison(Verdict.CLOSE if close else Verdict.IDENTICAL, "", names)


def _mismatch(before: Leaf, after: Leaf, tolerance: Tolerance | None) -> str:
    """Why the two cannot be compared value by value; empty when they can."""
    if before.shape != after.shape:
        return f"shape {_shape(before)} against {_shape(after)}"
    numeric = {"array", "number"}
    if before.kind != after.kind and not {before.kind, after.kind} <= numeric:
        return f"{before.kind} against {after.kind}"
    allowed = tolerance.dtypes if tolerance else ()
    if before.dtype == after.dtype or (before.dtype, after.dtype) in allowed:
        return ""
    # A number of Python has no dtype of its own: one of the same sort is the same answer.
    if "number" in (before.kind, after.kind) and _sort(before) == _sort(after):
        return ""
    return f"dtype {before.dtype} against {after.dtype}"


def _compare_text(name: str, before: Leaf, after: Leaf) -> Compared:
    if before.digest == after.digest:
        proof = before.kind == "text" and len(set(before.texts)) > 1
        return Compared(name, Verdict.IDENTICAL, "", proves=proof)
    for index, (left, right) in enumerate(zip(before.texts, after.texts, strict=True)):
        if left != right:
            reason = f"{left!r} against {right!r}"
            return Compared(name, Verdict.DIFFERENT, reason, False, where=(index,))
    return Compared(name, Verdict.DIFFERENT, "texts differ beyond their recorded part")


def _compare_arrays(
    name: str, before: Leaf, after: Leaf, tolerance: Tolerance | None, listed: bool
) -> Compared:
    if before.sampled and before.digest == after.digest:
        return Compared(name, Verdict.IDENTICAL, proves=proves(before.array(), before.kind, listed))
    measured = measure(before, after, tolerance)
    verdict = Verdict.DIFFERENT
    if measured.within:
        verdict = Verdict.IDENTICAL if measured.bitwise and not before.sampled else Verdict.CLOSE
    compared = Compared(
        name,
        verdict,
        measured.note,
        verdict.same and proves(before.array(), before.kind, listed),
        measured.max_ulp,
        measured.max_abs,
        measured.max_rel,
        measured.where,
        measured.before,
        measured.after,
    )
    if before.sampled:
        return replace(compared, reason="; ".join(filter(None, [measured.note, "of a sample"])))
    return compared


def _sort(leaf: Leaf) -> str:
    for sort in ("bool", "complex", "float"):
        if sort in leaf.dtype:
            return sort
    return "int"


def _shape(leaf: Leaf) -> str:
    return "unknown" if leaf.shape is None else str(leaf.shape)
