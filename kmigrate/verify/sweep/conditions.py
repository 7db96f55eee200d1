"""Say in words where two sides differ: the fewest features that cover just the trials that failed."""

from __future__ import annotations

import functools
import itertools
import operator
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from kmigrate.verify.compare import Verdict
from kmigrate.verify.sweep.domain import features
from kmigrate.verify.sweep.trials import Trial

MAX_PARTS = 3
_RAISED = re.compile(r"raised (\w+): ?(.*)", re.DOTALL)
_NAME, _MORE = re.compile(r"^[^:]*: "), re.compile(r", and \d+ more$")
_DTYPES = re.compile(r"dtype (\w+) against (\w+)")
_SHAPES = re.compile(r"shape (\S.*) against (\S.*)")
# The more general is tried first; among equals, the one that comes first here.
_ORDER = (
    "an input is bool",
    "an input is an integer",
    "an input is a half float",
    "an input is symbolic",
    "it is differentiated",
    "it runs in",
    "an input holds",
    "an input is empty",
    "an input is a scalar",
    "an input is a vector",
    "the inputs are broadcast",
    "`",
    "the call stands",
    "the original is",
    "an input is",
    "an input has",
)


def conditions(failed: Sequence[Trial], passed: Sequence[Trial], total: int) -> list[str]:
    """A sentence for each way of failing: `equal unless ...: what happens (3 of 60 cases: ...)`."""
    groups: dict[str, list[Trial]] = defaultdict(list)
    for trial in failed:
        groups[_kind(trial)].append(trial)
    good = [features(trial) for trial in passed]
    found = []
    for group in sorted(groups.values(), key=len, reverse=True):
        unless = _unless([features(trial) for trial in group], good)
        example = min(group, key=lambda trial: (trial.mode != "eager", len(trial.title))).title
        told = f"{_outcome(group)} ({len(group)} of {total} cases: {example})"
        found.append(f"equal unless {unless}: {told}" if good else f"differs: {told}")
    return found


def _unless(failed: Sequence[set[str]], good: Sequence[set[str]]) -> str:
    """The features, alone or in pairs, that hold for what failed and for nothing that passed."""
    bad_masks, good_masks = _masks(failed), _masks(good)
    left = (1 << len(failed)) - 1
    chosen: list[str] = []
    for size in (1, 2, 3):
        candidates = {
            parts: mask
            for parts, mask in _candidates(bad_masks, size)
            if mask & left and not _all(good_masks, parts, len(good))
        }
        while left and candidates and len(chosen) < MAX_PARTS:
            best = max(candidates, key=lambda p: ((candidates[p] & left).bit_count(), *_rank(p)))
            if not candidates[best] & left:
                break
            chosen.append(" and ".join(best))
            left &= ~candidates[best]
    if left:
        chosen.append("in some other cases" if chosen else "in some cases")
    return " or ".join(chosen)


def _candidates(masks: Mapping[str, int], size: int) -> Iterator[tuple[tuple[str, ...], int]]:
    """So many features that hold together somewhere, with where they do."""
    best_first = sorted(masks, key=lambda name: _rank((name,)), reverse=True)
    for parts in itertools.combinations(best_first, size):
        mask = functools.reduce(operator.and_, (masks[part] for part in parts))
        if mask:
            yield parts, mask


def _masks(sets: Iterable[set[str]]) -> dict[str, int]:
    """For each feature the trials that have it, a bit for each."""
    masks: dict[str, int] = defaultdict(int)
    for number, found in enumerate(sets):
        for name in found:
            masks[name] |= 1 << number
    return masks


def _all(masks: Mapping[str, int], parts: Iterable[str], count: int) -> int:
    mask = (1 << count) - 1
    for part in parts:
        mask &= masks.get(part, 0)
    return mask


def _rank(parts: tuple[str, ...]) -> tuple[int, int, str]:
    """The greater, the better to read: few parts, early in the order."""
    places = [
        next((n for n, start in enumerate(_ORDER) if part.startswith(start)), len(_ORDER))
        for part in parts
    ]
    return -len(parts), -sum(places), min(parts)


def _kind(trial: Trial) -> str:
    reason = _reason(trial)
    for kind, pattern in (("raised", _RAISED), ("dtype", _DTYPES), ("shape", _SHAPES)):
        if pattern.match(reason):
            return kind
    return reason if trial.compared.verdict is Verdict.MISSING else "values"


def _reason(trial: Trial) -> str:
    reason = trial.compared.reason
    return reason if _RAISED.match(reason) else _MORE.sub("", _NAME.sub("", reason))


def _outcome(group: Sequence[Trial]) -> str:
    """What happens in a group of trials that failed alike."""
    reasons = [_reason(trial) for trial in group]
    raised = [found for found in map(_RAISED.match, reasons) if found]
    if raised:
        kinds = sorted({found[1] for found in raised})
        return f"raises {' or '.join(kinds)}"
    dtypes = [found for found in map(_DTYPES.match, reasons) if found]
    if dtypes:
        pairs = sorted({f"{found[1]} becomes {found[2]}" for found in dtypes})
        return (
            "the result's dtype differs, " + ", ".join(pairs[:2]) + (", ..." if pairs[2:] else "")
        )
    shapes = [found for found in map(_SHAPES.match, reasons) if found]
    if shapes:
        return f"the result's shape differs, {shapes[0][1]} becomes {shapes[0][2]}"
    return "the values differ" if _kind(group[0]) == "values" else reasons[0]
