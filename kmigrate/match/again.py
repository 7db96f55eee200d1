"""Whether an object is given to a call again: two calls of one name that share what was made once."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def is_given_again(value: ast.expr, call: ast.Call | None, tree: ast.AST | None) -> bool:
    """Was what is made by a call, and given here by its name, given to a call above, of this name?"""
    if call is None or tree is None or not isinstance(value, ast.Name | ast.Attribute):
        return False
    nodes = list(ast.walk(tree))
    made = _made(value, nodes)
    if made is None or not isinstance(call.func, ast.Attribute):
        return False
    return any(
        made.lineno < other.lineno < call.lineno and not _is_other_branch(other, call, nodes)
        for other in _calls_with(ast.unparse(value), call.func.attr, nodes)
    )


def _made(value: ast.Name | ast.Attribute, nodes: list[ast.AST]) -> ast.Assign | None:
    """The last statement above that gives the name its object, where that is a call."""
    text, found = ast.unparse(value), None
    for node in nodes:
        if not isinstance(node, ast.Assign) or text not in map(ast.unparse, node.targets):
            continue
        is_last = found is None or found.lineno < node.lineno
        if is_last and node.lineno < value.lineno and _is_visible(node, value, nodes):
            found = node
    return found if found is not None and isinstance(found.value, ast.Call) else None


def _is_visible(made: ast.Assign, value: ast.Name | ast.Attribute, nodes: list[ast.AST]) -> bool:
    """Does a name mean there what it was made where it is made? An attribute does anywhere."""
    if isinstance(value, ast.Attribute):
        return True
    there, here = (_functions_around(node, nodes) for node in (made, value))
    inner = [one for one in here if one not in there]
    bound = {argument.arg for one in inner for argument in _parameters(one)}
    return all(one in here for one in there) and value.id not in bound


def _parameters(function: ast.AST) -> Iterator[ast.arg]:
    return (node for node in ast.walk(function) if isinstance(node, ast.arg))


def _functions_around(node: ast.stmt | ast.expr, nodes: list[ast.AST]) -> list[ast.AST]:
    return [one for one in nodes if isinstance(one, _FUNCTIONS) and _is_in([one], node)]


def _calls_with(text: str, method: str, nodes: list[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if node.func.attr == method and text in map(ast.unparse, given):
            yield node


def _is_other_branch(one: ast.Call, other: ast.Call, nodes: list[ast.AST]) -> bool:
    """Do the two stand in branches of which only one runs?"""
    branches = ((node.body, node.orelse) for node in nodes if isinstance(node, ast.If))
    return any(_is_in(body, one) and _is_in(orelse, other) for body, orelse in branches)


def _is_in(block: list[ast.stmt] | list[_FUNCTIONS], node: ast.stmt | ast.expr) -> bool:
    return any(
        one.lineno <= node.lineno and (node.end_lineno or 0) <= (one.end_lineno or 0)
        for one in block
    )
