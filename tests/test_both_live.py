"""One text, run under Keras 3 and under tf_keras, computes what its source computed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from programs import run as migrate

from kmigrate.model import Outcome
from kmigrate.verify.compare import compare
from kmigrate.verify.fixtures import DIALECTS, Fixture, load_fixtures
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Program, Setting, run
from kmigrate.verify.sides import LEGACY

pytest.importorskip("numpy")
ORDER = ("keras2", "keras1", "tfkeras2", "tf_keras", "keras3")
LEFT = (Outcome.FLAGGED, Outcome.UNRESOLVED)


def for_both(fixture: Fixture) -> Iterator[tuple[str, str]]:
    """The programs of a fixture that compute the same everywhere, migrated with nothing left."""
    written, same = fixture.pairs("text"), fixture.pairs("numeric")
    for name in ORDER:
        others = {(name, other) for other in ("keras3", "tf_keras") if other != name}
        is_whole = name == "keras3" or (name, "keras3") in written
        if name in fixture.programs and is_whole and others <= {*same}:
            surface = DIALECTS[name].surface
            result = migrate(fixture.programs[name], source=surface, also="tf_keras")
            if result.after and not any(one.outcome in LEFT for one in result.findings):
                yield name, result.after


@pytest.mark.slow
@pytest.mark.parametrize("variables", [{}, LEGACY], ids=["keras3", "tf_keras"])
def test_one_text_computes_the_same_on_both(variables: dict[str, str]) -> None:
    python = interpreters().get("modern")
    if python is None:
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    fixtures = {fixture.name: fixture for fixture in load_fixtures()}
    found = {name: next(for_both(fixture), None) for name, fixture in fixtures.items()}
    texts = {name: pair for name, pair in found.items() if pair is not None}
    programs = [Program(name, text, Path("both.py")) for name, (_, text) in texts.items()]
    setting = Setting(python, variables={"KERAS_BACKEND": "tensorflow", **variables})
    different = {}
    for name, observed in run(programs, setting).items():
        fixture, (program, _) = fixtures[name], texts[name]
        compared = compare(fixture.recorded[program], observed, fixture.tolerances)
        if not compared.verdict.same:
            different[f"{name}/{program}"] = compared.reason
    assert len(texts) >= 90
    assert different == {}
