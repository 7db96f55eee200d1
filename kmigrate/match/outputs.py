"""Whether the file makes a model with a list of outputs: `Model(x, [a, b])`."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.match.said import Said

_NAMES = ("outputs", "output")
_SECOND = 1  # where `Model(inputs, outputs)` takes them


def gives_several(call: ast.Call | None, said: Said) -> bool:
    """Is it a method of a model that is made with several outputs, here or by a function?"""
    if call is None or not isinstance(call.func, ast.Attribute):
        return False
    made = [*_made(call.func.value, said)]
    return bool(made) and all(_is_list(_outputs(one), said) for one in made)


def _made(model: ast.expr | None, said: Said) -> Iterator[ast.expr | None]:
    """What makes the model: a call, or those that the function returns which is called for it."""
    value = said.assigned(model) if isinstance(model, ast.Name | ast.Attribute) else model
    returns = [*_returned(value, said)]
    if not returns:
        yield value
    for one in returns:
        yield said.assigned(one) if isinstance(one, ast.Name) else one


def _returned(value: ast.expr | None, said: Said) -> Iterator[ast.expr | None]:
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
        return
    for node in ast.walk(said.tree) if said.tree is not None else ():
        if isinstance(node, ast.FunctionDef) and node.name == value.func.id:
            yield from (one.value for one in ast.walk(node) if isinstance(one, ast.Return))


def _outputs(made: ast.expr | None) -> ast.expr | None:
    if not isinstance(made, ast.Call):
        return None
    named = (one.value for one in made.keywords if one.arg in _NAMES)
    return next(named, made.args[_SECOND] if len(made.args) > _SECOND else None)


def _is_list(node: ast.expr | None, said: Said) -> bool:
    value = said.assigned(node) if isinstance(node, ast.Name) else node
    return isinstance(value, ast.ListComp) or (
        isinstance(value, ast.List | ast.Tuple) and len(value.elts) > 1
    )
