"""Run the fixtures in their environments and record what they computed beside them.

Usage: KMIGRATE_ENVS=FOLDER python -m kmigrate.verify.recording [NAME...]. The interpreter of an
environment is FOLDER/<environment>/bin/python, else the one that `kmigrate envs build` made; `modern`
is this one where it has TensorFlow.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kmigrate.verify.envs import find
from kmigrate.verify.fixtures import DIALECTS, Fixture, fingerprint, load_fixtures
from kmigrate.verify.observation import Observation
from kmigrate.verify.run import Program, Setting, run
from kmigrate.verify.saving import observe_readings, readings

FORMAT = 1


def interpreters() -> dict[str, str]:
    """The interpreters at hand, by environment."""
    found = {}
    for environment in sorted({dialect.environment for dialect in DIALECTS.values()}):
        python = find(environment)
        if python is not None:
            found[environment] = str(python)
        elif environment == "modern" and has_tensorflow():
            found[environment] = sys.executable
    return found


def has_tensorflow() -> bool:
    """Whether this interpreter has what the modern side of a fixture imports."""
    needed = ("numpy", "tensorflow", "keras", "tf_keras")
    return all(importlib.util.find_spec(name) is not None for name in needed)


def observe_fixtures(
    fixtures: Iterable[Fixture], environment: str, python: str
) -> dict[str, dict[str, Observation]]:
    """The observations of every program that runs in the environment, by fixture and program."""
    # Not in the fixture's folder: its tf_keras.py would be imported in place of the library.
    programs = [
        Program(
            f"{fixture.name} {name}",
            text,
            Path(f"{fixture.folder.name}.py"),
            keep_files=(fixture.folder / "read").is_dir(),
        )
        for fixture in fixtures
        for name, text in fixture.programs.items()
        if fixture.environment(name) == environment
    ]
    observed: dict[str, dict[str, Observation]] = defaultdict(dict)
    setting = Setting(python, variables={"KERAS_BACKEND": "tensorflow"})
    for key, observation in run(programs, setting).items():
        fixture_name, _, program = key.partition(" ")
        observed[fixture_name][program] = observation
    return observed


def record(fixtures: Iterable[Fixture], environment: str, python: str) -> list[str]:
    """Write the observations beside the fixtures; the names of programs that failed."""
    fixtures, failed = list(fixtures), []
    observed = observe_fixtures(fixtures, environment, python)
    for fixture in fixtures:
        file = fixture.folder / "observed" / f"{environment}.json"
        file.unlink(missing_ok=True)
        if fixture.name in observed:
            file.parent.mkdir(exist_ok=True)
            marks = {name: fingerprint(text) for name, text in fixture.programs.items()}
            file.write_text(_document(marks, observed[fixture.name]), encoding="utf-8")
            failed += [
                f"{fixture.name} {program} on {environment}: {observation.failure}"
                for program, observation in observed[fixture.name].items()
                if observation.failure is not None
            ]
    return failed


def record_readings(fixtures: Iterable[Fixture], environment: str, python: str) -> list[str]:
    """Write what the readers of an environment made of everybody's files; what was not expected."""
    found = [reading for fixture in fixtures for reading in readings(fixture)]
    observed = observe_readings(found, environment, python)
    for fixture in {reading.fixture.name: reading.fixture for reading in found}.values():
        if fixture.name in observed:
            marks = {reading.name: reading.fingerprint for reading in readings(fixture)}
            folder = fixture.folder / "read" / "observed"
            folder.mkdir(exist_ok=True)
            text = _document(marks, observed[fixture.name])
            (folder / f"{environment}.json").write_text(text, encoding="utf-8")
    wrong = []
    for reading in found:
        read = observed.get(reading.fixture.name, {}).get(reading.name)
        compared = reading.compare(read) if read is not None else None
        if compared is not None and not reading.holds(compared):
            said = f"{compared.verdict}: {compared.reason}"
            wrong.append(f"{reading.fixture.name} {reading.name} on {environment}: {said}")
    return wrong


def _document(fingerprints: Mapping[str, str], observed: Mapping[str, Observation]) -> str:
    programs: dict[str, Any] = {}
    versions: dict[str, str] = {}
    for program, observation in sorted(observed.items()):
        entry = observation.to_json()
        versions |= entry.pop("versions")
        device = entry.pop("device")
        if "error" in entry:
            entry["error"]["message"] = _shortened(entry["error"]["message"])
        programs[program] = {"sha256": fingerprints[program], **entry}
    head = {"format": FORMAT, "versions": versions, "device": device}
    lines = ",\n".join(
        f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in programs.items()
    )
    return f'{json.dumps(head)[:-1]}, "programs": {{\n{lines}\n}}}}\n'


def _shortened(message: str, kept: int = 200) -> str:
    """Beginning and end of a message: some libraries put a whole configuration in between."""
    return message if len(message) <= 2 * kept else f"{message[:kept]} ... {message[-kept:]}"


def main(names: list[str]) -> int:
    """Record the named fixtures, or all, wherever an interpreter is at hand."""
    fixtures = [fixture for fixture in load_fixtures() if not names or fixture.name in names]
    failed: list[str] = []
    for environment, python in interpreters().items():
        failed += record(fixtures, environment, python)
    written = [fixture for fixture in load_fixtures() if not names or fixture.name in names]
    for environment, python in interpreters().items():
        failed += record_readings(written, environment, python)
    for line in failed:
        print(line, file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
