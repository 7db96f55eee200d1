"""The options that several commands share, as they stand in `--help`."""

# Typer reads these types while the program runs.
from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path], typer.Argument(metavar="PATH...", help="Files and folders; `-` is standard input.")
]
From = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="D",
        help="Dialect that the code is written in (repeatable): keras, tf.keras, tf_keras, tf, or one "
        "API of it: keras@1, keras@2, keras@3, tf.keras@2, tf.keras@3, tf@1, tf@2, or one version: "
        "keras@2.2.4, tf.keras@1.15; "
        "default: auto, what the code proves.",
    ),
]
To = Annotated[
    str | None,
    typer.Option(
        "--to",
        metavar="D",
        help="Dialect to write: keras, tf.keras, tf_keras, tf, or an API: keras@3, tf.keras@2, "
        "tf.keras@3, ...; default: keras (Keras 3).",
    ),
]
Also = Annotated[
    str | None,
    typer.Option(
        "--also",
        metavar="D",
        help="A second Keras that the same code shall run on: tf_keras, beside --to keras or tf.keras.",
    ),
]
TfVersion = Annotated[
    str | None,
    typer.Option(
        "--tf-version",
        metavar="V",
        help="TensorFlow to write for, as 2.15; default: what the project pins, else the newest.",
    ),
]
KerasVersion = Annotated[
    str | None,
    typer.Option(
        "--keras-version", metavar="V", help="Keras to write for, as 3.5; default: as above."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the changes, write nothing.")]
Into = Annotated[
    Path | None, typer.Option("--into", metavar="DIR", help="Write the migrated tree there.")
]
SafeOnly = Annotated[
    bool | None, typer.Option("--safe-only/--no-safe-only", help="Leave what would need a review.")
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", metavar="ID,..", help="Only these rules or groups: backend.flatten, layers."
    ),
]
Ignore = Annotated[
    list[str] | None, typer.Option("--ignore", metavar="ID,..", help="Not these rules or groups.")
]
Mark = Annotated[
    bool | None, typer.Option("--mark/--no-mark", help="Write a TODO above each flagged place.")
]
Python2 = Annotated[
    bool | None,
    typer.Option("--python2/--no-python2", help="Convert Python 2 to Python 3 first (fissix)."),
]
Pins = Annotated[
    bool | None,
    typer.Option("--pins/--no-pins", help="Move the versions in requirement files; default: do."),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", metavar="N", help="Worker processes; default: the cores.")
]
Format = Annotated[str | None, typer.Option("--format", metavar="text|json", help="Default: text.")]
OutputFile = Annotated[
    Path | None, typer.Option("--output", metavar="FILE", help="Write the report there.")
]
Exclude = Annotated[
    list[str] | None,
    typer.Option("--exclude", metavar="GLOB", help="Skip these, as in .gitignore (repeatable)."),
]
Quiet = Annotated[
    bool | None, typer.Option("--quiet/--no-quiet", help="No progress and no summary.")
]
Verbose = Annotated[
    bool | None, typer.Option("--verbose/--no-verbose", help="List everything, kept names too.")
]
