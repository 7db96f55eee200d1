"""Every callable of every surface, called with its arguments: what it becomes exists and binds."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from judging_calls import Violation, violations
from synthesis import Call, calls, symbols

from kmigrate.api import load
from kmigrate.model import SURFACES
from kmigrate.report.coverage import SOURCES, TARGETS

# As many calls as one module has: positions are found in it, so that more take longer each.
TOGETHER = 400
SLICE = 40
SEED = 20171
PAIRS = [
    (source, version, target)
    for source, version in SOURCES
    for target in TARGETS
    if target != source and (source != "tf@2" or target == "keras@3")
]


def every_call(source: str, version: str, target: str) -> list[Call]:
    snapshot, surface = load(SURFACES[source].dialect, version), SURFACES[source]
    names = symbols(snapshot, source, target)
    return [call for path in names for call in calls(snapshot, surface, path)]


def some_calls(source: str, version: str, target: str) -> list[Call]:
    """One call of some symbols each, or of one of their methods."""
    snapshot, surface = load(SURFACES[source].dialect, version), SURFACES[source]
    draw = random.Random(f"{SEED} {source} {version} {target}")
    names = sorted(draw.sample(symbols(snapshot, source, target), SLICE))
    return [draw.choice(made) for path in names if (made := list(calls(snapshot, surface, path)))]


def found(made: Sequence[Call], source: str, target: str) -> list[Violation]:
    parts = (made[start : start + TOGETHER] for start in range(0, len(made), TOGETHER))
    return [one for part in parts for one in violations(part, source, target)]


def held(made: Sequence[Call], source: str, target: str) -> None:
    wrong = found(made, source, target)
    shown = "\n".join(map(str, wrong[:20]))
    assert not wrong, f"{len(wrong)} of {len(made)} calls\n{shown}"


def test_every_pair_of_the_coverage_is_asked() -> None:
    assert len(PAIRS) == 46


@pytest.mark.parametrize(("source", "version", "target"), PAIRS)
def test_some_calls_bind_where_they_go(source: str, version: str, target: str) -> None:
    held(some_calls(source, version, target), source, target)


@pytest.mark.slow
@pytest.mark.parametrize(("source", "version", "target"), PAIRS)
def test_all_calls_bind_where_they_go(source: str, version: str, target: str) -> None:
    made = every_call(source, version, target)
    earlier = [one for one in PAIRS if (one[0], one[2]) == (source, target) and one[1] < version]
    seen = {call.shape for pair in earlier for call in every_call(*pair)}
    held([call for call in made if call.shape not in seen], source, target)
