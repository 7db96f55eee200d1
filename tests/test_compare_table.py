"""Each row of the table that stands above the comparator, and the laws that hold for all of it."""

from __future__ import annotations

import json
from collections import OrderedDict, namedtuple
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.differences import TOLERANCES, Tolerance
from kmigrate.verify.inside import record
from kmigrate.verify.observation import Ending, Failure, Leaf, Observation

np = pytest.importorskip("numpy")
WHOLE = 1 << 20
IDENTICAL, CLOSE, DIFFERENT, UNPROVEN = (
    Verdict.IDENTICAL,
    Verdict.CLOSE,
    Verdict.DIFFERENT,
    Verdict.UNPROVEN,
)
Pair = namedtuple("Pair", "loss values")


@dataclass
class Point:
    x: float
    y: Any


def f32(*values: float) -> Any:
    return np.asarray(values, np.float32)


def observed(value: Any, whole_below: int = WHOLE) -> Observation:
    leaves = {
        name: Leaf.from_json(json.loads(json.dumps(record.encode(leaf, whole_below))))
        for name, leaf in record.leaves("x", value)
    }
    return Observation(Ending.FINISHED, leaves, True)


def compared(before: Any, after: Any, **options: Any) -> Comparison:
    return compare(observed(before), observed(after), **options)


RAMP = f32(0, 1, 2, 3, 4, 5).reshape(2, 3)
HUGE, TINY = np.finfo(np.float32).max, np.float32(1e-45)
RECORDS = np.asarray([(1, 0.5), (2, 0.25)], [("n", "i4"), ("v", "f4")])
DATES = np.asarray(["2020-01-01", "2020-01-02"], "datetime64[D]")


