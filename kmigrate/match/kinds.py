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


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
