"""Where the end of a computed text stands: the literal behind `os.path.join(folder, "a.h5")`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Collection, Iterator

from kmigrate.match.said import Said
from kmigrate.rulebook.rows import ArgumentRow, When, one_of

_PLACED = ("}",)  # a field that is filled in
_FIELD = re.compile(r"\{\w+(?::[^{}]*)?\}")
_NUMBER = r"-?\d[\d.]*"
_ASKING = (
    *("exists", "isfile", "getsize", "getmtime", "remove", "unlink", "rename", "copyfile", "move"),
    "Path",
)  # for a file by its path, whatever it holds
_NAMED = re.compile(r"\{\w+(?::[^{}]*)?\}$")  # by a callback: `{epoch}`, never with a suffix


def tail(node: ast.expr, said: Said) -> ast.Constant | None:
    """The literal that a text ends in; None where that cannot be told."""
    match node:
        case ast.Constant(value=str() as text):
            is_open = text.endswith(_PLACED) and not _NAMED.search(text)
            return None if is_open or _ends_in_field(text) else node
        case ast.BinOp(op=ast.Add() | ast.Div(), right=right):  # of a Path, too
            return tail(right, said)
        case ast.JoinedStr(values=[*_, last]):
            return tail(last, said)
        case ast.BinOp(op=ast.Mod(), left=left):
            return tail(left, said)
        case ast.Call(
            func=ast.Attribute(value=ast.Constant(value=str() as text) as it, attr="format")
        ):
            return None if text.endswith(_PLACED) else tail(it, said)
        case ast.Call(func=ast.Attribute(value=ast.Name() as name, attr="format")):
            value = said.assigned(name)
            return tail(value, said) if isinstance(value, ast.Constant) else None
        case ast.Call(func=ast.Attribute(attr="join"), args=[*_, last]) if len(node.args) > 1:
            return tail(last, said)
        case ast.Call(func=ast.Name(id="str" | "Path"), args=[*_, last]):
            return tail(last, said)
        case ast.Call(func=ast.Attribute(value=path, attr="as_posix")):
            return tail(path, said)
        case ast.Name():
            value = said.assigned(node)
            return tail(value, said) if value is not None else None
    return None


def _ends_in_field(text: str) -> bool:
    return text[-2:-1] == "%" and text[-1].isalpha()


def renamed_end(
    row: ArgumentRow, path: ast.expr, said: Said, text_of: Callable[[ast.expr], str]
) -> tuple[ast.Constant, str] | None:
    """The literal that a path ends in, with how it is written to have the row's suffix."""
    end = tail(path, said) if row.suffix else None
    if end is None or not _path(end) or is_read_by(row.readers, end, said):
        return None
    text = _renamed(row.suffix, end, text_of)
    return (end, text) if text else None


def asked_for(
    row: ArgumentRow, end: ast.Constant, said: Said, text_of: Callable[[ast.expr], str]
) -> Iterator[tuple[ast.Constant, str]]:
    """The other literals by which the file asks for the same path: `os.path.exists("a.h5")`."""
    for call in said.calls_of(_ASKING if not str(end.value).startswith(".") else ()):
        for other in (tail(one, said) for one in call.args):
            if other is None or other is end or _path(other) != _path(end):
                continue
            text = _renamed(row.suffix, other, text_of)
            if text and said.may_end(other, row.suffix):
                yield other, text


def _renamed(suffix: str, end: ast.Constant, text_of: Callable[[ast.expr], str]) -> str:
    """The literal as it is written with the suffix; "" where it is written otherwise than it reads."""
    text, value = text_of(end), str(end.value)
    return text.replace(value, _ending_in(suffix, value)) if text.count(value) == 1 else ""


def folder_of(
    path: ast.expr, said: Said, text_of: Callable[[ast.expr], str], placed: tuple[str, ...]
) -> str:
    """The folder of a path, as code; "" where it has none, or what makes it may not run twice."""
    end = tail(path, said)
    if end is not None and str(end.value).endswith(placed):
        return ""
    folder = _path(end).rpartition("/")[0] if end is not None else ""
    if folder in ("", ".") or any(_may_act(one) for one in ast.walk(path)):
        return ""
    if path is end:
        return repr(folder)
    text = text_of(path)
    return f"{text if isinstance(path, ast.Name | ast.Call) else f'({text})'}.rpartition('/')[0]"


def _may_act(node: ast.AST) -> bool:
    called = node.func if isinstance(node, ast.Call) else None
    is_text = isinstance(called, ast.Attribute) and called.attr in ("format", "join")
    return called is not None and not is_text


def is_renamed_by(row: ArgumentRow, path: ast.expr, said: Said) -> bool:
    """Does the file save to the path by a call to which the row gives another suffix?"""
    end = tail(path, said)
    if end is None or str(end.value).endswith(tuple(row.when.other_suffix[row.argument])):
        return False
    if is_read_by(row.readers, end, said):
        return False
    names = {name.rpartition(".")[2] for name in row.on}
    return any(
        _is_given(end, call, said) and _may_meet(row.when, call) for call in said.calls_of(names)
    )


def is_read_by(readers: Collection[str], end: ast.Constant, said: Said) -> bool:
    """Does the file give a path with that end to a function of one of these names?"""
    return any(_is_given(end, call, said) for call in said.calls_of(readers))


def _is_given(end: ast.Constant, call: ast.Call, said: Said) -> bool:
    given = (*call.args, *(keyword.value for keyword in call.keywords))
    ends = (tail(one, said) for one in given)
    return any(one is not None and _is_one(_path(one), _path(end)) for one in ends)


def _is_one(saved: str, path: str) -> bool:
    """Are they one path, or is one the other with numbers in its fields: `w.{epoch:02d}.h5`?"""
    filled = _NUMBER.join(map(re.escape, _FIELD.split(saved)))
    return saved == path or re.fullmatch(filled, path) is not None


def _path(end: ast.Constant) -> str:
    return str(end.value).rstrip("/")


def _may_meet(when: When, call: ast.Call) -> bool:
    """Can the call meet the conditions, by the keywords that it gives?"""
    given = {keyword.arg: keyword.value for keyword in call.keywords}
    literals = {
        name: value.value for name, value in given.items() if isinstance(value, ast.Constant)
    }
    return (
        not any(name in given for name in when.absent)
        and all(literals.get(name) in one_of(known) for name, known in when.equals.items())
        and all(
            name in given and literals.get(name, when) not in one_of(known)
            for name, known in when.differs.items()
        )
    )


def _ending_in(suffix: str, text: str) -> str:
    """A path with that suffix instead of its own, which starts with a letter."""
    first = suffix.rpartition(".")[0]
    return re.sub(r"\.[A-Za-z]\w*$", "", text.rstrip("/")).removesuffix(first) + suffix
