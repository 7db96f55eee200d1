"""`apply`, `check` and `diff`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer

from kmigrate.cli.app import app
from kmigrate.cli.options import (
    Also,
    DryRun,
    Exclude,
    Format,
    From,
    Ignore,
    Into,
    Jobs,
    KerasVersion,
    Mark,
    OutputFile,
    Paths,
    Pins,
    Python2,
    Quiet,
    SafeOnly,
    Select,
    TfVersion,
    To,
    Verbose,
)
from kmigrate.cli.verify_options import AfterPython, BeforePython, Smoke, TimeLimit, Verify

if TYPE_CHECKING:
    from kmigrate.config import Settings
    from kmigrate.project.run import Gate, Request

VERIFYING = ("verify", "smoke", "before_python", "after_python", "time_limit")


@app.command()
def apply(
    paths: Paths,
    from_: From = None,
    to: To = None,
    also: Also = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    dry_run: DryRun = False,
    into: Into = None,
    verify: Verify = False,
    smoke: Smoke = False,
    before_python: BeforePython = None,
    after_python: AfterPython = None,
    time_limit: TimeLimit = 300.0,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
    python2: Python2 = None,
    pins: Pins = None,
    jobs: Jobs = None,
    format: Format = None,
    output: OutputFile = None,
    exclude: Exclude = None,
    quiet: Quiet = None,
    verbose: Verbose = None,
) -> None:
    """Migrate files and folders in place, or elsewhere with --into."""
    _migrate("apply", locals())


@app.command()
def check(
    paths: Paths,
    from_: From = None,
    to: To = None,
    also: Also = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
    python2: Python2 = None,
    pins: Pins = None,
    jobs: Jobs = None,
    format: Format = None,
    output: OutputFile = None,
    exclude: Exclude = None,
    quiet: Quiet = None,
    verbose: Verbose = None,
) -> None:
    """Print what would change or cannot be migrated; write nothing."""
    _migrate("check", locals())


@app.command()
def diff(
    paths: Paths,
    from_: From = None,
    to: To = None,
    also: Also = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
    python2: Python2 = None,
    pins: Pins = None,
    jobs: Jobs = None,
    format: Format = None,
    output: OutputFile = None,
    exclude: Exclude = None,
    quiet: Quiet = None,
    verbose: Verbose = None,
) -> None:
    """Print the changes as a unified diff, with rules and reasons."""
    _migrate("diff", locals())


def _migrate(product: str, given: dict[str, Any]) -> None:
    from kmigrate.config import settings
    from kmigrate.project.commands import Request, Show, execute
    from kmigrate.report.output import refuse

    paths, output = tuple(given.pop("paths")), given.pop("output")
    verifying = {name: given.pop(name) for name in VERIFYING if name in given}
    into, dry_run = given.pop("into", None), given.pop("dry_run", product != "apply")
    try:
        chosen = settings(paths, given)
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    request = Request(
        paths,
        chosen.options,
        chosen.exclude,
        chosen.exclude_in,
        chosen.jobs,
        chosen.python2,
        into,
        not dry_run,
        pins=chosen.pins,
    )
    if verifying.pop("verify", False):
        request = replace(request, gate=_gate(request, verifying, chosen))
    elif verifying.get("smoke") or verifying.get("before_python") or verifying.get("after_python"):
        raise typer.Exit(refuse("--smoke and the interpreters are for --verify; give that too"))
    show = Show(product, chosen.format, output, chosen.quiet, chosen.verbose)
    raise typer.Exit(execute(request, show))


def _gate(request: Request, verifying: dict[str, Any], chosen: Settings) -> Gate:
    from kmigrate.project.gate import gate
    from kmigrate.verify.request import Request as Verifying

    asked = Verifying(
        request.paths, request.options, quiet=chosen.quiet, envs=chosen.envs, **verifying
    )
    return gate(asked)
