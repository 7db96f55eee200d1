"""The command line. Parses arguments, calls one function each, holds no logic."""

from __future__ import annotations

import copy
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmigrate import __version__
from kmigrate.garbage import collect_seldom
from kmigrate.options import (
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

if TYPE_CHECKING:
    from kmigrate.report.summary import Line

app = typer.Typer(
    name="kmigrate",
    help="Rewrite Python between keras, tf.keras, tf_keras and tf, and say what became of every name.",
    epilog="Exit codes: 0 nothing left to do, 1 something would change or was left, 2 an error.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"kmigrate {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", is_eager=True, callback=_print_version, help="Print the version."
        ),
    ] = False,
) -> None:
    return


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


@app.command()
def verify(
    path: Annotated[Path, typer.Argument(metavar="FILE", help="A program; it will be run.")],
    from_: From = None,
    to: To = None,
    tf_version: TfVersion = None,
    keras_version: KerasVersion = None,
    select: Select = None,
    ignore: Ignore = None,
    format: Format = None,
    before_python: Annotated[
        str | None, typer.Option(metavar="PYTHON", help="Interpreter for the file as it is.")
    ] = None,
    after_python: Annotated[
        str | None, typer.Option(metavar="PYTHON", help="Interpreter for the file as migrated.")
    ] = None,
    time_limit: Annotated[
        float, typer.Option(metavar="SECONDS", min=1, help="For each of the two runs.")
    ] = 300.0,
) -> None:
    """Run a file before and after migration; compare the results.

    The program is run as it is: this is no sandbox.
    """
    given = locals()
    own = {key: given.pop(key) for key in ("path", "before_python", "after_python", "time_limit")}
    _verify(given, **own)


@app.command()
def rules(
    rule: Annotated[str | None, typer.Argument(metavar="[ID]", help="One rule in full.")] = None,
    api: Annotated[
        str | None, typer.Option("--api", help="Rules about keras1, keras2, keras3, tf or tf1.")
    ] = None,
    family: Annotated[
        str | None, typer.Option("--family", help="Rules whose ids begin so: backend.")
    ] = None,
) -> None:
    """List the rules, or show one with its reason, source and evidence."""
    from kmigrate.report.rules import one_rule, rule_list

    _say(one_rule(rule) if rule else rule_list(api, family))


@app.command()
def explain(
    symbol: Annotated[
        str, typer.Argument(metavar="SYMBOL", help="As in code: K.name, tf.keras.module.name.")
    ],
) -> None:
    """Say what a symbol becomes in each dialect, and when."""
    from kmigrate.report.explain import explain as explained

    _say(explained(symbol))


def _verify(
    given: dict[str, Any],
    path: Path,
    before_python: str | None,
    after_python: str | None,
    time_limit: float,
) -> None:
    from kmigrate.config import settings
    from kmigrate.project.pins import find_pins
    from kmigrate.report.output import refuse

    try:
        from kmigrate.verify.command import verify as verified

        chosen = settings([path], given)
    except (ValueError, ModuleNotFoundError) as error:
        help = "; pip install 'kmigrate[verify]'" if isinstance(error, ImportError) else ""
        raise typer.Exit(refuse(f"{error}{help}")) from None
    code = verified(
        path,
        chosen.options,
        python_before=before_python,
        python_after=after_python,
        time_limit=time_limit,
        json=chosen.format == "json",
        pins=find_pins(path),
    )
    raise typer.Exit(code)


def _say(lines: Iterable[Line]) -> None:
    from kmigrate.report.output import has_colour, refuse, rendered

    try:
        text = rendered(lines, has_colour(sys.stdout))
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    sys.stdout.write(text)


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


def _narrowed(arguments: list[str]) -> typer.Typer:
    """The app with only the command that is asked for: describing all takes a while."""
    asked = copy.copy(app)
    named = [
        c for c in app.registered_commands if c.callback and c.callback.__name__ in arguments[:1]
    ]
    asked.registered_commands = named or app.registered_commands
    return asked


def main(arguments: list[str] | None = None) -> int:
    """The entry point; the exit code. `arguments` are those of the process by default."""
    collect_seldom()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = _narrowed(arguments)(arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        sys.stderr.write("kmigrate: interrupted\n")
        return 130
    except BrokenPipeError:
        # The reader went away; the interpreter would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0
