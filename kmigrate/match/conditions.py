"""The closed list of conditions under which a row applies to a call."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kmigrate.match.calls import Argument, BoundCall
from kmigrate.rulebook.rows import Literal, When


def literal_of(node: ast.expr) -> tuple[bool, Literal | tuple[object, ...]]:
    """Whether an expression is a literal, and its value."""
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None


def holds(when: When, bound: BoundCall) -> bool:
    """Do all the conditions hold? An argument that `*` or `**` may hide is neither there nor not."""
    given = bound.given()
    hidden = bound.hides_keywords or bound.hides_positions
    if any(name in given or hidden for name in when.absent):
        return False
    if not all(name in given for name in (*when.present, *when.literal, *when.equals)):
        return False
    if any(given[name].keyword is not None for name in when.positional if name in given):
        return False
    if any(name not in given for name in when.positional):
        return False
    if not all(literal_of(given[name].value)[0] for name in when.literal):
        return False
    if not all(_equals(given[name].value, wanted) for name, wanted in when.equals.items()):
        return False
    if any(name not in given or _equals(given[name].value, known) for name, known in when.differs.items()):
        return False
    return all(_ends_otherwise(given, name, endings) for name, endings in when.other_suffix.items())


def _ends_otherwise(given: Mapping[str, Argument], name: str, endings: tuple[str, ...]) -> bool:
    is_literal, value = literal_of(given[name].value) if name in given else (False, None)
    return is_literal and isinstance(value, str) and not value.endswith(endings)


def _equals(node: ast.expr, wanted: Literal) -> bool:
    is_literal, value = literal_of(node)
    if wanted == "None" and is_literal:
        return value is None
    return is_literal and value == wanted and type(value) is type(wanted)
