"""The arguments that a template forwards as `...`: what is called with them must take them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from kmigrate.api import Signature
from kmigrate.dialects import locate
from kmigrate.match.calls import BoundCall
from kmigrate.match.conditions import holds
from kmigrate.match.judge import Judge
from kmigrate.match.symbol import Symbol

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_REST = re.compile(r"(?<=[(\s])\.\.\.(?=\))")


@cache
def expression(template: str) -> ast.expr:
    """The template with names for its placeholders and `**rest` for `...`."""
    plain = _PLACEHOLDER.sub(lambda found: found[1], template)
    return ast.parse(_REST.sub("**rest", plain), mode="eval").body


def dropped(judge: Judge, symbol: Symbol, bound: BoundCall) -> frozenset[str]:
    """The arguments that a row leaves out of every call of the symbol, templates included."""
    apis = judge.source.api, judge.target.api
    rows = filter(judge.dates.holds, judge.table.arguments(*apis, symbol.canonical))
    return frozenset(row.argument for row in rows if row.drop and holds(row.when, bound))


def refused(judge: Judge, symbol: Symbol, template: str, names: Iterator[str]) -> str:
    """Which of the forwarded arguments the template's callee does not take, and why that is so."""
    dialect, path = _callee(symbol, template)
    goal = judge.goals.within("tf") if dialect == "tf" else judge.goal
    snapshot = goal.holding(path) if path else None
    signature = snapshot.signature(path) if snapshot else None
    if snapshot is None or signature is None:
        return ""
    api = goal.surface.api
    known = judge.table.accepts(api, snapshot.canonical(path) or path)
    for name in names:
        if signature.find(name) is None and not _is_taken(name, signature, known):
            return f"`{name}` is not an argument of `{path}` in {goal.surface.name}"
    return ""


def _is_taken(name: str, signature: Signature, known: frozenset[str]) -> bool:
    return signature.accepts_any_keyword and (name in known or not known)


def _callee(symbol: Symbol, template: str) -> tuple[str, str]:
    """The dialect and the path of what the template calls with the rest; "" if it is not known."""
    for call in ast.walk(expression(template)):
        if isinstance(call, ast.Call) and any(one.arg is None for one in call.keywords):
            name = ast.unparse(call.func)
            owner, _, method = name.rpartition(".")
            if owner == "self":
                return symbol.dialect, f"{symbol.destination.rpartition('.')[0]}.{method}"
            return locate(name) or ("", "")
    return "", ""


def stands_in_it(template: str, symbol: Symbol, parent: ast.AST | None) -> bool:
    """Does the call stand where the template would put it: in `mean(f(...), axis=-1)`?"""
    outer = expression(template)
    if not isinstance(outer, ast.Call) or not isinstance(parent, ast.Call) or not outer.args:
        return False
    inner, ends = outer.args[0], ast.unparse(outer.func).split(".")[-2:]
    return (
        isinstance(inner, ast.Call)
        and (locate(ast.unparse(inner.func)) or ("", ""))[1] == symbol.destination
        and ast.unparse(parent.func).split(".")[-2:] in (ends, ends[-1:])
        and [ast.dump(one) for one in parent.keywords] == [ast.dump(one) for one in outer.keywords]
    )
