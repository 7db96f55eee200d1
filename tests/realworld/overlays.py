"""Folders of packages that are laid over an environment, which itself is never altered."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kmigrate.verify.envs.environment import EnvironmentProblem
from kmigrate.verify.envs.interpreters import uv_command, uv_variables


def overlay(python: Path, pins: Sequence[str], cache: Path, *, alone: bool) -> Path | None:
    """The folder with these packages for that interpreter; `alone`: without what they depend on.

    Raises EnvironmentProblem.
    """
    if not pins:
        return None
    key = hashlib.sha256(repr((str(python), list(pins), alone)).encode()).hexdigest()[:16]
    folder = cache / key
    if folder.exists():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        _install(python, pins, aside, alone)
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _install(python: Path, pins: Sequence[str], folder: Path, alone: bool) -> None:
    command = [*uv_command(), "pip", "install", "-q", "--python", str(python)]
    command += ["--target", str(folder), *(["--no-deps"] if alone else []), *pins]
    done = subprocess.run(
        command, cwd=folder, env=uv_variables(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = " ".join(done.stderr.split())[-300:]
        raise EnvironmentProblem(f"{', '.join(pins)} cannot be installed for {python}: {said}")
