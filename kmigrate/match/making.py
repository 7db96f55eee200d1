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
    return _by_definition(node, keyword, said) if isinstance(node, ast.Call) else None


def _by_definition(call: ast.Call, keyword: str, said: Said) -> ast.expr | None:
    """What a generator of the file is given for its only parameter of that meaning, or its default."""
    function = _generator(call.func, said)
    if function is None or any(isinstance(one, ast.Starred) for one in call.args):
        return None
    is_method = isinstance(call.func, ast.Attribute)
    names = [one.arg for one in function.args.args][is_method:]
    defaults = dict(zip(reversed(names), reversed(function.args.defaults), strict=False))
    meant = [name for name in names if _means(name, keyword)]
    if len(meant) != 1 or any(one.arg is None for one in call.keywords):
        return None
    place, given = names.index(meant[0]), {one.arg: one.value for one in call.keywords}
    value = call.args[place] if place < len(call.args) else given.get(meant[0])
    if value is None and isinstance(defaults.get(meant[0]), ast.Constant):
        value = defaults[meant[0]]
    return value if value is not None and is_plain(value) else None


def _generator(called: ast.expr, said: Said) -> ast.FunctionDef | None:
    """The only definition in the file of the name, or of the method of `self`, if it yields."""
    match called:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="self"), attr=name):
            nodes = ast.walk(said.tree) if said.tree is not None else ()
            found = [one for one in nodes if isinstance(one, ast.FunctionDef) and one.name == name]
        case _:
            return None
    is_one = len(found) == 1 and any(isinstance(one, ast.Yield) for one in ast.walk(found[0]))
    return found[0] if is_one else None


def _means(name: str, keyword: str) -> bool:
    """Is `batchsize`, `BATCH_SIZE` or `batch` what the keyword `batch_size` says?"""
    words = keyword.split("_")
    return name.lower() == words[0] or all(word in name.lower() for word in words)


def is_plain(node: ast.expr) -> bool:
    """A literal, a name or attributes of one: `args.batch_size`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Constant | ast.Name)
