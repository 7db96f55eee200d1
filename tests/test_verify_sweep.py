"""Samples become calls in every spelling, and what comes out different is said in words."""

from __future__ import annotations

import importlib
from dataclasses import replace
from typing import Any

import pytest

from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import RewriteRow, SymbolRow

np = pytest.importorskip("numpy")

from kmigrate.verify.cases import Sweep, sweep  # noqa: E402
from kmigrate.verify.evidence import verdicts_of  # noqa: E402
from kmigrate.verify.observation import Ending, Leaf, Observation  # noqa: E402
from kmigrate.verify.recording import interpreters  # noqa: E402
from kmigrate.verify.sweep.calls import Depth  # noqa: E402
from kmigrate.verify.sweep.trials import controls_of, trials_of  # noqa: E402


def row_of(rule: str) -> SymbolRow | RewriteRow:
    rows = read_rows()
    both: list[SymbolRow | RewriteRow] = [*rows.symbols, *rows.rewrites]
    return next(row for row in both if row.id == rule)


def sweep_of(rule: str, source: str = "tf_keras", target: str = "keras@3") -> Sweep:
    found = sweep(row_of(rule), source, target)
    assert found is not None
    return found


# --- calls ---


def test_samples_become_calls_before_and_after() -> None:
    found = sweep_of("backend.sqrt")
    assert "return tf_keras.backend.sqrt(x)" in found.before
    assert "return keras.ops.sqrt(keras.ops.maximum(x, 0.0))" in found.after
    assert "tf_keras.backend.sqrt(x=float32(2,3,4))" in found.titles
    assert [spoke.rule for spoke in found.rules[0]] == ["backend.sqrt"]


def test_arguments_are_left_out_shuffled_and_given_by_position_and_keyword() -> None:
    titles = set(sweep_of("backend.relu").titles)
    callee = "tf_keras.backend.relu"
    assert titles >= {
        f"{callee}(float32(2,3,4))",
        f"{callee}(x=float32(2,3,4), alpha=0.1)",
        f"{callee}(x=float32(2,3,4), max_value=1.0)",
        f"{callee}(max_value=1.0, alpha=0.0, x=float32(2,3,4))",
        f"{callee}(float32(2,3,4), 0.1, 1.0)",
    }
    assert f"{callee}(float32(2,3,4), 1.0)" not in titles  # by position it would be another one


def test_a_call_stands_where_a_case_wants_it() -> None:
    places = {call.place for call in sweep_of("backend.int_shape").calls}
    assert places == {"", "index", "unpack"}


def test_each_template_runs_through_every_mode_once() -> None:
    found = sweep_of("backend.relu")
    spoken = [spoke for spoke, depth in zip(found.rules, found.depths, strict=True) if depth == 2]
    assert len(spoken) == len(set(spoken)) > 3
    assert Depth.SPELLED in found.depths


def test_a_row_that_says_nothing_about_a_source_has_no_sweep() -> None:
    assert sweep(row_of("backend.sqrt"), "tf@2", "keras@3") is None


def test_the_program_of_another_backend_needs_no_tensorflow() -> None:
    found = sweep_of("ops.mean", "tf@2")
    assert "import tensorflow" in found.program(is_after=True)
    assert "import tensorflow" not in found.program(is_after=True, backend="torch")


# --- what the calls are fed ---

feeding: Any = importlib.import_module("kmigrate.verify.inside.feeding")


def test_both_sides_are_fed_the_same() -> None:
    first, second = (feeding.make({"x": "float32(2,3)"}, feeding.SAMPLE) for _ in range(2))
    assert (first["x"].values == second["x"].values).all()


def test_one_thing_is_changed_at_a_time_and_nothing_that_is_not_there() -> None:
    feed = feeding.Feed("int32", "own", "own")
    assert feeding.make({"x": "float32(2,3)"}, feed)["x"].dtype == "int32"
    assert feeding.make({"x": "bool(2,3)"}, feed) is None
    assert feeding.make({}, feed) is None
    assert feeding.make({}, feeding.SAMPLE) == {}


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ("empty", [(0, 3), (0, 3)]),
        ("scalar", [(), ()]),
        ("broadcast", [(2, 3), (1, 3)]),
        ("odd", [(3, 5), (3, 5)]),
    ],
)
def test_shapes_change_together(shape: str, sizes: list[tuple[int, ...]]) -> None:
    pair = {"x": "float32(2,3)", "y": "float32(2,3)"}
    made = feeding.make(pair, feeding.Feed("own", "own", shape))
    assert [made[name].values.shape for name in "xy"] == sizes


