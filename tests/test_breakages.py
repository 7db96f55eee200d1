"""Each cause that stops old programs: they fail as they are, and run, or are flagged, migrated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from breaking import TARGETS, Cause, flagged_lines, flags, load_causes, observe
from programs import migrated

from kmigrate.verify.compare import compare
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.recording import interpreters

CAUSES = load_causes()


def _cases() -> Iterator[Any]:
    for cause in CAUSES.values():
        for target in TARGETS:
            yield pytest.param(cause, target, id=f"{cause.id}-{target}")


each = pytest.mark.parametrize(("cause", "target"), [*_cases()])


@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_the_rows_are_whole(cause: Cause) -> None:
    assert {*cause.flagged, *cause.differs, *cause.open} <= {*TARGETS}
    assert not {*cause.flagged} & cause.open.keys()
    assert len(cause.program.split("\n")) <= 32
    recorded = cause.recorded
    assert recorded is not None, "record it: python -m breaking"
    assert recorded.failure is None


@each
def test_it_is_changed_or_flagged(cause: Cause, target: str) -> None:
    result = migrated(cause.program, to=target, source=cause.source)
    assert result.changed or flags(result) or target in cause.open
    ast.parse(result.after or "")
    if target in cause.flagged:
        assert flags(result)


@cache
def _python() -> str:
    python = interpreters().get("modern")
    if python is None:
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    return python


@cache
def _untouched() -> dict[str, Observation]:
    return observe({cause.id: cause.program for cause in CAUSES.values()}, _python())


@cache
def _after(target: str) -> dict[str, tuple[str, Observation]]:
    """Each program with marks at what is flagged, and what it did."""
    texts = {one.id: one.migrated(target, mark=True).after or "" for one in CAUSES.values()}
    observed = observe(texts, _python())
    return {name: (text, observed[name]) for name, text in texts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("cause", CAUSES.values(), ids=CAUSES)
def test_it_fails_untouched(cause: Cause) -> None:
    failure = _untouched()[cause.id].failure
    assert failure is not None
    assert cause.fails in f"{failure.type}: {failure.message}"


@pytest.mark.slow
@each
def test_it_runs_or_fails_where_it_is_flagged(cause: Cause, target: str) -> None:
    text, observed = _after(target)[cause.id]
    failure = observed.failure
    if target in cause.open:
        # The day it is mended, its reason goes.
        assert failure is not None and failure.line not in flagged_lines(text)
    elif target in cause.flagged:
        assert failure is not None and failure.line in flagged_lines(text)
    else:
        assert observed.ending is Ending.FINISHED, failure


@pytest.mark.slow
@each
def test_it_computes_what_it_did(cause: Cause, target: str) -> None:
    _, observed = _after(target)[cause.id]
    assert cause.recorded is not None
    if observed.failure is None:
        compared = compare(cause.recorded, observed)
        assert compared.verdict.same is (target not in cause.differs), compared.reason
