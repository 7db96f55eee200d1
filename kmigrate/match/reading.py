"""One way to read a qualified name: a surface, the symbol there, and the names behind it."""

from __future__ import annotations

from dataclasses import dataclass

from kmigrate.match.judge import Judge
from kmigrate.match.symbol import MISSING, Symbol
from kmigrate.model import Outcome


@dataclass(frozen=True, slots=True)
class Reading:
    """What one name may mean on one surface: the symbol it leads to and the names behind it."""

    judge: Judge
    symbol: Symbol
    tail: tuple[str, ...]

    @property
    def is_unknown(self) -> bool:
        """The name leads into a module or a function, which has no such thing."""
        if not self.tail:
            return False
        snapshot = self.judge.atlas.holding(self.symbol.path)
        kind = snapshot.kind(self.symbol.path) if snapshot and self.symbol.path else "module"
        return kind == "module" or (kind == "function" and not self.tail[0].startswith("__"))

    @property
    def destination(self) -> str:
        """The qualified name in the target: what is unknown keeps its name in a module that is."""
        name = self.symbol.action.name
        if not name or not self.is_unknown:
            return ".".join((name, *self.tail)) if name else ""
        is_lost = not self.judge.atlas.is_module(self.symbol.path)
        path = ".".join((self.symbol.path, *self.tail))
        return (
            ""
            if is_lost or self.judge.goals.is_known_elsewhere(path)
            else ".".join((name, *self.tail))
        )

    @property
    def is_member_to_report(self) -> bool:
        """Is a class's member worth a finding? An attribute is one only where a rule names it:

        snapshots do not show what instances get in `__init__`. Nor is a member of a class that is
        itself without a counterpart: the class is flagged.
        """
        owner = self.judge.symbol(self.symbol.path.rpartition(".")[0])
        if not owner.destination and owner.action.outcome is Outcome.FLAGGED:
            return False
        if self.symbol.destination or self.symbol.row or MISSING not in self.symbol.action.rules:
            return True
        snapshot = self.judge.atlas.holding(self.symbol.path)
        return snapshot is not None and snapshot.kind(self.symbol.path) == "method"
