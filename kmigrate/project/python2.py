"""Python 2 to Python 3, by fissix (lib2to3 as it is kept): what a migration can start from."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kmigrate.model import Span, Unreadable
from kmigrate.text import SourceText

if TYPE_CHECKING:
    from fissix.refactor import RefactoringTool

INSTALL = "--python2 needs fissix: pip install 'kmigrate[python2]'"
# Matters of taste, what does no harm, and `buffer`, which is no memoryview to everybody.
_UNWANTED = frozenset({"future", "idioms", "set_literal", "ws_comma", "buffer", "asserts"})
# Names that only Python 2 has, unless a file that Python 3 can parse binds them itself.
_BUILTINS = frozenset(
    {"xrange", "raw_input", "unicode", "basestring", "unichr", "execfile", "long", "reduce"}
)
_METHODS = frozenset({"iteritems", "iterkeys", "itervalues", "has_key"})
_MODULES = frozenset(
    {"cPickle", "urllib2", "urlparse", "StringIO", "cStringIO", "ConfigParser", "Queue"}
)
_SIGNS = re.compile(
    r"^\s*print\s+[\"'\w%]|^\s*print$|\bexcept\s+[\w.()]+\s*,\s*\w+\s*:|^\s*raise\s+\w+\s*,|<>"
    r"|\bexec\s+[\"'\w]|(?<![\w.])0\d+[lL]?(?![\w.])|\d[lL]\b|\bur['\"]|\blambda\s*\(",
    re.MULTILINE,
)
_OWN_NEXT = re.compile(r"(?<!def )(?<![\w.])next\s*\(")  # a call that was there before
_TRUE_DIVISION = re.compile(r"^from __future__ import .*\bdivision\b", re.MULTILINE)
_INTEGER_CALLS = frozenset({"len", "int", "ord"})
_FLOAT_CALLS = frozenset({"float", "time", "sqrt", "exp", "log", "random", "uniform"})


@dataclass(frozen=True, slots=True)
class Conversion:
    """A text in Python 3; `divisions` are the (line, column) there, both from 1, of each `/` that

    rounded down in Python 2 if both of its sides are integers.
    """

    text: str
    divisions: tuple[tuple[int, int], ...] = ()


def looks_like_python2(text: str) -> bool:
    """Does a text that Python 3 cannot parse read as Python 2?"""
    return _SIGNS.search(text) is not None


def convert(text: str) -> Conversion:
    """The text in Python 3; what is Python 3 already stays as it is.

    Raises Unreadable for what is neither, and ImportError where fissix is not installed.
    """
    readable = _tree(text)
    if readable is not None and not _speaks_python2(readable):
        return Conversion(text)
    plain = text.replace("\r\n", "\n")
    after = _refactored(plain if plain.endswith("\n") else plain + "\n")
    after = after if plain.endswith("\n") else after.removesuffix("\n")
    if _OWN_NEXT.search(plain) is None:
        after = _beside_own_next(after)
    tree = None if _TRUE_DIVISION.search(plain) else _tree(after)
    if tree is None:
        return Conversion(_with_endings(after, text))
    after, divisions = _divided(after, tree)
    return Conversion(_with_endings(after, text), divisions)


def _with_endings(text: str, like: str) -> str:
    """The text with the line endings of another: line by line where both have as many."""
    if "\r\n" not in like:
        return text
    old, new = like.split("\n"), text.split("\n")
    if len(old) != len(new):
        return text.replace("\n", "\r\n")
    ended = [line + "\r" * before.endswith("\r") for line, before in zip(new, old, strict=True)]
    return "\n".join(ended)


def _speaks_python2(tree: ast.Module) -> bool:
    """Does a text that Python 3 can parse use what only Python 2 has, and no shim for it?"""
    nodes = list(ast.walk(tree))
    tried = {id(inner) for node in nodes if isinstance(node, ast.Try) for inner in ast.walk(node)}
    bound = set(_bound(nodes))
    for node in nodes:
        match node:
            case ast.Name(id=name) if name in _BUILTINS and name not in bound:
                return True
            case ast.Call(func=ast.Attribute(value=receiver, attr=name)) if name in _METHODS:
                if not (isinstance(receiver, ast.Name) and receiver.id == "six"):
                    return True
            case ast.Import(names=names) if id(node) not in tried:
                if any(alias.name in _MODULES for alias in names):
                    return True
            case ast.ImportFrom(module=module) if id(node) not in tried and module in _MODULES:
                return True
    return False


def _bound(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name


def _refactored(text: str) -> str:
    """What fissix makes of a text, be `print` a statement in it or a function."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return str(_tool(False).refactor_string(text, ""))
        except Exception as error:  # whatever its parser and its fixers raise
            first = error
        try:
            return str(_tool(True).refactor_string(text, ""))
        except Exception:
            place = getattr(first, "context", ("", (0, 0)))[1]
            reason = f"neither Python 3 nor Python 2: {first}"
            raise Unreadable(reason, place[0], place[1] + 1 if place[0] else 0) from None


