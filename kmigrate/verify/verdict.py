"""The words in which a comparison answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a comparison found, for one name, for a program, and for a rule over all its cases."""

    IDENTICAL = "identical"
    CLOSE = "close"
    CONDITIONAL = "conditional"
    DIFFERENT = "different"
    MISSING = "missing"
    FAILED = "failed"
    UNPROVEN = "unproven"

    @property
    def same(self) -> bool:
        """Whether both sides computed the same."""
        return self in (Verdict.IDENTICAL, Verdict.CLOSE)


@dataclass(frozen=True, slots=True)
class Compared:
    """One name: its verdict, why, the largest differences and the first place that differs most.

    `proves` is False for values that agree whatever was computed: empty, constant or non-finite
    ones, and the bare shape of a symbolic tensor. The largest differences are those of finite
    values; None where there are none.
    """

    name: str
    verdict: Verdict
    reason: str = ""
    proves: bool = False
    max_ulp: int | None = None
    max_abs: float | None = None
    max_rel: float | None = None
    where: tuple[int, ...] | None = None
    before: str = ""
    after: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs of a program: the verdict, why, and every name."""

    verdict: Verdict
    reason: str = ""
    names: Sequence[Compared] = field(default=())


def over_cases(verdicts: Iterable[Verdict]) -> Verdict:
    """One verdict for many cases: conditional where some are the same and some are not.

    Cases that prove nothing are passed over.
    """
    found = set(verdicts) - {Verdict.UNPROVEN}
    same = {verdict for verdict in found if verdict.same}
    if not found:
        return Verdict.UNPROVEN
    if found - same:
        return Verdict.CONDITIONAL if same else Verdict.DIFFERENT
    return Verdict.CLOSE if Verdict.CLOSE in same else Verdict.IDENTICAL
