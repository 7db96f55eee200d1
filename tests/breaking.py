"""Programs that break on today's libraries, one for each cause, and what became of them.

Usage, from the folder of the tests: KMIGRATE_ENVS=FOLDER python -m breaking [ID...]. Writes down
what the programs compute in their own environments, all of them or those of these ids.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from programs import run as migrate

from kmigrate.model import Outcome, Result
from kmigrate.verify.fixtures import fingerprint
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Program, Setting, run

FOLDER = Path(__file__).with_name("breakages")
OBSERVED = FOLDER / "observed"
TARGETS = ("keras", "tf_keras")
MARK = "# TODO(kmigrate "


@dataclass(frozen=True)
class Cause:
    """A program that ran in `environment` and raises `fails` on today's libraries.

    `flagged` are the targets where it raises still, at a place that kmigrate flags. `differs` says by
    target why it computes something else than it did, `open` why it fails there without a flag.
    `source` is what `--from` says.
    """

    id: str
    cause: str
    environment: str
    fails: str
    program: str
    source: str = "auto"
    flagged: tuple[str, ...] = ()
    differs: Mapping[str, str] = field(default_factory=dict)
    open: Mapping[str, str] = field(default_factory=dict)

    def migrated(self, target: str, *, mark: bool = False) -> Result:
        return migrate(self.program, to=target, source=self.source, mark=mark)

    @cached_property
    def recorded(self) -> Observation | None:
        """What it computed in its own environment, unless it has become another program since."""
        file = OBSERVED / f"{self.environment}.json"
        record = json.loads(file.read_text("utf-8")).get(self.id) if file.exists() else None
        if record is None or record.pop("sha256") != fingerprint(self.program):
            return None
        return Observation.from_json(record)


def load_causes(folder: Path = FOLDER) -> dict[str, Cause]:
    """The causes of all files by id, in the order of the files and in each as it stands there."""
    rows: list[dict[str, Any]] = [
        row
        for file in sorted(folder.glob("*.toml"))
        for row in tomllib.loads(file.read_text("utf-8"))["cause"]
    ]
    found = {row["id"]: Cause(**{**row, "flagged": tuple(row.get("flagged", ()))}) for row in rows}
    assert len(found) == len(rows), "an id stands twice"
    return found


def observe(
    texts: Mapping[str, str], python: str, variables: Mapping[str, str] | None = None
) -> dict[str, Observation]:
    """What the programs do, run in one process."""
    programs = [Program(name, text, Path("program.py")) for name, text in texts.items()]
    setting = Setting(python, variables={"KERAS_BACKEND": "tensorflow", **(variables or {})})
    return run(programs, setting)


def flagged_lines(marked: str) -> dict[int, str]:
    """The lines of the statements below a mark, with the mark."""
    lines = marked.splitlines()
    found: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith(MARK):
            below = next(n for n in range(number, len(lines)) if MARK not in lines[n])
            found[below + 1] = line.strip()
    return found


def flags(result: Result) -> list[str]:
    return [one.reason for one in result.findings if one.outcome is Outcome.FLAGGED]


def record(causes: Iterable[Cause], environment: str, python: str) -> list[str]:
    """Write what the programs of an environment computed; the names of those that failed there."""
    own = {cause.id: cause.program for cause in causes if cause.environment == environment}
    file = OBSERVED / f"{environment}.json"
    known = json.loads(file.read_text("utf-8")) if file.exists() else {}
    observed = observe(own, python) if own else {}
    for name, observation in observed.items():
        known[name] = {"sha256": fingerprint(own[name]), **observation.to_json()}
    kept = {name: known[name] for name in load_causes() if name in known}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(one)}" for name, one in kept.items())
    OBSERVED.mkdir(exist_ok=True)
    file.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    return [f"{name}: {one.failure}" for name, one in observed.items() if one.failure]


if __name__ == "__main__":
    chosen = [one for one in load_causes().values() if one.id in sys.argv[1:] or not sys.argv[1:]]
    failed = [
        line
        for environment, python in interpreters().items()
        if environment != "modern"
        for line in record(chosen, environment, python)
    ]
    sys.exit("\n".join(failed))
