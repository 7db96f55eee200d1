"""What makes an argument: the batch size that a generator's call was given, both sides of a quotient."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from kmigrate.match.conditions import quotient
from kmigrate.match.said import Said

_MADE = re.compile(r"\{(\w+)\.(\w+)\}")
_SIDES = ("left", "right")
_ATOMS = ast.Constant | ast.Name | ast.Attribute | ast.Call | ast.Subscript


def with_made(
    template: str,
    given: Mapping[str, ast.expr],
    said: Said,
    text_of: Callable[[ast.expr], str],
) -> str:
    """A template with `{generator.batch_size}` filled in; "" where that cannot be told."""
    filled = template
    for name, keyword in _MADE.findall(template):
        value = _part(given[name], keyword, said) if name in given else None
        if value is None:
            return ""
        text = text_of(value) if isinstance(value, _ATOMS) else f"({text_of(value)})"
        filled = filled.replace(f"{{{name}.{keyword}}}", text)
    return filled


def _part(node: ast.expr, part: str, said: Said) -> ast.expr | None:
    """A side of the quotient, or what the call was given by that keyword."""
    if part not in _SIDES:
        return _given(node, part, said)
    division = quotient(node, said)
    return division and (division.left if part == "left" else division.right)


def maker_names(template: str) -> tuple[str, ...]:
    """The arguments whose making a template asks for: `generator` in `{generator.batch_size}`."""
    return tuple(name for name, _ in _MADE.findall(template))


def is_data(node: ast.expr | None, said: Said) -> bool:
    """Is it a pair of arrays as it stands there, which is no generator?"""
    if isinstance(node, ast.Name):
        return is_data(said.assigned(node), said)
    return isinstance(node, ast.Tuple | ast.List)


def _given(node: ast.expr, keyword: str, said: Said) -> ast.expr | None:
    """What the call that makes `node` is given by a keyword, if that can be written again."""
    if isinstance(node, ast.Name):
        value = said.assigned(node)
        return _given(value, keyword, said) if value is not None else None
    for one in node.keywords if isinstance(node, ast.Call) else ():
        if one.arg == keyword and is_plain(one.value):
            return one.value
    return None


def is_plain(node: ast.expr) -> bool:
    """A literal, a name or attributes of one: `args.batch_size`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Constant | ast.Name)
