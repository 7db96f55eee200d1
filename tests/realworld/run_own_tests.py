"""Run Keras' own tests before and after migration, and print the table by module.

    python tests/realworld/run_own_tests.py [VERSION...] [--module NAME]... [--tree FOLDER]

The releases and their modules stand in own_tests.toml. Only the tests are migrated, never the keras
package: they run on the Keras that is installed. A release is downloaded from the package index and
checked against its hash, or taken from an unpacked FOLDER; results are kept by the files they ran on.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kmigrate.rulebook.read import cache_folder
from kmigrate.verify.envs import EnvironmentProblem
from realworld.board import Row
from realworld.catalogue import MODERN, Catalogue
from realworld.conditions import CONDITIONS, Condition, PreparationProblem
from realworld.fetch import FetchProblem
from realworld.own_board import CONDITIONS as NAMES
from realworld.own_board import markdown, text
from realworld.own_suites import Suite, lay_out, part, read_own_tests
from realworld.results import Result
from realworld.workshop import Workshop, interpreter, judge


def results(
    workshop: Workshop,
    suite: Suite,
    condition: Condition,
    modules: Sequence[str],
    release: Path | None,
) -> list[Result]:
    """Prepare the tests of a release once and run them module by module."""
    whole = suite.package()
    with tempfile.TemporaryDirectory(prefix="own-tests-") as scratch:
        tree = Path(scratch).resolve() / "tree"
        lay_out(suite, tree, workshop.cache, release)
        prepared = condition.prepare(whole, tree, interpreter(MODERN))
        found = []
        for module in modules:
            package = suite.package(module)
            folder = part(tree, Path(scratch).resolve() / module / "tree", package.tests)
            python = interpreter(condition.environment(package))
            outcome = _for(workshop, module).outcome(package, condition, folder, python)
            judged = judge(outcome, prepared, tree, in_whole_test=True)
            found.append(Result(package.name, condition.name, outcome, judged))
            print(line_of(found[-1]), file=sys.stderr, flush=True)
    return found


def _for(workshop: Workshop, module: str) -> Workshop:
    """The workshop with the runners of the module's own."""
    every = workshop.catalogue.runners
    own = {name: every.get(f"{name} {module}", pins) for name, pins in every.items()}
    return replace(workshop, catalogue=Catalogue((), own))


def line_of(result: Result) -> str:
    """A line for the log."""
    outcome = result.outcome
    said = f"{len(outcome.passed)} passed, {len(outcome.failures)} failed"
    return f"{result.package}, {result.condition}: {said}  {outcome.ending}".rstrip()


def run(workshop: Workshop, suite: Suite, arguments: argparse.Namespace) -> list[Row]:
    """The rows of the table for one release."""
    modules = [name for name in suite.modules if name in (arguments.module or suite.modules)]
    columns = [
        results(workshop, suite, condition, modules, arguments.tree)
        for name in NAMES
        for condition in CONDITIONS
        if condition.name == name and name in (arguments.only or NAMES)
    ]
    return [
        Row(suite.package(module), {each.condition: each for each in cells})
        for module, *cells in zip(modules, *columns, strict=True)
    ]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="releases; default: all")
    parser.add_argument("--module", action="append", help="tests of this module; default: all")
    parser.add_argument("--only", action="append", choices=NAMES, help="condition; default: all")
    parser.add_argument("--tree", type=Path, help="an unpacked release, of one VERSION")
    parser.add_argument("--format", choices=("text", "markdown"), default="text")
    parser.add_argument("--details", type=Path, help="write every failure to this file as JSON")
    parser.add_argument("--cache", type=Path, default=cache_folder() / "realworld")
    parser.add_argument("--fresh", action="store_true", help="run what is kept again")
    return parser.parse_args()


def main() -> int:
    arguments = parse_arguments()
    own = read_own_tests()
    known = [suite.version for suite in own.suites]
    if unknown := set(arguments.versions) - set(known):
        print(f"own_tests.toml has no {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    chosen = [suite for suite in own.suites if suite.version in (arguments.versions or known)]
    workshop = Workshop(Catalogue((), dict(own.runners)), arguments.cache, arguments.fresh)
    try:
        rows = [row for suite in chosen for row in run(workshop, suite, arguments)]
    except (FetchProblem, PreparationProblem, EnvironmentProblem, OSError) as error:
        print(f"run_own_tests.py: {error}", file=sys.stderr)
        return 2
    if arguments.details:
        every = [asdict(result) for row in rows for result in row.results.values()]
        arguments.details.write_text(json.dumps(every, indent=1) + "\n", encoding="utf-8")
    print((markdown if arguments.format == "markdown" else text)(rows))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