@pytest.mark.parametrize(
    ("before", "after", "verdict", "reason"),
    [
        pytest.param(f32(0.5)[0], f32(0.5, 0.5), DIFFERENT, "shape () against (2,)", id="scalar"),
        pytest.param(f32(0.5)[0], f32(0.5), DIFFERENT, "shape () against (1,)", id="one-element"),
        pytest.param(0.5, f32(0.5), DIFFERENT, "shape () against (1,)", id="number-one-element"),
        pytest.param(RAMP, RAMP.T, DIFFERENT, "shape (2, 3) against (3, 2)", id="transposed"),
        pytest.param(RAMP, RAMP[None], DIFFERENT, "shape", id="broadcastable"),
        pytest.param(RAMP, np.float64(RAMP), DIFFERENT, "dtype float32 against float64", id="wide"),
        pytest.param(RAMP, np.float16(RAMP), DIFFERENT, "dtype", id="half"),
        pytest.param(RAMP > 1, np.int32(RAMP > 1), DIFFERENT, "dtype bool against", id="bool-int"),
        pytest.param(True, 1, DIFFERENT, "dtype bool against int64", id="bool-int-numbers"),
        pytest.param(1, 1.0, DIFFERENT, "dtype int64 against float64", id="int-float-numbers"),
        pytest.param(0.1, np.float32(0.1), CLOSE, "", id="number-scalar"),
        pytest.param(3.5, np.float64(3.5), IDENTICAL, "", id="number-numpy-number"),
        pytest.param([1, 2], np.int32([1, 2]), CLOSE, "", id="numbers-array"),
        pytest.param(f32(1, np.nan), f32(1, np.nan), UNPROVEN, "", id="nan-nan-one-value"),
        pytest.param(f32(1, 2, np.nan), f32(1, 2, np.nan), IDENTICAL, "", id="nan-nan"),
        pytest.param(f32(1, np.nan), f32(1, 0), DIFFERENT, "1 of 2 values differ", id="nan-zero"),
        pytest.param(f32(1, 2, np.inf), f32(1, 2, np.inf), IDENTICAL, "", id="inf-inf"),
        pytest.param(f32(1, np.inf), f32(1, -np.inf), DIFFERENT, "1 of 2", id="inf-minus-inf"),
        pytest.param(f32(1, np.inf), f32(1, HUGE), DIFFERENT, "1 of 2", id="inf-huge"),
        pytest.param(f32(0, 1), f32(-0.0, 1), CLOSE, "zeros of other sign", id="minus-zero"),
        pytest.param(f32(1, 3), np.nextafter(f32(1, 3), f32(9)), CLOSE, "", id="one-ulp"),
        pytest.param([1e308, 1.0], [-1e308, 1.0], DIFFERENT, "1 of 2", id="overflowing-gap"),
        pytest.param(f32(TINY, 1), f32(2 * TINY, 1), CLOSE, "", id="subnormal"),
        pytest.param(f32(1e-9, 5e-8), f32(9e-8, 0), UNPROVEN, "proves nothing", id="faint"),
        pytest.param(f32(1, 1, 1), f32(1, 1, 1.000001), UNPROVEN, "", id="constant-but-for-noise"),
        pytest.param(RAMP[:0], RAMP[:0], UNPROVEN, "proves nothing", id="empty"),
        pytest.param(RAMP[:0], RAMP[:, :0], DIFFERENT, "shape (0, 3) against (2, 0)", id="empties"),
        pytest.param([], [], UNPROVEN, "", id="empty-lists"),
        pytest.param([], (), UNPROVEN, "", id="empty-list-tuple"),
        pytest.param([], {}, DIFFERENT, "dtype list against dict", id="empty-list-dict"),
        pytest.param([], RAMP[0, :0], DIFFERENT, "empty list against array", id="list-array"),
        pytest.param(np.int64([2**60]), np.int64([2**60 + 1]), DIFFERENT, "1 of 1", id="large-int"),
        pytest.param(2**80, 2**80 + 1, DIFFERENT, "", id="larger-int"),
        pytest.param(np.uint64([2**64 - 1]), np.int64([-1]), DIFFERENT, "dtype", id="uint-int"),
        pytest.param(np.complex64([1 + 2j]), np.complex64([1 - 2j]), DIFFERENT, "", id="conjugate"),
        pytest.param("relu", b"relu", UNPROVEN, "", id="text-bytes"),
        pytest.param(
            np.asarray(["a", "b"]),
            np.asarray([b"a", b"b"], object),
            IDENTICAL,
            "",
            id="string-dtypes",
        ),
        pytest.param(["a", "b"], [np.str_("a"), np.bytes_(b"b")], UNPROVEN, "", id="numpy-strings"),
        pytest.param(np.asarray(["a"]), np.asarray(["A"]), DIFFERENT, "'a' against 'A'", id="case"),
        pytest.param("a", RAMP, DIFFERENT, "text against array", id="text-array"),
        pytest.param(None, None, UNPROVEN, "", id="none"),
        pytest.param(None, "None", DIFFERENT, "None against 'None'", id="none-text"),
        pytest.param(None, 0.0, DIFFERENT, "None against number", id="none-zero"),
        pytest.param({"a": RAMP, "b": 1}, {"b": 1, "a": RAMP}, IDENTICAL, "", id="order-of-dict"),
        pytest.param({"a": RAMP}, OrderedDict(a=RAMP), IDENTICAL, "", id="dict-types"),
        pytest.param({1: RAMP}, {"1": RAMP}, DIFFERENT, "x[1]: only before", id="types-of-keys"),
        pytest.param([RAMP, 2 * RAMP], [2 * RAMP, RAMP], DIFFERENT, "", id="order-of-list"),
        pytest.param(Pair(1, RAMP), (1, RAMP), IDENTICAL, "", id="namedtuple-tuple"),
        pytest.param(Point(1, RAMP), Point(1, RAMP), IDENTICAL, "", id="dataclass"),
        pytest.param(Point(1, RAMP), Point(1, -RAMP), DIFFERENT, "x.y", id="dataclass-field"),
        pytest.param({3.5, 1.25}, {1.25, 3.5}, IDENTICAL, "", id="set"),
        pytest.param([{"a": [RAMP]}], [{"a": [RAMP + 1]}], DIFFERENT, "x[0]['a'][0]", id="nested"),
        pytest.param([RAMP, None], [RAMP], DIFFERENT, "x[1]: only before", id="longer"),
        pytest.param(RECORDS, RECORDS.copy(), IDENTICAL, "", id="structured"),
        pytest.param(RECORDS, RECORDS.view(np.recarray), IDENTICAL, "", id="structured-recarray"),
        pytest.param(RECORDS, RECORDS[::-1], DIFFERENT, "x['n']", id="structured-order"),
        pytest.param(DATES, DATES.copy(), IDENTICAL, "", id="dates"),
        pytest.param(DATES, DATES + 1, DIFFERENT, "2020", id="other-dates"),
        pytest.param(DATES, DATES.astype("datetime64[s]"), DIFFERENT, "datetime64[s]", id="units"),
        pytest.param(DATES - DATES[0], DATES - DATES[0], IDENTICAL, "", id="durations"),
        pytest.param(
            np.ma.masked_equal(RAMP, 1), np.ma.masked_equal(RAMP, 1), IDENTICAL, "", id="masked"
        ),
        pytest.param(
            np.ma.masked_equal(RAMP, 1), np.ma.masked_equal(RAMP, 2), DIFFERENT, "", id="masks"
        ),
        pytest.param(
            np.asarray([RAMP, None], object),
            np.asarray([RAMP, None], object),
            IDENTICAL,
            "",
            id="array-of-objects",
        ),
        pytest.param(object(), object(), UNPROVEN, "cannot compare a object", id="objects"),
        pytest.param(object(), Ending, UNPROVEN, "object and EnumType", id="other-objects"),
        pytest.param(object(), RAMP, DIFFERENT, "a object against array", id="object-array"),
    ],
)
def test_the_table(before: Any, after: Any, verdict: Verdict, reason: str) -> None:
    for first, second in ((before, after), (after, before)):
        result = compared(first, second)
        assert result.verdict is verdict, result
        assert all(entry.max_abs is None or np.isfinite(entry.max_abs) for entry in result.names)
    assert (
        reason in compared(before, after).names[0].reason
        or reason in compared(before, after).reason
    )


