"""Run the two sides of each subject, compare what they compute, print it, give the exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.pair import Carriers
from kmigrate.verify.recorded import recall, write, written
from kmigrate.verify.request import Request
from kmigrate.verify.run import Limits, Program, Setting, run
from kmigrate.verify.show import as_json, as_text
from kmigrate.verify.sides import Sides, require, sides
from kmigrate.verify.subject import NO_NUMPY, CannotRunError, Subject, has_numpy
from kmigrate.verify.suites import compare_suites
from kmigrate.verify.verification import Verification

SAME, NOT_SAME, COULD_NOT_RUN = 0, 1, 2
NOTHING = "name a function with --call, run the tests with --pytest, or list names in `outputs`"

OLD_PYTHON = "name the interpreter that the code was written for with --before-python"


def _say_nothing(what: str) -> None:
    return


def verify(
    subjects: Sequence[Subject], request: Request, tell: Callable[[str], None] = _say_nothing
) -> list[Verification]:
    """Run the subjects and compare. Raises CannotRunError where a side has nothing to run on.

    The code is run as it is: this is no sandbox. `tell` hears what is being done.
    """
    problems = [subject.problem for subject in subjects if subject.problem]
    if len(problems) == len(subjects):
        raise CannotRunError("; ".join(dict.fromkeys(problems)))
    if not has_numpy():
        raise CannotRunError(NO_NUMPY)
    plan = [(subject, pair) for subject in subjects for pair in sides(subject, request)]
    settled = [_settled(subject, pair, request) for subject, pair in plan]
    running = [each for each, done in zip(plan, settled, strict=True) if done is None]
    limits = Limits(seconds=request.time_limit)
    with Carriers() as carriers:
        if request.against is not None:
            befores = recall(request.against, [subject for subject, _ in running])
            for each, before in zip(running, befores, strict=True):
                carriers.unpack(_key(*each), before.carried)
        else:
            require(*(pair.needed[0] for _, pair in running))
            tell("running the code as it is")
            befores = _observed(_sent(running, carriers), limits)
        require(*(pair.needed[1] for _, pair in running))
        tell("running the code as migrated")
        afters = _observed(_sent(running, carriers, after=True), limits)
    ran = iter(zip(befores, afters, strict=True))
    return [
        done or _verification(subject, pair, *next(ran), request)
        for (subject, pair), done in zip(plan, settled, strict=True)
    ]


def record(
    subjects: Sequence[Subject], request: Request, file: Path, out: TextIO, colour: bool = False
) -> int:
    """Run the code as it is, write down what it computes, and say so; the exit code.

    Nothing is written unless all of it ran. Raises CannotRunError where there is nothing to run on
    or to write down.
    """
    asked = replace(request, after_python=None, backend=())
    plan = [(subject, next(sides(subject, asked))) for subject in subjects]
    require(*(pair.needed[0] for _, pair in plan))
    limits = Limits(seconds=request.time_limit)
    with Carriers() as carriers:
        observed = [
            replace(observation, carried=carriers.packed(_key(*each)))
            for each, observation in zip(
                plan, _observed(_sent(plan, carriers), limits), strict=True
            )
        ]
    done = list(zip(subjects, observed, strict=True))
    failed = [each for each in done if each[1].ending is not Ending.FINISHED]
    if failed:
        return present([_unrecorded(*each, request) for each in failed], request, out, colour)
    write(file, done)
    if request.json or not request.quiet:
        out.write(written(file, done, json=request.json))
    return SAME


def _unrecorded(subject: Subject, before: Observation, request: Request) -> Verification:
    failed = Comparison(Verdict.FAILED, "nothing was recorded: it did not run to its end")
    advice = _advice(subject, failed, before, request)
    return Verification(subject, "", failed, before, advice=advice)


def present(
    verifications: Sequence[Verification], request: Request, out: TextIO, colour: bool = False
) -> int:
    """Print the verdicts; the exit code, the worst there is."""
    if request.json:
        out.write(as_json(verifications))
    elif not request.quiet:
        out.write(as_text(verifications, colour=colour, verbose=request.verbose))
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


def _settled(subject: Subject, pair: Sides, request: Request) -> Verification | None:
    """What can be said without a run: there is nothing to run, or nothing to compare."""
    if subject.problem:
        return Verification(subject, pair.backend, Comparison(Verdict.FAILED, subject.problem))
    # Else the same text on the same Keras.
    if request.against is not None or subject.changed or pair.before != pair.after:
        return None
    what = "nothing to migrate" if subject.direction else "the two programs are the same text"
    reason = "; ".join(filter(None, [what, subject.note]))
    return Verification(subject, pair.backend, Comparison(Verdict.IDENTICAL, reason))


def _key(subject: Subject, pair: Sides) -> str:
    return f"{subject.before.id} {pair.before}"


def _sent(
    plan: Iterable[tuple[Subject, Sides]], carriers: Carriers, *, after: bool = False
) -> Iterator[tuple[Program, Setting]]:
    """One side of each subject, told where the weights of its models lie; a test suite has none."""
    for subject, pair in plan:
        program, setting = (subject.after, pair.after) if after else (subject.before, pair.before)
        carry = carriers.after if after else carriers.before
        yield program if subject.is_suite else carry(_key(subject, pair), program), setting


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
    comparison = (compare_suites if subject.is_suite else compare)(before, after)
    advice = _advice(subject, comparison, before, request)
    return Verification(subject, pair.backend, comparison, before, after, advice)


def _advice(subject: Subject, comparison: Comparison, before: Observation, request: Request) -> str:
    """What a person can do about a side that failed, or gave nothing."""
    if comparison.verdict is Verdict.UNPROVEN and not comparison.names and not subject.is_suite:
        return NOTHING
    if comparison.verdict not in (Verdict.FAILED, Verdict.DIFFERENT):
        return ""
    if before.ending is not Ending.FINISHED:
        is_ours = subject.direction and not subject.is_suite and request.before_python is None
        return OLD_PYTHON if is_ours else ""
    if subject.note or not subject.flagged:
        return subject.note
    what = "1 reference was" if subject.flagged == 1 else f"{subject.flagged} references were"
    return f"{what} flagged and not changed; see `kmigrate check`"
