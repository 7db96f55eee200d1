"""The judges of a direction: one for each surface that code may come from."""

from __future__ import annotations

from collections.abc import Mapping

from kmigrate.match.judge import Judge
from kmigrate.model import Direction, Surface
from kmigrate.rulebook.table import Table
from kmigrate.versions import period


class JudgesOf:
    """Makes the judges of the surfaces of a direction."""

    def __init__(self, table: Table, direction: Direction, version: str) -> None:
        self._table = table
        self._direction = direction
        self._version = version

    def of(self, surface: Surface) -> Judge:
        """The judge of a surface, at its version where that is known."""
        said = self._direction.versions.get(surface.name)
        known = period(said) if said else None
        return Judge(self._table, surface, self._direction.target, self._version, known)

    def by_dialect(
        self, candidates: Mapping[str, tuple[Surface, ...]]
    ) -> Mapping[str, tuple[Judge, ...]]:
        """The judges of the surfaces that each dialect may mean."""
        return {dialect: tuple(map(self.of, surfaces)) for dialect, surfaces in candidates.items()}
