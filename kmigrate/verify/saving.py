"""Files that one side wrote and the other reads: `fixtures/saving/<concept>/`.

Each program beside the `fixture.toml` computes, writes and lists `files`; each in `read/` computes
the same from these files. What comes of every writer with every reader is expected to be the same
values, unless a `[[read]]` row says otherwise:

    [[read]]
    writers = ["keras2"]
    readers = ["keras3"]
    verdict = "failed"
    says = "Unrecognized keyword arguments"
    reason = "Keras 3 does not read the configuration of Keras 2"
"""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kmigrate.verify.compare import compare
from kmigrate.verify.fixtures import DIALECTS, PLANTED, Fixture, fingerprint
from kmigrate.verify.observation import Observation
from kmigrate.verify.run import Program, Setting, run
from kmigrate.verify.verdict import Comparison, Verdict


@dataclass(frozen=True, slots=True)
class Reading:
    """One program that reads what another wrote, and what must come of it.

    `verdict` is None for the same values; `says` is a part of the message of a failure.
    """

    fixture: Fixture
    writer: str
    reader: str
    text: str
    verdict: Verdict | None = None
    says: str = ""
    reason: str = ""

    @property
    def name(self) -> str:
        """`keras3 reads keras2`."""
        return f"{self.reader} reads {self.writer}"

    @property
    def fingerprint(self) -> str:
        """What ties a recorded observation to both texts."""
        return fingerprint(self.fixture.programs[self.writer] + self.text)

    @property
    def environment(self) -> str:
        """Where it runs."""
        return DIALECTS[self.reader].environment

    def holds(self, found: Comparison) -> bool:
        """Whether it came as expected."""
        if self.verdict is None:
            return found.verdict.same
        return found.verdict is self.verdict and self.says in found.reason

    def compare(self, read: Observation) -> Comparison:
        """What the writer computed against what was computed from its files.

        The planted writer's files are held against what the right one computed.
        """
        writer = self.fixture.planted_in if self.writer == PLANTED else self.writer
        return compare(self.fixture.recorded[writer], read, self.fixture.tolerances)


def readings(fixture: Fixture) -> list[Reading]:
    """Every reader with every writer; the files of the planted one must be told from the right ones.

    Raises ValueError when a pair has more than one row, or a row no pair.
    """
    file = fixture.folder / "fixture.toml"
    rows = tomllib.loads(file.read_text("utf-8")).get("read", []) if file.exists() else []
    texts = {
        path.stem: path.read_text("utf-8") for path in sorted(fixture.folder.glob("read/*.py"))
    }
    pairs = [
        (writer, reader) for writer in fixture.programs for reader in texts if writer != PLANTED
    ]
    for row in rows:
        if not any(_covers(row, *pair) for pair in pairs):
            raise ValueError(f"{fixture.name}: nothing is read as in {row}")
    found = [_reading(fixture, *pair, texts[pair[1]], rows) for pair in pairs]
    if fixture.planted_in in texts:
        control = Reading(fixture, PLANTED, fixture.planted_in, texts[fixture.planted_in])
        found.append(replace(control, verdict=Verdict.DIFFERENT, reason="the planted mistake"))
    return found


def observe_readings(
    found: Iterable[Reading], environment: str, python: str
) -> dict[str, dict[str, Observation]]:
    """Run the readers of an environment; observations by fixture and name of the reading."""
    programs = [
        Program(
            f"{reading.fixture.name}|{reading.name}",
            reading.text,
            Path("reader.py"),
            files=reading.fixture.recorded[reading.writer].files,
        )
        for reading in found
        if reading.environment == environment and reading.writer in reading.fixture.recorded
    ]
    observed: dict[str, dict[str, Observation]] = defaultdict(dict)
    setting = Setting(python, variables={"KERAS_BACKEND": "tensorflow"})
    for key, observation in run(programs, setting).items():
        fixture, _, name = key.partition("|")
        observed[fixture][name] = observation
    return observed


def recorded_readings(fixture: Fixture) -> Mapping[str, Observation]:
    """The recorded observations by name; those of another text are left out."""
    wanted = {reading.name: reading.fingerprint for reading in readings(fixture)}
    found = {}
    for file in sorted((fixture.folder / "read" / "observed").glob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        shared = {"versions": document["versions"], "device": document["device"]}
        for name, record in document["programs"].items():
            if wanted.get(name) == record["sha256"]:
                found[name] = Observation.from_json({**record, **shared})
    return found


def _covers(row: Mapping[str, Any], writer: str, reader: str) -> bool:
    return writer in row["writers"] and reader in row["readers"]


def _reading(
    fixture: Fixture, writer: str, reader: str, text: str, rows: Sequence[Mapping[str, Any]]
) -> Reading:
    found = [row for row in rows if _covers(row, writer, reader)]
    if len(found) > 1:
        raise ValueError(f"{fixture.name}: {reader} reads {writer} has {len(found)} rows")
    if not found:
        return Reading(fixture, writer, reader, text)
    row = found[0]
    verdict = Verdict(row["verdict"])
    return Reading(fixture, writer, reader, text, verdict, row.get("says", ""), row["reason"])
