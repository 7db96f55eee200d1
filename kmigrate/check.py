"""The laws that hold between a text and what it became."""

from __future__ import annotations

import builtins
import re
import symtable
import warnings
from ast import PyCF_ONLY_AST
from collections import Counter
from collections.abc import Iterator

from kmigrate.comments import comments

_NOT_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_MANAGED = re.compile(r"#\s*TODO\(kmigrate\b")
_STAR_IMPORT = re.compile(r"\bimport\s*\*")
_MODULE_NAMES = frozenset(
    {
        "__annotations__",
        "__builtins__",
        "__cached__",
        "__doc__",
        "__file__",
        "__loader__",
        "__name__",
        "__package__",
        "__path__",
        "__spec__",
    }
)
_ALWAYS_BOUND = frozenset(dir(builtins)) | _MODULE_NAMES


def violations(before: str, after: str) -> list[str]:
    """The laws that the change breaks, a sentence each; empty when all hold.

    The result compiles if the original did, and parses in any case; no comment is gone, those
    that kmigrate wrote aside; no name is read that is bound nowhere, if it was bound before.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        broken = _syntax_error(before, after)
        if broken:
            return [broken]
        return [*_lost_comments(before, after), *_lost_names(before, after)]


def _syntax_error(before: str, after: str) -> str:
    try:
        compile(after, "<after>", "exec", dont_inherit=True)
    except _NOT_PYTHON as error:
        return _told(error) if _compiles(before) else _parse_error(after)
    return ""


def _compiles(text: str) -> bool:
    try:
        compile(text, "<before>", "exec", dont_inherit=True)
    except _NOT_PYTHON:
        return False
    return True


def _parse_error(text: str) -> str:
    try:
        compile(text, "<after>", "exec", flags=PyCF_ONLY_AST, dont_inherit=True)
    except _NOT_PYTHON as error:
        return _told(error)
    return ""


def _told(error: BaseException) -> str:
    if isinstance(error, SyntaxError):
        return f"the result is not valid Python: {error.msg} (line {error.lineno})"
    return f"the result is not valid Python: {str(error) or type(error).__name__}"


def _lost_comments(before: str, after: str) -> list[str]:
    lost = Counter(comments(before)) - Counter(comments(after))
    return [f"a comment would be lost: {text}" for text in lost if not _MANAGED.match(text)]


def _lost_names(before: str, after: str) -> list[str]:
    if _STAR_IMPORT.search(after):
        return []
    unbound = _unbound(after)
    if unbound and not _STAR_IMPORT.search(before):
        unbound -= _unbound(before)
    return [f"the name `{name}` would be bound nowhere" for name in sorted(unbound)]


def _unbound(text: str) -> set[str]:
    """The names that some scope reads from the module, which neither it nor Python binds."""
    try:
        module = symtable.symtable(text, "<text>", "exec")
    except _NOT_PYTHON:
        return set()
    read: set[str] = set()
    bound: set[str] = set()
    for table in _tables(module):
        for symbol in table.get_symbols():
            is_bound = symbol.is_assigned() or symbol.is_imported() or symbol.is_annotated()
            if is_bound and (table is module or symbol.is_declared_global()):
                bound.add(symbol.get_name())
            elif symbol.is_referenced() and symbol.is_global():
                read.add(symbol.get_name())
    return read - bound - _ALWAYS_BOUND


def _tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _tables(child)
