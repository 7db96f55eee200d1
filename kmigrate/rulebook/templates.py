"""The templates of rewrites, read for the laws: what they capture and whom they call."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache

from kmigrate.dialects import locate
from kmigrate.rulebook.census import found_in, signatures
from kmigrate.rulebook.rows import ArgumentRow, RewriteRow

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_FORWARDED = re.compile(r"(?<=[(\s])\.\.\.(?=\))")
_SOMETHING = "captured_"
_ROOTS = ("keras", "tensorflow")


def captures(row: RewriteRow) -> tuple[str, ...]:
    """The parameters that `backend.flatten(x, axis=-1, ...)` names."""
    call = ast.parse(row.call.replace("...)", ")"), mode="eval").body
    assert isinstance(call, ast.Call)
    plain = [node.id for node in call.args if isinstance(node, ast.Name)]
    return (*plain, *(keyword.arg for keyword in call.keywords if keyword.arg))


def forwards(text: str) -> bool:
    """Whether `...` stands for the arguments that are not captured."""
    return _FORWARDED.search(text) is not None


@cache
def _parsed(text: str) -> ast.expr | None:
    plain = _PLACEHOLDER.sub(lambda found: _SOMETHING + found[1], text)
    try:
        return ast.parse(_FORWARDED.sub("**forwarded", plain), mode="eval").body
    except SyntaxError:
        return None


def violations(row: RewriteRow, known: tuple[str, ...], api: str, text: str) -> Iterator[str]:
    """What is wrong with the template `text` of a row for the target `api`."""
    node = _parsed(text)
    if node is None:
        yield f"{row.id}: the template for {api} does not parse: {text}"
        return
    for name in sorted(set(_PLACEHOLDER.findall(text)) - {*known, "self"}):
        yield f"{row.id}: the template for {api} uses `{{{name}}}`, which is not captured"
    if forwards(text) and "..." not in row.call:
        yield f"{row.id}: the template for {api} forwards what the call does not"
    for name in names_of(text):
        if not found_in(name, api):
            yield f"{row.id}: the template for {api} names `{name}`, which no snapshot has"
    yield from (f"{row.id}: the template for {api}: {text}" for text in _calls(node, api))


def names(node: ast.expr) -> Iterator[str]:
    """The qualified names of libraries in a template, the longest chain of each."""
    inner = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and id(part) not in inner and _is_chain(part):
            dotted = ast.unparse(part)
            if dotted.split(".")[0] in _ROOTS:
                yield dotted


def _is_chain(node: ast.expr) -> bool:
    """Is it `a.b.c`, and no attribute of a call?"""
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name)


@cache
def names_of(text: str) -> tuple[str, ...]:
    """The qualified names of libraries in the text of a template."""
    node = _parsed(text)
    return tuple(names(node)) if node else ()


@cache
def calls_of(text: str) -> tuple[tuple[str, ast.Call | None], ...]:
    """The qualified names of libraries in the text of a template, each with the call it makes."""
    node = _parsed(text)
    if node is None:
        return ()
    called = {id(one.func): one for one in ast.walk(node) if isinstance(one, ast.Call)}
    inner = {id(n.value) for n in ast.walk(node) if isinstance(n, ast.Attribute)}
    chains = [
        (ast.unparse(part), called.get(id(part)))
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and id(part) not in inner and _is_chain(part)
    ]
    return tuple((name, call) for name, call in chains if name.split(".")[0] in _ROOTS)


def _calls(node: ast.expr, api: str) -> Iterator[str]:
    for call in ast.walk(node):
        if isinstance(call, ast.Call) and _is_chain(call.func):
            located = locate(ast.unparse(call.func))
            if located is not None:
                yield from _bound(call, *located, api)


def _bound(call: ast.Call, dialect: str, path: str, api: str) -> Iterator[str]:
    apis: Mapping[str, tuple[str, ...]] = {"tf": ("tf",), "keras": (api,)}
    known = [s for name in apis.get(dialect, ("keras2", "keras3")) for s in signatures(name, path)]
    if not known:
        return
    given = sum(not isinstance(value, ast.Starred) for value in call.args)
    if not any(s.accepts_any_positional or given <= len(s.positional) for s in known):
        yield f"`{path}` takes fewer positional arguments"
    for keyword in call.keywords:
        if keyword.arg and not any(s.find(keyword.arg) or s.accepts_any_keyword for s in known):
            yield f"`{path}` takes no `{keyword.arg}`"


def value_violations(row: ArgumentRow) -> Iterator[str]:
    """What is wrong with the value of an `[[argument]]` row."""
    if not row.value:
        return
    node = _parsed(row.value)
    if node is None:
        yield f"{row.id}: the value does not parse: {row.value}"
        return
    needed = set(_PLACEHOLDER.findall(row.value)) - {"value", "self"}
    when = row.when
    given = {*when.present, *when.equals, *when.differs, *when.literal, *when.positional}
    for name in sorted(needed - given):
        yield f"{row.id}: the value uses `{{{name}}}`, which may be absent"
    for name in names(node):
        if not all(found_in(name, target) for target in row.targets):
            yield f"{row.id}: the value names `{name}`, which no snapshot has"