def test_special_values_come_first_in_the_first_float() -> None:
    made = feeding.make({"x": "float32(2,3)"}, feeding.Feed("float16", "infinite", "own"))
    assert made["x"].dtype == "float16"
    assert made["x"].values.reshape(-1)[:2].tolist() == [np.inf, -np.inf]
    assert feeding.make({"x": "int32(3)"}, feeding.Feed("own", "nan", "own")) is None


def test_planted_mistakes_differ_from_what_they_stand_beside() -> None:
    right = [np.arange(6.0).reshape(2, 3), np.array([True, False])]
    for name, wrong in feeding.mistakes(right):
        pairs = zip(wrong, right, strict=True)
        assert any(a.dtype != b.dtype or a.shape != b.shape or (a != b).any() for a, b in pairs), (
            name
        )
    assert list(feeding.mistakes([])) == []


# --- from outputs to trials ---


def observed(**values: float | str) -> Observation:
    record: Any = importlib.import_module("kmigrate.verify.inside.record")
    leaves = {
        name.replace("_", ":"): Leaf.from_json(record.encode(value, 1 << 20))
        for name, value in values.items()
    }
    return Observation(Ending.FINISHED, leaves, True)


def test_what_the_original_raises_is_no_trial() -> None:
    names = {"c0_eager_own_own_own": "raised TypeError: no"}
    found = trials_of(
        sweep_of("backend.abs"), observed(**names), observed(c0_eager_own_own_own=1.5)
    )
    assert list(found) == []


def test_what_only_the_rewrite_raises_is_a_failed_trial() -> None:
    before = observed(c0_function_int8_own_own=1.5, c1_eager_own_own_own=2.5)
    after = observed(c0_function_int8_own_own="raised TypeError: no", c1_eager_own_own_own=2.5)
    failed, passed = trials_of(sweep_of("backend.abs"), before, after)
    assert failed.has_failed
    assert (failed.mode, failed.dtype) == ("function", "int8")
    assert passed.is_proof


def test_a_control_is_held_against_the_right_result() -> None:
    before = observed(c0_eager_own_own_own=1.5)
    planted = {"c0_control_added_own_own": 2.5, "c0_control_lost_own_own": 1.5}
    after = observed(c0_eager_own_own_own=1.5, **planted)
    found = {mistake: compared.verdict.same for mistake, compared in controls_of(before, after)}
    assert found == {"added": False, "lost": True}
    assert list(controls_of(before, observed(c0_eager_own_own_own=2.5, **planted))) == []


# Wrong by one thing each: an axis, a default, an operator, a bound, an order, a lost wrapper.
MUTATIONS = [
    ("backend.sqrt", "keras.ops.maximum(x, 0.0)", "x"),
    ("backend.flatten", "(-1,)", "(1, -1)"),
    ("backend.expand_dims", "axis=-1", "axis=0"),
    ("backend.hard_sigmoid", "0.2 * x + 0.5", "0.2 * x + 0.4"),
    ("backend.sum", "ops.sum", "ops.mean"),
    ("backend.max", "ops.max", "ops.min"),
    ("backend.gather", "axis=0", "axis=1"),
    ("backend.concatenate", "axis=-1", "axis=0"),
    ("backend.permute_dimensions", "(0, 2, 1)", "(0, 1, 2)"),
    ("backend.pow", "ops.power(x, 2)", "ops.power(2, x)"),
    ("backend.repeat", "axis=1", "axis=0"),
    ("backend.l2_normalize", "keras.ops.normalize", "keras.ops.softmax"),
]


@pytest.mark.slow
def test_live_every_mutated_rule_is_noticed() -> None:
    pythons = interpreters()
    if "modern" not in pythons:
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    mutants = []
    for rule, right, wrong in MUTATIONS:
        found = sweep_of(rule)
        assert right in found.after, rule
        mutants.append(replace(found, after=found.after.replace(right, wrong)))
    verdicts = verdicts_of(mutants, pythons)
    missed = [rule for rule, _, _ in MUTATIONS if verdicts[rule, "keras2->keras3"] in PROVEN]
    assert missed == []


PROVEN = {"identical", "close"}
