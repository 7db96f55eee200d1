"""`kmigrate envs`: what each of its commands does and prints; they return the exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from json import dumps
from typing import Any

from kmigrate.verify.envs.build import Progress, build
from kmigrate.verify.envs.check import Checked, check
from kmigrate.verify.envs.environment import Environment, EnvironmentProblem
from kmigrate.verify.envs.known import known, named
from kmigrate.verify.envs.place import State, folder_of, python_of, remove, state
from kmigrate.verify.envs.resolve import setting_of

FORMAT = 1
OK, FAILED, PROBLEM = 0, 1, 2
READY = (State.BUILT, State.GIVEN)
Project = Mapping[str, Environment]


def list_all(project: Project, *, json: bool) -> int:
    """Every environment that is known: what it is made of, whether it is there, and where."""
    every = list(known(project).values())
    if json:
        _print_json({"environments": [_record(environment) for environment in every]})
        return OK
    print("\n".join(_table(every)))
    if any(state(each) not in READY for each in every):
        print("`kmigrate envs build NAME` builds one that is missing or outdated")
    return OK


def build_all(names: Sequence[str] | None, project: Project) -> int:
    """Build the named ones, or all: one that cannot be built does not keep back the others."""
    if names is None:
        names = [name for name, env in known(project).items() if env.interpreter is None]
    chosen = [named(name, project) for name in names]
    code = OK
    for environment in chosen:
        was, start = state(environment), time.monotonic()
        try:
            with _progress(environment.name) as progress:
                python = build(environment.name, progress, project)
        except EnvironmentProblem as error:
            print(f"kmigrate: {error}", file=sys.stderr)
            code = PROBLEM
            continue
        took = f"built in {time.monotonic() - start:.0f} s"
        print(f"{environment.name}: {'stands already' if was is State.BUILT else took}: {python}")
    return code


def check_all(names: Sequence[str], project: Project, *, json: bool) -> int:
    """Check the named ones, or all that are there."""
    every = known(project)
    names = names or [name for name, env in every.items() if state(env) in READY]
    if not names:
        raise EnvironmentProblem("no environment is built; run `kmigrate envs build --all`")
    for name in names:
        setting_of(named(name, project))
    checked = []
    for name in names:
        with _progress(name) as progress:
            if sys.stderr.isatty():
                progress("training a small model")
            checked.append(check(name, project))
        if not json:
            print("\n".join(_checked_lines(checked[-1])), flush=True)
    if json:
        _print_json({"environments": [_checked_record(each) for each in checked]})
    return FAILED if any(each.problems for each in checked) else OK


def remove_one(name: str, project: Project) -> int:
    """Delete what was built under the name, from whatever pins."""
    removed = remove(name)
    if not removed:
        environment = named(name, project)
        if environment.interpreter is not None:
            raise EnvironmentProblem(
                f"{name} is {environment.interpreter}: not kmigrate's to delete"
            )
    print("\n".join(f"removed {folder}" for folder in removed) or f"{name}: nothing is built")
    return OK


def print_path(name: str, project: Project) -> int:
    """Print the interpreter. Raises EnvironmentProblem where it is not there."""
    print(setting_of(named(name, project)).python)
    return OK


@contextmanager
def _progress(name: str) -> Iterator[Progress]:
    """Lines about the work: one that changes on a terminal, else one below the other."""
    if not sys.stderr.isatty():
        yield lambda line: print(f"{name}: {line}", file=sys.stderr, flush=True)
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status(name) as status:
        yield lambda line: status.update(escape(f"{name}: {line}"))


def _table(every: Sequence[Environment]) -> list[str]:
    """A row for each, with its interpreter below where it is there."""
    cells = [(each.name, str(state(each)), each.python or "-", _contents(each)) for each in every]
    rows = [("name", "state", "python", "packages"), *cells]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        for row in rows
    ]
    for at in reversed(range(len(every))):
        if state(every[at]) in READY:
            lines.insert(at + 2, f"  {python_of(every[at])}")
    return lines


def _contents(environment: Environment) -> str:
    if environment.interpreter is not None:
        return str(environment.interpreter)
    # Which of several pins of a package holds on which system stands in the table, and in JSON.
    pins = (pin.partition(";")[0].strip() for pin in environment.pins)
    settings = (f"{name}={value}" for name, value in environment.variables.items())
    return " ".join([*pins, *settings])


def _record(environment: Environment) -> dict[str, Any]:
    return {
        "name": environment.name,
        "state": state(environment),
        "python": environment.python or None,
        "pins": environment.pins,
        "variables": dict(environment.variables),
        "interpreter": str(python_of(environment)),
        "folder": None if environment.interpreter else str(folder_of(environment)),
        "why": environment.why,
        "where": environment.where,
    }


def _checked_lines(checked: Checked) -> list[str]:
    versions = ", ".join(f"{name} {version}" for name, version in checked.versions.items())
    trained = ", ".join(
        f"{module} trained (loss {before:.3g} to {after:.3g})"
        for module, (before, after) in (checked.trained or {}).items()
    )
    place = f" on {checked.device}" if checked.device else ""
    parts = "; ".join(part for part in (f"{versions}{place}".strip(), trained) if part)
    if not checked.problems:
        return [f"{checked.name}: ok: {parts}"]
    return [
        f"{checked.name}: failed",
        *(f"  {line}" for line in (*checked.problems, parts) if line),
    ]


def _checked_record(checked: Checked) -> dict[str, Any]:
    return {
        "name": checked.name,
        "ok": not checked.problems,
        "problems": checked.problems,
        "versions": dict(checked.versions),
        "device": checked.device,
        "loss": {name: list(losses) for name, losses in (checked.trained or {}).items()},
    }


def _print_json(document: Mapping[str, Any]) -> None:
    print(dumps({"version": FORMAT, **document}, indent=2))
