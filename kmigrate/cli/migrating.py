"""`apply`, `check` and `diff`."""

from __future__ import annotations

from typing import Any

import typer

from kmigrate.cli.app import app
from kmigrate.cli.options import (
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
    Quiet,
    SafeOnly,
    Select,
    TfVersion,
    To,
    Verbose,
)


@app.command()
def apply(
    paths: Paths,
    from_: From = None,
    to: To = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    dry_run: DryRun = False,
    into: Into = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
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
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
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
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    safe_only: SafeOnly = None,
    select: Select = None,
    ignore: Ignore = None,
    mark: Mark = None,
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
    into, dry_run = given.pop("into", None), given.pop("dry_run", product != "apply")
    try:
        chosen = settings(paths, given)
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    request = Request(
        paths, chosen.options, chosen.exclude, chosen.exclude_in, chosen.jobs, into, not dry_run
    )
    show = Show(product, chosen.format, output, chosen.quiet, chosen.verbose)
    raise typer.Exit(execute(request, show))
