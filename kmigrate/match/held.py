"""An attribute that is set on a part of a model which was compiled before, and is trained behind it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.rulebook.rows import FlagRow

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef


def counts_late(row: FlagRow, node: ast.Attribute, tree: ast.AST) -> bool:
    """Does a model that holds the object meet another value as it trains than as it was compiled?"""
    function = _around(node, tree)
    nodes = list(ast.walk(function))
    receiver = ast.unparse(node.value)
    settings = {
        one.lineno: _constant(one.value)
        for one in nodes
        if isinstance(one, ast.Assign)
        and f"{receiver}.{node.attr}" in map(ast.unparse, one.targets)
    }
    for compiled in _calls(nodes, (row.after,)):
        model = ast.unparse(compiled.func.value) if isinstance(compiled.func, ast.Attribute) else ""
        if model == receiver or compiled.lineno > node.lineno or node.lineno not in settings:
            continue
        before = [settings[line] for line in sorted(settings) if line < compiled.lineno]
        value = before[-1] if before else True
        if None in (value, settings[node.lineno]) or value is settings[node.lineno]:
            continue
        trained = [
            call.lineno for call in _calls(ast.walk(tree), row.around) if _is_on(call, model)
        ]
        again = [call.lineno for call in _calls(nodes, (row.after,)) if _is_on(call, model)]
        if _reaches(node.lineno, trained, [*settings, *again]) and model in _makes(
            receiver, nodes, compiled.lineno
        ):
            return True
    return False


def _around(node: ast.AST, tree: ast.AST) -> ast.AST:
    """The innermost function that holds the node, else the module."""
    functions = [one for one in ast.walk(tree) if isinstance(one, _FUNCTIONS)]
    holding = [one for one in functions if any(inner is node for inner in ast.walk(one))]
    return holding[-1] if holding else tree


def _calls(nodes: Iterator[ast.AST] | list[ast.AST], methods: tuple[str, ...]) -> list[ast.Call]:
    return [
        one
        for one in nodes
        if isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in methods
    ]


def _is_on(call: ast.Call, model: str) -> bool:
    return isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == model


def _constant(value: ast.expr) -> bool | None:
    is_told = isinstance(value, ast.Constant) and isinstance(value.value, bool)
    return bool(value.value) if is_told and isinstance(value, ast.Constant) else None


def _reaches(line: int, trained: list[int], others: list[int]) -> bool:
    """Is what is set on a line still so at the first call that trains behind it?"""
    behind = [one for one in trained if one > line]
    return bool(behind) and not any(line < other < min(behind) for other in others)


def _makes(receiver: str, nodes: list[ast.AST], line: int) -> set[str]:
    """What is made of the object above a line: by assignments, or added to."""
    made = {receiver}
    statements = (one for one in nodes if isinstance(one, ast.Assign | ast.Expr))
    for one in sorted(statements, key=lambda one: one.lineno):
        parts = (part for part in ast.walk(one.value) if isinstance(part, ast.Name | ast.Attribute))
        if one.lineno >= line or not any(ast.unparse(part) in made for part in parts):
            continue
        if isinstance(one, ast.Assign):
            for target in one.targets:
                elements = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
                made.update(ast.unparse(element) for element in elements)
        elif isinstance(one.value, ast.Call) and isinstance(one.value.func, ast.Attribute):
            made.add(ast.unparse(one.value.func.value))
    return made
