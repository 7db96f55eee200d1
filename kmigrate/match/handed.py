"""Functions that the library is handed and calls with more than it did: `init=lambda shape: ...`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.match.keys import dialects_of
from kmigrate.match.respelled import Respelled
from kmigrate.model import Respell
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan.scopes import lookup

_PLAIN = ast.Constant | ast.Name
_Function = ast.FunctionDef | ast.Lambda


class Handed(Respelled):
    """Decides the parameters of functions of the file; fills `findings` and `edits`.

    A row on `__call__` with `default` and `keys` says what functions take that are given to `keys`.
    """

    def decide(self) -> None:
        """Give each function the parameter that it lacks."""
        done: set[_Function] = set()
        for dialect, row in self._rows():
            for function in self._given(row.keys):
                last = _last(function.args, row.argument) if function not in done else None
                done.add(function)
                if last is not None:
                    self._emit(last, [self._more(last, function.args, row)], dialect, row)
            return

    def _rows(self) -> Iterator[tuple[str, ArgumentRow]]:
        for dialect in dialects_of(self._found):
            for judge in self._court.judges(dialect):
                for row in judge.table.keyed(judge.source.api, judge.target.api):
                    is_one = row.on[0].endswith(".__call__") and row.default
                    if is_one and judge.dates.holds(row):
                        yield dialect, row

    def _given(self, names: tuple[str, ...]) -> Iterator[_Function]:
        """The lambdas, and the only functions of their name, that its calls are given as such an argument."""
        calls = {use.call for use in self._found.uses}
        calls.update(use.call for use in self._found.methods if use.classes)
        keywords = (one for call in calls if call is not None for one in call.keywords)
        for keyword in sorted(keywords, key=lambda one: (one.lineno, one.col_offset)):
            if keyword.arg in names:
                function = self._function(keyword.value)
                if function is not None:
                    yield function

    def _function(self, value: ast.expr) -> _Function | None:
        if isinstance(value, ast.Lambda):
            return value
        scope = self._court.said.scopes.get(value) if isinstance(value, ast.Name) else None
        if scope is None or not isinstance(value, ast.Name):
            return None
        owner = lookup(scope, value.id)
        found = [one.definition for one in owner.bindings[value.id]] if owner is not None else []
        return found[0] if len(found) == 1 and isinstance(found[0], ast.FunctionDef) else None

    def _more(
        self, last: ast.expr | ast.arg, parameters: ast.arguments, row: ArgumentRow
    ) -> Respell:
        span = self._source.span(last)
        is_asked = isinstance(last, ast.arg) and len(parameters.args) > 1
        filled = "=None" if is_asked else ""
        text = self._source.slice(span)
        return Respell(span, f"{text}{filled}, {row.argument}={row.default}")


def _last(parameters: ast.arguments, wanted: str) -> ast.expr | ast.arg | None:
    """Behind what the parameter goes; None where it is taken, or more than the first is asked for."""
    plain = parameters.args
    if parameters.vararg or parameters.kwarg or parameters.kwonlyargs or parameters.posonlyargs:
        return None
    if not plain or wanted in {one.arg for one in plain} or any(one.annotation for one in plain):
        return None
    if parameters.defaults:
        last = parameters.defaults[-1]
        asked = len(plain) - len(parameters.defaults)
        return last if asked == 1 and _stands_bare(last, plain[-1]) else None
    return plain[-1] if len(plain) < 3 else None


def _stands_bare(default: ast.expr, parameter: ast.arg) -> bool:
    """Is it a name or a constant right behind the `=`, in no brackets of its own?"""
    is_near = default.lineno == parameter.end_lineno
    between = default.col_offset - (parameter.end_col_offset or 0)
    return isinstance(default, _PLAIN) and is_near and between == 1
