"""What an action makes of a call, as a small expression of its own to be judged again.

Names of templates stay qualified, and what the code gives as arguments stays only where rules
look at it: literals, and tuples or lists as such. All else is a name of no meaning.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from kmigrate.dialects import is_library
from kmigrate.match.actions import CallChange, Template
from kmigrate.match.calls import Argument, arguments_of

SELF = "_self"


Write = Callable[[ast.expr], str]


def filled(template: Template, call: ast.Call, write: Write | None = None) -> str | None:
    """The template over the arguments of the call; None where it is no expression.

    `write` is how arguments are written where a person reads it.
    """
    arguments = arguments_of(call)
    text = template.rule or template.text
    for name, capture in template.captures:
        value = capture if isinstance(capture, str) else SELF
        if isinstance(capture, int) and capture >= 0:
            value = _value(arguments[capture], write)
        elif write and isinstance(call.func, ast.Attribute) and capture == -1:
            value = write(call.func.value)
        text = text.replace("{" + name + "}", f"({value})")
    keywords = dict(template.rename)
    rest = []
    for index in template.rest:
        keyword = keywords.get(index, arguments[index].keyword)
        value = _value(arguments[index], write)
        rest.append(f"{keyword}={value}" if keyword else value)
    text = text.replace("(...", "(" + ", ".join(rest)).replace("...", ", ".join(rest))
    try:
        return ast.unparse(ast.parse(text, mode="eval"))
    except SyntaxError:
        return None


def called(
    name: str,
    call: ast.Call,
    change: CallChange = CallChange(),  # noqa: B008 (frozen)
    write: Write | None = None,
) -> str:
    """`name` called as `call` is, after the change."""
    keywords, values = dict(change.rename), dict(change.values)
    parts = []
    for argument in arguments_of(call):
        if argument.index not in change.drop:
            value = values.get(argument.index) or _value(argument, write)
            parts.append(_part(argument, keywords.get(argument.index, argument.keyword), value))
    parts += [f"{keyword}={value}" for keyword, value in change.append]
    return f"{name}({', '.join(parts)})"


def _part(argument: Argument, keyword: str | None, value: str) -> str:
    return "*" * argument.stars + (f"{keyword}={value}" if keyword else value)


def _value(argument: Argument, write: Write | None) -> str:
    return write(argument.value) if write else _opaque(argument.value, argument.index)


def _opaque(node: ast.expr, index: int) -> str:
    if isinstance(node, ast.Tuple | ast.List):
        inner = "".join(f"{_opaque(part, index)}, " for part in node.elts)
        return f"({inner})" if isinstance(node, ast.Tuple) else f"[{inner}]"
    is_number = isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant)
    if isinstance(node, ast.Constant) or is_number:
        return ast.unparse(node)
    return node.id if isinstance(node, ast.Name) and node.id.startswith("_") else f"_{index}"


def references(text: str, owner: str) -> Iterator[tuple[str, ast.Call | None]]:
    """Every library name in an expression, with its call; methods of the receiver as of `owner`."""
    tree = ast.parse(text, mode="eval")
    calls = {node.func: node for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {node.value for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node not in inner:
            name = ast.unparse(node)
            if name.startswith(f"{SELF}.") and owner:
                name = owner + name[len(SELF) :]
            if is_library(name):
                yield name, calls.get(node)
