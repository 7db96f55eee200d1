"""Run the tests of other people's packages before and after migration, and print the table.

    python tests/realworld/run_realworld.py [NAME...] [--format markdown] [--only CONDITION]...

Packages stand in packages.toml. They are downloaded from the package index, checked against their
hash and kept in the cache, as are the results: what would run on the same files with the same
interpreter again is not run again. Old environments are taken from $KMIGRATE_ENVS, else from what
`kmigrate envs build` made.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kmigrate.rulebook.read import cache_folder
from realworld.board import NAMES, Row, markdown, text
from realworld.catalogue import Package, read_catalogue
from realworld.conditions import CONDITIONS, Condition
from realworld.results import Result
from realworld.workshop import Workshop


def run(
    workshop: Workshop, packages: tuple[Package, ...], conditions: list[Condition]
) -> list[Row]:
    """One after the other: each run of TensorFlow takes all cores it can get."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    rows = []
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("", total=len(packages) * len(conditions))
        for package in packages:
            results: dict[str, Result] = {}
            for condition in conditions:
                progress.update(task, description=f"{package.name}, {condition.name}")
                results[condition.name] = result = workshop.result(package, condition)
                progress.console.print(line_of(result), highlight=False, markup=False)
                progress.advance(task)
            rows.append(Row(package, results))
    return rows


def line_of(result: Result) -> str:
    """A line for the log."""
    outcome = result.outcome
    said = result.problem or f"{len(outcome.passed)} passed, {len(outcome.failures)} failed"
    ending = f"; {outcome.ending}" if outcome.ending else ""
    return f"{result.package}, {result.condition}: {said}{ending}"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NAME", help="packages; default: all")
    parser.add_argument("--only", action="append", choices=NAMES, help="condition; default: all")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--cache", type=Path, default=cache_folder() / "realworld")
    parser.add_argument("--fresh", action="store_true", help="run what is kept again")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    catalogue = read_catalogue()
    try:
        packages = catalogue.chosen(arguments.names)
    except KeyError as error:
        print(f"packages.toml has no package {error}", file=sys.stderr)
        return 2
    conditions = [each for each in CONDITIONS if each.name in (arguments.only or NAMES)]
    rows = run(Workshop(catalogue, arguments.cache, arguments.fresh), packages, conditions)
    print((markdown if arguments.format == "markdown" else text)(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
