"""Compare the outcomes of a project's tests, test by test."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from kmigrate.verify.compare import Compared, Comparison, Verdict, ending_sentence
from kmigrate.verify.observation import Ending, Observation

GOOD = ("passed", "xfailed")
NONE = "missing"


def compare_suites(before: Observation, after: Observation) -> Comparison:
    """The same when every test has the same outcome on both sides, and one passed.

    The names are the tests; `before` and `after` are their outcomes.
    """
    for side, observation in (("before", before), ("after", after)):
        if observation.ending is not Ending.FINISHED:
            return Comparison(Verdict.FAILED, f"{side}: {ending_sentence(observation)}")
    left, right = outcomes(before), outcomes(after)
    names = list(_compared(left, right))
    if not names:
        return Comparison(Verdict.UNPROVEN, "pytest found no tests")
    changed = [name for name in names if name.verdict is Verdict.DIFFERENT]
    if changed:
        worse = sum(name.before in GOOD for name in changed)
        parts = [f"{worse} got worse"] * (worse > 0)
        parts += [f"{len(changed) - worse} changed otherwise"] * (worse < len(changed))
        plural = "s" if len(changed) > 1 else ""
        reason = f"{len(changed)} test{plural} of {len(names)}: {', '.join(parts)}"
        return Comparison(Verdict.DIFFERENT, reason, names)
    if not any(name.proves for name in names):
        return Comparison(Verdict.UNPROVEN, "no test passes on either side", names)
    return Comparison(Verdict.IDENTICAL, "", names)


def outcomes(observation: Observation) -> Mapping[str, tuple[str, str]]:
    """By test, its outcome and why."""
    found = {}
    for name, leaf in observation.values.items():
        outcome, _, why = str(leaf.texts[0] if leaf.texts else "").partition(": ")
        found[name.removeprefix("outputs")] = (outcome, why)
    return found


def counts(observation: Observation) -> str:
    """`41 passed, 2 failed`."""
    found = Counter(outcome for outcome, _ in outcomes(observation).values())
    return ", ".join(f"{count} {outcome}" for outcome, count in sorted(found.items()))


def _compared(
    left: Mapping[str, tuple[str, str]], right: Mapping[str, tuple[str, str]]
) -> Iterator[Compared]:
    for name in dict.fromkeys([*left, *right]):
        (old, _), (new, why) = left.get(name, (NONE, "")), right.get(name, (NONE, ""))
        verdict = Verdict.IDENTICAL if old == new else Verdict.DIFFERENT
        reason = "" if old == new else f"{old} before, {new} after"
        proves = old == new == "passed"
        yield Compared(
            name,
            verdict,
            f"{reason}: {why}" if why and reason else reason,
            proves,
            before=old,
            after=new,
        )
