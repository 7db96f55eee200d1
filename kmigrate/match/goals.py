"""Where the destinations of symbols are looked up: the target, and what goes on working beside it."""

from __future__ import annotations

from dataclasses import dataclass

from kmigrate.atlas import Atlas, atlas
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.table import Table

SHIM = SURFACES["tf.keras@3"]
_TF = Surface("tf", "tf")


@dataclass(frozen=True, slots=True)
class Goals:
    """The target, raw TensorFlow, and what tf.keras keeps of the same Keras."""

    target: Surface
    goal: Atlas

    def within(self, dialect: str) -> Atlas:
        """The names of a dialect that destinations are spelled in."""
        if dialect == self.target.dialect:
            return self.goal
        return atlas(SHIM if dialect == SHIM.dialect else _TF)

    def offers(self, dialect: str, path: str, table: Table) -> bool:
        """Is `path` there, as a name or as what instances of the target get or inherit?"""
        if self.within(dialect).has(path):
            return True
        inherited = self.goal.inherited(path) if dialect == self.target.dialect else ()
        return any(table.is_attribute(self.target.api, one) for one in inherited)

    def api_in(self, dialect: str) -> str:
        """The API that destinations in a dialect belong to."""
        return self.target.api if dialect in (self.target.dialect, SHIM.dialect) else "tf"

    def has_shim(self, path: str) -> bool:
        """Has tf.keras the `path` that the package `keras`, the target, may lack?"""
        return self.target.dialect == "keras" and atlas(SHIM).has(path)

    def is_known_elsewhere(self, path: str) -> bool:
        """Has another surface of the target's dialect this path?

        Code that is flagged under it would be read as something else the next time.
        """
        siblings = (one for one in SURFACES.values() if one.dialect == self.target.dialect)
        return any(atlas(surface).has(path) for surface in siblings)
