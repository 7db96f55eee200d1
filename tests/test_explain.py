"""`kmigrate explain` as data and as the whole table; the words of one symbol: test_cli_rules.py."""

import json

import pytest
from conftest import Run

from kmigrate.api import rules_dir
from kmigrate.report.equivalence import as_markdown
from kmigrate.report.fates import groups
from kmigrate.report.markdown import table
from kmigrate.report.proof import proof
from kmigrate.rulebook.rows import RewriteRow
from kmigrate.rulebook.table import load_table


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.replace("\\|", "").strip("|").split("|")]


def test_a_symbol_as_json_says_what_the_ledger_says(kmigrate: Run) -> None:
    document = json.loads(kmigrate("explain", "K.flatten", "--format", "json").text)
    assert document["symbol"] == "keras.backend.flatten"
    (group,) = document["groups"]
    assert group["from"] == ["keras@1", "keras@2"]
    becomes = {one["to"]: one for one in group["becomes"]}
    (case,) = becomes["keras@3"]["cases"]
    assert case["rule"] == "backend.flatten"
    recorded = proof("backend.flatten", "keras2", "keras3")
    assert case["proof"]["keras@2"]["verdict"] == recorded.verdict
    assert case["proof"]["keras@2"]["cases"] == recorded.cases
    (respelled,) = becomes["tf_keras"]["cases"]
    assert (respelled["rule"], respelled["proof"]) == (None, {})


def test_each_case_has_a_proof_of_its_own() -> None:
    (group,) = [one for one in groups("K.clip") if one.surfaces[-1].name == "keras@2"]
    (fate,) = [one for one in group.fates if one.target == "keras@3"]
    written = [answer for answer in fate.answers if answer.proof is not None]
    (row,) = load_table().rewrites("keras2", "backend.clip")
    templates = [case.to["keras3"] for case in row.cases if "keras3" in case.to]
    assert [answer.text.partition(" -> ")[2].partition(" where ")[0] for answer in written] == (
        templates
    )


def test_a_rule_shows_the_proof_of_each_case(kmigrate: Run) -> None:
    row = load_table().by_id("backend.clip")
    assert isinstance(row, RewriteRow)
    text = kmigrate("rules", "backend.clip").text
    for case in row.cases:
        for target, template in case.to.items():
            _, found, rest = text.partition(f"\n  {target}: {template}")
            assert found
            below = rest.splitlines()[1 : 1 + len(row.sources)]
            told = [proof(row.id, source, target, template).told() for source in row.sources]
            assert below == [
                f"    from {source}: {one}" for source, one in zip(row.sources, told, strict=True)
            ]


def test_the_table_is_current() -> None:
    committed = (rules_dir() / "EQUIVALENCE.md").read_text("utf-8")
    way_on = "run kmigrate explain --all --format markdown > rules/EQUIVALENCE.md"
    assert committed == as_markdown(), way_on


def test_the_table_is_one_of_tables() -> None:
    lines = as_markdown().splitlines()
    heads = [line for line in lines if line.startswith("| name |")]
    families = [line for line in lines if line.startswith("## ")]
    assert len(heads) == len(families) > 10
    assert {len(cells(line)) for line in lines if line.startswith("| ")} == {7}
    assert families == sorted(families)


def test_the_table_leaves_out_no_rule_but_those_that_a_name_has_twice() -> None:
    text = as_markdown()
    rows = [load_table().by_id(rule) for rule in load_table().all_ids]
    rewritten = [row for row in rows if isinstance(row, RewriteRow) and "keras2" in row.sources]
    assert rewritten
    assert [row.id for row in rewritten if f"| `{row.call.partition('(')[0]}` |" not in text] == []


def test_the_whole_table_in_every_format(kmigrate: Run) -> None:
    assert kmigrate("explain", "--all", "--format", "markdown").text == as_markdown()
    rows = json.loads(kmigrate("explain", "--all", "--format", "json").text)["equivalences"]
    lines = kmigrate("explain", "--all").text.splitlines()
    assert len(lines) == len(rows) > 500
    (mean,) = [row for row in rows if row["name"] == "backend.mean"]
    assert mean["becomes"]["keras@3"] == "keras.ops.mean"
    assert proof("backend.mean", "keras2", "keras3").brief in mean["verdict"]


def test_markdown_cells_stay_cells() -> None:
    assert table(["a", "b"], [["x | y", "two\nlines"]]) == (
        "| a | b |\n| --- | --- |\n| x \\| y | two lines |\n"
    )


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("explain", "needs a symbol"),
        ("explain K.mean --all", "takes no symbol"),
        ("explain --all --claims", "two tables"),
        ("explain K.mean --format markdown", "markdown is for"),
        ("explain K.mean --format yaml", "text, json, markdown"),
    ],
)
def test_what_cannot_be_answered_is_refused_with_a_way_on(
    kmigrate: Run, command: str, word: str
) -> None:
    ran = kmigrate(*command.split())
    assert (ran.code, ran.out) == (2, b"")
    assert ran.err.startswith("kmigrate: ") and word in ran.err
