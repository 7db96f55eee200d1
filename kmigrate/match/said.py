"""What the calls of a file say to arguments, wherever they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from kmigrate.rulebook.rows import ArgumentRow

_LISTS = ast.List | ast.Tuple | ast.Dict


class Said:
    """The literals that the calls of a file give to arguments, alone or in lists."""

    def __init__(
        self,
        parents: Mapping[ast.Call, ast.AST | None],
        assigned: Mapping[str, Sequence[ast.expr | None]],
        tree: ast.AST | None = None,
    ) -> None:
        self.tree = tree
        self._calls, self._parents, self._assigned = tuple(parents), parents, assigned
        self._found: set[tuple[str, object]] = set()
        for call in self._calls:
            lists = (value for value in call.args if isinstance(value, _LISTS))
            self._found.update(("", literal) for value in lists for literal in _literals(value))
            for keyword in call.keywords:
                self._found.update(
                    (keyword.arg or "", literal) for literal in _literals(keyword.value)
                )

    def silences(self, row: ArgumentRow) -> bool:
        """Does a call say what the row is silent for? By position, only a list tells."""
        return any(self.says(name, literal) for name, literal in row.unless.items())

    def assigned(self, name: str) -> ast.expr | None:
        """The only value that the name has anywhere in the file, if it is not made of itself."""
        value = self._only(name)
        seen: set[str] = set()
        waiting = [value]
        while waiting:
            part = waiting.pop()
            names = () if part is None else _names(part) - seen
            seen.update(names)
            waiting.extend(map(self._only, names))
        return None if name in seen else value

    def _only(self, name: str) -> ast.expr | None:
        values = self._assigned.get(name, ())
        return values[0] if len(values) == 1 else None

    def calls_of(self, name: str) -> Iterator[ast.Call]:
        """The calls of what has that name, by itself or as an attribute of something."""
        for call in self._calls:
            called = call.func
            if name in (getattr(called, "attr", ""), getattr(called, "id", "")):
                yield call

    def adder(self, call: ast.Call | None) -> ast.Call | None:
        """The call that is a statement and adds nothing but `call`: `x.add(call)`."""
        outer = self._parents.get(call) if call is not None else None
        if not isinstance(outer, ast.Call) or not isinstance(self._parents.get(outer), ast.Expr):
            return None
        is_all = outer.args == [call] and not outer.keywords
        return outer if is_all and isinstance(outer.func, ast.Attribute) else None

    def says(self, name: str, literal: object) -> bool:
        """Does a call give the literal to the argument?"""
        return (name, literal) in self._found or ("", literal) in self._found


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _literals(value: ast.expr) -> Iterator[Any]:
    for part in ast.iter_child_nodes(value) if isinstance(value, _LISTS) else (value,):
        if isinstance(part, ast.Constant):
            yield part.value


NOTHING_SAID = Said({}, {})
