"""The words in which proof is told, on a ledger made for it: the real one grows."""

from collections.abc import Mapping
from typing import Any

import pytest

from kmigrate.direction import resolve_direction
from kmigrate.migrate import migrate
from kmigrate.model import Finding, Options, Outcome, Span
from kmigrate.report import proof as proofs
from kmigrate.report.explain import explain
from kmigrate.report.proof import Proof, proof, weakest
from kmigrate.report.verdicts import verdict

FLATTEN = "keras.ops.reshape({x}, (-1,))"
MEAN = {
    "verdict": "conditional",
    "cases": 9,
    "conditions": ["dtype int32 against float32 (3 of 9)"],
}
SQRT = {"verdict": "close", "cases": 14, "max_ulp": 2, "max_abs": 1.2e-07}
MAX = {
    "verdict": "identical",
    "cases": 6,
    "outside": ["equal unless an input is bool: it raises"],
    "modes": ["eager", "symbolic"],
    "versions": {"before": "keras 2.2.4", "after": "keras 3.15.1"},
    "device": "CPU (x86_64)",
    "date": "2026-01-31",
}
LEDGER: Mapping[str, Mapping[str, Any]] = {
    "backend.mean": {"keras2->keras3": MEAN},
    "backend.flatten": {
        "keras2->keras3": {"verdict": "identical", "cases": 24, "templates": [FLATTEN]},
        "keras2->tf": {"verdict": "identical", "cases": 8, "templates": []},
    },
    "backend.sqrt": {"keras2->keras3": {**SQRT, "templates": {"a": {}, "b": {"cases": 1}}}},
    "backend.sum": {"keras2->keras3": {}},
    "backend.max": {"keras2->keras3": MAX},
}
KERAS_2_TO_3 = resolve_direction(Options(sources=("keras@2",)), {}, {})


@pytest.fixture(autouse=True)
def ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    def records_of(rule: str) -> Mapping[str, Any]:
        return LEDGER.get(rule, {})

    monkeypatch.setattr(proofs, "records_of", records_of)


def found(rule: str, outcome: Outcome = Outcome.REWRITTEN, template: str = "") -> Finding:
    return Finding(Span(1, 0, 1, 1), "keras.backend.x", outcome, (rule,), "why", template=template)


@pytest.mark.parametrize(
    ("rule", "template", "brief", "told"),
    [
        ("backend.flatten", "", "identical, 24 cases", "identical in 24 cases"),
        ("backend.flatten", FLATTEN, "identical, 24 cases", "identical in 24 cases"),
        ("backend.flatten", "other({x})", "unproven", "unproven: this case never ran"),
        ("backend.abs", "", "unproven", "unproven: no run recorded"),
        (
            "backend.mean",
            "",
            "conditional, 9 cases",
            "conditional in 9 cases: dtype int32 against float32 (3 of 9)",
        ),
        (
            "backend.mean",
            "tensorflow.reduce_mean({x})",
            "conditional, 9 cases",
            "conditional in 9 cases: dtype int32 against float32 (3 of 9)",
        ),
        (
            "backend.sqrt",
            "a",
            "close, 2 ulp",
            "close in 14 cases (differs by up to 2 ulp and 1.2e-07)",
        ),
        (
            "backend.sqrt",
            "b",
            "close, 2 ulp",
            "close in 1 case (differs by up to 2 ulp and 1.2e-07)",
        ),
        ("backend.sum", "", "unproven", "unproven"),
        (
            "backend.max",
            "",
            "identical, 6 cases",
            "identical in 6 cases: equal unless an input is bool: it raises",
        ),
    ],
)
def test_proof_is_told_in_words(rule: str, template: str, brief: str, told: str) -> None:
    one = proof(rule, "keras2", "keras3", template)
    assert (one.brief, one.told()) == (brief, told)


def test_proof_says_where_it_was_seen() -> None:
    seen = "keras 2.2.4 to keras 3.15.1; eager, symbolic; CPU (x86_64); 2026-01-31"
    assert proof("backend.max", "keras2", "keras3").seen == seen
    assert proof("backend.sum", "keras2", "keras3").seen == ""


def test_only_a_direction_that_ran_is_proven() -> None:
    assert proof("backend.flatten", "keras2", "keras3").proves
    assert not proof("backend.flatten", "keras1", "keras3").proves
    assert not proof("backend.flatten", "keras2", "tf", "tensorflow.reshape({x}, [-1])").proves
    assert not proof("backend.mean", "keras2", "keras3").proves


def test_the_weakest_is_the_one_that_proves_least() -> None:
    order = [
        Proof("identical", 24),
        Proof("identical", 3),
        Proof("close", 9, max_ulp=1),
        Proof("close", 90, max_ulp=2),
        Proof("conditional", 9),
        Proof("different", 9),
        Proof("unproven"),
        Proof("a word of a later version"),
    ]
    for index in range(len(order)):
        assert weakest(order[: index + 1]) is order[index]
    assert weakest([]) is None


@pytest.mark.parametrize(
    ("findings", "told"),
    [
        ([found("backend.flatten", template=FLATTEN)], "identical, 24 cases"),
        ([found("backend.flatten", Outcome.REVIEW, "other({x})")], "unproven"),
        ([found("backend.sqrt", template="a"), found("backend.flatten")], "close, 2 ulp"),
        ([found("backend.mean", Outcome.REVIEW), found("derived.name")], "conditional, 9 cases"),
        ([found("derived.name"), found("derived.name")], "respelled: same object"),
        ([found("derived.ambiguous", Outcome.REVIEW)], ""),
        ([found("backend.abs", Outcome.FLAGGED)], ""),
        ([found("backend.abs", Outcome.KEPT)], ""),
        ([found("backend.abs", Outcome.KEPT), found("derived.name")], "respelled: same object"),
        ([], ""),
    ],
)
def test_changes_have_the_verdict_of_the_least_proven(findings: list[Finding], told: str) -> None:
    assert verdict(findings, KERAS_2_TO_3) == told


def test_where_several_apis_may_be_meant_the_one_that_ran_speaks() -> None:
    any_keras = resolve_direction(Options(sources=("keras@1", "keras@2")), {}, {})
    assert verdict([found("backend.flatten")], any_keras) == "identical, 24 cases"


def test_explain_says_the_verdict_below_each_answer_and_where_it_does_not_hold() -> None:
    lines = [line.text.strip() for line in explain("K.mean")]
    at = lines.index("keras@3     keras.ops.mean")
    assert lines[at + 1 : at + 3] == [
        "unproven: no run recorded (from keras@1); conditional (9 cases from keras@2)",
        "but: dtype int32 against float32 (3 of 9)",
    ]
    at = lines.index("tf_keras    tf_keras.backend.mean")
    assert lines[at + 1] == "respelled: same object"
    assert "but: equal unless an input is bool: it raises" in [
        line.text.strip() for line in explain("K.max")
    ]


@pytest.mark.parametrize(
    ("text", "target", "template"),
    [
        ("from keras import backend as K\nK.flatten(x)\n", "keras@3", FLATTEN),
        ("import keras\nkeras.backend.flatten(x)\n", "tf.keras@3", FLATTEN),
        (
            "from keras.backend import flatten\nflatten(x)\n",
            "tf@2",
            "tensorflow.reshape({x}, [-1])",
        ),
    ],
)
def test_a_finding_names_its_template_as_the_rule_does(
    text: str, target: str, template: str
) -> None:
    options = Options(sources=("keras@2",), target=target)
    result = migrate(text, options, resolve_direction(options, {}, {}))
    assert [one.template for one in result.findings if one.template] == [template]
