"""What is done to symbolic Keras tensors: raw TensorFlow called on them, and what is taken of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.dialects import locate
from kmigrate.match.actions import Action, Template
from kmigrate.match.calls import Argument, arguments_of
from kmigrate.match.sites import Court
from kmigrate.model import Outcome, Surface
from kmigrate.rulebook.rows import FlagRow
from kmigrate.scan import MethodUse, Scan, Use
from kmigrate.scan.scopes import Scope, lookup
from kmigrate.scan.tensors import TENSOR

_EVERY = "*"
_INNER = "tensor"  # what the wrapped function calls its argument


class Symbolic:
    """Judges one scanned module."""

    def __init__(self, found: Scan, court: Court, target: Surface) -> None:
        self._found = found
        self._court = court
        self._target = target

    # --- raw TensorFlow ---

    def called(self, use: Use, action: Action) -> Action:
        """The verdict on a use of raw TensorFlow, which cannot stay where it is given a tensor."""
        row = self._court.table.symbolic("tf", self._target.api).get(_EVERY)
        is_said = action.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED)
        if row is None or use.call is None or is_said or not _is_raw(use, action):
            return action
        given = self._found.tensors.given(use.call, use.scope)
        if not given:
            return action
        written = self._court.raw.given_tensors(use.names[0], use.call, use.attributes)
        if written.outcome is not Outcome.FLAGGED and not _is_raw(use, written):
            return written
        if written.outcome is Outcome.FLAGGED and not self._court.raw.survives(use.names[0]):
            return written
        return self._wrapped(row, use, use.call, given, written) or Action().flagged(
            row.id, row.message
        )

    def _wrapped(
        self,
        row: FlagRow,
        use: Use,
        call: ast.Call,
        given: tuple[ast.expr, ...],
        written: Action,
    ) -> Action | None:
        """The call inside a layer of its own, where it is given tensors in one place alone."""
        arguments = arguments_of(call)
        if len(given) > 1 or use.scope.kind == "class" or any(one.stars for one in arguments):
            return None
        others = [one for one in arguments if one.value is not given[0]]
        if not all(_is_fixed(one.value, use.scope) for one in others):
            return None
        parts = (_part(one, _INNER if one.value is given[0] else "") for one in arguments)
        name = written.name or use.names[0]
        text = row.instead.replace("{call}", f"{name}({', '.join(parts)})")
        captures = [(f"_{one.index}", one.index) for one in others]
        captures += [(_INNER, one.index) for one in arguments if one.value is given[0]]
        template = Template(text, tuple(captures), rule=row.instead)
        return Action(
            outcome=Outcome.REVIEW, rules=(row.id,), reason=row.message, template=template
        )

    # --- what is taken of a tensor ---

    def taken(self, use: MethodUse, apis: Iterator[str]) -> tuple[str, Action] | None:
        """What is taken, and the verdict; None where no row speaks of it."""
        end = f"{use.method}()" if use.call is not None else use.method
        rows = [self._court.table.symbolic(api, self._target.api) for api in apis]
        if not use.is_loaded or not any(path.endswith(f".{end}") for one in rows for path in one):
            return None
        kind = self._found.tensors.kind(use.node.value, use.scope)
        for known in rows:
            row = known.get(f"{kind or TENSOR}.{end}")
            if row is not None and (kind or row.unproven):
                return f"{kind or TENSOR}.{use.method}", _taking(row, use)
        return None


def _taking(row: FlagRow, use: MethodUse) -> Action:
    has_arguments = use.call is not None and (use.call.args or use.call.keywords)
    if not row.instead or has_arguments:
        return Action(use.method).flagged(row.id, row.message)
    template = Template(row.instead, (("self", -1),), rule=row.instead)
    return Action(outcome=Outcome.REVIEW, rules=(row.id,), reason=row.message, template=template)


def _is_raw(use: Use, action: Action) -> bool:
    """Is it a function of raw TensorFlow, and stays one?"""
    texts = [action.template.text] if action.template else [action.name or use.names[0]]
    located = [locate(text.partition("(")[0]) for text in (*texts, use.names[0])]
    return all(one is not None and one[0] == "tf" for one in located)


def _part(argument: Argument, inner: str) -> str:
    keyword = f"{argument.keyword}=" if argument.keyword else ""
    return keyword + (inner or f"{{_{argument.index}}}")


def _is_fixed(node: ast.expr, scope: Scope) -> bool:
    """Does an expression mean the same whenever it is evaluated again?"""
    nodes = list(ast.walk(node))
    if any(isinstance(one, ast.Lambda | ast.Await | ast.Yield | ast.NamedExpr) for one in nodes):
        return False
    names = [one.id for one in nodes if isinstance(one, ast.Name)]
    return _INNER not in names and all(_is_bound_once(name, scope) for name in names)


def _is_bound_once(name: str, scope: Scope) -> bool:
    owner = lookup(scope, name)
    if owner is None:
        return True
    bindings = owner.bindings.get(name, [])
    return len(bindings) == 1 and not bindings[0].conditional and owner.kind != "comprehension"
