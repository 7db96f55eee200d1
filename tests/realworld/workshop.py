"""Bring a package into a condition and run its tests there; nothing that goes wrong gets out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from kmigrate.verify.envs import EnvironmentProblem, find
from realworld.catalogue import MODERN, Catalogue, Package
from realworld.causes import cause
from realworld.conditions import Condition, PreparationProblem, Prepared
from realworld.fetch import FetchProblem, fetch, unpack, unpack_companion
from realworld.overlays import overlay
from realworld.places import NOT, flagged, flagged_around, spoken_lines, traced
from realworld.results import Judged, Result, keep, key_of, load
from realworld.suite import Failure, Outcome, run_suite


@dataclass(frozen=True)
class Workshop:
    """The catalogue and the folder that keeps downloads, overlays and results."""

    catalogue: Catalogue
    cache: Path
    fresh: bool = False  # run what is kept as well

    def result(self, package: Package, condition: Condition) -> Result:
        """Never raises for what one package does."""
        with tempfile.TemporaryDirectory(prefix="realworld-") as scratch:
            tree = Path(scratch).resolve() / "tree"
            try:
                return self._result(package, condition, tree)
            except (FetchProblem, PreparationProblem, EnvironmentProblem, OSError) as error:
                return Result(package.name, condition.name, problem=str(error))

    def _result(self, package: Package, condition: Condition, tree: Path) -> Result:
        python = interpreter(condition.environment(package))
        self.lay_out(package, tree)
        prepared = condition.prepare(package, tree, interpreter(MODERN))
        outcome = self.outcome(package, condition, tree, python)
        judged = judge(outcome, prepared, tree)
        return Result(package.name, condition.name, outcome, judged)

    def lay_out(self, package: Package, tree: Path) -> None:
        """The package's own files, and the packages it imports that use Keras as well."""
        unpack(fetch(package.source, self.cache / "sdists"), tree)
        for companion in package.companions:
            unpack_companion(fetch(companion, self.cache / "sdists"), tree)

    def outcome(self, package: Package, condition: Condition, tree: Path, python: Path) -> Outcome:
        """What the package's tests come to in a tree that is prepared; kept for the next time."""
        runner = self.catalogue.runners[condition.environment(package)]
        folder = self.cache / "overlays"
        laid = [
            overlay(python, runner, folder, alone=False),
            overlay(python, package.pins, folder, alone=True),
        ]
        overlays = [path for path in laid if path is not None]
        kept = self.cache / "results" / f"{key_of(tree, python, package.tests, overlays)}.json"
        outcome = None if self.fresh else load(kept)
        if outcome is None:
            outcome = run_suite(python, tree, package.tests, overlays, package.seconds)
            keep(outcome, kept)
        return outcome


def interpreter(environment: str) -> Path:
    """The Python of an environment. Raises EnvironmentProblem where it is not ready."""
    found = find(environment)
    if found is None:
        raise EnvironmentProblem(f"{environment} is missing: kmigrate envs build {environment}")
    return found


def judge(
    outcome: Outcome, prepared: Prepared, tree: Path, *, in_whole_test: bool = False
) -> tuple[Judged, ...]:
    """Each failure with its cause; a run that broke off is one more.

    `in_whole_test`: what is said elsewhere in the functions where it failed is told apart, too.
    """
    broken = [Failure("the whole run", outcome.ending)] if outcome.ending else []
    failures = [*outcome.failures, *broken]
    if prepared.before is None:
        return tuple(Judged(failure, cause(failure.error)) for failure in failures)
    spoken = spoken_lines(prepared.findings, prepared.before, tree)
    judged = []
    for failure in failures:
        frames = places(failure, tree)
        where, said = flagged(frames, spoken, tree)
        if where == NOT and in_whole_test:
            where, said = flagged_around(frames, spoken, tree)
        judged.append(Judged(failure, cause(failure.error), where, said))
    return tuple(judged)


def places(failure: Failure, tree: Path) -> tuple[tuple[str, int], ...]:
    """Where in the package it failed, innermost last."""
    return (*failure.frames, *traced(failure.error, tree.name))
