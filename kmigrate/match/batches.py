"""Batches of generators that hold lists, where the target takes tuples alone: `yield [a, b], y`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.match.keys import dialects_of
from kmigrate.match.respelled import Respelled
from kmigrate.model import Respell, Span
from kmigrate.rulebook.rows import ArgumentRow

_SIZES = (2, 3)  # inputs and targets, perhaps weights
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Batches(Respelled):
    """Decides what endless generators of a file yield; fills `findings` and `edits`."""

    def decide(self) -> None:
        """Decide every `yield` of the file."""
        ruled = next(self._rows(), None) if "yield" in self._source.text else None
        if ruled is None:
            return
        predicting = frozenset(self._predicting())
        for node in ast.walk(self._found.walked.module.node):
            for value in _endless(node) if isinstance(node, ast.FunctionDef) else ():
                is_input = getattr(node, "name", "") in predicting
                edits = list(self._as_inputs(value) if is_input else self._as_batch(value, node))
                if edits:
                    self._emit(value, edits, *ruled)

    def _rows(self) -> Iterator[tuple[str, ArgumentRow]]:
        for dialect in dialects_of(self._found):
            for judge in self._court.judges(dialect):
                for row in judge.table.keyed(judge.source.api, judge.target.api):
                    if row.tuples and judge.dates.holds(row):
                        yield dialect, row

    def _predicting(self) -> Iterator[str]:
        """The functions that make what is predicted: a list that they yield are inputs alone."""
        calls = self._court.said.calls_of(("predict_generator",))
        for given in (call.args[0] for call in calls if call.args):
            made = self._court.said.assigned(given) if isinstance(given, ast.Name) else given
            called = made.func if isinstance(made, ast.Call) else None
            if isinstance(called, ast.Name | ast.Attribute):
                yield called.id if isinstance(called, ast.Name) else called.attr

    def _as_inputs(self, value: ast.expr) -> Iterator[Respell]:
        """The list of all inputs, alone in a tuple: a prediction has no targets."""
        if isinstance(value, ast.List):
            yield from self._brackets(value, "((", "),)")

    def _as_batch(self, value: ast.expr, function: ast.AST) -> Iterator[Respell]:
        """Inputs and targets, each a tuple where it is a list, or a name that is given lists alone."""
        if not isinstance(value, ast.Tuple | ast.List) or len(value.elts) not in _SIZES:
            return
        if any(isinstance(part, ast.Starred) for part in value.elts):
            return
        if isinstance(value, ast.List):
            yield from self._brackets(value, "(", ")")
        for part in value.elts:
            if isinstance(part, ast.ListComp):
                yield from self._brackets(part, "tuple(", ")")
            elif isinstance(part, ast.List) and part.elts:
                yield from self._brackets(part, "(", ")" if len(part.elts) > 1 else ",)")
            elif isinstance(part, ast.Name) and _is_list(part.id, function):
                yield Respell(self._source.span(part), f"tuple({part.id})")

    def _brackets(self, one: ast.expr, opening: str, closing: str) -> Iterator[Respell]:
        """Others in place of the square ones."""
        span = self._source.span(one)
        if closing == ",)" and self._source.slice(span)[:-1].rstrip().endswith(","):
            closing = ")"
        yield Respell(Span(span.line, span.column, span.line, span.column + 1), opening)
        yield Respell(
            Span(span.end_line, span.end_column - 1, span.end_line, span.end_column), closing
        )


def _endless(function: ast.FunctionDef) -> Iterator[ast.expr]:
    """What the endless loops of a function yield."""
    for node in _own(function):
        if isinstance(node, ast.While) and isinstance(node.test, ast.Constant) and node.test.value:
            yield from _yielded(node)


def _yielded(loop: ast.While) -> Iterator[ast.expr]:
    values = (node.value for node in _own(loop) if isinstance(node, ast.Yield))
    return (value for value in values if value is not None)


def _own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes below one, without those of inner functions."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, _FUNCTIONS):
            yield child
            yield from _own(child)


def _is_list(name: str, function: ast.AST) -> bool:
    """Is all that the function assigns to a name a list of things, written out?"""
    values = [
        node.value
        for node in _own(function)
        if isinstance(node, ast.Assign)
        and any(isinstance(one, ast.Name) and one.id == name for one in node.targets)
    ]
    return bool(values) and all(isinstance(one, ast.List) and one.elts for one in values)