@pytest.mark.parametrize("shape", [(None, 3), (2, 3), (), None])
def test_symbolic_tensors_are_their_dtype_and_shape(shape: Any) -> None:
    def symbolic(dtype: str, shape: Any) -> Observation:
        leaf = record.encode(record.Symbolic(dtype, shape and list(shape)), WHOLE)
        return Observation(Ending.FINISHED, {"x": Leaf.from_json(leaf)}, True)

    one = symbolic("float32", shape)
    assert compare(one, one).verdict is UNPROVEN
    unlike = [symbolic("float32", (None, 4))] if shape is not None else []  # of unknown rank
    for other in (*unlike, symbolic("float16", shape), observed(RAMP)):
        assert compare(one, other).verdict is DIFFERENT
        assert compare(other, one).verdict is DIFFERENT


def of_dtype(name: str, values: Any) -> Observation:
    """Values as `encode` writes those of a dtype of ml_dtypes."""
    leaf = Leaf.from_json({**record.encode(np.asarray(values), WHOLE), "dtype": name})
    return Observation(Ending.FINISHED, {"x": leaf}, True)


@pytest.mark.parametrize(
    ("dtype", "first", "ulp"),
    [
        ("float8_e4m3fn", 1.125, 1),
        ("float8_e4m3fn", 1.25, 2),
        ("float8_e5m2", 1.25, 1),
        ("float8_e4m3fn", 0.0, 56),
    ],
)
def test_small_floats_are_measured_in_their_own_steps(dtype: str, first: float, ulp: int) -> None:
    result = compare(of_dtype(dtype, f32(1, 8)), of_dtype(dtype, f32(first, 8)))
    assert result.names[0].max_ulp == ulp
    assert result.verdict is (CLOSE if ulp == 1 else DIFFERENT)
    assert compare(of_dtype(dtype, f32(1, 8)), observed(f32(1, 8))).verdict is DIFFERENT


