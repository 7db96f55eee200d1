"""`kmigrate verify FILE`: run the file as it is and as migrated, and compare what both compute."""

from __future__ import annotations

import importlib.util
import re
import sys
import tokenize
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from kmigrate.migrate import migrate, resolve_direction, survey
from kmigrate.model import Direction, Module, Options, Outcome, Result, Surface, Unreadable
from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Limits, Program, Setting, run
from kmigrate.verify.show import Verification, as_json, as_text

SAME, NOT_SAME, COULD_NOT_RUN = 0, 1, 2
INSTALL = (
    "verify runs the code and needs {missing}: pip install 'kmigrate[verify]', or name "
    "interpreters that have it with --before-python and --after-python"
)


class CannotRunError(Exception):
    """Why there is nothing to compare, in a sentence."""


def verify(
    path: Path,
    options: Options,
    *,
    python_before: str | None = None,
    python_after: str | None = None,
    time_limit: float = 300.0,
    json: bool = False,
    pins: Mapping[str, str] | None = None,
    out: TextIO | None = None,
) -> int:
    """Migrate the file, run both sides and print the verdict of every output.

    Returns 0 when both compute the same, 1 when not, 2 when that could not be found out. The code
    is run as it is: this is no sandbox.
    """
    stream = out or sys.stdout
    try:
        verification = _verification(
            path, options, (python_before, python_after), time_limit, pins or {}
        )
    except CannotRunError as error:
        sys.stderr.write(f"kmigrate: {error}\n")
        return COULD_NOT_RUN
    stream.write(as_json(verification) if json else as_text(verification, stream))
    return exit_code(verification)


def exit_code(verification: Verification) -> int:
    """0 same; 1 different, failed or unproven; 2 when a side did not get to run."""
    if verification.comparison.verdict.same:
        return SAME
    sides = verification.before, verification.after
    if verification.before.ending is not Ending.FINISHED:
        return COULD_NOT_RUN
    if any(side.ending is Ending.UNSTARTED for side in sides):
        return COULD_NOT_RUN
    return (
        NOT_SAME if any(side.values for side in sides) or _failed(verification) else COULD_NOT_RUN
    )


def _failed(verification: Verification) -> bool:
    return verification.comparison.verdict is Verdict.FAILED


def _verification(
    path: Path,
    options: Options,
    pythons: tuple[str | None, str | None],
    time_limit: float,
    pins: Mapping[str, str],
) -> Verification:
    text = _read(path)
    direction, result = _migrated(text, path, options, pins)
    assert result.after is not None
    before, after = _settings(text, direction, pythons)
    verification = Verification(path, direction, result)
    if not result.changed and before == after:  # else the same text runs on another Keras
        return replace(verification, comparison=Comparison(Verdict.IDENTICAL, "nothing to migrate"))
    _require(before, after, pythons)
    limits = Limits(seconds=time_limit)
    left = run([Program("before", text, path)], before, limits)["before"]
    right = run([Program("after", result.after, path)], after, limits)["after"]
    comparison = _with_advice(compare(left, right), left, result, pythons[0])
    return replace(verification, before=left, after=right, comparison=comparison)


def _read(path: Path) -> str:
    try:
        with tokenize.open(path) as stream:
            return stream.read()
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise CannotRunError(f"{path}: {reason}") from None


def _migrated(
    text: str, path: Path, options: Options, pins: Mapping[str, str]
) -> tuple[Direction, Result]:
    try:
        ruled_out = survey(text, Module()).ruled_out
        direction = resolve_direction(options, ruled_out, pins)
        result = migrate(text, options, direction, path=str(path), pins=pins)
    except (Unreadable, ValueError) as error:
        raise CannotRunError(f"{path}: {error}") from None
    problem = result.error or result.held_back
    if result.after is None or problem:
        raise CannotRunError(f"{path}: not migrated: {problem}")
    return direction, result


def _settings(
    text: str, direction: Direction, pythons: tuple[str | None, str | None]
) -> tuple[Setting, Setting]:
    """How each side runs: Keras 2 code on tf_keras, unless an interpreter of its own is named."""
    names_keras = re.search(r"\bkeras\b", text) is not None
    likeliest = [surfaces[0] for surfaces in direction.candidates.values() if surfaces]
    old = names_keras and any(_needs_stand_in(surface) for surface in likeliest)
    new = _needs_stand_in(direction.target)
    before = Setting(pythons[0] or sys.executable, stand_in=old and pythons[0] is None)
    after = Setting(pythons[1] or sys.executable, stand_in=new and pythons[1] is None)
    return before, after


def _needs_stand_in(surface: Surface) -> bool:
    return surface.dialect in ("keras", "tf.keras") and surface.api != "keras3"


def _require(before: Setting, after: Setting, pythons: tuple[str | None, str | None]) -> None:
    """Raise unless the modules that the two sides need here are installed."""
    needed = ["numpy"]
    if None in pythons:
        needed += ["tensorflow", "keras"]
    if (before.stand_in and pythons[0] is None) or (after.stand_in and pythons[1] is None):
        needed.append("tf_keras")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRunError(INSTALL.format(missing=" and ".join(missing)))


def _with_advice(
    comparison: Comparison, before: Observation, result: Result, python_before: str | None
) -> Comparison:
    """The comparison, with what a person can do about a side that failed."""
    if comparison.verdict is not Verdict.FAILED:
        return comparison
    advice = ""
    if before.ending is not Ending.FINISHED:
        if python_before is None:
            advice = "name the interpreter that the code was written for with --before-python"
    else:
        flagged = sum(finding.outcome is Outcome.FLAGGED for finding in result.findings)
        if flagged:
            advice = f"{flagged} references were flagged and not changed; see `kmigrate check`"
    return replace(comparison, reason="; ".join(filter(None, [comparison.reason, advice])))
