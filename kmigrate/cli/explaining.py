"""`rules` and `explain`: what the table says."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from kmigrate.cli.app import app

if TYPE_CHECKING:
    from kmigrate.report.summary import Line


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


def _say(lines: Iterable[Line]) -> None:
    from kmigrate.report.output import has_colour, refuse, rendered

    try:
        text = rendered(lines, has_colour(sys.stdout))
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    sys.stdout.write(text)
