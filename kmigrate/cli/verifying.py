"""`verify`: the one command that runs the code."""

from __future__ import annotations

from typing import Any

import typer

from kmigrate.cli.app import app
from kmigrate.cli.options import (
    Also,
    Exclude,
    Format,
    From,
    Ignore,
    KerasVersion,
    Quiet,
    SafeOnly,
    Select,
    TfVersion,
    To,
    Verbose,
)
from kmigrate.cli.verify_options import (
    After,
    AfterPython,
    Against,
    Arg,
    Backend,
    Before,
    BeforePython,
    Call,
    Printed,
    Programs,
    Pytest,
    Record,
    Rules,
    Smoke,
    TimeLimit,
    Update,
)
from kmigrate.cli.verify_rules import verify_rules


@app.command()
def verify(
    paths: Programs = None,
    before: Before = None,
    after: After = None,
    from_: From = None,
    to: To = None,
    also: Also = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    exclude: Exclude = None,
    before_python: BeforePython = None,
    after_python: AfterPython = None,
    record: Record = None,
    against: Against = None,
    backend: Backend = None,
    call: Call = None,
    arg: Arg = None,
    smoke: Smoke = False,
    pytest: Pytest = False,
    printed: Printed = False,
    time_limit: TimeLimit = 300.0,
    rules: Rules = False,
    update: Update = False,
    format: Format = None,
    quiet: Quiet = None,
    verbose: Verbose = None,
) -> None:
    """Run code before and after migration; compare the results.

    The code is run as it is: this is no sandbox.
    """
    given = locals()
    is_rules, update = given.pop("rules"), given.pop("update")
    if is_rules:
        raise typer.Exit(verify_rules(given, update=update))
    _verify(given)


def _verify(given: dict[str, Any]) -> None:
    from kmigrate.config import KEYS, settings
    from kmigrate.project.verification import execute
    from kmigrate.report.output import refuse
    from kmigrate.verify.request import Request

    shared = {name: given.pop(name) for name in KEYS.values() if name in given}
    own: dict[str, Any] = {
        name: tuple(value or ()) if name in LISTS else value for name, value in given.items()
    }
    own["backend"] = tuple(name for each in own["backend"] for name in each.split(",") if name)
    try:
        chosen = settings([*own["paths"], *filter(None, [own["before"]])], shared)
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    known: dict[str, Any] = {name: getattr(chosen, name) for name in SETTINGS}
    request = Request(options=chosen.options, json=chosen.format == "json", **known, **own)
    raise typer.Exit(execute(request))


# Options that may be given several times, and those that pyproject.toml may set as well.
LISTS = ("paths", "backend", "arg")
SETTINGS = ("exclude", "exclude_in", "quiet", "verbose", "envs")