def test_four_bit_integers_are_exact() -> None:
    before = of_dtype("int4", np.int8([-8, 7]))
    assert compare(before, of_dtype("int4", np.int8([-8, 7]))).verdict is IDENTICAL
    assert compare(before, of_dtype("int4", np.int8([-8, 6]))).verdict is DIFFERENT


@pytest.mark.parametrize("name", ["bfloat16", "float8_e4m3fn", "float8_e5m2", "int4", "uint4"])
def test_dtypes_of_ml_dtypes_come_back_as_they_were(name: str) -> None:
    ml_dtypes = pytest.importorskip("ml_dtypes", reason="comes with TensorFlow")
    values = np.asarray([0, 1, 2, 7], getattr(ml_dtypes, name))
    leaf = observed(values).values["x"]
    assert (leaf.dtype, leaf.array().tolist()) == (name, [0, 1, 2, 7])
    assert compared(values, values).verdict is IDENTICAL
    assert compared(values, values[::-1].copy()).verdict is DIFFERENT


class SparseTensor:
    def __init__(self, indices: Any, values: Any) -> None:
        self.indices, self.values = np.asarray(indices), f32(*values)
        self.dense_shape = np.asarray([3, 3])


def test_an_explicit_zero_of_a_sparse_tensor_is_an_entry() -> None:
    plain = SparseTensor([[0, 1], [2, 0]], [1, 2])
    result = compared(plain, SparseTensor([[0, 1], [1, 1], [2, 0]], [1, 0, 2]))
    assert (result.verdict, "shape (2, 2) against (3, 2)" in result.reason) == (DIFFERENT, True)


def test_a_change_between_the_values_of_a_sample_is_seen() -> None:
    before = np.random.RandomState(0).uniform(size=200_000).astype(np.float32)
    after = before.copy()
    after[31] += 5  # not one of the values that are kept
    result = compare(observed(before, 1 << 10), observed(after, 1 << 10))
    assert (result.verdict, result.names[0].where) == (DIFFERENT, None)


def test_the_tolerance_of_a_structure_holds_for_its_parts() -> None:
    wide = {"x": Tolerance(0, 0.5, reason="a test")}
    assert compared([RAMP, 1], [RAMP + f32(0.25), 1], tolerances=wide).verdict is CLOSE


def test_the_tolerances_are_sorted_from_the_coarsest() -> None:
    steps = [tolerance.rtol for tolerance in TOLERANCES.values()]
    assert steps == sorted(steps, reverse=True)


FLOATS = st.floats(width=32, allow_nan=True)
ARRAYS = st.lists(FLOATS, min_size=2, max_size=8).map(lambda values: f32(*values))


@given(ARRAYS)
def test_every_value_is_identical_to_itself_or_proves_nothing(values: Any) -> None:
    result = compared(values, values.copy())
    assert result.names[0].verdict is IDENTICAL
    assert result.verdict in (IDENTICAL, UNPROVEN)


@given(ARRAYS, ARRAYS)
@example(f32(0, 1), f32(1e-6, 1))
@example(f32(1, 5), f32(1.00002, 5))
def test_the_verdict_is_the_same_from_both_sides(before: Any, after: Any) -> None:
    first, second = compared(before, after), compared(after, before)
    assert first.names[0].verdict is second.names[0].verdict
    assert first.names[0].max_ulp == second.names[0].max_ulp


@given(ARRAYS, st.data())
def test_a_change_beyond_the_tolerance_is_found_and_placed(before: Any, data: Any) -> None:
    place = data.draw(st.integers(0, before.size - 1))
    value = data.draw(FLOATS)
    allowed = TOLERANCES["float32"]
    old = before[place]
    with np.errstate(all="ignore"):
        gap = np.abs(np.float64(old) - np.float64(f32(value)[0]))
        limit = allowed.atol + allowed.rtol * max(abs(np.float64(old)), abs(np.float64(value)))
    assume(not (np.isnan(old) and np.isnan(value)) and old != value)
    assume(not (np.isfinite(gap) and gap <= limit))
    after = before.copy()
    after[place] = value
    result = compared(before, after)
    assert (result.verdict, result.names[0].where) == (DIFFERENT, (place,))


