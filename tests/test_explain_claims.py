"""`kmigrate explain --claims`: every claim with its verdict, and nothing numeric imported."""

import json
import subprocess
import sys

import pytest
from conftest import Run

from kmigrate.report.claims import evidence
from kmigrate.rulebook.claims import CONDITIONAL, FALSE, TRUE, load_claims, load_found

CLAIMS = {claim.id: claim for claim in load_claims()}


def test_the_list_has_each_claim_with_verdict_condition_and_evidence(kmigrate: Run) -> None:
    lines = kmigrate("explain", "--claims").text.splitlines()
    for claim in CLAIMS.values():
        at = lines.index(f"{claim.verdict:11}  {claim.id}: {claim.claim}")
        assert lines[at + 1].strip() == claim.condition
        assert lines[at + 2].strip() == evidence(claim)
    assert {claim.verdict for claim in CLAIMS.values()} == {TRUE, FALSE, CONDITIONAL}


def test_one_claim_says_where_it_holds_and_what_was_seen_elsewhere(kmigrate: Run) -> None:
    text = kmigrate("explain", "--claims", "conv2d_filters").text
    for surface, run in load_found()["conv2d_filters"].runs.items():
        assert f"  {surface:10}  {len(run.holds)} of " in text
        assert f"({run.versions}; {run.device})" in text
        for name in run.fails:
            assert f"{name}: raises TypeError" in text
    assert "fixtures/claims/conv2d_filters/program.py" in text
    assert CLAIMS["conv2d_filters"].source in text
    assert "--format json lists them" not in text
    assert "--format json lists them" in kmigrate("explain", "--claims", "json_portable").text


def test_evidence_names_the_versions_on_which_a_claim_holds_or_fails() -> None:
    told = evidence(CLAIMS["learning_phase"])
    holds, part, device = told.split("; ")
    runs = load_found()["learning_phase"].runs
    assert holds.startswith("holds on tf.keras 1.15") and "tf.keras 2.15" in holds
    assert part.startswith("holds in part on tf.keras 2.") and part.endswith("(1 of 2)")
    assert device in {run.device for run in runs.values()}


def test_the_claims_as_markdown_are_one_table(kmigrate: Run) -> None:
    lines = kmigrate("explain", "--claims", "--format", "markdown").text.splitlines()
    assert lines[:2] == [
        "| verdict | claim | exactly | seen on | said in |",
        "| --- | --- | --- | --- | --- |",
    ]
    assert len(lines) == 2 + len(CLAIMS)
    for line, claim in zip(lines[2:], CLAIMS.values(), strict=True):
        assert line.startswith(f"| {claim.verdict} | {claim.claim} |")


def test_the_claims_as_json(kmigrate: Run) -> None:
    document = json.loads(kmigrate("explain", "--claims", "--format", "json").text)
    assert [row["id"] for row in document["claims"]] == list(CLAIMS)
    for row in document["claims"]:
        found = load_found()[row["id"]]
        assert row["verdict"] == found.verdict == CLAIMS[row["id"]].verdict
        assert {on: run["holds"] for on, run in row["runs"].items()} == {
            on: list(run.holds) for on, run in found.runs.items()
        }
    (one,) = json.loads(kmigrate("explain", "--claims", "exp", "--format", "json").text)["claims"]
    assert one["id"] == "exp"


@pytest.mark.parametrize(("name", "word"), [("meen", "mean?"), ("zzzzzz", "--claims lists them")])
def test_a_claim_that_does_not_exist_is_refused(kmigrate: Run, name: str, word: str) -> None:
    ran = kmigrate("explain", "--claims", name)
    assert (ran.code, ran.out) == (2, b"")
    assert word in ran.err


@pytest.mark.parametrize("arguments", [["--claims"], ["K.mean"], ["--all"]])
def test_nothing_numeric_is_imported_to_explain(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom kmigrate.cli import main\n"
        f"code = main(['explain', *{arguments!r}])\n"
        "heavy = {'numpy', 'tensorflow', 'keras', 'tf_keras', 'libcst'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy else code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout
