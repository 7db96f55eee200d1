"""The verdict on each claim follows from what is on record, and could have come out otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kmigrate.api import rules_dir
from kmigrate.rulebook.claims import OBSERVED, Claim, Expectation, load_claims
from kmigrate.verify.checks import checks
from kmigrate.verify.claims import PLACES, derive, document, load_experiments
from kmigrate.verify.observation import Ending, Failure, Leaf, Observation
from kmigrate.verify.recording import interpreters, observe_fixtures

pytest.importorskip("numpy")
CLAIMS = load_claims()
EXPERIMENTS = load_experiments()
ENVIRONMENTS = sorted({place.environment for place in PLACES.values()})
HEAD = "[sources]\na = 'An article'\n[[claim]]\nid = 'x'\nclaim = 'c'\nsource = 'a'\nverdict = 'true'\n"


def name_of(claim: Claim) -> str:
    return claim.id


def text(*values: str) -> Leaf:
    return Leaf("text", "string", (), digest=" ".join(values), texts=values)


def observation(**values: Leaf) -> Observation:
    return Observation(Ending.FINISHED, values, listed=True)


def test_there_are_claims_of_every_article() -> None:
    assert len(CLAIMS) >= 50
    assert len({claim.id for claim in CLAIMS}) == len(CLAIMS)
    assert len({claim.source for claim in CLAIMS}) == 6
    assert all(claim.condition and claim.condition[-1] != "." for claim in CLAIMS)


def test_every_experiment_is_of_use() -> None:
    given = {experiment.given for experiment in EXPERIMENTS.values()}
    assert EXPERIMENTS.keys() == {claim.fixture for claim in CLAIMS} | given - {""}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_program_has_a_record_of_its_present_text(name: str) -> None:
    recorded = EXPERIMENTS[name].recorded
    assert recorded.keys() == EXPERIMENTS[name].programs.keys(), (
        "run python -m kmigrate.verify.claims"
    )
    assert all(one.ending is Ending.FINISHED for one in recorded.values())


@pytest.mark.parametrize("claim", CLAIMS, ids=name_of)
def test_the_verdict_follows_from_what_was_observed(claim: Claim) -> None:
    assert derive(claim, EXPERIMENTS[claim.fixture].recorded).verdict == claim.verdict


def test_what_was_derived_is_current() -> None:
    committed = (rules_dir() / OBSERVED).read_text("utf-8")
    assert committed == document(CLAIMS), "run python -m kmigrate.verify.claims --derive"


@pytest.mark.parametrize("claim", CLAIMS, ids=name_of)
def test_every_check_fails_where_something_else_is_observed(claim: Claim) -> None:
    """The negative control: other values, and then an exception in place of every value."""
    recorded = EXPERIMENTS[claim.fixture].recorded
    likes = {expect.like for expect in claim.expect}
    failed = []
    for planted in ("planted {}", "raises Planted{}"):
        changed = {
            surface: one if surface in likes else spoiled(one, planted)
            for surface, one in recorded.items()
        }
        runs = derive(claim, changed).runs
        failed.append({(on, name) for on, run in runs.items() for name in run.fails})
    every = {(on, check.name) for on, found in checks(claim, recorded).items() for check in found}
    assert every
    assert every == failed[0] | failed[1]


def spoiled(one: Observation, planted: str) -> Observation:
    values = {name: text(planted.format(index)) for index, name in enumerate(one.values)}
    return replace(one, values=values)


VALUES = {
    "one": Leaf("array", "float32", (2,), "eJxjYGiwZ2BgcAAABAQBAA=="),
    "same": text("1, 2"),
    "again": text("1, 2"),
    "other": text("1, 3"),
    "bad": text("raises TypeError"),
    "bad, message": text("no such argument"),
    "worse": text("raises ValueError"),
    "as bad": text("raises TypeError"),
}


@pytest.mark.parametrize(
    ("expect", "told"),
    [
        (Expectation(same=(("same", "again"),)), {"same is again": ""}),
        (Expectation(same=(("same", "other"),)), {"same is other": "'1, 2' against '1, 3'"}),
        (Expectation(same=(("bad", "as bad"),)), {"bad is as bad": ""}),
        (
            Expectation(same=(("bad", "worse"),)),
            {"bad is worse": "raises TypeError: no such argument against raises ValueError"},
        ),
        (
            Expectation(same=(("same", "worse"),)),
            {"same is worse": "gives a value against raises ValueError"},
        ),
        (Expectation(runs=("same",)), {"same runs": ""}),
        (Expectation(runs=("bad",)), {"bad runs": "raises TypeError: no such argument"}),
        (Expectation(raises={"bad": "TypeError"}), {"bad raises TypeError": ""}),
        (Expectation(raises={"bad": "*"}), {"bad raises": ""}),
        (
            Expectation(raises={"worse": "TypeError"}),
            {"worse raises TypeError": "raises ValueError"},
        ),
        (Expectation(raises={"same": "*"}), {"same raises": "1, 2"}),
        (Expectation(shows={"same": "1, 2"}), {"same: 1, 2": ""}),
        (Expectation(shows={"other": "1, 2"}), {"other: 1, 2": "1, 3"}),
        (
            Expectation(shows={"bad": "1, 2"}),
            {"bad: 1, 2": "raises TypeError: no such argument"},
        ),
        (Expectation(runs=("*bad",)), {"bad runs": "raises", "as bad runs": "raises"}),
        (Expectation(runs=("same", "bad", "one"), like="there"), {"same": "'", "bad": "raises"}),
    ],
)
def test_a_check_holds_or_says_what_was_observed(
    expect: Expectation, told: Mapping[str, str]
) -> None:
    there = observation(same=text("2"), bad=text("x"), one=text("raises OSError"))
    claim = Claim("x", "c", "s", "x", "true", (replace(expect, on=("here",)),))
    found = checks(claim, {"here": observation(**VALUES), "there": there})["here"]
    assert [check.name for check in found] == list(told)
    for check, wanted in zip(found, told.values(), strict=True):
        assert check.holds == (not wanted)
        assert check.observed.startswith(wanted) and bool(check.observed) == bool(wanted)


@pytest.mark.parametrize(
    ("expect", "observed", "word"),
    [
        (Expectation(runs=("none",)), observation(**VALUES), "no value 'none'"),
        (Expectation(runs=("none*",)), observation(**VALUES), "no value"),
        (Expectation(same=(("*e", "not *e"),)), observation(**VALUES), "no value 'not "),
        (Expectation(runs=("same",), on=("there",)), observation(**VALUES), "on record for there"),
        (
            Expectation(runs=("same",)),
            Observation(Ending.RAISED, VALUES, failure=Failure("OSError", "why")),
            "OSError: why",
        ),
        (Expectation(), observation(**VALUES), "without a check"),
    ],
)
def test_what_was_not_observed_proves_nothing(
    expect: Expectation, observed: Observation, word: str
) -> None:
    with pytest.raises(ValueError, match=word):
        derive(Claim("x", "c", "s", "x", "true", (expect,)), {"keras@3": observed})


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ("source = 'b'\n", "'b'"),
        ("colour = 'red'\n", "colour"),
        ("[[claim.expect]]\nrun = ['y']\n", "run"),
    ],
)
def test_a_row_that_is_no_claim_is_refused(tmp_path: Path, row: str, word: str) -> None:
    file = tmp_path / "claims.toml"
    head = HEAD.replace("source = 'a'\n", "") if row.startswith("source") else HEAD
    file.write_text(head + row + ("" if "expect" in row else "[[claim.expect]]\nruns = ['y']\n"))
    with pytest.raises(ValueError, match=f"x: .*{word}"):
        load_claims(file)
    file.write_text(HEAD + "[[claim.expect]]\nruns = ['y']\n")
    (claim,) = load_claims(file)
    assert (claim.fixture, claim.source, claim.expect[0].runs) == ("x", "An article", ("y",))


def test_an_unknown_surface_is_refused(tmp_path: Path) -> None:
    (tmp_path / "prelude.py").write_text("")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "program.py").write_text("import keras\n")
    (tmp_path / "x" / "fixture.toml").write_text("on = ['keras@9']\n")
    with pytest.raises(ValueError, match="keras@9"):
        load_experiments(tmp_path)
    (tmp_path / "x" / "fixture.toml").write_text("on = ['tf_keras', 'keras@3']\n")
    programs = load_experiments(tmp_path)["x"].programs
    assert programs["tf_keras"].endswith("import tf_keras as keras\n")
    assert programs["keras@3"].endswith("\nimport keras\n")


@pytest.mark.slow
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_live_runs_say_what_is_recorded(environment: str) -> None:
    python = interpreters().get(environment)
    if python is None:
        pytest.skip(f"no interpreter for {environment}: what is on record was compared")
    live = observe_fixtures(EXPERIMENTS.values(), environment, python)
    different = {}
    for claim in CLAIMS:
        experiment = EXPERIMENTS[claim.fixture]
        recorded = derive(claim, experiment.recorded).runs
        mixed = derive(claim, {**experiment.recorded, **live.get(experiment.name, {})}).runs
        for surface, run in mixed.items():
            if (run.holds, run.fails.keys()) != (
                recorded[surface].holds,
                recorded[surface].fails.keys(),
            ):
                different[f"{claim.id} on {surface}"] = run.fails
    assert different == {}
