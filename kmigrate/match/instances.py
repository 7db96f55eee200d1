"""Instances of layers that are called: what they take by keyword alone, `self.bn(x, training)`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.dialects import locate
from kmigrate.match.judge import Judge
from kmigrate.match.keys import dialects_of
from kmigrate.match.respelled import Respelled
from kmigrate.model import Respell
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan.makers import Made, Makers

_PLAIN = ast.Name | ast.Constant


class Instances(Respelled):
    """Decides the calls of layers and models whose `call` is known.

    A row on `__call__` that renames an argument to itself says that it is given by keyword.
    """

    def decide(self) -> None:
        """Give by keyword what the rows say, and all behind it."""
        for dialect, judge, row in self._rows():
            makers = Makers(self._found.walked, self._found.resolver)
            scopes = self._court.said.scopes
            for node in ast.walk(self._found.walked.module.node):
                if isinstance(node, ast.Call) and _may_be_meant(node):
                    made = makers.of_called(node.func, scopes)
                    edits = tuple(self._named(node, made, judge, row)) if made else ()
                    if edits:
                        self._emit(node, edits, dialect, row)
            return

    def _rows(self) -> Iterator[tuple[str, Judge, ArgumentRow]]:
        for dialect in dialects_of(self._found):
            for judge in self._court.judges(dialect):
                for row in judge.table.keyed(judge.source.api, judge.target.api):
                    is_named = row.on[0].endswith(".__call__") and row.rename == row.argument
                    if is_named and judge.dates.holds(row):
                        yield dialect, judge, row

    def _named(
        self, call: ast.Call, made: list[Made], judge: Judge, row: ArgumentRow
    ) -> Iterator[Respell]:
        """The keywords of the first argument that needs one and of those behind it."""
        known = {_parameters(one, judge)[: len(call.args)] for one in made}
        names = known.pop() if len(known) == 1 else ()
        if len(names) < len(call.args):
            return
        meant = [
            place
            for place, value in enumerate(call.args)
            if place and (names[place] == row.argument or _is_switch(value))
        ]
        first = meant[0] if meant else len(names)
        if not all(isinstance(value, _PLAIN) for value in call.args[first:]):
            return
        for name, value in zip(names[first:], call.args[first:], strict=True):
            span = self._source.span(value)
            text = self._source.slice(span)
            yield Respell(span, f"{name}={text}")


def _may_be_meant(call: ast.Call) -> bool:
    """Has the call several arguments by position, and none behind a star?"""
    return len(call.args) > 1 and not any(isinstance(one, ast.Starred) for one in call.args)


def _is_switch(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bool)


def _parameters(made: Made, judge: Judge) -> tuple[str, ...]:
    """What the `call` of an instance takes by position; () if that is not known."""
    if isinstance(made, ast.FunctionDef):
        return tuple(one.arg for one in (*made.args.posonlyargs, *made.args.args)[1:])
    located = locate(made)
    path = judge.atlas.public(located[1]) if located and located[0] != "tf" else ""
    snapshot = judge.atlas.holding(f"{path}.call") if path else None
    signature = snapshot.signature(f"{path}.call") if snapshot else None
    return tuple(one.name for one in signature.positional) if signature else ()
