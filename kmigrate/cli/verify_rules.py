"""`verify --rules`: run the rules of the table themselves."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

Rules = Annotated[
    bool, typer.Option("--rules", help="Run rules instead: the arguments are ids or prefixes.")
]
Update = Annotated[
    bool, typer.Option("--update", help="With --rules: write what was seen into the ledger.")
]
RulesRecord = Annotated[
    Path | None,
    typer.Option("--record", metavar="FILE", help="With --rules: write what ran here to FILE."),
]
RulesAgainst = Annotated[
    Path | None,
    typer.Option("--against", metavar="FILE", help="With --rules: take the runs in FILE as well."),
]
RulesBackend = Annotated[
    str, typer.Option("--backend", metavar="BACKEND", help="With --rules: of Keras 3.")
]


def verify_rules(
    ids: Sequence[str],
    *,
    update: bool,
    backend: str,
    after_python: str | None,
    record: Path | None,
    against: Path | None,
) -> int:
    """Run the rules with these ids or prefixes, or all, and say what to exit with."""
    from kmigrate.report.output import refuse

    try:
        from kmigrate.verify.sweep.command import check_rules
    except ModuleNotFoundError as error:
        return refuse(f"{error}; pip install 'kmigrate[verify]'")
    return check_rules(
        ids,
        update=update,
        backend=backend,
        after_python=after_python,
        record=record,
        against=against,
    )
