"""Who uses a function of the file, and what its callers give for a parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef
_LOOPS = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.DictComp


def parameters(function: ast.AST) -> Iterator[str]:
    """The parameters of a function, and of those inside it."""
    return (node.arg for node in ast.walk(function) if isinstance(node, ast.arg))


def given_by_callers(
    function: Function, name: str, nodes: Sequence[ast.AST]
) -> list[ast.expr | None]:
    """What each call of a function of that name gives for a parameter that its body leaves alone.

    None is what a call does not show; nothing is given to what is no parameter.
    """
    plain = [*function.args.posonlyargs, *function.args.args]
    names = [one.arg for one in plain]
    bound = (one for one in ast.walk(function) if isinstance(one, ast.Name) and one.id == name)
    if name not in (*names, *(one.arg for one in function.args.kwonlyargs)):
        return []
    if any(not isinstance(one.ctx, ast.Load) for one in bound):
        return []
    place = names.index(name) if name in names else -1
    return [_given(call, name, place, names) for call in _calls(function, nodes)]


def _given(call: ast.Call, name: str, place: int, names: Sequence[str]) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    place -= isinstance(call.func, ast.Attribute)  # what stands before the dot is the first
    before = call.args[: place + 1]
    if not 0 <= place < len(call.args) or any(isinstance(one, ast.Starred) for one in before):
        return None
    return call.args[place]


def _calls(function: Function, nodes: Sequence[ast.AST]) -> Iterator[ast.Call]:
    for node in nodes:
        if isinstance(node, ast.Call) and _means(node.func, function):
            yield node


def _means(node: ast.AST, function: Function) -> bool:
    """A method is reached by a dot, another function by its name."""
    if [one.arg for one in function.args.args[:1]] in (["self"], ["cls"]):
        return isinstance(node, ast.Attribute) and node.attr == function.name
    return isinstance(node, ast.Name) and node.id == function.name


def is_used_again(function: ast.AST, nodes: Sequence[ast.AST]) -> bool:
    """Is a function called twice or in a loop, or passed on to who may do so?"""
    if not isinstance(function, Function):
        return False
    uses = [node for node in nodes if _means(node, function)]
    called = {id(call.func) for call in _calls(function, nodes)}
    looped = {id(node) for loop in nodes if isinstance(loop, _LOOPS) for node in ast.walk(loop)}
    return len(uses) > 1 or any(id(use) not in called or id(use) in looped for use in uses)
