"""Trials add up to verdicts, and what comes out different is said in words."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from trials import CLAIM, CLOSE, DTYPE, NOTHING, RAISED, SAME, VALUES, X, entry_of, trial

from kmigrate.verify.ledger import Entries, ledger, write
from kmigrate.verify.sweep.broken import broken
from kmigrate.verify.sweep.calls import Call
from kmigrate.verify.sweep.conditions import conditions
from kmigrate.verify.sweep.table import lines
from kmigrate.verify.sweep.trials import Trial

# --- verdicts and conditions ---


@pytest.mark.parametrize(
    ("trials", "verdict"),
    [
        ([trial(), trial()], "identical"),
        ([trial(), trial(CLOSE)], "close"),
        ([trial(), trial(VALUES)], "conditional"),
        ([trial(VALUES)], "different"),
        ([trial(VALUES), trial(NOTHING)], "different"),
        ([trial(), trial(RAISED, mode="symbolic")], "conditional"),
        ([trial(), trial(DTYPE, dtype="int32")], "identical"),
        ([trial(), trial(VALUES, dtype="float64")], "identical"),
        ([trial(), trial(RAISED, shape="empty")], "identical"),
        ([trial(), trial(RAISED, shape="scalar")], "identical"),
        ([trial(), trial(VALUES, shape="odd")], "conditional"),
        ([trial(), trial(VALUES, shape="broadcast")], "conditional"),
        ([trial(), trial(RAISED, shape="broadcast")], "identical"),
        ([trial(), trial(VALUES, values="extreme")], "identical"),
        ([trial(), trial(VALUES, values="nan")], "conditional"),
        ([trial(), trial(VALUES, values="nan", source="keras@2")], "identical"),
        ([trial(NOTHING)], "unproven"),
        ([trial(dtype="int32")], "unproven"),
    ],
)
def test_trials_add_up_to_a_verdict(trials: list[Trial], verdict: str) -> None:
    assert entry_of(*trials).verdict == verdict


def test_raw_tensorflow_is_not_held_to_symbols_of_keras_3() -> None:
    raw = replace(CLAIM, target="tf")
    one = trial(RAISED, mode="symbolic", source="keras@3")
    assert not raw.holds(one)
    assert CLAIM.holds(one)
    assert raw.holds(replace(one, source="tf_keras"))


def test_what_is_listed_is_what_is_held() -> None:
    one = trial(VALUES, dtype="int32")
    assert not CLAIM.holds(one)
    assert replace(CLAIM, dtypes=frozenset({"float32", "int32"})).holds(one)
    scalar = trial(VALUES, shape="scalar")
    assert replace(CLAIM, ranks=frozenset({0, 2})).holds(scalar)


def test_infinity_is_no_probability() -> None:
    ranged = replace(X, arguments=(("x", "sigmoid(float32(2,3))"),))
    assert CLAIM.holds(trial(values="infinite"))
    assert not CLAIM.holds(trial(values="infinite", call=ranged))


def test_answers_that_follow_what_was_fed_prove_something_together() -> None:
    one, other = (trial(NOTHING, answer=answer) for answer in ("2", "3"))
    assert entry_of(one, one).verdict == "unproven"
    entry = entry_of(one, other)
    assert entry.verdict == "identical"
    assert entry.templates == {"g({x})"}


def test_what_a_rule_is_not_held_to_is_told_all_the_same() -> None:
    document = entry_of(trial(), trial(DTYPE, dtype="int32")).to_json("0123456789", "2026-01-01")
    assert "conditions" not in document
    assert document["outside"] == [
        "equal unless an input is an integer: the result's dtype differs, int32 becomes float32 "
        "(1 of 2 cases: f(float32(2,3)) [int32])"
    ]
    assert (document["rule"], document["date"]) == ("0123456789", "2026-01-01")
    assert document["templates"] == ["g({x})"]


@pytest.mark.parametrize(
    ("failed", "passed", "unless"),
    [
        ([{"dtype": "int8"}, {"dtype": "uint8"}], [{}], "an input is an integer"),
        ([{"dtype": "int8"}], [{}, {"dtype": "int32"}], "an input is int8"),
        ([{"mode": "symbolic"}], [{}], "an input is symbolic (keras.Input)"),
        (
            [{"dtype": "int8"}, {"dtype": "bool"}],
            [{}],
            "an input is bool or an input is an integer",
        ),
        (
            [{"dtype": "int32", "mode": "function"}],
            [{"dtype": "int32"}, {"mode": "function"}],
            "an input is an integer and it runs in tf.function",
        ),
        ([{}], [{}], "in some cases"),
    ],
)
def test_a_condition_covers_what_failed_and_nothing_that_passed(
    failed: list[dict[str, str]], passed: list[dict[str, str]], unless: str
) -> None:
    bad = [trial(VALUES, **fields) for fields in failed]
    good = [trial(SAME, **fields) for fields in passed]
    (sentence,) = conditions(bad, good, len(bad) + len(good))
    assert set(sentence.split(":")[0].removeprefix("equal unless ").split(" or ")) == set(
        unless.split(" or ")
    )


def test_an_argument_can_be_the_condition() -> None:
    given = Call("f(x, axis=0)", (("x", "float32(2,3)"), ("axis", "0")), "f(x, axis=0)")
    other = replace(given, arguments=(("x", "float32(2,3)"), ("axis", "1")))
    bad, good = trial(VALUES, call=given), trial(call=other)
    assert "`axis` is 0" in conditions([bad], [good], 2)[0]


def test_ways_of_failing_are_told_apart() -> None:
    found = conditions([trial(RAISED, dtype="bool"), trial(DTYPE, dtype="int8")], [trial()], 3)
    assert [sentence.split(": ")[1].split(" (")[0] for sentence in found] == [
        "raises TypeError",
        "the result's dtype differs, int32 becomes float32",
    ]


# --- the ledger ---


def test_what_could_not_be_run_stays_on_record(tmp_path: Path) -> None:
    entries = Entries()
    entries["backend.abs", "keras2->keras3"] = entry_of(trial())
    old = {"verdict": "identical"}
    recorded = {
        "backend.abs": {"keras1->keras3": old, "keras2->tf": old},
        "ops.sum": {"tf->tf": old},
        "gone": {"keras1->tf": old},
    }
    prints = {"backend.abs": "0123456789", "ops.sum": "9876543210"}
    found = ledger(entries, recorded, {"keras1"}, prints)
    assert found["backend.abs"].keys() == {"keras1->keras3", "keras2->keras3"}
    assert found.keys() == {"backend.abs"}
    write(found, tmp_path)
    assert json.loads((tmp_path / "backend.json").read_text()) == found


def test_what_came_out_as_before_keeps_its_date() -> None:
    entries = Entries()
    entries["backend.abs", "keras2->keras3"] = entry_of(trial())
    old = entry_of(trial()).to_json("0123456789", "2020-02-02")
    prints = {"backend.abs": "0123456789"}
    same = ledger(entries, {"backend.abs": {"keras2->keras3": old}}, set(), prints)
    assert same["backend.abs"]["keras2->keras3"]["date"] == "2020-02-02"
    other = {**old, "cases": 7}
    new = ledger(entries, {"backend.abs": {"keras2->keras3": other}}, set(), prints)
    assert new["backend.abs"]["keras2->keras3"]["date"] != "2020-02-02"


# --- the ledger against a run ---

SEEN = {"verdict": "close", "templates": ["g({x})"]}
KEY = ("backend.abs", "keras2->keras3")


def complaints(
    claim: dict[str, Any], seen: dict[str, Any], backend: str = "tensorflow"
) -> list[str]:
    claimed = {KEY[0]: {KEY[1]: {"rule": "0123456789", **claim}}}
    prints = {KEY[0]: "0123456789"}
    found = {KEY[0]: {KEY[1]: seen}}
    return list(broken(found, {KEY}, claimed, prints, lambda rule: True, backend))


@pytest.mark.parametrize(
    ("claim", "complaint"),
    [
        ({"verdict": "identical"}, ""),
        ({"verdict": "close", "templates": ["g({x})"]}, ""),
        ({"verdict": "conditional"}, ""),
        ({"verdict": "close", "templates": ["h({x})"]}, "`h({x})` was proven"),
        ({"verdict": "close", "rule": "9999999999"}, "older than the rule"),
    ],
)
def test_a_run_bears_out_what_the_ledger_claims(claim: dict[str, Any], complaint: str) -> None:
    found = complaints(claim, SEEN)
    assert len(found) == bool(complaint)
    assert complaint in "".join(found)


def test_a_difference_breaks_a_claim_of_equality() -> None:
    worse = {"verdict": "conditional", "conditions": ["equal unless it rains"]}
    assert complaints({"verdict": "identical"}, worse) == [
        "backend.abs keras2->keras3: identical by the ledger, conditional here: equal unless it rains"
    ]


def test_each_backend_is_held_to_its_own_claim() -> None:
    claim = {"verdict": "different", "backends": {"jax": {"verdict": "identical"}}}
    worse = {"verdict": "different", "backends": {"jax": {"verdict": "different"}}}
    assert complaints(claim, worse) == []
    assert len(complaints(claim, worse, "jax")) == 1


def test_the_table_says_what_is_held_and_brackets_what_is_not() -> None:
    document = entry_of(trial(), trial(DTYPE, dtype="int32")).to_json()
    head, line = lines({KEY[0]: {KEY[1]: document}}, [KEY], "tensorflow")
    assert head.split() == ["rule", "direction", "verdict", "cases", "ulp", "abs", "condition"]
    assert line.startswith("backend.abs  keras2 -> keras3  identical  2")
    assert "[equal unless an input is an integer" in line
