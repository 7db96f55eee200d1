"""The comparator decides each case as documented, and never calls a vacuous agreement proof."""

from __future__ import annotations

from typing import Any

import pytest

from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.differences import Tolerance
from kmigrate.verify.inside import record
from kmigrate.verify.observation import Ending, Failure, Leaf, Observation

np = pytest.importorskip("numpy")
WHOLE = 1 << 20


def observed(whole_below: int = WHOLE, listed: bool = True, **values: Any) -> Observation:
    leaves = {
        name: Leaf.from_json(record.encode(leaf, whole_below))
        for key, value in values.items()
        for name, leaf in record.leaves(key, value)
    }
    return Observation(Ending.FINISHED, leaves, listed)


def compared(before: Any, after: Any, **options: Any) -> Comparison:
    return compare(observed(x=before), observed(x=after), **options)


RAMP = np.arange(6, dtype=np.float32).reshape(2, 3)
NAN = np.float32("nan")


def test_equal_bits_are_identical_and_prove() -> None:
    result = compared(RAMP, RAMP.copy())
    assert (result.verdict, result.names[0].proves) == (Verdict.IDENTICAL, True)
    assert result.names[0].max_ulp == 0


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        pytest.param(RAMP, RAMP.T, "shape (2, 3) against (3, 2)", id="transposed"),
        pytest.param(np.float32(0.5), np.full(3, 0.5, np.float32), "shape", id="scalar-array"),
        pytest.param(np.float32(0.5), np.full((1,), 0.5, np.float32), "shape", id="scalar-one"),
        pytest.param(RAMP, RAMP.astype(np.float64), "dtype float32 against float64", id="dtype"),
        pytest.param(RAMP, RAMP.astype(np.int32), "dtype float32 against int32", id="int"),
        pytest.param(RAMP, RAMP + 1, "values differ", id="values"),
        pytest.param(RAMP.astype(int), RAMP.astype(int) + 1, "6 of 6 values differ", id="ints"),
        pytest.param(RAMP, np.where(RAMP == 1, NAN, RAMP), "values differ", id="nan-one-side"),
        pytest.param(np.float32([1, np.inf]), np.float32([1, 3e38]), "values differ", id="inf"),
        pytest.param(
            np.float32([1, np.inf]), np.float32([1, -np.inf]), "values differ", id="signs-of-inf"
        ),
        pytest.param(True, 1, "dtype bool against int64", id="bool-int"),
        pytest.param("a", RAMP, "text against array", id="text-array"),
        pytest.param(["relu", "tanh"], ["relu", "elu"], "'tanh' against 'elu'", id="texts"),
    ],
)
def test_different(before: Any, after: Any, reason: str) -> None:
    result = compared(before, after)
    assert result.verdict is Verdict.DIFFERENT
    assert reason in result.reason


def test_a_value_out_of_tolerance_is_placed() -> None:
    after = RAMP.copy()
    after[1, 0] += 1
    (entry,) = compared(RAMP, after).names
    assert (entry.where, entry.before, entry.after) == ((1, 0), "3.0", "4.0")
    assert [entry.max_abs, entry.max_rel] == pytest.approx([1, 1 / 4])


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_one_ulp_is_close_and_counted(dtype: str) -> None:
    before = np.asarray([-1.5, 0.1, 3.0], dtype)
    (entry,) = compared(before, np.nextafter(before, np.asarray(9, dtype))).names
    assert (entry.verdict, entry.max_ulp) == (Verdict.CLOSE, 1)


def test_ulp_counts_across_zero() -> None:
    tiny = np.nextafter(np.float32(0), np.float32(1))
    (entry,) = compared(np.float32([tiny, 1]), np.float32([-tiny, 1])).names
    assert entry.max_ulp == 2


