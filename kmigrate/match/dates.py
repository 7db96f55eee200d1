"""The versions between which a migration is decided, and the rows that hold at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from kmigrate.api import version_key
from kmigrate.atlas import likeliest, nearest
from kmigrate.model import Surface
from kmigrate.rulebook.eras import Dated, Era, bounds, holds, is_dated, patterns
from kmigrate.rulebook.facts import covers
from kmigrate.rulebook.table import Table
from kmigrate.versions import Key, Period, key, life, period, spelled


class Dates:
    """What is known of the versions of a source and a target; `version` is the one written for."""

    def __init__(
        self, table: Table, source: Surface, target: Surface, version: str, during: Period | None
    ) -> None:
        self._table = table
        self._source = source
        self._target = target
        self.period = during or life(source)
        self.likeliest = likeliest(source, self.period)
        self._asked = version
        self.goal = nearest(target, version) if version else ""
        asked = version if len(version_key(version)) > 1 else nearest(target, None)
        self._eras = Era(source, self._at()), Era(target, key(asked))

    def _at(self) -> Key:
        if self.period.contains(self.likeliest):
            return key(self.likeliest)
        return self.period.low

    @property
    def is_moving(self) -> bool:
        """Is the source known to be of another version than the target?"""
        is_known = self.period != life(self._source)
        return is_known and bool(self._asked) and not self.period.overlaps(period(self._asked))

    def holds(self, row: Dated) -> bool:
        """Does the row hold at the versions of the source and the target?"""
        return holds(row, *self._eras)

    @property
    def name(self) -> str:
        """How --from names the source, with its version where only a piece of its life is meant."""
        if self.period == life(self._source):
            return self._source.name
        is_inside = self.period.contains(self.likeliest)
        version = self.likeliest if is_inside else spelled(self.period.low)
        return f"{self._source.dialect}@{version}"

    def turns(self, paths: Iterable[str]) -> Iterator[Key]:
        """The versions of the source at which a row on one of the paths begins or ends to hold."""
        names = tuple(paths) if self._turns else ()
        for at, spoken in self._turns:
            if any(covers(one, name) for one in spoken for name in names):
                yield at

    @cached_property
    def _turns(self) -> list[tuple[Key, tuple[str, ...]]]:
        found = []
        for row in _dated(self._table):
            limits = bounds(row, self._source)
            paths = tuple(patterns(row, self._source.api)) if limits else ()
            found += [(at, paths) for at in limits or () if self.period.low < at < self.period.high]
        return found


def _dated(table: Table) -> Iterator[Dated]:
    rows = table.dated
    every: tuple[Dated, ...] = (*rows.symbols, *rows.rewrites, *rows.arguments, *rows.flags)
    return filter(is_dated, every)
