"""Where built environments stand: a folder for each in the user's cache folder."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path

from kmigrate.rulebook.read import cache_folder
from kmigrate.verify.envs.environment import Environment, EnvironmentProblem
from kmigrate.verify.envs.known import known

GIVEN_FOLDER = "KMIGRATE_ENVS"


class State(StrEnum):
    """Whether an environment can be used."""

    BUILT = "built"
    GIVEN = "given"  # an interpreter of the person's own
    OUTDATED = "outdated"  # built from other pins
    MISSING = "missing"


def envs_folder() -> Path:
    """The folder that holds all built environments."""
    return cache_folder() / "envs"


def folder_of(environment: Environment) -> Path:
    """Where it stands when it is built; another place for other pins."""
    return envs_folder() / f"{environment.name}-{environment.digest}"


def python_in(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def python_of(environment: Environment) -> Path:
    """The interpreter, whether it is there or not.

    A folder `$KMIGRATE_ENVS/NAME` goes before what kmigrate built.
    """
    if environment.interpreter is not None:
        return environment.interpreter
    given = _given(environment.name)
    return given or python_in(folder_of(environment))


def _given(name: str) -> Path | None:
    folder = os.environ.get(GIVEN_FOLDER)
    python = python_in(Path(folder, name)) if folder else None
    return python if python is not None and python.exists() else None


def state(environment: Environment) -> State:
    """Whether its interpreter is there, and whose it is."""
    if python_of(environment).exists():
        own = environment.interpreter is not None or _given(environment.name) is not None
        return State.GIVEN if own else State.BUILT
    others = [folder for folder in folders(environment.name) if python_in(folder).exists()]
    return State.OUTDATED if others and environment.interpreter is None else State.MISSING


def folders(name: str) -> list[Path]:
    """Every folder of an environment of that name, also those built from other pins."""
    own = re.compile(re.escape(name) + r"-[0-9a-f]{12}")
    parent = envs_folder()
    found = parent.iterdir() if parent.is_dir() else ()
    return sorted(folder for folder in found if own.fullmatch(folder.name) and folder.is_dir())


def find(name: str, project: Mapping[str, Environment] | None = None) -> Path | None:
    """The interpreter of an environment that is known and ready, else None."""
    environment = known(project).get(name)
    if environment is None:
        return _given(name)
    return python_of(environment) if state(environment) in (State.BUILT, State.GIVEN) else None


def remove(name: str) -> list[Path]:
    """Delete what was built under that name; the folders that were deleted.

    Raises EnvironmentProblem where one cannot be deleted.
    """
    removed = folders(name)
    for folder in removed:
        # Out of the way first: what is deleted halfway must not be taken for an environment.
        scrap = folder.with_name(f".removed-{folder.name}")
        shutil.rmtree(scrap, ignore_errors=True)
        try:
            shutil.rmtree(folder.rename(scrap))
        except OSError as error:
            raise EnvironmentProblem(f"{folder} cannot be deleted: {error.strerror}") from None
    return removed
