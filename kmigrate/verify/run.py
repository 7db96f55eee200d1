"""Run programs in child processes that are bounded in time, memory and output."""

from __future__ import annotations

import base64
import json
import re
import sys
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from kmigrate.verify.child import Child, Exit
from kmigrate.verify.folders import temporary_folder
from kmigrate.verify.limits import USUAL, Limits
from kmigrate.verify.observation import INTERPRETER, Ending, Failure, Observation
from kmigrate.verify.results import Record

__all__ = ["Limits", "Program", "Setting", "run"]

# What TensorFlow logs whenever it starts says nothing of how a program ended.
# Without oneDNN, which rounds otherwise from machine to machine, TensorFlow has no channels_first on a CPU.
_NO_CHANNELS_FIRST = re.compile(r"only supports (?:the )?NHWC")
_WITH_ONEDNN = {"TF_ENABLE_ONEDNN_OPTS": "1"}
_GREETING = re.compile(r"^(?:WARNING: All log messages before absl|[IW]0000 ).*\n", re.M)


@dataclass(frozen=True, slots=True)
class Program:
    """A text to run as `__main__`; `file` gives its name and the folder its imports come from.

    `extras` are the wishes that inside/person.py grants: a function to call, tests to run, ...
    `files` are laid into its working folder, by path in there; with `keep_files` those that the
    program lists in `files` are observed.
    """

    id: str
    text: str
    file: Path
    extras: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    keep_files: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """The interpreter and what it is told. `stand_in`: Keras 2 names answer with tf_keras.

    `printed`: what a program prints is one of its values, called `(printed)`.
    """

    python: str = sys.executable
    stand_in: bool = False
    seed: int = 0
    variables: Mapping[str, str] | None = None
    printed: bool = False


def run(
    programs: Sequence[Program], setting: Setting = Setting(), limits: Limits = USUAL
) -> dict[str, Observation]:
    """Run the programs; those that need oneDNN, which is off, once more with it."""
    observations = _run_all(programs, setting, limits)
    refused = [one for one in programs if _is_refused(observations[one.id])]
    if refused:
        variables = {**_WITH_ONEDNN, **(setting.variables or {})}
        observations.update(_run_all(refused, replace(setting, variables=variables), limits))
    return observations


def _is_refused(seen: Observation) -> bool:
    failure = seen.failure
    return failure is not None and _NO_CHANNELS_FIRST.search(failure.message) is not None


def _run_all(
    programs: Sequence[Program], setting: Setting, limits: Limits
) -> dict[str, Observation]:
    """In one process, or in as many as it takes when one of the programs ends it."""
    observations: dict[str, Observation] = {}
    waiting = list(programs)
    while waiting:
        with temporary_folder() as folder:
            batch = _run_batch(waiting[: limits.programs], setting, limits, folder)
        observations.update(batch)
        waiting = [program for program in waiting if program.id not in observations]
    return observations


def _run_batch(
    programs: Sequence[Program], setting: Setting, limits: Limits, folder: Path
) -> dict[str, Observation]:
    """Observations of the programs that ran; at least one, that of the first.

    One that is lost behind others is left for the next process, to itself: what they left behind
    may have been too much.
    """
    job = folder / "job.json"
    job.write_text(json.dumps(_job(programs, setting, limits)), encoding="utf-8")
    with as_file(files("kmigrate.verify") / "inside") as inside:
        command = [setting.python, str(inside / "observe.py"), str(job)]
        child = Child(command, folder, setting.variables or {}, limits, stand_in=setting.stand_in)
        end = child.wait(len(programs))
    record = Record(end.lines, [program.id for program in programs])
    observations = {
        name: _with_stand_in(observation) if setting.stand_in else observation
        for name, observation in record.observations.items()
    }
    for program in _lost(record, programs, end.ending):
        observations[program.id] = _failed(program, end, record)
    return observations


def _lost(record: Record, programs: Sequence[Program], ending: Ending) -> Sequence[Program]:
    """The programs that have no result and are not tried again."""
    if record.observations and ending is not Ending.TIMEOUT:
        return []
    if record.running is not None:
        return [program for program in programs if program.id == record.running]
    if record.garbled:
        return [program for program in programs if program.id not in record.observations][:1]
    return [] if record.observations else programs


def _job(programs: Sequence[Program], setting: Setting, limits: Limits) -> dict[str, Any]:
    return {
        "programs": [
            {
                **program.extras,
                "id": program.id,
                "text": program.text,
                "file": str(program.file.absolute()),
                "files": {name: _packed(content) for name, content in program.files.items()},
                "keep_files": program.keep_files,
                "printed": setting.printed,
            }
            for program in programs
        ],
        "seed": setting.seed,
        "stand_in": setting.stand_in,
        "whole_below": limits.whole_below,
    }


def _packed(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content)).decode("ascii")


def _failed(program: Program, end: Exit, record: Record) -> Observation:
    """The observation of a program that took its process with it, or never began."""
    ending, sentence = end.ending, end.sentence
    if record.garbled:
        ending, sentence = Ending.GARBLED, "something else was written where the results go"
    elif ending is Ending.CRASHED and program.id != record.running:
        ending = Ending.UNSTARTED
    traceback, line = _crashed_at(end.output, program.file)
    failure = Failure(INTERPRETER, sentence, traceback, line)
    return Observation(ending, failure=failure, output=end.output)


def _crashed_at(output: str, file: Path) -> tuple[str, int | None]:
    """The end of what was printed, and the line, when the interpreter said where it crashed."""
    start = output.rfind("Fatal Python error: ")
    here = output.find("Current thread ", start)
    frame = re.compile(rf'^  File "{re.escape(str(file.absolute()))}", line (\d+) in .*\n', re.M)
    own = [*frame.finditer(output, here)] if -1 < start < here else []
    if not own:
        return _GREETING.sub("", output), None
    return output[start : own[-1].end()], int(own[0][1])


def _with_stand_in(observation: Observation) -> Observation:
    version = observation.versions.get("tf_keras", "(not imported)")
    note = f"ran on tf_keras {version} standing in for Keras 2"
    return replace(observation, notes=(*observation.notes, note))