def test_bfloat16_is_read_and_measured_in_its_own_ulp() -> None:
    def bfloat16(*patterns: int) -> Leaf:
        leaf = record.encode(np.asarray(patterns, "<u2"), WHOLE)
        return Leaf.from_json({**leaf, "dtype": "bfloat16"})

    one, next_one, two = 0x3F80, 0x3F81, 0x4000
    before = Observation(Ending.FINISHED, {"x": bfloat16(one, two)}, True)
    after = Observation(Ending.FINISHED, {"x": bfloat16(next_one, two)}, True)
    (entry,) = compare(before, after).names
    assert (entry.verdict, entry.max_ulp, entry.before) == (Verdict.CLOSE, 1, "1.0")


def test_negative_zero_is_close_not_identical() -> None:
    (entry,) = compared(np.float32([0.0, 1]), np.float32([-0.0, 1])).names
    assert (entry.verdict, entry.max_ulp) == (Verdict.CLOSE, 0)
    assert entry.reason == "zeros of other sign"


def test_nan_equals_nan_whatever_its_bits_and_proves_only_through_the_rest() -> None:
    other = np.asarray([0x7FC00001], np.uint32).view(np.float32)[0]
    (entry,) = compared(np.float32([NAN, 1, 2]), np.float32([other, 1, 2])).names
    assert (entry.verdict, entry.reason, entry.proves) == (Verdict.IDENTICAL, "1 NaN", True)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(np.zeros((0, 3), np.float32), id="empty"),
        pytest.param(np.float32([NAN, NAN]), id="nan"),
        pytest.param(np.float32([np.inf, -np.inf]), id="infinite"),
        pytest.param(np.zeros((2, 2), np.float32), id="zeros"),
        pytest.param(np.full(4, 0.25, np.float32), id="constant"),
        pytest.param(np.int32(3), id="one-integer"),
        pytest.param(np.float32(2.0), id="one-round-number"),
        pytest.param("text", id="one-text"),
        pytest.param([], id="nothing"),
    ],
)
def test_vacuous_agreement_is_unproven(value: Any) -> None:
    assert compared(value, value).verdict is Verdict.UNPROVEN


def test_a_constant_of_the_program_proves_only_when_it_is_listed() -> None:
    before, after = observed(rate=0.3), observed(rate=0.3)
    assert compare(before, after).verdict is Verdict.IDENTICAL
    unlisted = observed(listed=False, rate=0.3)
    assert compare(unlisted, unlisted).verdict is Verdict.UNPROVEN


def test_a_vacuous_name_rides_along_with_one_that_proves() -> None:
    side = observed(x=RAMP, empty=np.zeros(0, np.float32))
    assert compare(side, side).verdict is Verdict.IDENTICAL


def test_numbers_of_python_have_no_dtype_of_their_own() -> None:
    result = compared(0.1, np.float32(0.1))
    assert (result.verdict, result.names[0].max_ulp) == (Verdict.CLOSE, 0)
    assert compared(0.1, 0.1 + 1e-9).verdict is Verdict.CLOSE
    assert compared(0.1, 0.1001).verdict is Verdict.DIFFERENT


def test_the_order_of_a_dict_does_not_count_that_of_a_list_does() -> None:
    before, after = {"a": RAMP, "b": RAMP + 1}, {"b": RAMP + 1, "a": RAMP}
    assert compared(before, after).verdict is Verdict.IDENTICAL
    assert compared(list(before.values()), list(after.values())).verdict is Verdict.DIFFERENT


def test_a_name_on_one_side_only_is_missing() -> None:
    result = compare(observed(x=RAMP, y=RAMP), observed(x=RAMP, z=RAMP))
    assert [entry.verdict for entry in result.names] == [
        Verdict.IDENTICAL,
        Verdict.MISSING,
        Verdict.MISSING,
    ]
    assert (result.verdict, result.reason) == (Verdict.DIFFERENT, "y: only before, and 1 more")


class SparseTensor:
    def __init__(self, indices: Any, values: Any) -> None:
        self.indices, self.values = np.asarray(indices), np.asarray(values, np.float32)
        self.dense_shape = np.asarray([3, 3])


