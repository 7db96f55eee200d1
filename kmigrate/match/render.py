"""What an edit makes of its place, roughly, for reports: inner edits are not shown in it."""

from __future__ import annotations

import ast
import re

from kmigrate.match.calls import Argument, arguments_of
from kmigrate.model import Edit, EditCall, FillTemplate, Respell
from kmigrate.text import SourceText

_ATOMS = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.List, ast.Dict, ast.Set,
    ast.Tuple, ast.JoinedStr, ast.ListComp, ast.SetComp, ast.DictComp,
)  # fmt: skip


def rendered(edit: Edit, source: SourceText, call: ast.Call | None) -> str:
    """The text of `edit`, for a person to read."""
    if isinstance(edit, Respell):
        return edit.text
    if call is None or not isinstance(edit, EditCall | FillTemplate):
        return ""
    return (
        _call(edit, source, call) if isinstance(edit, EditCall) else _template(edit, source, call)
    )


def _call(edit: EditCall, source: SourceText, call: ast.Call) -> str:
    callee = edit.callee or source.slice(source.span(call.func))
    keywords, values = dict(edit.rename), dict(edit.values)
    parts = []
    for argument in arguments_of(call):
        if argument.index in edit.drop:
            continue
        keyword = keywords.get(argument.index, argument.keyword)
        value = values.get(argument.index, source.slice(source.span(argument.value)))
        parts.append("*" * argument.stars + (f"{keyword}={value}" if keyword else value))
    parts += [f"{keyword}={value}" for keyword, value in edit.append]
    return f"{callee}({', '.join(parts)})"


def _template(edit: FillTemplate, source: SourceText, call: ast.Call) -> str:
    arguments = arguments_of(call)
    text = edit.template
    for name, capture in edit.captures:
        value, is_atom = _value(capture, arguments, source, call)
        text = _captured(text, "{" + name + "}", value, is_atom)
    keywords = dict(edit.rename)
    rest = []
    for index in edit.rest:
        keyword = keywords.get(index, arguments[index].keyword)
        value = source.slice(source.span(arguments[index].value))
        rest.append(f"{keyword}={value}" if keyword else value)
    return text.replace(", ...", "".join(f", {part}" for part in rest))


def _value(
    capture: int | str, arguments: list[Argument], source: SourceText, call: ast.Call
) -> tuple[str, bool]:
    """The text of a capture, and whether it holds together without brackets."""
    if isinstance(capture, str):
        return capture, True
    is_receiver = capture == -1 and isinstance(call.func, ast.Attribute)
    node = call.func.value if is_receiver else arguments[capture].value  # type: ignore[attr-defined]
    return source.slice(source.span(node)), isinstance(node, _ATOMS)


def _captured(text: str, placeholder: str, value: str, is_atom: bool) -> str:
    """`text` with `value` for a placeholder, in brackets unless that is a whole argument."""
    whole = re.compile(r"(?<=[(,=\[]) ?" + re.escape(placeholder) + r"(?=[,)\]])")
    text = whole.sub(lambda found: found[0].replace(placeholder, value), text)
    return text.replace(placeholder, value if is_atom else f"({value})")
