"""The verifier notices a table with one thing wrong: mutants are made, judged and explained."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cache

import pytest
from mutations.judging import SURVIVED, Court, Fate, Judged
from mutations.mutant import Mutant, some
from mutations.operators import mutants
from mutations.report import Explanation, explanations, unexplained
from mutations.siblings import sibling, sibling_path
from mutations.snippets import variants

from kmigrate.rulebook.laws import violations
from kmigrate.rulebook.read import read_rows
from kmigrate.verify.recording import interpreters

pytest.importorskip("numpy")
COUNT = 60
SEED = 0


@cache
def all_mutants() -> tuple[Mutant, ...]:
    return tuple(mutants(read_rows()))


def mutant(rule: str, operator: str, part: str = "") -> Mutant:
    return next(
        each
        for each in all_mutants()
        if each.row.id == rule and each.operator == operator and part in each.what
    )


@pytest.mark.parametrize(
    ("text", "operator", "wrong"),
    [
        ("keras.ops.power({x}, {a})", "swapped placeholders", "keras.ops.power({a}, {x})"),
        ("keras.ops.sum({x}, ...)", "other function", "keras.ops.mean({x}, ...)"),
        ("keras.ops.sum({x}, ...)", "dropped keyword", "keras.ops.sum({x})"),
        ("keras.ops.take({x}, {i}, axis=0)", "other literal", "keras.ops.take({x}, {i}, axis=1)"),
        ("keras.ops.f({x}, epsilon=1e-6)", "other literal", "keras.ops.f({x}, epsilon=1e-05)"),
        ("tensorflow.roll({x}, 0.0)", "other literal", "tensorflow.roll({x}, 1.0)"),
        ("keras.ops.take({x}, axis=-1)", "other literal", "keras.ops.take({x}, axis=0)"),
        ("keras.ops.take(a=1, b={x})", "dropped keyword", "keras.ops.take(b={x})"),
        ("f(keras.ops.transpose({x}), 2)", "lost call", "f({x}, 2)"),
        ("{v}.numpy()", "lost call", "{v}"),
        ("0.2 * {x} + 0.5", "other operator", "0.2 * {x} - 0.5"),
        ("({x} > 0)", "other operator", "({x} >= 0)"),
        ("f({x}, 0, 1)", "swapped arguments", "f({x}, 1, 0)"),
        ("f(padding='valid')", "other literal", "f(padding='same')"),
        ("f(flag=True)", "other literal", "f(flag=False)"),
    ],
)
def test_an_expression_is_broken_in_one_place(text: str, operator: str, wrong: str) -> None:
    assert (operator, wrong) in [(found.operator, found.text) for found in variants(text, "keras3")]


def test_an_expression_with_nothing_to_break_stays() -> None:
    assert variants("{x}", "keras3") == []


def test_a_keyword_with_the_value_of_its_default_is_known_as_such() -> None:
    found = {
        v.text: v.alike for v in variants("keras.ops.relu(keras.ops.sum(x, axis=None))", "keras3")
    }
    assert found["keras.ops.relu(keras.ops.sum(x))"] == "`axis` has that default"
    found = {v.text: v.alike for v in variants("keras.ops.sum(x, axis=1)", "keras3")}
    assert found["keras.ops.sum(x)"] == ""


def test_siblings_take_the_same_arguments() -> None:
    assert "keras.ops.mean" in sibling("keras.ops.sum", "keras3")
    assert "losses.mean_absolute_error" in sibling_path("keras3", "losses.mean_squared_error")
    assert sibling("numpy.sum", "keras3") == ()


def test_a_mutant_changes_its_row_alone() -> None:
    rows = read_rows()
    wrong = mutant("backend.flatten", "other literal").put_into(rows)
    changed = [
        one.id for one, other in zip(rows.rewrites, wrong.rewrites, strict=True) if one != other
    ]
    assert changed == ["backend.flatten"]
    assert replace(wrong, rewrites=rows.rewrites) == rows
    gone = mutant("layers.atrous_rate", "lost row").put_into(rows)
    assert len(gone.arguments) == len(rows.arguments) - 1


def test_two_rows_may_exchange_what_they_write() -> None:
    found = mutant("ops.floor", "swapped rows", "keras3")
    rows = found.put_into(read_rows())
    names = {row.id: row.names.get("keras3", ())[:1] for row in rows.symbols}
    assert (names["ops.floor"], names["ops.ceil"]) == (("ops.ceil",), ("ops.floor",))
    assert violations(rows) == [], "it is for the verifier to notice"


def test_every_mutant_has_a_name_of_its_own_and_every_operator_has_mutants() -> None:
    found = all_mutants()
    assert len({each.id for each in found}) == len(found) > 1000
    assert min(Counter(each.operator for each in found).values()) > 10


def test_a_choice_is_spread_and_does_not_depend_on_the_order() -> None:
    found = all_mutants()
    chosen = some(found, COUNT, SEED)
    assert chosen == some(reversed(found), COUNT, SEED)
    assert chosen != some(found, COUNT, SEED + 1)
    assert len({each.operator for each in chosen}) > 10
    assert len({each.row.id.partition(".")[0] for each in chosen}) > 10


def test_a_survivor_needs_an_explanation() -> None:
    judged = [Judged(mutant("backend.flatten", "other literal"), fate) for fate in Fate]
    assert len(unexplained(judged)) == len(SURVIVED)
    assert Explanation(("backend.flatten*",), "").covers(judged[0].mutant.id)
    assert not Explanation(("flatten*",), "").covers(judged[0].mutant.id)


def test_explanations_are_sentences_about_mutants_that_there_are() -> None:
    ids = [each.id for each in all_mutants()]
    for row in explanations():
        assert len(row.why.split()) > 3
        unknown = [
            text for text in row.mutants if not any(map(Explanation((text,), "").covers, ids))
        ]
        assert unknown == []


@cache
def court() -> Court:
    if "modern" not in interpreters():
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    return Court(read_rows())


@pytest.mark.slow
def test_live_the_verifier_notices_mutants() -> None:
    judged = court().judge(some((m for m in all_mutants() if m.is_claimed), COUNT, SEED))
    assert unexplained(judged) == []
    assert Counter(entry.fate for entry in judged)[Fate.KILLED] > COUNT // 3


@pytest.mark.slow
def test_live_a_table_that_is_right_survives() -> None:
    """A negative control: where nothing is wrong, nothing is noticed."""
    right = mutant("backend.flatten", "other literal")
    (found,) = court().judge([replace(right, wrong=right.row)])
    assert found.fate is Fate.UNREACHED, "it writes the same programs"
