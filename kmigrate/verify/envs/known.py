"""Which environments there are: those of `rules/environments/` and those of the project."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache

from kmigrate.api import rules_dir
from kmigrate.verify.envs.environment import Environment, EnvironmentProblem, environments


@cache
def built_in() -> Mapping[str, Environment]:
    """The environments that come with kmigrate, by name."""
    file = rules_dir() / "environments" / "built_in.toml"
    return environments(file, "", tomllib.loads(file.read_text(encoding="utf-8")))


def known(project: Mapping[str, Environment] | None = None) -> dict[str, Environment]:
    """All environments by name; those of the project replace built-in ones."""
    return {**built_in(), **(project or {})}


def named(name: str, project: Mapping[str, Environment] | None = None) -> Environment:
    """The environment of that name. Raises EnvironmentProblem with the names that there are."""
    every = known(project)
    if name not in every:
        raise EnvironmentProblem(f"no environment is named {name!r}; there are {', '.join(every)}")
    return every[name]
