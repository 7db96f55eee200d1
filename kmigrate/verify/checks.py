"""Hold what was observed of a claim against what the claim would have us observe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from kmigrate.rulebook.claims import CONDITIONAL, FALSE, TRUE, Claim, Expectation, Run, Value
from kmigrate.verify.compare import Verdict, compare_leaves, ending_sentence
from kmigrate.verify.observation import Ending, Leaf, Observation

RAISES = "raises "
MESSAGE = ", message"
WIDTH = 160


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that the claim would have us observe, and what was observed where it is not so."""

    name: str
    holds: bool
    observed: str = ""


def checks(claim: Claim, observed: Mapping[str, Observation]) -> dict[str, list[Check]]:
    """The checks of a claim by surface.

    Raises ValueError where a program did not finish or has no value of an expected name: what is
    not there is no proof of anything.
    """
    found: dict[str, list[Check]] = {}
    for expect in claim.expect:
        for surface in expect.on or observed:
            if surface not in observed:
                raise ValueError(f"{claim.id}: nothing is on record for {surface}")
            if observed[surface].ending is not Ending.FINISHED:
                raise ValueError(f"{claim.id}: {surface}: {ending_sentence(observed[surface])}")
            if surface == expect.like:
                continue
            try:
                found.setdefault(surface, []).extend(_checks(expect, surface, observed))
            except KeyError as error:
                raise ValueError(f"{claim.id}: {surface}: no value {error.args[0]!r}") from None
    return found


def verdict(runs: Iterable[Run]) -> str:
    """`true` where every check holds, `false` where none does, else `conditional`."""
    holds, fails = 0, 0
    for run in runs:
        holds, fails = holds + len(run.holds), fails + len(run.fails)
    if not holds + fails:
        raise ValueError("a claim without a check has no verdict")
    return CONDITIONAL if holds and fails else TRUE if holds else FALSE


def _checks(
    expect: Expectation, surface: str, observed: Mapping[str, Observation]
) -> Iterator[Check]:
    values = observed[surface].values
    for pattern in expect.runs:
        for name in _named(pattern, values):
            if expect.like:
                yield from _like(name, values, observed[expect.like].values)
            else:
                told = _raised(values, name)
                yield Check(f"{name} runs", not told, told)
    for one, other in expect.same:
        for left, right in _pairs(one, other, values):
            yield _same(left, right, values)
    for pattern, kind in expect.raises.items():
        for name in _named(pattern, values):
            told = _told(values[name])
            is_raised = told.startswith(RAISES) and kind in ("*", told.removeprefix(RAISES))
            seen = "" if is_raised else _raised(values, name) or told
            yield Check(f"{name} raises{'' if kind == '*' else ' ' + kind}", is_raised, seen)
    for pattern, expected in expect.shows.items():
        for name in _named(pattern, values):
            yield _shows(name, expected, values)


def _named(pattern: str, values: Mapping[str, Leaf]) -> list[str]:
    """The values that a name stands for; `*` is any text. Raises KeyError for none."""
    if pattern in values:
        return [pattern]
    form = re.compile(".*".join(map(re.escape, pattern.split("*"))))
    found = [name for name in values if form.fullmatch(name) and not name.endswith(MESSAGE)]
    if not found or "*" not in pattern:
        raise KeyError(pattern)
    return found


def _pairs(one: str, other: str, values: Mapping[str, Leaf]) -> Iterator[tuple[str, str]]:
    """The pairs of names; what `*` stands for in `one` it stands for in `other`."""
    head, star, tail = one.partition("*")
    for name in _named(one, values):
        middle = name[len(head) : len(name) - len(tail)]
        partner = other.replace("*", middle) if star else other
        if partner not in values:
            raise KeyError(partner)
        yield name, partner


def _same(left: str, right: str, values: Mapping[str, Leaf]) -> Check:
    name = f"{left} is {right}"
    raised = [_raised(values, side) for side in (left, right)]
    if any(raised):
        both = all(raised) and _told(values[left]) == _told(values[right])
        sides = (told or "gives a value" for told in raised)
        return Check(name, both, "" if both else " against ".join(sides))
    compared = compare_leaves(name, values[left], values[right])
    is_same = compared.verdict is Verdict.IDENTICAL
    return Check(name, is_same, "" if is_same else compared.reason or _apart(compared.max_abs))


def _like(name: str, values: Mapping[str, Leaf], wanted: Mapping[str, Leaf]) -> Iterator[Check]:
    """The value beside that of another surface; what raised there says nothing."""
    if name not in wanted:
        raise KeyError(name)
    if _raised(wanted, name):
        return
    told = _raised(values, name)
    compared = compare_leaves(name, wanted[name], values[name])
    is_same = not told and compared.verdict.same
    differs = told or compared.reason or _apart(compared.max_abs)
    yield Check(name, is_same, "" if is_same else differs)


def _shows(name: str, expected: Value, values: Mapping[str, Leaf]) -> Check:
    told = _raised(values, name) or _told(values[name])
    wanted = str(expected)
    return Check(f"{name}: {wanted}", told == wanted, "" if told == wanted else told)


def _apart(largest: float | None) -> str:
    return f"values differ by up to {largest:.2g}" if largest else "values differ"


def _raised(values: Mapping[str, Leaf], name: str) -> str:
    """`raises ValueError: why`, or nothing where there is a value."""
    told = _told(values[name])
    if not told.startswith(RAISES):
        return ""
    message = values.get(name + MESSAGE)
    whole = f"{told}: {_told(message)}" if message is not None and _told(message) else told
    return whole if len(whole) <= WIDTH else f"{whole[: WIDTH - 3]}..."


def _told(leaf: Leaf) -> str:
    """A text or a number of one value as it would be printed."""
    if leaf.kind == "text":
        return "None" if leaf.texts == (None,) else ", ".join(map(str, leaf.texts))
    array = leaf.array()
    return str(array.item()) if array.size == 1 else f"{leaf.dtype} of shape {leaf.shape}"
