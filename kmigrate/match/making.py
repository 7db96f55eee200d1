"""What the call that makes an argument was given: the batch size of a generator."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping

from kmigrate.match.said import Said

_MADE = re.compile(r"\{(\w+)\.(\w+)\}")


def with_made(
    template: str,
    given: Mapping[str, ast.expr],
    said: Said,
    text_of: Callable[[ast.expr], str],
) -> str:
    """A template with `{generator.batch_size}` filled in; "" where that cannot be told."""
    filled = template
    for name, keyword in _MADE.findall(template):
        value = _given(given[name], keyword, said) if name in given else None
        if value is None:
            return ""
        filled = filled.replace(f"{{{name}.{keyword}}}", text_of(value))
    return filled


def _given(node: ast.expr, keyword: str, said: Said) -> ast.expr | None:
    """What the call that makes `node` is given by a keyword, if that can be written again."""
    if isinstance(node, ast.Name):
        value = said.assigned(node)
        return _given(value, keyword, said) if value is not None else None
    for one in node.keywords if isinstance(node, ast.Call) else ():
        if one.arg == keyword and isinstance(one.value, ast.Constant | ast.Name):
            return one.value
    return None
