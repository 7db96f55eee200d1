"""`verify`: the one command that runs the code."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from kmigrate.cli.app import app
from kmigrate.cli.options import Format, From, Ignore, KerasVersion, Select, TfVersion, To
from kmigrate.cli.verify_rules import (
    Rules,
    RulesAgainst,
    RulesBackend,
    RulesRecord,
    Update,
    verify_rules,
)


@app.command()
def verify(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="FILE", help="A program, which will be run; with --rules: ids."),
    ] = None,
    rules: Rules = False,
    update: Update = False,
    backend: RulesBackend = "tensorflow",
    record: RulesRecord = None,
    against: RulesAgainst = None,
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
    swept = {key: given.pop(key) for key in ("update", "backend", "record", "against")}
    if given.pop("rules"):
        raise typer.Exit(verify_rules(paths or [], after_python=after_python, **swept))
    if len(given.pop("paths") or ()) != 1:
        raise typer.BadParameter("give one FILE to run")
    own = {key: given.pop(key) for key in ("before_python", "after_python", "time_limit")}
    _verify(given, Path((paths or [""])[0]), **own)


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
