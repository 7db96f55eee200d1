"""What is compared: a program as it is, and as it was migrated."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from kmigrate.model import Direction
from kmigrate.verify.run import Program

LIBRARIES = ("tensorflow", "keras", "tf_keras", "jax", "torch")


NO_NUMPY = "what ran is compared with numpy: pip install 'kmigrate[verify]', or numpy alone"


class CannotRunError(ValueError):
    """Why there is nothing to compare, in a sentence."""


def has_numpy() -> bool:
    """Is there what results are compared with? The code itself may run in other environments."""
    return find_spec("numpy") is not None


@dataclass(frozen=True, slots=True)
class Subject:
    """Two programs of one name; `direction` is None when kmigrate did not migrate the one.

    `flagged` counts the references that the migration left as they are; `problem` says why there
    is no migrated program. `is_suite`: the programs run tests and give their outcomes.
    """

    name: str
    before: Program
    after: Program
    direction: Direction | None = None
    changed: bool = True
    flagged: int = 0
    problem: str = ""
    note: str = ""
    is_suite: bool = False

    @property
    def sources(self) -> list[str]:
        """The surfaces that the code may be written for."""
        groups = self.direction.candidates.values() if self.direction else ()
        return [surface.name for group in groups for surface in group]

    @property
    def target(self) -> str:
        """The surface that it was migrated to, or the other program."""
        return self.direction.target.name if self.direction else self.after.file.as_posix()


def libraries(texts: Iterable[str]) -> list[str]:
    """The libraries that the texts mention; they are loaded, and seeded, before a program runs."""
    texts = list(texts)
    patterns = {name: re.compile(rf"\b{name}\b") for name in LIBRARIES}
    return [name for name, found in patterns.items() if any(map(found.search, texts))]
