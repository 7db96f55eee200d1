"""The options of `verify`, as they stand in `--help`."""

# Typer reads these types while the program runs.
from pathlib import Path
from typing import Annotated

import typer

Programs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PATH]...", help="Programs, notebooks and folders; they will be run."),
]
Before = Annotated[
    Path | None,
    typer.Option("--before", metavar="FILE", help="Compare this program with --after instead."),
]
After = Annotated[
    Path | None, typer.Option("--after", metavar="FILE", help="The other program; any two will do.")
]
BeforePython = Annotated[
    str | None,
    typer.Option(metavar="PYTHON", help="Interpreter or environment for the code as it is."),
]
AfterPython = Annotated[
    str | None,
    typer.Option(metavar="PYTHON", help="Interpreter or environment for the code as migrated."),
]
Record = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Run only the code as it is, and write down what it computes."
    ),
]
Against = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Compare with what --record wrote, on another machine perhaps."
    ),
]
Backend = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME,..", help="Backends of Keras 3: tensorflow, jax, torch."),
]
Call = Annotated[
    str | None,
    typer.Option(metavar="[MODULE:]FUNCTION", help="Call this function on both sides."),
]
Arg = Annotated[
    list[str] | None,
    typer.Option(
        "--arg",
        metavar="NAME=VALUE",
        help="For --call: x=float32(2,3), n=int64(5), flag=True (repeatable).",
    ),
]
Rules = Annotated[
    bool,
    typer.Option("--rules", help="Run the rules of the table instead: PATH are ids or prefixes."),
]
Update = Annotated[
    bool, typer.Option("--update", help="For --rules: write what was seen into the ledger.")
]
Smoke = Annotated[
    bool, typer.Option("--smoke", help="Cut training short and data small, the same on both sides.")
]
Pytest = Annotated[
    bool, typer.Option("--pytest", help="Run the project's tests on both sides, test by test.")
]
Printed = Annotated[
    bool,
    typer.Option("--printed", help="Compare what is printed as well, but for bars and times."),
]
TimeLimit = Annotated[
    float, typer.Option(metavar="SECONDS", min=1, help="For each run of a program.")
]
Verify = Annotated[
    bool,
    typer.Option(
        "--verify", help="Run each program before and after; write only what computes the same."
    ),
]
