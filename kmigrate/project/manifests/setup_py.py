"""The requirements of a setup.py: the strings that its call of `setup` is given, found with `ast`."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator

from kmigrate.project.manifests.items import Item, requirement
from kmigrate.text import SourceText

_LISTS = ("install_requires", "setup_requires", "tests_require", "extras_require")
_ENTRIES = ast.List | ast.Tuple | ast.Set | ast.Dict


def setup_py(text: str) -> Iterator[Item]:
    """The requirements in lists that are written out, in the call or assigned to a name."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    source, seen = SourceText(text), set[int]()
    for keyword in _keywords(tree):
        for value in _values(tree, keyword):
            for string in _strings(value):
                place = source.offset(
                    string.lineno, source.column(string.lineno, string.col_offset)
                )
                if place not in seen:
                    seen.add(place)
                    yield from _item(text, source, string, place, str(keyword.arg))


def _keywords(tree: ast.Module) -> Iterator[ast.keyword]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] == "setup":
            yield from (k for k in node.keywords if k.arg in (*_LISTS, "python_requires"))


def _values(tree: ast.Module, keyword: ast.keyword) -> Iterator[ast.expr]:
    """The value itself; for a name all that the module assigns to it."""
    if not isinstance(keyword.value, ast.Name):
        yield keyword.value
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and node.value is not None:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(t, ast.Name) and t.id == keyword.value.id for t in targets):
                yield node.value


def _strings(value: ast.expr) -> Iterator[ast.Constant]:
    """The strings that stand in lists, tuples and the values of dicts; not those of a call."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value
    elif isinstance(value, _ENTRIES):
        parts = value.values if isinstance(value, ast.Dict) else value.elts
        for part in parts:
            yield from _strings(part)
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        yield from _strings(value.left)
        yield from _strings(value.right)


def _item(
    text: str, source: SourceText, string: ast.Constant, place: int, key: str
) -> Iterator[Item]:
    value, quote = str(string.value), text[place : place + 1]
    end = place + len(value) + 2
    if quote not in "\"'" or text[place + 1 : end] != value + quote:
        return  # escapes, prefixes, several literals in a row
    if source.offset(*_end(source, string)) != end:
        return
    if key == "python_requires":
        span = (place + 1, end - 1)
        yield Item("pep508", span, span, span, is_python=True)
        return
    indent = text[text.rfind("\n", 0, place) + 1 : place]
    newline = source.newline_at(string.lineno)
    between = f",{newline}{indent}" if not indent.strip() else ", "
    yield from requirement(value, place + 1, "pep508", (end, f"{between}{quote}{{}}{quote}"))


def _end(source: SourceText, string: ast.Constant) -> tuple[int, int]:
    span = source.span(string)
    return span.end_line, span.end_column
