"""What is compared: a program as it is, and as it was migrated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kmigrate.model import Direction
from kmigrate.verify.run import Program


class CannotRunError(Exception):
    """Why there is nothing to compare, in a sentence."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Two programs of one name; `direction` is None when kmigrate did not migrate the one.

    `flagged` counts the references that the migration left as they are.
    """

    name: str
    before: Program
    after: Program
    direction: Direction | None = None
    flagged: int = 0

    @property
    def changed(self) -> bool:
        """Whether the two are not one and the same."""
        return self.before.text != self.after.text

    @property
    def sources(self) -> list[str]:
        """The surfaces that the code may be written for."""
        groups = self.direction.candidates.values() if self.direction else ()
        return [surface.name for group in groups for surface in group]

    @property
    def target(self) -> str:
        """The surface that it was migrated to, or the other file."""
        return self.direction.target.name if self.direction else _shown(self.after.file)


def _shown(path: Path) -> str:
    return path.as_posix()
