"""From what a person names, an environment or an interpreter, to the setting that runs there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from kmigrate.verify.envs.environment import Environment, EnvironmentProblem
from kmigrate.verify.envs.known import known
from kmigrate.verify.envs.place import State, find, python_of, state
from kmigrate.verify.run import Setting


def resolve(name_or_path: str, project: Mapping[str, Environment] | None = None) -> Setting:
    """The setting of an environment of that name, else of an interpreter of that path or command.

    Raises EnvironmentProblem where there is neither, or the environment is not built.
    """
    environment = known(project).get(name_or_path)
    if environment is not None:
        return setting_of(environment)
    given = find(name_or_path, project)
    if given is not None:
        return Setting(str(given))
    path = Path(os.path.expanduser(name_or_path))  # noqa: PTH111 (never raises)
    found = str(path.absolute()) if path.is_file() else shutil.which(name_or_path)
    if found is None:
        raise EnvironmentProblem(
            f"{name_or_path} is neither an interpreter nor an environment; "
            f"environments are {', '.join(known(project))} (`kmigrate envs`)"
        )
    return Setting(found)


def setting_of(environment: Environment) -> Setting:
    """How to run in the environment. Raises EnvironmentProblem unless its interpreter is there."""
    name, now = environment.name, state(environment)
    if now in (State.MISSING, State.OUTDATED):
        if environment.interpreter is not None:
            raise EnvironmentProblem(
                f"environment {name}: {environment.interpreter} is not there; "
                f"correct interpreter in {environment.where}"
            )
        said = "is not built" if now is State.MISSING else "was built from other pins"
        raise EnvironmentProblem(f"environment {name} {said}: run `kmigrate envs build {name}`")
    return Setting(str(python_of(environment)), variables=environment.variables)
