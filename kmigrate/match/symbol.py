"""A symbol of a source surface with all that is known of its counterpart in a target."""

from __future__ import annotations

from dataclasses import dataclass

from kmigrate.match.actions import Action
from kmigrate.rulebook.rows import SymbolRow

NAME = "derived.name"
ARGUMENT = "derived.argument"
MISSING = "derived.missing"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol of a source surface with all that is known of its counterpart.

    `path` is as the code spells it, `canonical` its public name; `destination` the path in the
    target's API, "" when it has none.
    """

    path: str
    canonical: str
    destination: str
    dialect: str  # that the destination is spelled in: raw `tf` may stay in a Keras program
    row: SymbolRow | None
    action: Action
