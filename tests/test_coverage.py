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


def test_parameters_of_methods_count_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """A method of the same name takes other arguments: `Model.save(zipped=)` is no name alone."""
    monkeypatch.setattr(coverage, "SOURCES", (("keras@3", ""),))
    monkeypatch.setattr(coverage, "TARGETS", ("tf_keras",))
    monkeypatch.setattr(coverage, "load_table", lambda: Table(Rows()))
    missing = next(coverage.coverage()).missing
    assert {"models.Model.save(zipped=)", "optimizers.Adam.update_step(learning_rate=)"} <= {
        *missing
    }


def test_keras_3_leaves_nothing_open(pairs: list[Pair]) -> None:
    from_keras_3 = [pair for pair in pairs if pair.source.startswith(("keras@3", "tf.keras@2.21"))]
    assert len(from_keras_3) == 8
    assert {pair.target: pair.missing for pair in from_keras_3 if pair.missing} == {}


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
