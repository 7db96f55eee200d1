"""Run the fixtures of the claims, and derive each verdict from what was observed.

Usage: KMIGRATE_ENVS=FOLDER python -m kmigrate.verify.claims [--derive | FIXTURE...]. `--derive` runs
nothing: what is on record speaks.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kmigrate.api import rules_dir
from kmigrate.rulebook.claims import OBSERVED, Claim, Found, Run, load_claims
from kmigrate.verify.checks import checks, verdict
from kmigrate.verify.fixtures import CLAIMS, FOLDER, Fixture
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters, record


@dataclass(frozen=True, slots=True)
class Place:
    """Where a surface is found: its environment, how it is imported, and the libraries it is."""

    environment: str
    imported: str
    libraries: tuple[str, ...]


PLACES: Mapping[str, Place] = {
    "keras@1": Place("keras@1", "import keras", ("keras", "tensorflow")),
    "keras@2": Place("keras@2", "import keras", ("keras", "tensorflow")),
    "keras@3": Place("modern", "import keras", ("keras", "tensorflow")),
    "tf.keras@1": Place("keras@2", "from tensorflow import keras", ("tensorflow",)),
    "tf.keras@2": Place("tf.keras@2", "from tensorflow import keras", ("tensorflow", "keras")),
    "tf.keras@3": Place("modern", "from tensorflow import keras", ("tensorflow", "keras")),
    "tf_keras": Place("modern", "import tf_keras as keras", ("tf_keras", "tensorflow")),
}
_IMPORT = "import keras\n"


@dataclass(frozen=True)
class Experiment(Fixture):
    """The program of a claim on each surface that it runs on.

    `given` names the experiment whose values it is handed, which must have run before.
    """

    given: str = ""

    def environment(self, program: str) -> str:
        """Where the program runs."""
        return PLACES[program].environment


def load_experiments(folder: Path | None = None) -> dict[str, Experiment]:
    """Every experiment, those that others build upon first."""
    folder = folder or FOLDER / CLAIMS
    prelude = (folder / "prelude.py").read_text("utf-8")
    settings = {
        file.parent.name: tomllib.loads(file.read_text("utf-8"))
        for file in sorted(folder.glob("*/fixture.toml"))
    }
    found: dict[str, Experiment] = {}
    for name in sorted(settings, key=lambda name: ("given" in settings[name], name)):
        given = settings[name].get("given", "")
        handed = _handed(found[given]) if given else ""
        programs = _programs(folder / name, prelude + "\n" + handed, settings[name]["on"])
        found[name] = Experiment(folder / name, programs, given=given)
    return found


def _programs(folder: Path, prelude: str, surfaces: Sequence[str]) -> dict[str, str]:
    """The text for each surface: what is told of it, the prelude, and the program imported so."""
    text = (folder / "program.py").read_text("utf-8")
    unknown = set(surfaces) - PLACES.keys()
    if unknown:
        raise ValueError(f"{folder}: no surface is called {', '.join(sorted(unknown))}")
    programs = {}
    for surface in surfaces:
        imported = PLACES[surface].imported
        told = f"surface, imported = {surface!r}, {imported!r}\n"
        programs[surface] = told + prelude + text.replace(_IMPORT, f"{imported}\n")
    return programs


def _handed(given: Experiment) -> str:
    """What another experiment computed, as the text of a dict by surface and name."""
    values = {
        surface: {
            name: list(leaf.texts) if leaf.kind == "text" else (leaf.dtype, leaf.shape, leaf.data)
            for name, leaf in observation.values.items()
        }
        for surface, observation in given.recorded.items()
    }
    return f"given = handed({values!r})\n"


def derive(claim: Claim, observed: Mapping[str, Observation]) -> Found:
    """What the observations, by surface, say of the claim. Raises ValueError where one is amiss."""
    found, runs = checks(claim, observed), {}
    for surface in filter(found.__contains__, PLACES):
        runs[surface] = Run(
            _versions(surface, observed[surface]),
            observed[surface].device,
            [check.name for check in found[surface] if check.holds],
            {check.name: check.observed for check in found[surface] if not check.holds},
        )
    return Found(verdict(runs.values()), runs)


def _versions(surface: str, observation: Observation) -> str:
    libraries = PLACES[surface].libraries
    return ", ".join(
        f"{name} {observation.versions[name]}" for name in libraries if name in observation.versions
    )


def document(claims: Iterable[Claim]) -> str:
    """The text of `rules/claims.json` as it follows from what is on record."""
    experiments = load_experiments()
    found: dict[str, Any] = {}
    for claim in claims:
        found[claim.id] = asdict(derive(claim, experiments[claim.fixture].recorded))
    blocks = (f"{json.dumps(name)}: {json.dumps(row)}" for name, row in found.items())
    return "{\n" + ",\n".join(blocks) + "\n}\n"


def main(names: list[str]) -> int:
    """Record the named experiments, or all, wherever an interpreter is at hand, and derive."""
    failed = [] if names == ["--derive"] else _record(names)
    for line in failed:
        print(line, file=sys.stderr)
    try:
        text = document(load_claims())
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    (rules_dir() / OBSERVED).write_text(text, encoding="utf-8")
    return 1 if failed else 0


def _record(names: Sequence[str]) -> list[str]:
    """Run and record; what is handed on is on record before it is. The names of what failed."""
    failed: list[str] = []
    for is_given in (False, True):
        chosen = [
            experiment
            for name, experiment in load_experiments().items()
            if (not names or name in names) and bool(experiment.given) == is_given
        ]
        for environment, python in interpreters().items():
            failed += record(_in(chosen, environment), environment, python)
    return failed


def _in(experiments: Iterable[Experiment], environment: str) -> list[Experiment]:
    return [
        experiment
        for experiment in experiments
        if any(experiment.environment(program) == environment for program in experiment.programs)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
