"""An environment: an interpreter of some version with some packages, under a name."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]*")
_VERSION = re.compile(r"\d+\.\d+(\.\d+)?")
# A change of how environments are built makes the built ones outdated.
_BUILD = 1


class EnvironmentProblem(ValueError):
    """What is wrong, where, and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class Environment:
    """`python` and `pins` say what to build; an `interpreter` is taken as it is.

    `variables` are set for what runs in it, `trains` are the modules that `envs check` trains a
    model with (empty: every Keras that is installed), `where` is the file that says all this.
    """

    name: str
    python: str = ""
    pins: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    interpreter: Path | None = None
    torch_backend: str = ""
    trains: tuple[str, ...] = ()
    why: str = ""
    where: str = ""

    @property
    def digest(self) -> str:
        """Changes with everything that the building depends on."""
        built_from = [_BUILD, self.python, self.pins, self.torch_backend]
        return hashlib.sha256(json.dumps(built_from).encode()).hexdigest()[:12]


KEYS = {
    item.name.replace("_", "-"): item.name
    for item in fields(Environment)
    if item.name not in ("name", "where")
}


def environments(file: Path, key: str, table: object) -> dict[str, Environment]:
    """The environments of a TOML table, by name. `key` is the table's own place in the file.

    Raises EnvironmentProblem, naming the file and the key, for what should not be there.
    """
    if not isinstance(table, dict):
        raise EnvironmentProblem(f"{file}: {key} must be a table of environments")
    return {name: _environment(file, key, name, entry) for name, entry in table.items()}


def _environment(file: Path, key: str, name: str, entry: object) -> Environment:
    prefix = f"{key}." if key else ""
    place = f"{file}: {prefix}{json.dumps(name)}"
    if not NAME.fullmatch(name):
        raise EnvironmentProblem(f"{place}: a name has letters, digits and any of . _ @ + - only")
    if not isinstance(entry, dict):
        raise EnvironmentProblem(f"{place} must be a table, with python and pins or an interpreter")
    values: dict[str, Any] = {}
    for item, value in entry.items():
        if item not in KEYS:
            raise EnvironmentProblem(f"{place}: unknown key {item}; known are {', '.join(KEYS)}")
        values[KEYS[item]] = _value(f"{place}: {item}", KEYS[item], value, file.parent)
    _check(place, values)
    return Environment(name, where=str(file), **values)


def _value(place: str, field_name: str, value: object, folder: Path) -> object:
    if field_name in ("pins", "trains"):
        if isinstance(value, list) and all(_is_text(part) for part in value):
            return tuple(value)
        wanted = 'a list of strings, as ["keras==2.2.4"]'
    elif field_name == "variables":
        if isinstance(value, dict) and all(isinstance(part, str) for part in value.values()):
            return value
        wanted = 'a table of strings, as { KERAS_BACKEND = "jax" }'
    elif field_name == "python":
        if isinstance(value, str) and _VERSION.fullmatch(value):
            return value
        wanted = 'a version as a string, as "3.9"'
    elif isinstance(value, str) and _is_text(value):
        return folder / Path(value).expanduser() if field_name == "interpreter" else value
    else:
        wanted = "a string"
    raise EnvironmentProblem(f"{place} must be {wanted}, not {value!r}")


def _is_text(value: object) -> bool:
    """Whether it is a string that says something and cannot be taken for an option."""
    return isinstance(value, str) and bool(value.strip()) and not value.startswith("-")


def _check(place: str, values: Mapping[str, Any]) -> None:
    if "interpreter" in values:
        surplus = [name for name in ("python", "pins", "torch_backend") if name in values]
        if surplus:
            raise EnvironmentProblem(
                f"{place}: an interpreter is taken as it is; {surplus[0]} has no effect beside it"
            )
    elif not values.get("python"):
        raise EnvironmentProblem(f'{place}: python is missing, as python = "3.9"')
