"""What rewrites make of functions: of their calls, and of those that are used as values."""

from __future__ import annotations

import ast
import re

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action, Template
from kmigrate.match.judge import Judge
from kmigrate.match.said import Said
from kmigrate.match.symbol import Symbol
from kmigrate.match.templates import rewrite
from kmigrate.model import Outcome

_OTHER = re.compile(r"([\w.]+)\(\{\w+\}\)")
_CALL = ast.parse("f(x)", mode="eval").body
_NOTE = "used as a value: a call with one argument is the same, check what else it is called with"


def rewritten(
    judge: Judge, symbol: Symbol, call: ast.Call | None, parent: ast.AST | None, said: Said
) -> Action | None:
    """What a rewrite makes of a call of the symbol, or of the symbol where nothing calls it."""
    if call is not None:
        return rewrite(judge, symbol, call, parent, said)
    return _as_text(judge, symbol) or _as_value(judge, symbol)


def _as_text(judge: Judge, symbol: Symbol) -> Action | None:
    """What a flag writes for a constant that is gone: `losses.Reduction.NONE`."""
    row = judge.flag(symbol.canonical) or judge.flag(symbol.path)
    if row is None or not row.instead or (row.id,) != symbol.action.rules:
        return None
    action = Action(template=Template(row.instead, (), rule=row.instead))
    return action.but(Outcome.REVIEW, row.id, row.message)


def _as_value(judge: Judge, symbol: Symbol) -> Action | None:
    """The function that a call with one argument alone becomes a call of: `K.relu`, uncalled."""
    assert isinstance(_CALL, ast.Call)
    action = rewrite(judge, symbol, _CALL, None)
    other = _OTHER.fullmatch(action.template.text) if action and action.template else None
    is_alike = other is not None and other[1].rpartition(".")[2] == symbol.path.rpartition(".")[2]
    if action is None or other is None or not is_alike:
        return None
    located = locate(other[1])
    is_keras = located is not None and located[0] == "keras" and judge.target.dialect != "tf"
    name = qualified(judge.target.dialect, located[1]) if is_keras and located else other[1]
    return Action(name).but(Outcome.REVIEW, action.rules[0], _NOTE)
