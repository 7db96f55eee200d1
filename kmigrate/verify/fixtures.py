"""`fixtures/<family>/<concept>/`: one program per dialect, and what it computed where it was run."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from kmigrate.verify.differences import Tolerance
from kmigrate.verify.observation import Observation

FOLDER = Path(__file__).resolve().parents[2] / "fixtures"
PLANTED = "planted"
CLAIMS = "claims"  # the family whose programs test sentences, not migrations


@dataclass(frozen=True, slots=True)
class Dialect:
    """A file name of a fixture: the surface it is written for and the environment it runs in."""

    surface: str
    environment: str


DIALECTS: Mapping[str, Dialect] = {
    "keras1": Dialect("keras@1", "keras@1"),
    "keras2": Dialect("keras@2", "keras@2"),
    "tfkeras2": Dialect("tf.keras@2", "tf.keras@2"),
    "tf_keras": Dialect("tf_keras", "modern"),
    "keras3": Dialect("keras@3", "modern"),
    "tfkeras3": Dialect("tf.keras@3", "modern"),
    "tf": Dialect("tf@2", "modern"),
}
# Keras 1 is a source only; raw TensorFlow becomes keras.ops, and K.* becomes either.
_KERAS_2 = ("keras2", "tfkeras2", "tf_keras")
_KERAS_3 = ("keras3", "tfkeras3")
PAIRS: Sequence[tuple[str, str]] = (
    *((source, target) for source in ("keras1", *_KERAS_2) for target in (*_KERAS_2, *_KERAS_3)),
    *((source, target) for source in _KERAS_3 for target in (*_KERAS_3, *_KERAS_2)),
    *((source, "tf") for source in ("keras1", *_KERAS_2, *_KERAS_3)),
    *(("tf", target) for target in _KERAS_3),
)


@dataclass(frozen=True, slots=True)
class Exemption:
    """Ordered pairs that are not tested, and why; `*` is every dialect."""

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    tests: tuple[str, ...]
    reason: str

    def covers(self, source: str, target: str, test: str) -> bool:
        """Whether `test` (`text` or `numeric`) of this pair is exempt."""
        return (
            test in self.tests
            and bool({"*", source} & set(self.sources))
            and bool({"*", target} & set(self.targets))
        )


@dataclass(frozen=True)
class Fixture:
    """The programs of one concept by dialect, and the planted wrong one that must be noticed."""

    folder: Path
    programs: Mapping[str, str]
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)
    exemptions: Sequence[Exemption] = ()
    planted_in: str = ""

    @property
    def name(self) -> str:
        """`backend/flatten`."""
        return f"{self.folder.parent.name}/{self.folder.name}"

    def pairs(self, test: str) -> list[tuple[str, str]]:
        """The ordered pairs of dialects that `test` is about."""
        return [
            (source, target)
            for source, target in PAIRS
            if source != target and source in self.programs and target in self.programs
            if not any(exempt.covers(source, target, test) for exempt in self.exemptions)
        ]

    def environment(self, program: str) -> str:
        """Where the program, one of the dialects or the planted one, runs."""
        return DIALECTS[self.planted_in if program == PLANTED else program].environment

    @cached_property
    def recorded(self) -> Mapping[str, Observation]:
        """The recorded observations by program; those of another text are left out."""
        found = {}
        for file in sorted((self.folder / "observed").glob("*.json")):
            document = json.loads(file.read_text("utf-8"))
            for program, record in document["programs"].items():
                if record["sha256"] == fingerprint(self.programs.get(program, "")):
                    shared = {"versions": document["versions"], "device": document["device"]}
                    found[program] = Observation.from_json({**record, **shared})
        return found


def load_fixtures(folder: Path = FOLDER) -> list[Fixture]:
    """Every fixture below the folder, by name; those of claims have a loader of their own."""
    concepts = {file.parent for file in folder.glob("*/*/*.py") if file.parts[-3] != CLAIMS}
    return [load_fixture(concept) for concept in sorted(concepts)]


def load_fixture(folder: Path) -> Fixture:
    """Read one concept with its `fixture.toml` and the `family.toml` above it.

    Raises ValueError when they do not fit the programs.
    """
    programs = {file.stem: file.read_text("utf-8") for file in sorted(folder.glob("*.py"))}
    unknown = programs.keys() - DIALECTS.keys()
    if unknown:
        raise ValueError(f"{folder}: no dialect is called {', '.join(sorted(unknown))}")
    file = folder / "fixture.toml"
    settings = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    family = folder.parent / "family.toml"
    shared = tomllib.loads(family.read_text("utf-8")) if family.exists() else {}
    exempt = [*settings.get("exempt", ()), *shared.get("exempt", ())]
    planted = settings.get("planted", {})
    if planted:
        programs[PLANTED] = _plant(folder, programs, planted)
    return Fixture(
        folder,
        programs,
        _tolerances(folder, settings),
        [_exemption(row) for row in exempt],
        planted.get("in", ""),
    )


def fingerprint(text: str) -> str:
    """What ties a recorded observation to the text it is of."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plant(folder: Path, programs: Mapping[str, str], planted: Mapping[str, str]) -> str:
    text = programs[planted["in"]]
    if text.count(planted["right"]) != 1:
        raise ValueError(f"{folder}: {planted['right']!r} must stand once in {planted['in']}.py")
    return text.replace(planted["right"], planted["wrong"])


def _tolerances(folder: Path, settings: Mapping[str, Any]) -> dict[str, Tolerance]:
    """The tolerances by name; each says why the one of the dtype is not enough."""
    found = {}
    for name, row in settings.get("tolerance", {}).items():
        unknown = row.keys() - {"rtol", "atol", "dtypes", "reason", "distribution", "wording"}
        if unknown or not str(row.get("reason", "")).strip():
            problem = f"has no {', '.join(sorted(unknown))}" if unknown else "needs a reason"
            raise ValueError(f"{folder}: the tolerance of {name} {problem}")
        dtypes = tuple((before, after) for before, after in row.get("dtypes", ()))
        found[name] = Tolerance(
            row.get("rtol", 0.0),
            row.get("atol", 0.0),
            dtypes,
            row["reason"],
            row.get("distribution", False),
            row.get("wording", False),
        )
    return found


def _exemption(row: Mapping[str, Any]) -> Exemption:
    return Exemption(tuple(row["from"]), tuple(row["to"]), tuple(row["tests"]), row["reason"])
