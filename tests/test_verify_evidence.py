"""The ledger says what was run, and a rule that computes something else does not get past it."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from kmigrate.api import rules_dir
from kmigrate.model import Outcome
from kmigrate.rulebook.evidence import load_evidence, proves
from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import RewriteRow, SymbolRow
from kmigrate.rulebook.table import load_table
from kmigrate.verify.cases import Sweep, sweep, translate
from kmigrate.verify.compare import Compared, Comparison, Verdict
from kmigrate.verify.evidence import add_sweeps
from kmigrate.verify.ledger import Entry, ledger, write
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.recording import interpreters

pytest.importorskip("numpy")
VERDICTS = {"identical", "close", "conditional", "different"}
RAN = Observation(Ending.FINISHED, versions={"tensorflow": "2.21.0"}, device="CPU")
SAME = Comparison(Verdict.IDENTICAL, "", [Compared("c0", Verdict.IDENTICAL, proves=True)])
DIFFERENT = Comparison(Verdict.DIFFERENT, "c1: values differ")


def sweep_of(rule: str, source: str = "tf_keras", target: str = "keras@3") -> Sweep:
    rows = read_rows()
    both: list[SymbolRow | RewriteRow] = [*rows.symbols, *rows.rewrites]
    found = sweep(next(row for row in both if row.id == rule), source, target)
    assert found is not None
    return found


def entry_of(*comparisons: Comparison) -> Entry:
    entry = Entry()
    for comparison in comparisons:
        entry.add("K.f(x)", comparison, RAN, RAN)
    return entry


def test_the_ledger_is_about_the_table() -> None:
    known = set(load_table().all_ids)
    apis = {"keras1", "keras2", "keras3", "tf1", "tf"}
    for rule, directions in load_evidence().items():
        assert rule in known
        for direction, entry in directions.items():
            assert set(direction.split("->")) <= apis, rule
            assert entry["verdict"] in VERDICTS
            assert entry["cases"] > 0
            assert entry["versions"].keys() == {"before", "after"}
            assert bool(entry.get("conditions")) == (
                entry["verdict"] in VERDICTS - {"identical", "close"}
            )


def test_the_ledger_lies_in_a_file_for_each_family() -> None:
    for file in (rules_dir() / "evidence").glob("*.json"):
        families = {rule.partition(".")[0] for rule in json.loads(file.read_bytes())}
        assert families == {file.stem}


def test_a_run_proves_only_the_template_that_ran() -> None:
    asked = ("backend.int_shape", "keras2", "keras3")
    assert proves(*asked)
    assert proves(*asked, "{x}.shape")
    assert not proves(*asked, "{x}.shape[1:]")


def test_a_case_that_never_ran_is_a_review(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "from keras import backend as K\ny = K.int_shape(x)[1]\n"
    assert _outcomes(text) == [Outcome.REWRITTEN]
    ran = {"keras2->keras3": {"verdict": "identical", "templates": ["tuple({x}.shape)"]}}
    table = {**load_evidence(), "backend.int_shape": ran}
    monkeypatch.setattr("kmigrate.rulebook.evidence.load_evidence", lambda: table)
    assert _outcomes(text) == [Outcome.REVIEW]


def _outcomes(text: str) -> list[Outcome]:
    found = translate(text, "keras@2", "keras@3").findings
    return [finding.outcome for finding in found if finding.template]


def test_samples_become_calls_before_and_after() -> None:
    found = sweep_of("backend.sqrt")
    assert "return tf_keras.backend.sqrt(x)" in found.before
    assert "return keras.ops.sqrt(keras.ops.maximum(x, 0.0))" in found.after
    assert "tf_keras.backend.sqrt(x=float32(2,3,4))" in found.titles
    assert [spoke.rule for spoke in found.rules[0]] == ["backend.sqrt"]


def test_samples_are_tried_with_defaults_positional_and_by_keyword() -> None:
    titles = set(sweep_of("backend.expand_dims").titles)
    callee = "tf_keras.backend.expand_dims"
    assert titles >= {
        f"{callee}(float32(2,3,4))",
        f"{callee}(float32(2,3,4), -1)",
        f"{callee}(float32(2,3,4), axis=-1)",
        f"{callee}(x=float32(2,3,4), axis=-1)",
    }


def test_a_row_that_says_nothing_about_a_source_has_no_sweep() -> None:
    row = next(row for row in read_rows().rewrites if row.id == "backend.sqrt")
    assert sweep(row, "tf@2", "keras@3") is None


@pytest.mark.parametrize(
    ("comparisons", "verdict"),
    [
        ([SAME, SAME], "identical"),
        ([SAME, Comparison(Verdict.CLOSE)], "close"),
        ([SAME, DIFFERENT], "conditional"),
        ([DIFFERENT], "different"),
        ([DIFFERENT, Comparison(Verdict.UNPROVEN)], "different"),
    ],
)
def test_cases_add_up_to_a_verdict(comparisons: list[Comparison], verdict: str) -> None:
    assert entry_of(*comparisons).verdict == verdict


def test_what_proves_nothing_is_no_case() -> None:
    assert entry_of(Comparison(Verdict.UNPROVEN)).cases == 0


def test_conditions_say_how_many_cases_and_one_of_them() -> None:
    document = entry_of(SAME, DIFFERENT, DIFFERENT).to_json()
    assert document["conditions"] == ["values differ (2 of 3 cases: K.f(x))"]
    assert document["versions"] == {"before": "tensorflow 2.21.0", "after": "tensorflow 2.21.0"}


def test_what_could_not_be_run_stays_on_record(tmp_path: Path) -> None:
    entries = defaultdict(Entry, {("backend.abs", "keras2->keras3"): entry_of(SAME)})
    old = {"verdict": "identical"}
    recorded = {
        "backend.abs": {"keras1->keras3": old, "keras2->tf": old},
        "ops.sum": {"tf->tf": old},
    }
    found = ledger(entries, recorded, {"keras1"})
    assert found["backend.abs"].keys() == {"keras1->keras3", "keras2->keras3"}
    assert found.keys() == {"backend.abs"}
    write(found, tmp_path)
    assert json.loads((tmp_path / "backend.json").read_text()) == found


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
    entries: defaultdict[tuple[str, str], Entry] = defaultdict(Entry)
    mutants = []
    for rule, right, wrong in MUTATIONS:
        found = sweep_of(rule)
        assert right in found.after, rule
        mutants.append(replace(found, after=found.after.replace(right, wrong)))
    add_sweeps(entries, mutants, pythons)
    verdicts = {rule: entries[rule, "keras2->keras3"].verdict for rule, _, _ in MUTATIONS}
    assert set(verdicts.values()) <= {"conditional", "different"}, verdicts
