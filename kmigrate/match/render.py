"""What an edit makes of its place, roughly, for reports: inner edits are not shown in it."""

from __future__ import annotations

import ast

from kmigrate.match.calls import arguments_of
from kmigrate.model import Edit, EditCall, FillTemplate, Respell
from kmigrate.text import SourceText


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
        if capture == -1 and isinstance(call.func, ast.Attribute):
            value = source.slice(source.span(call.func.value))
        elif isinstance(capture, int):
            value = source.slice(source.span(arguments[capture].value))
        else:
            value = capture
        text = text.replace("{" + name + "}", value)
    keywords = dict(edit.rename)
    rest = []
    for index in edit.rest:
        keyword = keywords.get(index, arguments[index].keyword)
        value = source.slice(source.span(arguments[index].value))
        rest.append(f"{keyword}={value}" if keyword else value)
    return text.replace(", ...", "".join(f", {part}" for part in rest))
