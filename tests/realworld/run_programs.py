"""Run public programs before and after migration, training cut short, and print the table.

    python tests/realworld/run_programs.py [NAME...] [--format markdown] [--only CONDITION]...

Collections stand in programs.toml. Each program runs in an environment of its time, on today's
stack untouched, after `sed`, after `tf_upgrade_v2` and after kmigrate; where kmigrate migrated it,
the verifier compares what it computed with the weights of before. What would run on the same files
with the same interpreter again is not run again. `--mirrors` names a folder of bare repositories,
`owner+name`, that is used in place of GitHub.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from kmigrate.rulebook.read import cache_folder
from realworld.conditions import CONDITIONS, Condition
from realworld.poster import NAMES, Sheet, markdown, text
from realworld.programs import Collection, chosen, read_collections
from realworld.studio import Ran, Studio


def run(
    studio: Studio, collections: tuple[Collection, ...], conditions: list[Condition]
) -> list[Sheet]:
    """One after the other: each run of TensorFlow takes all cores it can get."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    sheets = []
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("", total=len(collections) * len(conditions))
        for collection in collections:
            results: dict[str, dict[str, Ran]] = {}
            for condition in conditions:
                progress.update(task, description=f"{collection.name}, {condition.name}")
                results[condition.name] = ran = studio.results(collection, condition)
                done = sum(each.finished for each in ran.values())
                line = f"{collection.name}, {condition.name}: {done} of {len(ran)} run"
                progress.console.print(line, highlight=False, markup=False)
                progress.advance(task)
            sheets.append(Sheet(collection, results))
    return sheets


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("names", nargs="*", metavar="NAME", help="collections; default: all")
    parser.add_argument("--only", action="append", choices=NAMES, help="condition; default: all")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--catalogue", type=Path, help="another programs.toml")
    parser.add_argument("--cache", type=Path, default=cache_folder() / "realworld")
    parser.add_argument("--mirrors", type=Path, help="bare repositories in place of GitHub")
    parser.add_argument("--fresh", action="store_true", help="run what is kept again")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    known = read_collections(arguments.catalogue) if arguments.catalogue else read_collections()
    try:
        collections = chosen(known, arguments.names)
    except KeyError as error:
        print(f"programs.toml has no collection {error}", file=sys.stderr)
        return 2
    conditions = [each for each in CONDITIONS if each.name in (arguments.only or NAMES)]
    studio = Studio(arguments.cache, arguments.mirrors, arguments.fresh)
    sheets = run(studio, collections, conditions)
    print((markdown if arguments.format == "markdown" else text)(sheets))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
