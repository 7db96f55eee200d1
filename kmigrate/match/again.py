"""Whether an object is given to a call again: calls of one name that share what was made once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from kmigrate.match.callers import Function, given_by_callers, is_used_again, parameters

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LOOPS = ast.For | ast.AsyncFor | ast.While
_Made = (
    ast.Assign | ast.FunctionDef | ast.AsyncFunctionDef
)  # the statement, or whose parameter it is


def is_given_again(value: ast.expr, call: ast.Call | None, tree: ast.AST | None) -> bool:
    """Was what is made by a call, and given here by its name, given to a call of this name before?

    To one above, or to this one, where it runs again for a receiver that is made anew.
    """
    if call is None or tree is None or not isinstance(value, ast.Name | ast.Attribute):
        return False
    nodes = list(ast.walk(tree))
    made = _made(value, nodes) or _made_by_callers(value, nodes)
    if made is None or not isinstance(call.func, ast.Attribute):
        return False
    return _runs_again(call, ast.unparse(call.func.value), value, made, nodes) or any(
        made.lineno < other.lineno < call.lineno and not _is_other_branch(other, call, nodes)
        for other in _calls_with(ast.unparse(value), call.func.attr, nodes)
    )


def _made(value: ast.expr | None, nodes: list[ast.AST]) -> ast.Assign | None:
    """The last statement above that gives the name its object, where that is a call."""
    if not isinstance(value, ast.Name | ast.Attribute):
        return None
    text, found = ast.unparse(value), None
    for node in nodes:
        if not isinstance(node, ast.Assign) or text not in map(ast.unparse, node.targets):
            continue
        is_last = found is None or found.lineno < node.lineno
        if is_last and node.lineno < value.lineno and _is_visible(node, value, nodes):
            found = node
    return found if found is not None and isinstance(found.value, ast.Call) else None


def _made_by_callers(value: ast.expr, nodes: list[ast.AST]) -> Function | None:
    """The function that has the name as a parameter, where all its callers give what a call made."""
    around = [one for one in _functions_around(value, nodes) if not isinstance(one, ast.Lambda)]
    function = max(around, key=lambda one: one.lineno, default=None)
    if function is None or not isinstance(value, ast.Name):
        return None
    given = given_by_callers(function, value.id, nodes)
    are_made = (isinstance(one, ast.Call) or _made(one, nodes) is not None for one in given)
    return function if given and all(are_made) else None


def _runs_again(
    call: ast.Call, receiver: str, value: ast.expr, made: _Made, nodes: list[ast.AST]
) -> bool:
    """Does the call run again with what was made once, for a receiver that is made each time?"""
    again: list[ast.AST] = [*_loops_around(call, nodes)]
    again += [one for one in _functions_around(call, nodes) if is_used_again(one, nodes)]
    blocks = [one for one in again if not _is_in([one], made)]
    if not isinstance(made, ast.Assign) and _is_shared(
        given_by_callers(made, ast.unparse(value), nodes), nodes
    ):
        blocks.append(made)
    return any(
        isinstance(node, ast.Assign)
        and node.lineno < call.lineno
        and receiver in map(ast.unparse, node.targets)
        for block in blocks
        for node in ast.walk(block)
    )


def _is_shared(given: Sequence[ast.expr | None], nodes: list[ast.AST]) -> bool:
    """Do callers give one object twice, or in a loop?"""
    found = [(one, _made(one, nodes)) for one in given if one is not None]
    seen = [made for _, made in found if made is not None]
    return len(set(seen)) < len(seen) or any(
        not _is_in([loop], made)
        for one, made in found
        if made is not None
        for loop in _loops_around(one, nodes)
    )


def _loops_around(node: ast.expr, nodes: list[ast.AST]) -> list[ast.stmt]:
    return [one for one in nodes if isinstance(one, _LOOPS) and _is_in([*one.body], node)]


def _is_visible(made: ast.Assign, value: ast.Name | ast.Attribute, nodes: list[ast.AST]) -> bool:
    """Does a name mean there what it was made where it is made? An attribute does anywhere."""
    if isinstance(value, ast.Attribute):
        return True
    there, here = (_functions_around(node, nodes) for node in (made, value))
    inner = [one for one in here if one not in there]
    bound = {name for one in inner for name in parameters(one)}
    return all(one in here for one in there) and value.id not in bound


def _functions_around(node: ast.stmt | ast.expr, nodes: list[ast.AST]) -> list[_FUNCTIONS]:
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


def _is_in(block: Sequence[ast.AST], node: ast.stmt | ast.expr) -> bool:
    return any(
        one.lineno <= node.lineno and (node.end_lineno or 0) <= (one.end_lineno or 0)  # type: ignore[attr-defined]
        for one in block
    )
