"""`kmigrate rules --coverage`: the denominator is the snapshot, not the table."""

import json

import pytest
from conftest import Run

from kmigrate.report import coverage
from kmigrate.report.coverage import Pair
from kmigrate.rulebook.rows import Rows
from kmigrate.rulebook.table import Table


@pytest.fixture(scope="module")
def pairs() -> list[Pair]:
    return list(coverage.coverage())


def unanswered(pair: Pair) -> int:
    """The symbols among what is missing: no parameter, and no member of a class."""
    return pair.kinds["missing"]


def test_every_symbol_is_counted_once(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert pair.kinds.total() == pair.symbols
        assert pair.verdicts == pair.symbols - unanswered(pair)
        assert len(set(pair.missing)) == len(pair.missing) >= unanswered(pair)


def test_respelling_within_keras_2_leaves_nothing_open(pairs: list[Pair]) -> None:
    whole = {(pair.source, pair.target) for pair in pairs if not pair.missing}
    assert ("tf.keras@2.15.1", "tf_keras@2.21.0") in whole


@pytest.mark.parametrize("target", ["keras@3.15.1", "tf@2.21.0"])
def test_every_name_of_tensorflow_1_has_an_answer(pairs: list[Pair], target: str) -> None:
    pair = next(one for one in pairs if (one.source, one.target) == ("tf@1.15.5", target))
    assert pair.verdicts == pair.symbols > 2000


def test_without_a_table_names_go_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what only a row answers is not answered by the snapshots."""
    with_table = next(coverage.coverage())
    monkeypatch.setattr(coverage, "load_table", lambda: Table(Rows()))
    without = next(coverage.coverage())
    assert without.symbols == with_table.symbols
    assert without.verdicts < with_table.verdicts


def test_json_has_a_document_for_each_pair(kmigrate: Run, pairs: list[Pair]) -> None:
    done = kmigrate("rules", "--coverage", "--format", "json")
    document = json.loads(done.text)
    assert [(one["from"], one["to"]) for one in document["pairs"]] == [
        (pair.source, pair.target) for pair in pairs
    ]
    assert document["pairs"][0]["missing"] == sorted(pairs[0].missing)
