"""The ledger says what was run of each rule as it stands, and the engine believes no more than that."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kmigrate.api import rules_dir
from kmigrate.model import Outcome
from kmigrate.rulebook.evidence import PROOF, STALE, doubt, load_evidence, records_of, violations
from kmigrate.rulebook.fingerprints import fingerprint
from kmigrate.rulebook.rows import Case, RewriteRow, When
from kmigrate.rulebook.table import load_table
from kmigrate.verify.cases import translate

VERDICTS = {"identical", "close", "conditional", "different"}
ROW = RewriteRow(
    "backend.f",
    ("keras2",),
    "backend.f(x)",
    (Case({"keras3": "keras.ops.f({x})"}),),
    "https://example.org",
    samples={"x": ("float32(2,3)",)},
)


def changed(name: str, way: str, **fields: Any) -> dict[str, dict[str, Any]]:
    """The ledger with other fields in one record."""
    found = {rule: dict(ways) for rule, ways in load_evidence().items()}
    found[name][way] = {**found[name][way], **fields}
    return found


def test_no_rule_claims_more_than_the_ledger() -> None:
    assert list(violations(load_table(), load_evidence())) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rule": "0123456789"}, "is older than the rule"),
        ({"conditions": ["equal unless it rains"]}, "differences are on record"),
        ({"verdict": "identical", "cases": 0}, "nothing ran"),
        ({"modes": []}, "nothing ran"),
    ],
)
def test_a_ledger_that_is_old_or_claims_too_much_is_refused(
    fields: Mapping[str, Any], complaint: str
) -> None:
    ledger = changed("backend.flatten", "keras2->keras3", **fields)
    found = list(violations(load_table(), ledger))
    assert len(found) == 1
    assert complaint in found[0]


def test_a_template_that_never_ran_needs_a_reason() -> None:
    ledger = {name: ways for name, ways in load_evidence().items() if name != "backend.flatten"}
    found = list(violations(load_table(), ledger))
    assert any("reshape({x}, (-1,))" in line and "never ran" in line for line in found)


def test_the_ledger_speaks_in_the_words_that_are_documented() -> None:
    apis = {"keras1", "keras2", "keras3", "tf1", "tf"}
    for rule, directions in load_evidence().items():
        for direction, entry in directions.items():
            assert set(direction.split("->")) <= apis, rule
            assert entry["verdict"] in VERDICTS
            assert entry["versions"].keys() == {"before", "after"}
            assert entry["date"]
            assert bool(entry.get("conditions")) == (entry["verdict"] not in PROOF), (rule, entry)


def test_the_ledger_lies_in_a_file_for_each_family() -> None:
    for file in (rules_dir() / "evidence").glob("*.json"):
        families = {rule.partition(".")[0] for rule in json.loads(file.read_bytes())}
        assert families == {file.stem}


# --- fingerprints ---


def test_words_for_the_reader_leave_the_fingerprint_alone() -> None:
    case = Case({"keras3": "keras.ops.f({x})"}, note="mind the gap")
    other = replace(ROW, why="https://example.com", note="look", cases=(case,))
    assert fingerprint(other) == fingerprint(ROW)


@pytest.mark.parametrize(
    "fields",
    [
        {"cases": (Case({"keras3": "keras.ops.g({x})"}),)},
        {"cases": (Case({"keras3": "keras.ops.f({x})"}, When(equals={"x": 0})),)},
        {"cases": (Case({"keras3": "keras.ops.f({x})"}, When(equals={"x": False})),)},
        {"samples": {"x": ("float32(2,3)", "int32(2)")}},
        {"call": "backend.f(x, y=None)"},
        {"also": ("backend.g",)},
    ],
)
def test_what_changes_what_runs_changes_the_fingerprint(fields: Mapping[str, Any]) -> None:
    assert fingerprint(replace(ROW, **fields)) != fingerprint(ROW)


def test_zero_is_no_unset_condition() -> None:
    cases = [Case({}, When(equals={"axis": value})) for value in (0, False, "")]
    assert len({fingerprint(replace(ROW, cases=(case,))) for case in cases}) == 3


# --- what the engine makes of it ---


def asked() -> list[tuple[Outcome, str]]:
    text = "from keras import backend as K\ny = K.int_shape(x)[1]\n"
    found = translate(text, "keras@2", "keras@3").findings
    return [(finding.outcome, finding.reason) for finding in found if finding.template]


@pytest.mark.parametrize(
    ("fields", "outcome", "reason"),
    [
        ({}, Outcome.REWRITTEN, "the same"),
        ({"templates": ["tuple({x}.shape)"]}, Outcome.REVIEW, "no recorded run"),
        ({"rule": "0123456789"}, Outcome.REVIEW, STALE),
        (
            {"verdict": "conditional", "conditions": ["equal unless it rains"]},
            Outcome.REVIEW,
            "equal unless it rains",
        ),
        ({"verdict": "different", "conditions": []}, Outcome.REVIEW, "no recorded run"),
    ],
)
def test_the_engine_believes_the_ledger_and_no_more(
    monkeypatch: pytest.MonkeyPatch, fields: dict[str, Any], outcome: Outcome, reason: str
) -> None:
    table = changed("backend.int_shape", "keras2->keras3", **fields)
    monkeypatch.setattr("kmigrate.rulebook.evidence.records_of", lambda rule: table.get(rule, {}))
    found = asked()
    assert [one for one, _ in found] == [outcome]
    assert reason in found[0][1]


def test_a_rule_that_was_never_run_is_doubted() -> None:
    assert doubt("no.such.rule", "0123456789", "keras2", "keras3") != ""


def test_a_run_proves_only_the_template_that_ran() -> None:
    rule = "backend.int_shape"
    found = load_table().fingerprint(rule)
    assert doubt(rule, found, "keras2", "keras3") == ""
    assert doubt(rule, found, "keras2", "keras3", "{x}.shape") == ""
    assert doubt(rule, found, "keras2", "keras3", "{x}.shape[1:]") != ""


def test_the_ledger_is_compact() -> None:
    size = sum(file.stat().st_size for file in (rules_dir() / "evidence").glob("*.json"))
    directions = sum(len(ways) for ways in load_evidence().values())
    assert size / directions < 2000


def test_each_rule_stands_in_the_file_of_its_family() -> None:
    """There it is looked for, and nowhere else."""
    files = sorted((rules_dir() / "evidence").glob("*.json"))
    assert "backend" in [file.stem for file in files]
    for file in files:
        assert {rule.partition(".")[0] for rule in json.loads(file.read_text("utf-8"))} == {
            file.stem
        }
    assert all(records_of(rule) == ways for rule, ways in load_evidence().items())
    assert records_of("no.such.rule") == {}
