"""`envs`: the interpreters that `verify` runs code in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from kmigrate.cli.app import app
from kmigrate.cli.options import Format

if TYPE_CHECKING:
    from collections.abc import Callable

    from kmigrate.config import Settings

Name = Annotated[str, typer.Argument(metavar="NAME", help="As `kmigrate envs` lists it.")]

envs = typer.Typer(rich_markup_mode=None)
app.add_typer(envs, name="envs")


@envs.callback(invoke_without_command=True)
def _envs(context: typer.Context, format: Format = None) -> None:
    """List, build and check the environments of `verify`."""
    if context.invoked_subcommand is None:
        list_(format)


@envs.command("list")
def list_(format: Format = None) -> None:
    """List them: Python, pins, state and place. The same as no command."""

    def work(chosen: Settings) -> int:
        from kmigrate.verify.envs.commands import list_all

        return list_all(chosen.envs, json=chosen.format == "json")

    _do(work, format)


@envs.command()
def build(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME...", help="As `kmigrate envs` lists them.")
    ] = None,
    all: Annotated[bool, typer.Option("--all", help="All that can be built.")] = False,
) -> None:
    """Build environments with uv; what is built already stays."""

    def work(chosen: Settings) -> int:
        from kmigrate.verify.envs.commands import build_all

        return build_all(None if all else names or [], chosen.envs)

    if all == bool(names):
        raise typer.BadParameter("give names, or --all")
    _do(work)


@envs.command()
def check(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME...]", help="Default: all that are built.")
    ] = None,
    format: Format = None,
) -> None:
    """Train a small model in each, and hold what is installed to the pins."""

    def work(chosen: Settings) -> int:
        from kmigrate.verify.envs.commands import check_all

        return check_all(names or [], chosen.envs, json=chosen.format == "json")

    _do(work, format)


@envs.command()
def remove(name: Name) -> None:
    """Delete what was built under a name."""

    def work(chosen: Settings) -> int:
        from kmigrate.verify.envs.commands import remove_one

        return remove_one(name, chosen.envs)

    _do(work)


@envs.command()
def path(name: Name) -> None:
    """Print the interpreter of an environment."""

    def work(chosen: Settings) -> int:
        from kmigrate.verify.envs.commands import print_path

        return print_path(name, chosen.envs)

    _do(work)


def _do(work: Callable[[Settings], int], format: str | None = None) -> None:
    """Exit with the code of `work`; what cannot be done is a sentence and 2."""
    from pathlib import Path

    from kmigrate.config import settings
    from kmigrate.report.output import refuse

    given: dict[str, Any] = {"format": format}
    try:
        code = work(settings([Path()], given))
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    raise typer.Exit(code)
