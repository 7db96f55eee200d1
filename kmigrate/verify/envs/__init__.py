"""The environments in which a side runs: known by name, built with uv, kept in the user's cache."""

from kmigrate.verify.envs.build import build
from kmigrate.verify.envs.environment import Environment, EnvironmentProblem
from kmigrate.verify.envs.known import known
from kmigrate.verify.envs.place import find

__all__ = ["Environment", "EnvironmentProblem", "build", "find", "known"]
