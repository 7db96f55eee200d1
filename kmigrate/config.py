"""`[tool.kmigrate]` of the nearest pyproject.toml, under what the command line says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kmigrate.model import Options
from kmigrate.project.pins import start_folder

if TYPE_CHECKING:
    from kmigrate.verify.envs import Environment


@dataclass(frozen=True, slots=True)
class Settings:
    """Every option that has a default, by its long name (`from_` for `--from`)."""

    from_: tuple[str, ...] = ("auto",)
    to: str = "keras"
    also: str | None = None
    tf_version: str | None = None
    keras_version: str | None = None
    safe_only: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    mark: bool = False
    python2: bool = False
    pins: bool = True
    jobs: int | None = None
    exclude: tuple[str, ...] = ()
    format: str = "text"
    quiet: bool = False
    verbose: bool = False
    envs: Mapping[str, Environment] = field(default_factory=dict)  # of the project's own
    exclude_in: Path | None = None  # the folder that `exclude` speaks about, where a file says so

    @property
    def options(self) -> Options:
        """What the engine needs to know."""
        return Options(
            sources=self.from_,
            target=self.to,
            also=self.also,
            tf_version=self.tf_version,
            keras_version=self.keras_version,
            safe_only=self.safe_only,
            select=self.select,
            ignore=self.ignore,
            mark=self.mark,
        )


KEYS = {
    item.name.strip("_").replace("_", "-"): item.name
    for item in fields(Settings)
    if item.name != "exclude_in"
}


def settings(paths: Sequence[Path], given: Mapping[str, Any]) -> Settings:
    """The settings of a run: `given` (None is not given), else the project's, else the defaults.

    Raises ValueError, naming the file and the key, for what pyproject.toml should not say.
    """
    folder = paths[0] if paths and str(paths[0]) != "-" else Path()
    defaults = from_pyproject(folder)
    if given.get("exclude"):
        defaults = replace(defaults, exclude_in=None)
    named: dict[str, Any] = {
        key: _listed(key, value) for key, value in given.items() if value is not None
    }
    result = replace(defaults, **named)
    _check(result, "the command line")
    return result


def _listed(name: str, value: object) -> object:
    """Lists as tuples; `--select a,b` and `--select a --select b` are the same."""
    if not isinstance(value, list | tuple):
        return value
    if name == "exclude":
        return tuple(value)
    parts = (part.strip() for each in value for part in str(each).split(","))
    return tuple(part for part in parts if part)


def from_pyproject(path: Path) -> Settings:
    """The settings of the nearest pyproject.toml at or above `path`."""
    start = start_folder(path)
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Settings()


def _read(file: Path) -> Settings:
    import tomllib

    try:
        document = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{file}: {error}; repair the file") from None
    tool = document.get("tool", {})
    table = tool.get("kmigrate", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise ValueError(f"{file}: tool.kmigrate must be a table")
    values: dict[str, Any] = {_field(file, key): _value(file, key, table[key]) for key in table}
    result = Settings(**values, exclude_in=file.parent if "exclude" in values else None)
    _check(result, str(file))
    return result


def _field(file: Path, key: str) -> str:
    if key not in KEYS:
        raise ValueError(f"{file}: unknown key tool.kmigrate.{key}; known are {', '.join(KEYS)}")
    return KEYS[key]


def _value(file: Path, key: str, value: object) -> object:
    if key == "envs":
        from kmigrate.verify.envs.environment import environments

        return environments(file, "tool.kmigrate.envs", value)
    default = getattr(Settings(), KEYS[key])
    if isinstance(default, tuple):
        value = [value] if isinstance(value, str) else value
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return _listed(KEYS[key], value)
        wanted = "a string or a list of strings"
    elif isinstance(default, bool):
        if isinstance(value, bool):
            return value
        wanted = "true or false"
    elif key == "jobs":
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        wanted = "a whole number"
    elif isinstance(value, str):
        return value
    else:
        wanted = 'a string (versions too: "2.10")'
    raise ValueError(f"{file}: tool.kmigrate.{key} must be {wanted}, not {value!r}")


def _check(result: Settings, where: str) -> None:
    if result.jobs is not None and result.jobs < 1:
        raise ValueError(f"{where}: jobs must be at least 1, not {result.jobs}")
    if result.format not in ("text", "json"):
        raise ValueError(f"{where}: format must be text or json, not {result.format!r}")
    if not result.from_:
        raise ValueError(f"{where}: from must name a dialect, or be left out")
