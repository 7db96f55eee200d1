"""What becomes of one call, while its arguments are judged one after the other."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from kmigrate.match.actions import Action
from kmigrate.rulebook.rows import ArgumentRow, Literal

DOUBLE = '"'  # how a literal starts whose quotes nothing else decides


@dataclass(slots=True)
class Changes:
    """What is collected on the way through the arguments of one call."""

    action: Action
    renamed: dict[int, str] = field(default_factory=dict)
    old: dict[int, str] = field(default_factory=dict)
    rows: dict[int, ArgumentRow] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    drop: set[int] = field(default_factory=set)
    left_out: list[str] = field(default_factory=list)
    append: list[tuple[str, str]] = field(default_factory=list)
    above: str = ""
    before: str = ""
    literals: list[tuple[ast.expr, str]] = field(default_factory=list)


class RefusalError(Exception):
    """A call that is left as it is, with the rule and the reason."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


def pairs(mapped: dict[Literal, Literal]) -> str:
    """What becomes of values, in words."""
    return ", ".join(f"{old!r} to {new!r}" for old, new in mapped.items())


def looked_up(mapped: dict[Literal, Literal], text: str) -> str:
    """A lookup of what stands in `text` among the values, which gives back what is none of them."""
    found = ", ".join(
        f"{quoted(old, DOUBLE)}: {quoted(new, DOUBLE)}" for old, new in mapped.items()
    )
    return f"{{{found}}}.get({text}, {text})"


def quoted(value: Literal, like: str) -> str:
    """A literal in the quotes of the one that it replaces."""
    if isinstance(value, str) and like.startswith('"'):
        return '"' + value.replace('"', '\\"') + '"'
    return repr(value)
