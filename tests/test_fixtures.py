"""Each fixture's programs compute the same, and `migrate` turns one dialect's into another's.

The numbers of an environment that is not here are those that were recorded beside the fixture; the
tests named `recorded` compare only these. Those named `live` run the programs again.
"""

from __future__ import annotations

import ast
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from kmigrate.verify.cases import translate
from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.fixtures import (
    DIALECTS,
    PLANTED,
    Fixture,
    load_fixture,
    load_fixtures,
)
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters, observe_fixtures

pytest.importorskip("numpy")
FIXTURES = load_fixtures()
PROGRAMS = [(fixture, name) for fixture in FIXTURES for name in fixture.programs]
NUMERIC = [(fixture, *pair) for fixture in FIXTURES for pair in fixture.pairs("numeric")]
TEXT = [(fixture, *pair) for fixture in FIXTURES for pair in fixture.pairs("text")]
FAMILIES = {
    *("backend", "ops", "layers", "models", "utils", "losses", "metrics", "optimizers"),
    *("initializers", "regularizers", "constraints", "callbacks", "preprocessing", "saving"),
}
ENVIRONMENTS = sorted({dialect.environment for dialect in DIALECTS.values()})


def name_of(value: object) -> str:
    return value.name if isinstance(value, Fixture) else str(value)


def compare_programs(
    fixture: Fixture, observed: Callable[[str], Observation], before: str, after: str
) -> Comparison:
    return compare(observed(before), observed(after), fixture.tolerances)


def test_there_are_fixtures_of_every_family() -> None:
    families = {fixture.folder.parent.name for fixture in FIXTURES}
    assert families >= FAMILIES


@pytest.mark.parametrize("fixture", FIXTURES, ids=name_of)
def test_a_fixture_lists_its_outputs_and_has_something_planted(fixture: Fixture) -> None:
    assert len(fixture.programs.keys() - {PLANTED}) >= 2
    assert PLANTED in fixture.programs
    for text in fixture.programs.values():
        assert text.splitlines()[-1].startswith("outputs = [")


@pytest.mark.parametrize(("fixture", "program"), PROGRAMS, ids=name_of)
def test_every_program_has_a_record_of_its_present_text(fixture: Fixture, program: str) -> None:
    assert program in fixture.recorded, "run python -m kmigrate.verify.recording"
    assert fixture.recorded[program].failure is None


@pytest.mark.parametrize(("fixture", "before", "after"), NUMERIC, ids=name_of)
def test_recorded_dialects_compute_the_same(fixture: Fixture, before: str, after: str) -> None:
    result = compare_programs(fixture, fixture.recorded.__getitem__, before, after)
    assert result.verdict.same, result.reason


@pytest.mark.parametrize("fixture", FIXTURES, ids=name_of)
def test_recorded_planted_mistake_is_noticed(fixture: Fixture) -> None:
    for dialect in fixture.programs.keys() - {PLANTED}:
        result = compare_programs(fixture, fixture.recorded.__getitem__, dialect, PLANTED)
        assert result.verdict is Verdict.DIFFERENT, dialect


class InFull(ast.NodeTransformer):
    """Every imported name spelled out, the imports themselves gone."""

    def __init__(self) -> None:
        self.bound: dict[str, str] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            root = alias.name.partition(".")[0]
            self.bound[alias.asname or root] = alias.name if alias.asname else root

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.bound[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(self.bound.get(node.id, node.id), node.ctx)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.value, ast.Name):
            return ast.Name(f"{node.value.id}.{node.attr}", node.ctx)
        return node


def import_style_aside(text: str) -> str:
    return ast.unparse(InFull().visit(ast.parse(text)))


@pytest.mark.parametrize(("fixture", "before", "after"), TEXT, ids=name_of)
def test_migrate_writes_the_other_dialect(fixture: Fixture, before: str, after: str) -> None:
    result = translate(fixture.programs[before], DIALECTS[before].surface, DIALECTS[after].surface)
    assert (result.error, result.held_back) == ("", "")
    assert result.after is not None
    assert import_style_aside(result.after) == import_style_aside(fixture.programs[after])


def test_import_style_aside_keeps_what_names_stand_for() -> None:
    same = ["import keras\nkeras.ops.abs(x)", "from keras import ops as o\no.abs(x)"]
    assert len({import_style_aside(text) for text in same}) == 1
    other = "from tensorflow.keras import ops\nops.abs(x)"
    assert import_style_aside(other) != import_style_aside(same[0])


@cache
def observed_live(environment: str) -> dict[str, dict[str, Observation]]:
    python = interpreters().get(environment)
    if python is None:
        pytest.skip(f"no interpreter for {environment}: its recorded observations were compared")
    return observe_fixtures(FIXTURES, environment, python)


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_live_programs_compute_what_is_recorded(environment: str) -> None:
    different = {}
    for name, programs in observed_live(environment).items():
        fixture = next(fixture for fixture in FIXTURES if fixture.name == name)
        compared = {PLANTED}.union(*fixture.pairs("numeric"))
        for program, observation in programs.items():
            if program not in compared:
                continue  # it does not compute the same twice
            result = compare(fixture.recorded[program], observation, fixture.tolerances)
            if not result.verdict.same:
                different[f"{name}/{program}"] = result.reason
    assert different == {}


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("rtol = 0.1", "tolerance of y needs a reason"),
        ("rtol = 0.1\nreason = ' '", "tolerance of y needs a reason"),
        ("rotl = 0.1\nreason = 'a'", "tolerance of y has no rotl"),
    ],
)
def test_a_tolerance_says_why(tmp_path: Path, row: str, problem: str) -> None:
    (tmp_path / "keras3.py").write_text("y = 1\noutputs = ['y']")
    (tmp_path / "fixture.toml").write_text(f"[tolerance.y]\n{row}")
    with pytest.raises(ValueError, match=problem):
        load_fixture(tmp_path)


def test_draws_at_random_are_compared_by_distribution() -> None:
    fixture = next(fixture for fixture in FIXTURES if fixture.name == "backend/random")
    found = compare_programs(fixture, fixture.recorded.__getitem__, "tf_keras", "keras3")
    assert {entry.verdict for entry in found.names} == {Verdict.CLOSE}
    by_value = compare(fixture.recorded["tf_keras"], fixture.recorded["keras3"])
    assert by_value.verdict is Verdict.DIFFERENT


def test_an_unknown_dialect_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keras9.py").write_text("outputs = []")
    with pytest.raises(ValueError, match="keras9"):
        load_fixture(tmp_path)


def test_a_planted_mistake_must_stand_in_its_program(tmp_path: Path) -> None:
    (tmp_path / "keras3.py").write_text("y = 1\noutputs = ['y']")
    (tmp_path / "fixture.toml").write_text(
        "[planted]\nin = 'keras3'\nright = 'z = 1'\nwrong = 'z = 2'"
    )
    with pytest.raises(ValueError, match="must stand once"):
        load_fixture(tmp_path)


def test_a_record_of_another_text_is_not_used(tmp_path: Path) -> None:
    original = FIXTURES[0]
    shutil.copytree(original.folder, tmp_path / "copy")
    assert load_fixture(tmp_path / "copy").recorded.keys() == original.programs.keys()
    edited = tmp_path / "copy" / "keras3.py"
    edited.write_text(edited.read_text() + "\n")
    assert load_fixture(tmp_path / "copy").recorded.keys() == original.programs.keys() - {
        "keras3",
        PLANTED,
    }
