"""An attribute that is set behind a call, where each later use now looks at it: set as it was then.

`model.trainable = False` behind `compile()` counted for what was compiled after it. Where the library
looks at the attribute as it trains, it is set back above each call that trains, and again behind it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from kmigrate.model import Edit, InsertLine, Respell, Span
from kmigrate.rulebook.rows import FlagRow
from kmigrate.text import SourceText

_PLAIN = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Run:
    """Statements of one block, next to each other, that make the calls."""

    block: list[ast.stmt]
    first: int
    last: int


class Restored:
    """What one attribute of one object is around the calls of a row."""

    def __init__(
        self, row: FlagRow, node: ast.Attribute, tree: ast.AST, source: SourceText
    ) -> None:
        self._row, self._node, self._source = row, node, source
        self._receiver, self._attribute = ast.unparse(node.value), node.attr
        self._nodes = list(ast.walk(tree))
        self._blocks = [block for one in self._nodes for block in blocks(one)]

    def edits(self) -> list[Edit] | None:
        """What sets it around all the calls; None where one of them is out of reach, or none is."""
        calls = [call for call in self._calls() if self._is_same(call)]
        runs = list(self._runs(calls))
        value = self._first_value()
        covered = sum(run.last - run.first + 1 for run in runs)
        if not calls or value is None or covered != len(set(map(self._line, calls))):
            return None
        return [edit for run in runs for edit in self._around(run, value)]

    # --- what the file says ---

    def _calls(self) -> Iterator[ast.Call]:
        for node in self._nodes:
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in self._row.around
                and ast.unparse(node.func.value) == self._receiver
            ):
                yield node

    def _first_value(self) -> bool | None:
        """What it is first set to behind the call, where that is not what it was at the call."""
        compiled = min(
            node.lineno
            for node in self._nodes
            if isinstance(node, ast.Attribute)
            and node.attr == self._row.after
            and ast.unparse(node.value) == self._receiver
        )
        values = {
            statement.lineno: self._set_to(statement)
            for statement in self._nodes
            if isinstance(statement, ast.Assign) and self._sets(statement)
        }
        before = [line for line in values if line < compiled]
        behind = [line for line in values if line > compiled]
        return None if before or not behind else values[min(behind)]

    def _sets(self, statement: ast.stmt) -> bool:
        return isinstance(statement, ast.Assign) and any(
            isinstance(target, ast.Attribute)
            and target.attr == self._attribute
            and ast.unparse(target.value) == self._receiver
            for target in statement.targets
        )

    def _set_to(self, statement: ast.stmt) -> bool | None:
        value = statement.value if isinstance(statement, ast.Assign) else None
        is_told = isinstance(value, ast.Constant) and isinstance(value.value, bool)
        return bool(value.value) if is_told and isinstance(value, ast.Constant) else None

    def _is_same(self, call: ast.Call) -> bool:
        """Is the object of the call the one that is set? Another function may have one of its own."""
        if not isinstance(self._node.value, ast.Name):
            return True
        here, there = self._function(call), self._function(self._node)
        return here is there or here is None or not _makes(here, self._receiver)

    def _function(self, node: ast.expr) -> ast.AST | None:
        around = [
            one
            for one in self._nodes
            if isinstance(one, _FUNCTIONS) and one.lineno <= node.lineno <= (one.end_lineno or 0)
        ]
        return around[-1] if around else None

    # --- where the calls stand ---

    def _line(self, call: ast.Call) -> int:
        """The line of the innermost statement that holds the call."""
        return max(
            statement.lineno
            for block in self._blocks
            for statement in block
            if statement.lineno <= call.lineno <= (statement.end_lineno or 0)
        )

    def _runs(self, calls: list[ast.Call]) -> Iterator[_Run]:
        lines = set(map(self._line, calls))
        for block in self._blocks:
            first = None
            for index, statement in enumerate([*block, None]):
                is_call = (
                    isinstance(statement, _PLAIN)
                    and statement.lineno in lines
                    and self._stands_alone(statement)
                )
                if is_call and first is None:
                    first = index
                elif not is_call and first is not None:
                    yield _Run(block, first, index - 1)
                    first = None

    def _stands_alone(self, statement: ast.stmt) -> bool:
        """Is there no other statement on its lines?"""
        span = self._source.span(statement)
        before = self._source.lines[span.line - 1][: span.column]
        behind = self._source.lines[span.end_line - 1][span.end_column :].strip()
        return not before.strip() and (not behind or behind.startswith("#"))

    # --- what is written ---

    def _around(self, run: _Run, value: bool) -> Iterator[Edit]:
        if self._nearest(reversed(run.block[: run.first])) is not (not value):
            yield InsertLine(run.block[run.first].lineno, f"{self._setting} = {not value}")
        if self._nearest(iter(run.block[run.last + 1 :])) is not value:
            yield self._behind(run.block[run.last], f"{self._setting} = {value}")

    @property
    def _setting(self) -> str:
        return f"{self._receiver}.{self._attribute}"

    def _nearest(self, statements: Iterator[ast.stmt]) -> bool | None:
        """What the next statement that sets it sets it to, in the same block."""
        return next((self._set_to(one) for one in statements if self._sets(one)), None)

    def _behind(self, statement: ast.stmt, text: str) -> Respell:
        line = statement.end_lineno or statement.lineno
        whole = self._source.lines[line - 1]
        column = len(whole.rstrip("\r\n"))
        newline = self._source.newline_at(line) or "\n"
        indented = self._source.indentation(statement.lineno) + text
        return Respell(Span(line, column, line, column), newline + indented)


def blocks(node: ast.AST) -> Iterator[list[ast.stmt]]:
    """The statements that stand below a node, one behind the other."""
    for name in ("body", "orelse", "finalbody"):
        block = getattr(node, name, None)
        if isinstance(block, list):
            yield block


def _makes(function: ast.AST, name: str) -> bool:
    """Does the function give the name a value of its own, by itself?"""
    return any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
        for node in ast.walk(function)
    )