@cache
def _tool(has_print_function: bool) -> RefactoringTool:
    import logging

    from fissix.refactor import RefactoringTool, get_fixers_from_package

    logging.getLogger("RefactoringTool").setLevel(logging.CRITICAL)
    fixers = get_fixers_from_package("fissix.fixes")
    wanted = [name for name in fixers if name.rpartition(".fix_")[2] not in _UNWANTED]
    return RefactoringTool(wanted, {"print_function": has_print_function})


def _tree(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _beside_own_next(text: str) -> str:
    """The text with `x.__next__()` for `next(x)` in functions that call something of their own next."""
    tree = _tree(text)
    if tree is None or not re.search(r"\bnext\(", text):
        return text
    source = SourceText(text)
    calls = {
        source.offset(span.line, span.column): (source.slice(span), source.slice(source.span(call)))
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef) and "next" in _bound(ast.walk(function))
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and len(call.args) == 1 and not call.keywords
        if isinstance(call.func, ast.Name) and call.func.id == "next"
        for span in (source.span(call.args[0]),)
    }
    for start, (given, whole) in sorted(calls.items(), reverse=True):
        begin = text.rindex("next", 0, start)
        text = f"{text[:begin]}{given}.__next__(){text[begin + len(whole) :]}"
    return text


def _divided(text: str, tree: ast.Module) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with `//` between what is an integer on both sides, and the `/` left to a person."""
    source = SourceText(text)
    certain, doubtful = [], []
    counted = {node.left for node in _counted(tree)}
    for left, right in _divisions(tree):
        operator = _operator(source, left, right)
        is_float = _is_float(left) or _is_float(right)
        if operator is None:
            continue
        if (_is_integer(left) and _is_integer(right)) or (left in counted and not is_float):
            certain.append(operator)
        elif not is_float:
            doubtful.append(operator)
    offsets = sorted(source.offset(span.line, span.column) for span in certain)
    for offset in reversed(offsets):
        text = f"{text[:offset]}/{text[offset:]}"
    behind = [
        sum(one.line == span.line and one.column < span.column for one in certain)
        for span in doubtful
    ]
    places = (
        (span.line, span.column + 1 + count) for span, count in zip(doubtful, behind, strict=True)
    )
    return text, tuple(sorted(places))


def _divisions(tree: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div):
            yield node.left, node.right
        elif isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node.target, node.value


def _counted(tree: ast.Module) -> Iterator[ast.BinOp]:
    """The divisions that `range` is given, which refused a float in Python 2, too."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="range"), args=given):
                for one in given:
                    if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div):
                        yield one


def _operator(source: SourceText, left: ast.expr, right: ast.expr) -> Span | None:
    """Where the `/` between two operands stands; None where a comment stands there too."""
    above, below = source.span(left), source.span(right)
    between = Span(above.end_line, above.end_column, below.line, below.column)
    found = source.slice(between)
    if "#" in found or found.count("/") != 1 or "\n" in found:
        return None
    column = above.end_column + found.index("/")
    return Span(above.end_line, column, above.end_line, column + 1)


def _is_integer(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return type(value) is int
        case ast.UnaryOp(operand=operand):
            return _is_integer(operand)
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Mod(), right=right):
            return _is_integer(left) and _is_integer(right)
        case ast.Call(func=ast.Name(id=name)):
            return name in _INTEGER_CALLS
        case ast.Subscript(value=ast.Attribute(attr="shape"), slice=ast.Constant() | ast.UnaryOp()):
            return True
    return False


def _is_float(node: ast.expr) -> bool:
    match node:
        case ast.Constant(value=value):
            return isinstance(value, float | complex)
        case ast.UnaryOp(operand=operand):
            return _is_float(operand)
        case ast.BinOp(left=left, right=right):
            return _is_float(left) or _is_float(right)
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in _FLOAT_CALLS
    return False
