"""Run the two sides of each subject, compare what they compute, print it, give the exit code."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TextIO

from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.request import Request
from kmigrate.verify.run import Limits, Program, Setting, run
from kmigrate.verify.show import as_json, as_text
from kmigrate.verify.sides import Sides, require, sides
from kmigrate.verify.subject import CannotRunError, Subject
from kmigrate.verify.verification import Verification

SAME, NOT_SAME, COULD_NOT_RUN = 0, 1, 2


def verify(subjects: Sequence[Subject], request: Request) -> list[Verification]:
    """Run the subjects and compare. Raises CannotRunError where a side has nothing to run on.

    The code is run as it is: this is no sandbox.
    """
    plan = [(subject, pair) for subject in subjects for pair in sides(subject, request)]
    running = [(subject, pair) for subject, pair in plan if not _is_settled(subject, pair)]
    for _, pair in running:
        require(pair)
    limits = Limits(seconds=request.time_limit)
    befores = _observed([(subject.before, pair.before) for subject, pair in running], limits)
    afters = _observed([(subject.after, pair.after) for subject, pair in running], limits)
    ran = iter(zip(befores, afters, strict=True))
    return [
        _nothing_to_do(subject, pair)
        if _is_settled(subject, pair)
        else _verification(subject, pair, *next(ran), request)
        for subject, pair in plan
    ]


def present(verifications: Sequence[Verification], request: Request, out: TextIO) -> int:
    """Print the verdicts; the exit code, the worst there is."""
    out.write(as_json(verifications) if request.json else as_text(verifications, out))
    return max(map(exit_code, verifications), default=COULD_NOT_RUN)


def refuse(error: CannotRunError) -> int:
    """Say why nothing was compared; the exit code."""
    sys.stderr.write(f"kmigrate: {error}\n")
    return COULD_NOT_RUN


def exit_code(verification: Verification) -> int:
    """0 same; 1 different, failed or unproven; 2 when a side did not get to run."""
    verdict = verification.comparison.verdict
    if verdict.same:
        return SAME
    observed = verification.before, verification.after
    if verification.before.ending is not Ending.FINISHED:
        return COULD_NOT_RUN
    if any(side.ending is Ending.UNSTARTED for side in observed):
        return COULD_NOT_RUN
    failed = verdict is Verdict.FAILED
    return NOT_SAME if failed or any(side.values for side in observed) else COULD_NOT_RUN


def _is_settled(subject: Subject, pair: Sides) -> bool:
    """The same text twice on the same Keras: there is nothing to run."""
    return not subject.changed and pair.before == pair.after


def _nothing_to_do(subject: Subject, pair: Sides) -> Verification:
    what = "nothing to migrate" if subject.direction else "the two programs are the same text"
    return Verification(subject, pair.backend, Comparison(Verdict.IDENTICAL, what))


def _observed(runs: Iterable[tuple[Program, Setting]], limits: Limits) -> list[Observation]:
    """The observations in order; programs of one setting share a process, each is run once."""
    asked = list(runs)
    batches: list[tuple[Setting, dict[str, Program]]] = []
    for program, setting in asked:
        batch = next((programs for known, programs in batches if known == setting), None)
        if batch is None:
            batches.append((setting, batch := {}))
        batch[program.id] = program
    done = [
        (setting, run(list(programs.values()), setting, limits)) for setting, programs in batches
    ]
    return [
        next(observed for known, observed in done if known == setting)[program.id]
        for program, setting in asked
    ]


def _verification(
    subject: Subject, pair: Sides, before: Observation, after: Observation, request: Request
) -> Verification:
    comparison = compare(before, after)
    if comparison.verdict is Verdict.FAILED:
        advice = _advice(subject, before, request)
        comparison = replace(
            comparison, reason="; ".join(filter(None, [comparison.reason, advice]))
        )
    return Verification(subject, pair.backend, comparison, before, after)


def _advice(subject: Subject, before: Observation, request: Request) -> str:
    """What a person can do about a side that failed."""
    if before.ending is not Ending.FINISHED:
        if subject.direction and request.before_python is None:
            return "name the interpreter that the code was written for with --before-python"
    elif subject.flagged:
        return f"{subject.flagged} references were flagged and not changed; see `kmigrate check`"
    return ""
