"""Build an environment with uv: aside, then moved to its place when it is whole."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from kmigrate.verify.envs.environment import Environment, EnvironmentProblem
from kmigrate.verify.envs.interpreters import (
    advice,
    find_interpreter,
    uv_command,
    uv_variables,
)
from kmigrate.verify.envs.known import named
from kmigrate.verify.envs.place import folder_of, python_in, python_of

Progress = Callable[[str], None]
RECORD = "kmigrate.json"
_LAST_LINES = 12


def build(
    name: str,
    progress: Progress = lambda line: None,
    project: Mapping[str, Environment] | None = None,
) -> Path:
    """Build the environment of that name unless it stands already; its interpreter.

    `progress` gets a line for each step. Raises EnvironmentProblem with what is missing.
    """
    environment = named(name, project)
    if environment.interpreter is not None:
        raise EnvironmentProblem(
            f"{name} is the interpreter {environment.interpreter} ({environment.where}): "
            "there is nothing to build"
        )
    folder = folder_of(environment)
    if python_in(folder).exists():
        return python_in(folder)
    uv = uv_command()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(folder.with_name(f"{folder.name}.lock"), progress):
            if not python_in(folder).exists():
                _build(environment, folder, uv, progress)
    except OSError as error:
        raise EnvironmentProblem(f"{name} cannot be built in {folder}: {error}") from None
    return python_in(folder)


def _build(environment: Environment, folder: Path, uv: Sequence[str], progress: Progress) -> None:
    """What is left of an earlier attempt is thrown away; the caller holds the lock."""
    aside = folder.with_name(f".building-{folder.name}")
    for left in (aside, folder):
        if left.exists():
            shutil.rmtree(left)
    try:
        _make(environment, aside, uv, progress)
        _install(environment, aside, uv, progress)
        (aside / RECORD).write_text(_record(environment), encoding="utf-8")
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make(environment: Environment, aside: Path, uv: Sequence[str], progress: Progress) -> None:
    found = find_interpreter(environment.python)
    progress(f"Python {environment.python}: {found or 'uv looks for one or fetches it'}")
    wanted = str(found or environment.python)
    # Relocatable: it is moved when it is whole.
    command = [*uv, "venv", "--relocatable", "--python", wanted, str(aside)]
    code, lines = _run(command, aside.parent, lambda line: None)
    if code:
        raise EnvironmentProblem(
            f"{environment.name} needs Python {environment.python}, which cannot be had here: "
            f"{_sentence(lines)}; {advice(environment.python)}"
        )


def _install(environment: Environment, aside: Path, uv: Sequence[str], progress: Progress) -> None:
    python = str(python_in(aside))
    command = [*uv, "pip", "install", "--python", python, *environment.pins]
    code, lines = _run(command, aside.parent, progress) if environment.pins else (0, [])
    if code and environment.torch_backend:
        progress(f"uv looks for the {environment.torch_backend} build of torch")
        command += ["--torch-backend", environment.torch_backend]
        code, lines = _run(command, aside.parent, progress)
    if code:
        raise EnvironmentProblem(
            f"{environment.name}: uv could not install {', '.join(environment.pins)} for Python "
            f"{environment.python}: {_sentence(lines)}; check the network, uv's settings (UV_INDEX, "
            f"UV_FIND_LINKS) and the pins in {environment.where}"
        )


def unlike_pins(environment: Environment) -> list[str]:
    """A sentence for each pin that what is installed does not meet."""
    every = environment.pins
    if not every or _meets(environment, every):
        return []
    apart = [pin for pin in every if not _meets(environment, [pin])]
    return [f"what is installed is not as pinned: {pin}" for pin in apart or every]


def _meets(environment: Environment, pins: Sequence[str]) -> bool:
    """Whether uv would change nothing; it knows markers and ranges."""
    python = python_of(environment)
    command = [*uv_command(), "pip", "install", "--dry-run", "--offline", "--python", str(python)]
    code, lines = _run([*command, *pins], python.parent, lambda line: None)
    return code == 0 and not any(line.startswith("Would install") for line in lines)


def _run(command: Sequence[str], folder: Path, progress: Progress) -> tuple[int, list[str]]:
    """The exit code and the lines that were printed; `progress` gets those about the work.

    uv reads settings from around its working folder, which must not be that of some project.
    """
    lines: list[str] = []
    with subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=uv_variables(),
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append(line.strip())
            if line.strip() and not line.startswith((" + ", " - ", " ~ ", "Using Python")):
                progress(line.strip())
        return process.wait(), lines


def _sentence(lines: Sequence[str]) -> str:
    """What uv says went wrong, on one line."""
    start = next((at for at, line in enumerate(lines) if line.startswith("error:")), 0)
    said = [line.removeprefix("error:").removeprefix("cause:").strip() for line in lines[start:]]
    return "; ".join([line.rstrip(".") for line in said if line][:_LAST_LINES])


def _record(environment: Environment) -> str:
    """What the folder was built from, for a person who finds it."""
    record = {
        "name": environment.name,
        "python": environment.python,
        "pins": environment.pins,
        "where": environment.where,
    }
    return json.dumps(record, indent=2) + "\n"


@contextlib.contextmanager
def _locked(file: Path, progress: Progress) -> Iterator[None]:
    """Hold the file's lock, which the system takes back from a process that dies."""
    with file.open("a+b") as stream:
        if not _lock(stream.fileno(), wait=False):
            progress("another build of the same is under way; waiting for it")
            _lock(stream.fileno(), wait=True)
        yield


if sys.platform == "win32":
    import msvcrt
    import time

    def _lock(descriptor: int, *, wait: bool) -> bool:
        while True:
            try:
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    return False
                time.sleep(1)
            else:
                return True
else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True
