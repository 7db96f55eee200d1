"""String annotations: `def f(model: "keras.Model")` names things as code does."""

from __future__ import annotations

import ast
import re

_PLAIN = re.compile(r"[\w\s.,\[\]|]+")


def parse_annotation(literal: ast.Constant) -> ast.expr | None:
    """The expression in a string annotation, its positions those of the file; None if it is none.

    Only a literal on one line without escapes has positions that can be told: the text of the
    value must be as long as the literal less its quotes, which the caller checks when it edits.
    """
    value = literal.value
    if (
        not isinstance(value, str)
        or not _PLAIN.fullmatch(value)
        or "\n" in value
        or literal.lineno != literal.end_lineno
    ):
        return None
    try:
        tree = ast.parse(value.strip(), mode="eval").body
    except SyntaxError:
        return None
    quotes = ((literal.end_col_offset or 0) - literal.col_offset - len(value.encode())) // 2
    if quotes not in (1, 3):
        return None
    indent = len(value) - len(value.lstrip())
    shift = literal.col_offset + quotes + indent
    for node in ast.walk(tree):
        if isinstance(node, ast.expr):
            node.lineno = node.end_lineno = literal.lineno
            node.col_offset += shift
            node.end_col_offset = (node.end_col_offset or 0) + shift
    return tree
