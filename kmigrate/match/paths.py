"""Where the end of a computed text stands: the literal behind `os.path.join(folder, "a.h5")`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from kmigrate.match.said import Said
from kmigrate.rulebook.rows import ArgumentRow, Literals, one_of

_PLACED = ("}",)  # a field that is filled in


def tail(node: ast.expr, said: Said) -> ast.Constant | None:
    """The literal that a text ends in; None where that cannot be told."""
    match node:
        case ast.Constant(value=str() as text):
            return None if text.endswith(_PLACED) or _ends_in_field(text) else node
        case ast.BinOp(op=ast.Add(), right=right):
            return tail(right, said)
        case ast.BinOp(op=ast.Mod(), left=left):
            return tail(left, said)
        case ast.Call(func=ast.Attribute(value=ast.Constant() as text, attr="format")):
            return tail(text, said)
        case ast.Call(func=ast.Attribute(attr="join"), args=[*_, last]) if len(node.args) > 1:
            return tail(last, said)
        case ast.Name(id=name):
            value = said.assigned(name)
            return tail(value, said) if value is not None else None
    return None


def _ends_in_field(text: str) -> bool:
    return text[-2:-1] == "%" and text[-1].isalpha()


def renamed_end(
    row: ArgumentRow, path: ast.expr, said: Said, text_of: Callable[[ast.expr], str]
) -> tuple[ast.Constant, str] | None:
    """The literal that a path ends in, with how it is written to have the row's suffix."""
    end = tail(path, said) if row.suffix else None
    text = text_of(end) if end is not None else ""
    if end is None or text.count(str(end.value)) != 1:
        return None
    return end, text.replace(str(end.value), _ending_in(row.suffix, str(end.value)))


def is_renamed_by(row: ArgumentRow, path: ast.expr, said: Said) -> bool:
    """Does the file save to the path by a call to which the row gives another suffix?"""
    end = tail(path, said)
    if end is None or str(end.value).endswith(tuple(row.when.other_suffix[row.argument])):
        return False
    calls = said.calls_of(row.on[0].rpartition(".")[2])
    paths = (tail(one, said) for call in calls for one in _saved_to(row, call))
    return any(one is not None and one.value == end.value for one in paths)


def _saved_to(row: ArgumentRow, call: ast.Call) -> list[ast.expr]:
    """The path that a call saves to, if the row speaks of the call."""
    given = {one.arg: one.value for one in call.keywords if one.arg}
    when = row.when
    if any(name in given for name in when.absent):
        return []
    if any(
        name not in given or _is_one_of(given[name], said) for name, said in when.differs.items()
    ):
        return []
    if any(
        name not in given or not _is_one_of(given[name], said) for name, said in when.equals.items()
    ):
        return []
    return [given[row.argument]] if row.argument in given else call.args[:1]


def _is_one_of(node: ast.expr, wanted: Literals) -> bool:
    """Is it one of these literals?"""
    return isinstance(node, ast.Constant) and node.value in one_of(wanted)


def _ending_in(suffix: str, text: str) -> str:
    """A path with that suffix instead of its own, which starts with a letter."""
    first = suffix.rpartition(".")[0]
    return re.sub(r"\.[A-Za-z]\w*$", "", text).removesuffix(first) + suffix
