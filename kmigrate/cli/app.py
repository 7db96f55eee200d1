"""The application that every command registers with."""

from __future__ import annotations

from typing import Annotated

import typer

from kmigrate import __version__

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
