"""What kind of thing an argument is, as far as the file shows it; never guessed."""

from __future__ import annotations

import ast

from kmigrate.match.said import Said

_NUMBERS = ast.Constant | ast.BinOp | ast.UnaryOp


def is_single(node: ast.expr, said: Said) -> bool:
    """Is it a text or a function?"""
    return _is_text(node) or said.is_function(node) is True


def is_no_dict(node: ast.expr, makers: tuple[str, ...], said: Said) -> bool:
    """Is it a text, a list or tuple of numbers, or what a call of one of these names gives?"""
    found = said.assigned(node) if isinstance(node, ast.Name) else node
    if isinstance(found, ast.List | ast.Tuple):
        return bool(found.elts) and all(isinstance(one, _NUMBERS) for one in found.elts)
    if isinstance(found, ast.Call):
        return ast.unparse(found.func).rpartition(".")[2] in makers
    return found is not None and _is_text(found)


def is_made_with(call: ast.Call | None, names: tuple[str, ...], said: Said) -> bool:
    """Was the receiver made with a list of two or more as one of these, or as its second argument?"""
    receiver = (
        call.func.value if call is not None and isinstance(call.func, ast.Attribute) else None
    )
    made = said.assigned(receiver) if isinstance(receiver, ast.Name | ast.Attribute) else None
    if not isinstance(made, ast.Call):
        return False
    given = [one.value for one in made.keywords if one.arg in names] or made.args[1:2]
    lists = (said.assigned(one) if isinstance(one, ast.Name) else one for one in given)
    return any(isinstance(one, ast.List | ast.Tuple) and len(one.elts) > 1 for one in lists)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
