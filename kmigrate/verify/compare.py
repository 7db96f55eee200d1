"""Compare what two runs computed. Stricter than `numpy.testing`: shape, dtype and proof count.

Who is compared with whom, and how it is decided (`tests/test_compare.py` has a case for each row):

| values | decided |
| --- | --- |
| scalar against array, also of one element; transposed; broadcastable | `different`: shape |
| another dtype, also float32 against float64, bool against int | `different`, unless declared |
| a number of Python against a NumPy scalar or tensor of the same sort | by value |
| floats | `close` within the tolerance of the coarser dtype, from either side alike; one ulp is close |
| 0.0 against -0.0 | `close`, and said |
| NaN against NaN | equal whatever their bits; NaN against a number is `different` |
| inf against inf; against -inf or a number | equal; `different` whatever the tolerance |
| integers, bools, 4-bit integers | every value equal, or `different` |
| complex | each part as a float |
| empty against empty; constant; not finite | equal, and no proof |
| close, and varying no more than the tolerance | no proof: noise would agree as well |
| text, bytes, NumPy strings, dates | character by character; bytes are read as UTF-8 |
| dict, list, tuple, namedtuple, dataclass, set | value by value: dicts by key in any order, sequences by place whatever their type, dataclasses by field, sets sorted |
| sparse | entries sorted by index; an explicit zero is an entry |
| ragged | flat values and row splits; masked: values (masked ones 0) and mask |
| structured arrays; arrays of objects | field by field; element by element |
| symbolic tensors | dtype, and the sizes that both sides know; no proof |
| exceptions | type, then the reason without what changes from run to run (`failures.py`) |
| 64 MB and more | by digest; else a sample and the extremes of each block |
| anything else | `unproven` |
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from kmigrate.verify.differences import Tolerance, measure, proves
from kmigrate.verify.distribution import compare_draws
from kmigrate.verify.failures import compare_failures, family
from kmigrate.verify.observation import INTERPRETER, Ending, Leaf, Observation
from kmigrate.verify.printed import PRINTED, compare_printed
from kmigrate.verify.verdict import Compared, Comparison, Verdict

__all__ = ["Compared", "Comparison", "Verdict", "compare", "compare_leaves", "ending_sentence"]

RAISED = "(raised)"
SAME_VALUES = "the values are the same"


def compare(
    before: Observation,
    after: Observation,
    tolerances: Mapping[str, Tolerance] | None = None,
) -> Comparison:
    """Compare two runs. `tolerances` replaces the one of the dtype, by name or for `*`.

    Two programs that raise alike are compared as far as they came, and by what they raised. That
    is `unproven` at best, for what would have followed never ran, unless a tolerance for `(raised)`
    says that they are meant to raise.
    """
    raised = _both_raised(before, after)
    failed = [
        f"{side}: {ending_sentence(observation)}"
        for side, observation in (("before", before), ("after", after))
        if observation.ending is not Ending.FINISHED
    ]
    if failed and not raised:
        return Comparison(Verdict.FAILED, "; ".join(failed))
    names = list(before.values) + [name for name in after.values if name not in before.values]
    if not names and not raised:
        return Comparison(Verdict.UNPROVEN, "nothing to compare: neither side has an output")
    listed = before.listed and after.listed
    compared = [
        compare_leaves(
            name,
            before.values.get(name),
            after.values.get(name),
            _tolerance(name, tolerances or {}),
            listed=listed,
        )
        for name in names
    ]
    if raised and before.failure and after.failure:
        allowed = _tolerance(RAISED, tolerances or {})
        wording = allowed is not None and allowed.wording
        compared.append(compare_failures(RAISED, before.failure, after.failure, wording=wording))
        return _judge(compared, cut_short=allowed is None)
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
    if name == PRINTED:
        return compare_printed(before, after)
    mismatch = _mismatch(before, after, tolerance)
    if mismatch:
        same = f", {SAME_VALUES}" if _only_dtype(before, after) else ""
        return Compared(name, Verdict.DIFFERENT, mismatch + same)
    if before.kind == "other":
        kinds = " and ".join(dict.fromkeys((before.dtype, after.dtype)))
        return Compared(name, Verdict.UNPROVEN, f"cannot compare a {kinds}")
    if before.kind == "raised":
        wording = tolerance is not None and tolerance.wording
        return compare_failures(name, before.failure(), after.failure(), wording=wording)
    if before.kind in ("text", "structure"):
        return _compare_text(name, before, after)
    if before.kind == "symbolic":
        return Compared(name, Verdict.IDENTICAL, "symbolic: shape and dtype only")
    if before.kind == "nothing":
        return Compared(name, Verdict.IDENTICAL, f"empty {before.dtype}")
    return _compare_arrays(name, before, after, tolerance, listed)


def _both_raised(before: Observation, after: Observation) -> bool:
    """Whether both came to the same end by an exception of one type."""
    if before.ending is not Ending.RAISED or after.ending is not Ending.RAISED:
        return False
    if before.failure is None or after.failure is None:
        return False
    return family(before.failure) == family(after.failure)


def _tolerance(name: str, tolerances: Mapping[str, Tolerance]) -> Tolerance | None:
    """The one given for the name, for the structure that it is a part of, or for all."""
    whole = name.partition("[")[0].partition(".")[0]
    return tolerances.get(name) or tolerances.get(whole) or tolerances.get("*")


def _judge(names: Sequence[Compared], *, cut_short: bool = False) -> Comparison:
    bad = [entry for entry in names if not entry.verdict.same]
    worst = next((entry for entry in bad if entry.verdict is not Verdict.UNPROVEN), None)
    if worst is not None:
        count = sum(entry.verdict is not Verdict.UNPROVEN for entry in bad)
        reason = f"{worst.name}: {worst.reason}" + (f", and {count - 1} more" if count > 1 else "")
        return Comparison(Verdict.DIFFERENT, reason, names)
    if bad:
        return Comparison(Verdict.UNPROVEN, f"{bad[0].name}: {bad[0].reason}", names)
    if cut_short:
        reason = f"{names[-1].reason}; what would have followed was not compared"
        return Comparison(Verdict.UNPROVEN, reason, names)
    if not any(entry.proves for entry in names):
        reason = "equal, which proves nothing: every output is empty, constant or not finite"
        return Comparison(Verdict.UNPROVEN, reason, names)
    close = any(entry.verdict is Verdict.CLOSE for entry in names)
    return Comparison(Verdict.CLOSE if close else Verdict.IDENTICAL, "", names)


def _mismatch(before: Leaf, after: Leaf, tolerance: Tolerance | None) -> str:
    """Why the two cannot be compared value by value; empty when they can."""
    numeric = {"array", "number"}
    if before.kind != after.kind and not {before.kind, after.kind} <= numeric:
        return f"{_sentence(before)} against {_sentence(after)}"
    if before.kind == "symbolic" and _may_be_one(before, after):
        pass  # what a Keras does not know before it runs, another may
    elif before.shape != after.shape and before.kind != "raised":
        return f"shape {_shape(before)} against {_shape(after)}"
    allowed = tolerance.dtypes if tolerance else ()
    if before.dtype == after.dtype or (before.dtype, after.dtype) in allowed:
        return ""
    if before.kind in ("other", "raised"):
        return ""
    # A number of Python has no dtype of its own: one of the same sort is the same answer.
    if "number" in (before.kind, after.kind) and _sort(before) == _sort(after):
        return ""
    return f"dtype {before.dtype} against {after.dtype}"


def _may_be_one(before: Leaf, after: Leaf) -> bool:
    """Whether two shapes agree where both are known."""
    if before.shape is None or after.shape is None:
        return True
    sizes = zip(before.shape, after.shape, strict=False)
    return len(before.shape) == len(after.shape) and all(
        left == right or None in (left, right) for left, right in sizes
    )


def _only_dtype(before: Leaf, after: Leaf) -> bool:
    """Whether two arrays of numbers differ in their dtypes and, within the tolerance, in nothing else."""
    if {before.kind, after.kind} != {"array"} or before.shape != after.shape:
        return False
    if before.sampled or after.sampled or _sort(before) != _sort(after):
        return False
    return bool(before.array().size) and measure(before, after).within


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
    if tolerance is not None and tolerance.distribution:
        return compare_draws(name, before, after)
    measured = measure(before, after, tolerance)
    verdict = Verdict.DIFFERENT
    if measured.within:
        verdict = Verdict.IDENTICAL if measured.bitwise and not before.sampled else Verdict.CLOSE
    proof = verdict.same and not measured.faint and proves(before.array(), before.kind, listed)
    compared = Compared(
        name,
        verdict,
        measured.note,
        proof,
        measured.max_ulp,
        measured.max_abs,
        measured.max_rel,
        measured.where,
        measured.before,
        measured.after,
    )
    if before.sampled:  # a place in the sample is none in the array
        note = "; ".join(filter(None, [measured.note, "of a sample"]))
        return replace(compared, reason=note, where=None)
    return compared


def _sort(leaf: Leaf) -> str:
    for sort in ("bool", "complex", "float"):
        if sort in leaf.dtype:
            return sort
    return "int"


def _sentence(leaf: Leaf) -> str:
    """What a value is, in a word or two."""
    if leaf.kind == "text" and leaf.texts == (None,):
        return "None"
    if leaf.kind in ("nothing", "other", "raised"):
        return {"nothing": "empty ", "other": "a ", "raised": "raised "}[leaf.kind] + leaf.dtype
    return leaf.kind


def _shape(leaf: Leaf) -> str:
    return "unknown" if leaf.shape is None else str(leaf.shape)
