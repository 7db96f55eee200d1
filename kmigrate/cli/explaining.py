"""`rules` and `explain`: what the table says."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
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
    coverage: Annotated[
        bool, typer.Option("--coverage", help="Of each pair of surfaces: what has an answer.")
    ] = False,
    format: Annotated[
        str, typer.Option("--format", metavar="text|json", help="Of the coverage; default: text.")
    ] = "text",
) -> None:
    """List the rules, or show one with its reason, source and evidence."""
    if coverage:
        from kmigrate.report.coverage import as_json, as_lines

        return _say(as_json if format == "json" else as_lines)
    from kmigrate.report.rules import one_rule, rule_list

    return _say(lambda: one_rule(rule) if rule else rule_list(api, family))


@app.command()
def explain(
    symbol: Annotated[
        str | None,
        typer.Argument(metavar="[SYMBOL]", help="As in code: K.name, tf.keras.module.name."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="The whole table of equivalences.")
    ] = False,
    claims: Annotated[
        bool,
        typer.Option("--claims", help="What articles say, tested: all of it, or one ID of it."),
    ] = False,
    format: Annotated[
        str, typer.Option("--format", metavar="text|json|markdown", help="Default: text.")
    ] = "text",
) -> None:
    """Say what a symbol becomes in each dialect, when, and how far that is proven."""
    from kmigrate.report.explaining import Asked, explained

    _say(lambda: explained(Asked(symbol, everything, claims, format)))


def _say(make: Callable[[], str | Iterable[Line]]) -> None:
    from kmigrate.report.output import has_colour, refuse, rendered

    try:
        made = make()
        text = made if isinstance(made, str) else rendered(made, has_colour(sys.stdout))
    except ValueError as error:
        raise typer.Exit(refuse(error)) from None
    sys.stdout.write(text)
