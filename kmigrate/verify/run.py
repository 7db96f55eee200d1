"""Run programs in child processes that are bounded in time, memory and output."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from kmigrate.verify.child import Child, Exit
from kmigrate.verify.observation import Ending, Failure, Observation


@dataclass(frozen=True, slots=True)
class Program:
    """A text to run as `__main__`; `file` gives its name and the folder its imports come from.

    `extras` are the wishes that inside/person.py grants: a function to call, tests to run, ...
    """

    id: str
    text: str
    file: Path
    extras: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Memory is what is resident, of the child and its descendants."""

    seconds: float = 300.0
    resident_bytes: int = 8 << 30
    output_bytes: int = 64 << 10
    file_bytes: int = 1 << 30
    whole_below: int = 64 << 20


@dataclass(frozen=True, slots=True)
class Setting:
    """The interpreter and what it is told. `stand_in`: Keras 2 names answer with tf_keras."""

    python: str = sys.executable
    stand_in: bool = False
    seed: int = 0
    variables: Mapping[str, str] | None = None


def run(
    programs: Sequence[Program], setting: Setting = Setting(), limits: Limits = Limits()
) -> dict[str, Observation]:
    """Run the programs in one process, or in as many as it takes when one of them ends it."""
    observations: dict[str, Observation] = {}
    waiting = list(programs)
    while waiting:
        with tempfile.TemporaryDirectory(prefix="kmigrate-", ignore_cleanup_errors=True) as folder:
            batch = _run_batch(waiting, setting, limits, Path(folder))
        observations.update(batch)
        waiting = [program for program in waiting if program.id not in observations]
    return observations


def _run_batch(
    programs: Sequence[Program], setting: Setting, limits: Limits, folder: Path
) -> dict[str, Observation]:
    """Observations of the programs that ran; at least one, that of the first."""
    job, results = folder / "job.json", folder / "results.jsonl"
    job.write_text(json.dumps(_job(programs, setting, limits)), encoding="utf-8")
    work = folder / "work"
    work.mkdir()
    with as_file(files("kmigrate.verify") / "inside") as inside:
        command = [setting.python, str(inside / "observe.py"), str(job), str(results)]
        child = Child(command, work, setting.variables or {}, stand_in=setting.stand_in)
        end = child.wait(results, limits.seconds, limits.resident_bytes, limits.output_bytes)
    started, done = _read(results)
    for record in done.values():
        if setting.stand_in:
            record["notes"].append(_stand_in_note(record["versions"]))
    observations = {name: Observation.from_json(record) for name, record in done.items()}
    lost = [name for name in started if name not in done] or (
        [] if observations else [program.id for program in programs]
    )
    for name in lost:
        observations[name] = _lost(end, started=name in started)
    return observations


def _job(programs: Sequence[Program], setting: Setting, limits: Limits) -> dict[str, Any]:
    return {
        "programs": [
            {
                **program.extras,
                "id": program.id,
                "text": program.text,
                "file": str(program.file.absolute()),
            }
            for program in programs
        ],
        "seed": setting.seed,
        "stand_in": setting.stand_in,
        "file_bytes": limits.file_bytes,
        "whole_below": limits.whole_below,
    }


def _read(results: Path) -> tuple[list[str], dict[str, dict[str, Any]]]:
    """The programs that started and the records of those that came to an end."""
    started, done = [], {}
    text = results.read_text("utf-8") if results.exists() else ""
    for line in text.splitlines(keepends=True):
        if not line.endswith("\n"):
            break  # cut off when the process was ended
        record = json.loads(line)
        if record["event"] == "start":
            started.append(record["id"])
        else:
            done[record["id"]] = record
    return started, done


def _lost(end: Exit, *, started: bool) -> Observation:
    """The observation of a program that took its process with it, or never began."""
    ending = end.ending if started or end.ending is not Ending.CRASHED else Ending.UNSTARTED
    failure = Failure("interpreter", end.sentence, end.output)
    return Observation(ending, failure=failure, output=end.output)


def _stand_in_note(versions: Mapping[str, str]) -> str:
    return f"ran on tf_keras {versions.get('tf_keras', '(not imported)')} standing in for Keras 2"
