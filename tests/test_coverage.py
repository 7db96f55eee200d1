"""`kmigrate rules --coverage`: the denominator is the snapshot, not the table."""

import json
import re
from dataclasses import replace

import pytest
from conftest import Run

from kmigrate.api import load
from kmigrate.report import coverage
from kmigrate.report.coverage import Pair
from kmigrate.rulebook.rows import Rows
from kmigrate.rulebook.table import Table, load_table

OF_A_METHOD = re.compile(r"\b[A-Z]\w*\.\w+\(")


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


@pytest.mark.parametrize("target", ["keras@3.15.1", "tf@2.21.0"])
def test_every_name_of_tensorflow_1_has_an_answer(pairs: list[Pair], target: str) -> None:
    pair = next(one for one in pairs if (one.source, one.target) == ("tf@1.15.5", target))
    assert pair.verdicts == pair.symbols > 2000


def test_what_is_counted_is_the_snapshot_whatever_the_target(pairs: list[Pair]) -> None:
    counted: dict[tuple[str, bool], set[tuple[int, int, int]]] = {}
    for pair in pairs:
        place = pair.source, pair.target.startswith("tf@")
        counted.setdefault(place, set()).add((pair.symbols, pair.parameters, pair.methods))
    assert [place for place, counts in counted.items() if len(counts) > 1] == []


def test_the_snapshots_know_the_paths_that_code_imports() -> None:
    """Each stands for an object that is counted, under its public name."""
    old = ("engine.topology.Layer", "layers.core.Dense", "utils.np_utils.to_categorical")
    new = ("layers.experimental.preprocessing.RandomFlip", "applications.resnet50.ResNet50")
    deep: dict[tuple[str, str], tuple[str, ...]] = {
        ("keras", version): old for version in ("1.2.2", "2.0.9", "2.2.4", "2.3.1")
    }
    deep |= {("keras", "2.15"): new, ("tf.keras", "2.15"): new, ("tf_keras", ""): new}
    for (surface, version), paths in deep.items():
        snapshot = load(surface, version)
        assert {snapshot.canonical(path) for path in paths} <= set(coverage._symbols(snapshot))


def test_derived_answers_are_told_from_those_by_hand(pairs: list[Pair]) -> None:
    for pair in pairs:
        assert 0 <= pair.derived <= pair.kinds["kept"] + pair.kinds["renamed"]
        document = pair.to_json()
        assert document["derived"] + document["by_hand"] == pair.verdicts
    by_way = {(pair.source, pair.target): pair for pair in pairs}
    assert by_way["keras@2.2.4", "tf@2.21.0"].derived == 0
    assert by_way["tf.keras@2.15.1", "tf_keras@2.21.0"].derived > 500


def test_what_is_older_than_keras_3_has_an_answer_for_every_parameter_and_method(
    pairs: list[Pair],
) -> None:
    """Arguments of methods are counted too, and some are open: of those that layers override."""
    newer = ("keras@3", "tf.keras@2.21", "tf@")
    older = [pair for pair in pairs if not pair.source.startswith(newer)]
    left = {one for pair in older for one in pair.missing if not OF_A_METHOD.search(one)}
    assert left == set()
    assert len(older) > 30


def test_without_a_table_names_go_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: what only a row answers is not answered by the snapshots."""
    with_table = next(coverage.coverage())
    monkeypatch.setattr(coverage, "load_table", lambda: Table(Rows()))
    without = next(coverage.coverage())
    assert without.symbols == with_table.symbols
    assert without.verdicts == without.derived < with_table.verdicts
    assert len(without.missing) > len(with_table.missing)


def test_a_parameter_of_a_method_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = load_table().rows
    without = tuple(row for row in rows.arguments if "models.Model.fit" not in row.on)
    monkeypatch.setattr(
        coverage, "load_table", lambda: Table(replace(rows, symbols=(), arguments=without))
    )
    first = next(coverage.coverage())
    assert "models.Model.fit(nb_epoch=)" in first.missing


def test_json_has_a_document_for_each_pair(
    kmigrate: Run, pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "coverage", lambda: iter(pairs))
    document = json.loads(kmigrate("rules", "--coverage", "--format", "json").text)
    assert document["pairs"] == [pair.to_json() for pair in pairs]
    first = document["pairs"][0]
    assert (first["from"], first["to"]) == (pairs[0].source, pairs[0].target)
    assert first["missing"] == sorted(pairs[0].missing)


def test_the_text_fits_a_terminal(
    kmigrate: Run, pairs: list[Pair], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coverage, "coverage", lambda: iter(pairs))
    head, *lines = kmigrate("rules", "--coverage").text.splitlines()
    assert max(map(len, (head, *lines))) <= 80
    for pair, line in zip(pairs, lines, strict=False):
        by_hand = pair.verdicts - pair.derived
        counts = [pair.symbols, pair.derived, by_hand, pair.parameters, pair.methods]
        assert line.split() == [pair.source, pair.target, *map(str, counts), str(len(pair.missing))]