class RaggedTensor:
    def __init__(self, values: Any, *splits: Any) -> None:
        self.flat_values = np.asarray(values, np.float32)
        self.nested_row_splits = tuple(np.asarray(split) for split in splits)


def test_sparse_entries_are_compared_in_one_order() -> None:
    before = SparseTensor([[0, 1], [2, 0]], [1, 2])
    assert compared(before, SparseTensor([[2, 0], [0, 1]], [2, 1])).verdict is Verdict.IDENTICAL
    assert compared(before, SparseTensor([[0, 1], [2, 1]], [1, 2])).verdict is Verdict.DIFFERENT
    dense = np.zeros((3, 3), np.float32)
    assert compared(before, dense).names[-1].verdict is Verdict.MISSING


def test_ragged_rows_must_split_alike() -> None:
    before = RaggedTensor([1, 2, 3], [0, 1, 3])
    assert compared(before, RaggedTensor([1, 2, 3], [0, 1, 3])).verdict is Verdict.IDENTICAL
    assert compared(before, RaggedTensor([1, 2, 3], [0, 2, 3])).verdict is Verdict.DIFFERENT


def test_complex_numbers_differ_in_either_part() -> None:
    before = np.asarray([1 + 2j, 3], np.complex64)
    assert compared(before, before.copy()).verdict is Verdict.IDENTICAL
    assert compared(before, before.conj()).verdict is Verdict.DIFFERENT


def test_symbolic_tensors_agree_in_shape_and_prove_nothing() -> None:
    def symbolic(*shape: int | None) -> Observation:
        return Observation(Ending.FINISHED, {"x": Leaf("symbolic", "float32", shape)}, True)

    assert compare(symbolic(None, 3), symbolic(None, 3)).verdict is Verdict.UNPROVEN
    assert compare(symbolic(None, None), symbolic(None, 3)).verdict is Verdict.UNPROVEN
    assert compare(symbolic(None, 3), symbolic(None, 4)).verdict is Verdict.DIFFERENT
    assert compare(symbolic(None, 3), symbolic(None, 3, 1)).verdict is Verdict.DIFFERENT


def test_what_cannot_be_compared_is_not_the_same() -> None:
    assert compared(object(), object()).verdict is Verdict.UNPROVEN


def test_large_arrays_compare_by_digest_then_by_sample() -> None:
    large = np.random.RandomState(0).rand(100_000).astype(np.float32)
    before = observed(whole_below=1 << 10, x=large)
    assert compare(before, before).verdict is Verdict.IDENTICAL
    close = compare(before, observed(whole_below=1 << 10, x=np.nextafter(large, np.float32(2))))
    assert (close.verdict, close.names[0].reason) == (Verdict.CLOSE, "of a sample")
    far = compare(before, observed(whole_below=1 << 10, x=large[::-1].copy()))
    assert far.verdict is Verdict.DIFFERENT


def test_a_declared_tolerance_replaces_that_of_the_dtype() -> None:
    wide = Tolerance(0.0, 0.5, (("float32", "float64"),), reason="a test")
    for after in (RAMP + np.float32(0.25), RAMP.astype(np.float64)):
        assert compared(RAMP, after, tolerances={"x": wide}).verdict is Verdict.CLOSE
        assert compared(RAMP, after, tolerances={"y": wide}).verdict is Verdict.DIFFERENT


def test_a_side_that_failed_fails_the_comparison_by_name() -> None:
    failure = Failure("ValueError", "no", "Traceback", 3)
    failed = Observation(Ending.RAISED, failure=failure)
    result = compare(observed(x=RAMP), failed)
    assert result.verdict is Verdict.FAILED
    assert result.reason == "after: raised: ValueError: no (line 3)"


def test_nothing_to_compare_is_unproven() -> None:
    result = compare(observed(), observed())
    assert (result.verdict, "nothing to compare" in result.reason) == (Verdict.UNPROVEN, True)