@given(ARRAYS, st.randoms())
def test_permuted_values_are_never_identical(values: Any, random: Any) -> None:
    order = list(range(values.size))
    random.shuffle(order)
    permuted = values[order]
    assume(permuted.tobytes() != values.tobytes())
    assume(not np.array_equal(permuted, values, equal_nan=True) or not np.isnan(values).any())
    assert compared(values, permuted).names[0].verdict is not IDENTICAL


@given(
    st.recursive(
        FLOATS,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
    )
)
def test_every_structure_equals_itself_and_is_read_back(value: Any) -> None:
    assert compared(value, value).verdict in (IDENTICAL, UNPROVEN)


def test_exceptions_are_values() -> None:
    class InvalidArgumentError(ValueError):
        pass

    def verdict(before: Any, after: Any, **options: Any) -> Verdict:
        return compared(before, after, **options).verdict

    assert verdict(ValueError("no rank"), ValueError("no rank")) is IDENTICAL
    assert verdict(ValueError("no rank"), TypeError("no rank")) is DIFFERENT
    assert verdict(ValueError("no rank"), InvalidArgumentError("no rank")) is DIFFERENT
    assert verdict(ValueError("no rank"), ValueError("no axis")) is UNPROVEN
    assert (
        verdict(ValueError("at 0x7f01 in dense_1"), ValueError("at 0x8a in dense_2")) is IDENTICAL
    )
    assert verdict(ValueError("no"), "no") is DIFFERENT
    reworded = {"x": Tolerance(0, 0, reason="says it in other words", wording=True)}
    assert verdict(ValueError("a"), ValueError("b"), tolerances=reworded) is CLOSE
    assert verdict(ValueError("a"), TypeError("a"), tolerances=reworded) is DIFFERENT


def raised(failure: Failure, *values: Any) -> Observation:
    leaves = observed(list(values)).values if values else {}
    return Observation(Ending.RAISED, leaves, True, failure)


MEANT = {"(raised)": Tolerance(0, 0, reason="the shape is refused")}


def test_two_programs_that_raise_alike_are_compared_as_far_as_they_came() -> None:
    error, same = Failure("ValueError", "bad\n  shape"), Failure("ValueError", "bad shape")
    result = compare(raised(error, RAMP), raised(same, RAMP))
    assert [entry.verdict for entry in result.names] == [IDENTICAL, IDENTICAL]
    assert result.verdict is UNPROVEN
    assert result.reason.startswith("both raise ValueError: bad shape; what would have followed")
    assert compare(raised(error, RAMP), raised(error, RAMP + 1)).verdict is DIFFERENT
    assert compare(raised(error), raised(same)).verdict is UNPROVEN


def test_two_programs_that_are_meant_to_raise_are_the_same_when_they_give_the_same_reason() -> None:
    error, other = Failure("ValueError", "bad shape"), Failure("ValueError", "bad dtype")
    assert compare(raised(error), raised(error), MEANT).verdict is IDENTICAL
    assert compare(raised(error), raised(other), MEANT).verdict is UNPROVEN
    assert compare(raised(error, RAMP), raised(error, RAMP + 1), MEANT).verdict is DIFFERENT
    assert compare(raised(error), observed(RAMP), MEANT).verdict is Verdict.FAILED


def test_two_programs_that_raise_otherwise_have_failed() -> None:
    result = compare(
        raised(Failure("InvalidArgumentError", "a", family="tensorflow_core")),
        raised(Failure("InvalidArgumentError", "a", family="tensorflow")),
        MEANT,
    )
    assert result.verdict is IDENTICAL
    result = compare(raised(Failure("ValueError", "a")), raised(Failure("TypeError", "b")), MEANT)
    assert result.verdict is Verdict.FAILED
    assert result.reason == "before: raised: ValueError: a; after: raised: TypeError: b"
