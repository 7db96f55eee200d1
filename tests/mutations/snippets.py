"""One thing changed in an expression of a rule: in a template, a value or a default."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from kmigrate.dialects import locate
from kmigrate.rulebook.census import signatures
from mutations.siblings import sibling

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CAPTURED = re.compile(r"\bcaptured_(\w+)")
_FORWARDED = re.compile(r"(?<=[(\s])\.\.\.(?=\))")
_LIBRARIES = ("keras.", "tensorflow.", "tf_keras.")
OTHER_TEXT = {
    "valid": "same",
    "same": "valid",
    "channels_last": "channels_first",
    "channels_first": "channels_last",
    "max": "avg",
    "avg": "max",
    "int32": "int64",
    "int64": "int32",
    "float32": "float64",
    "bool": "int32",
    "linear": "relu",
    "one": "zero",
}
_ARITHMETIC: dict[type[ast.AST], str] = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.Pow: "*",
}
_COMPARISONS: dict[type[ast.AST], str] = {
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
}


class Variant(NamedTuple):
    """The expression with one thing changed; `alike` as in `Mutant`."""

    operator: str
    text: str
    alike: str = ""


class Snippet:
    """The text of a template as something that can be parsed, and its parts replaced."""

    def __init__(self, text: str) -> None:
        plain = _PLACEHOLDER.sub(r"captured_\1", text)
        self.text = _FORWARDED.sub("**forwarded", plain)
        self.tree = ast.parse(self.text, mode="eval").body

    def of(self, node: ast.AST) -> str:
        """The text of a part."""
        start, end = self.place(node)
        return self.text[start:end]

    def place(self, node: ast.AST) -> tuple[int, int]:
        """Where a part begins and ends; templates are one line of ASCII."""
        assert isinstance(node, ast.expr | ast.keyword) and node.end_col_offset is not None
        return node.col_offset, node.end_col_offset

    def put(self, start: int, end: int, new: str) -> str:
        """The template with `new` in the place of a part."""
        text = self.text[:start] + new + self.text[end:]
        return _CAPTURED.sub(r"{\1}", text).replace("**forwarded", "...")


def variants(
    text: str, api: str, defaults: Mapping[str, str] = MappingProxyType({})
) -> list[Variant]:
    """Every change of the expression that the operators know, each once.

    `defaults` are what placeholders stand for where the call does not give them.
    """
    snippet = Snippet(text)
    found = [
        *_swapped(text),
        *(
            variant
            for node in ast.walk(snippet.tree)
            for variant in (
                *_literal(snippet, node),
                *_call(snippet, node, api, defaults),
                *_operation(snippet, node),
            )
        ),
    ]
    unique = {variant.text: variant for variant in reversed(found)}
    unique.pop(text, None)
    return list(reversed(unique.values()))


def literals(text: str) -> Iterator[str]:
    """Wrong values for a literal."""
    value = ast.literal_eval(text)
    if value is None:
        yield "0"
    elif isinstance(value, bool):
        yield str(not value)
    elif isinstance(value, int):
        yield str(value + 1)
    elif isinstance(value, float):
        yield f"{value * 10:g}" if value else "1.0"
    elif isinstance(value, str) and value in OTHER_TEXT:
        yield repr(OTHER_TEXT[value])


def _swapped(text: str) -> Iterator[Variant]:
    """Two placeholders exchanged."""
    names = list(dict.fromkeys(_PLACEHOLDER.findall(text)))
    for one, other in itertools.combinations(names, 2):
        exchanged = {one: other, other: one}
        new = _PLACEHOLDER.sub(lambda m, e=exchanged: f"{{{e.get(m[1], m[1])}}}", text)  # type: ignore[misc]
        yield Variant("swapped placeholders", new)


def _literal(snippet: Snippet, node: ast.AST) -> Iterator[Variant]:
    is_negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
    if not (is_negative or isinstance(node, ast.Constant)):
        return
    try:
        wrongs = list(literals(snippet.of(node)))
    except ValueError:  # the negative of something computed
        return
    for wrong in wrongs:
        yield Variant("other literal", snippet.put(*snippet.place(node), wrong))


def _call(
    snippet: Snippet, node: ast.AST, api: str, defaults: Mapping[str, str]
) -> Iterator[Variant]:
    if not isinstance(node, ast.Call):
        return
    function, (start, end) = snippet.of(node.func), snippet.place(node)
    for other in sibling(function, api) if function.startswith(_LIBRARIES) else ():
        yield Variant("other function", snippet.put(*snippet.place(node.func), other))
    if node.args and function.startswith(_LIBRARIES):
        yield Variant("lost call", snippet.put(start, end, snippet.of(node.args[0])))
    elif isinstance(node.func, ast.Attribute) and not function.startswith(_LIBRARIES):
        yield Variant("lost call", snippet.put(start, end, snippet.of(node.func.value)))
    yield from _keywords(snippet, node, api, defaults)
    for one, other_argument in itertools.pairwise(node.args):
        yield Variant("swapped arguments", _exchange(snippet, one, other_argument))


def _keywords(
    snippet: Snippet, node: ast.Call, api: str, defaults: Mapping[str, str]
) -> Iterator[Variant]:
    for keyword in node.keywords:
        start, end = snippet.place(keyword)
        before = snippet.text[:start].rstrip()
        if before.endswith(","):
            start = len(before) - 1
        else:
            end += len(snippet.text[end:]) - len(snippet.text[end:].lstrip(", "))
        value = snippet.of(keyword.value)
        value = defaults.get(value.removeprefix("captured_"), value)
        is_default = _is_default(snippet.of(node.func), keyword.arg or "", value, api)
        alike = f"`{keyword.arg}` has that default" if is_default else ""
        yield Variant("dropped keyword", snippet.put(start, end, ""), alike)


def _is_default(function: str, argument: str, value: str, api: str) -> bool:
    located = locate(function)
    known = signatures(
        "tf" if located and located[0] == "tf" else api, located[1] if located else ""
    )
    newest = next((found for s in reversed(known) if (found := s.find(argument))), None)
    return newest is not None and newest.default is not None and _same(newest.default, value)


def _same(one: str, other: str) -> bool:
    try:
        return bool(ast.literal_eval(one) == ast.literal_eval(other))
    except (ValueError, SyntaxError):
        return False


def _exchange(snippet: Snippet, one: ast.expr, other: ast.expr) -> str:
    (start, middle), (later, end) = snippet.place(one), snippet.place(other)
    between = snippet.text[middle:later]
    return snippet.put(start, end, snippet.of(other) + between + snippet.of(one))


def _operation(snippet: Snippet, node: ast.AST) -> Iterator[Variant]:
    if isinstance(node, ast.BinOp) and type(node.op) in _ARITHMETIC:
        yield _other_sign(snippet, node.left, node.right, _ARITHMETIC[type(node.op)])
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARISONS:
        yield _other_sign(snippet, node.left, node.comparators[0], _COMPARISONS[type(node.ops[0])])
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        start, end = snippet.place(node)
        yield Variant("other operator", snippet.put(start, end, snippet.of(node.operand)))


def _other_sign(snippet: Snippet, left: ast.expr, right: ast.expr, sign: str) -> Variant:
    start, end = snippet.place(left)[1], snippet.place(right)[0]
    between = re.sub(r"[-+*/<>=!]+", sign, snippet.text[start:end], count=1)
    return Variant("other operator", snippet.put(start, end, between))
