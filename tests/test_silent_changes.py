"""Each change that gives other results without an error: rewritten, or said where it stands."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kmigrate.migrate import migrate, resolve_direction
from kmigrate.model import Finding, Options, Outcome, Result

CHANGES: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("silent_changes.toml").read_text(encoding="utf-8")
)["change"]
ROOTS = {"keras": "keras", "tf.keras": "tensorflow.keras", "tf_keras": "tf_keras"}
MEASURED = 43


def _cases() -> Iterator[Any]:
    for change in CHANGES:
        for number, case in enumerate(change["case"]):
            for source in case["from"]:
                name = f"{change['number']}-{number}-{source}-{case['to']}"
                yield pytest.param(change, case, source, id=name)


CASES = list(_cases())


def between(source: str, target: str) -> Options:
    """From a source to a target, which may say its version: `keras@3.13`."""
    goal, _, version = target.partition("@")
    return Options(sources=(source,), target=goal, keras_version=version or None)


def migrated(text: str, source: str, target: str) -> Result:
    """The program, written for `source`, on its way to `target`."""
    text = text.replace("from keras", f"from {ROOTS[source.split('@')[0]]}") + "\n"
    options = between(source, target)
    result = migrate(text, options, resolve_direction(options, {}, {}))
    assert result.after is not None, result.error
    return result


def spoken(result: Result) -> list[Finding]:
    """What is said of the last line, which is what the case is about."""
    last = len(result.before.splitlines())
    return [
        found
        for found in result.findings
        if (found.outcome is not Outcome.KEPT or found.reason) and found.span.end_line == last
    ]


def said_by(rule: str, result: Result) -> list[Finding]:
    """What the rule, or one of its family, says of the last line."""
    return [
        found
        for found in spoken(result)
        if any(one == rule or one.startswith(f"{rule}.") for one in found.rules)
    ]


def test_every_measured_change_is_there() -> None:
    assert [change["number"] for change in CHANGES] == [*range(1, MEASURED + 1)]
    assert all(change["case"] for change in CHANGES)


@pytest.mark.parametrize(("change", "case", "source"), CASES)
def test_nothing_changes_silently(
    change: dict[str, Any], case: dict[str, Any], source: str
) -> None:
    result = migrated(case["before"], source, case["to"])
    if "harmless" in change:
        assert not any(found.reason for found in spoken(result))
        return
    said = said_by(case["rule"], result)
    assert said, spoken(result)
    assert result.after is not None
    if "after" in case:
        assert case["after"] in result.after.splitlines()
        assert {found.outcome for found in said} <= {Outcome.REWRITTEN, Outcome.REVIEW}
    if "outcome" in case:
        assert {found.outcome.value for found in said} == {case["outcome"]}
    if "says" in case:
        assert any(case["says"] in found.reason + found.after for found in said)


@pytest.mark.parametrize(
    ("change", "case", "source"), [each for each in CASES if "same" in each.values[1]]
)
def test_what_says_it_explicitly_stays(
    change: dict[str, Any], case: dict[str, Any], source: str
) -> None:
    result = migrated(case["same"], source, case["to"])
    if case["rule"] != "derived":
        assert not said_by(case["rule"], result)
    before, after = case["same"].splitlines()[-1], (result.after or "").splitlines()[-1]
    assert after == before


@pytest.mark.parametrize(("change", "case", "source"), CASES)
def test_once_more_it_stays(change: dict[str, Any], case: dict[str, Any], source: str) -> None:
    once = migrated(case["before"], source, case["to"]).after or ""
    options = between(source, case["to"])
    assert migrate(once, options, resolve_direction(options, {}, {})).after == once
