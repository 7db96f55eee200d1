"""Reading: from a text to the references in it. Knows scopes and imports, no rule."""

from __future__ import annotations

import ast
import re
import sys
import warnings
from collections.abc import Mapping

from kmigrate.model import Module, Unreadable
from kmigrate.scan.collect import Collector
from kmigrate.scan.receivers import Returned
from kmigrate.scan.references import DefinitionUse, MethodUse, Scan, StringUse, Use, references
from kmigrate.scan.resolve import Resolver, StarNames

__all__ = ["DefinitionUse", "MethodUse", "Scan", "StringUse", "Use", "parse", "scan"]


# Type parameters and `type` statements; an f-string that fails may be one that holds its quotes.
_NEWER = re.compile(r"\b(?:def|class)\s+\w+\s*\[|^\s*type\s+\w+\s*(?:\[.*\])?\s*=")


def parse(text: str) -> ast.Module:
    """The tree of a text. Raises Unreadable where this Python cannot parse it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SyntaxError as error:
            raise Unreadable(_sentence(error), error.lineno or 0, error.offset or 0) from None
        except (RecursionError, MemoryError):
            raise Unreadable("nested too deeply for this Python to parse") from None
        except ValueError as error:  # NUL bytes, before Python 3.12
            raise Unreadable(f"not Python: {error}") from None


def _sentence(error: SyntaxError) -> str:
    version = sys.version_info[:2]
    is_newer = _NEWER.search(error.text or "") is not None or "f-string" in error.msg
    if version < (3, 12) and is_newer:
        return f"not Python {'.'.join(map(str, version))}: this syntax needs Python 3.12"
    return f"not Python {'.'.join(map(str, version))}: {error.msg}"


def scan(
    tree: ast.Module,
    module: Module,
    star_names: StarNames,
    method_names: frozenset[str],
    hooks: Mapping[str, bool],
    returned: Returned = lambda name: "",
    taken: frozenset[str] = frozenset(),
) -> Scan:
    """The references of a module. Raises Unreadable when it is nested too deeply to walk."""
    try:
        walked = Collector(tree, module)
        resolver = Resolver(walked, module.exports, star_names)
        return references(walked, resolver, method_names, hooks, returned, taken)
    except RecursionError:
        raise Unreadable("nested too deeply for this Python to walk") from None
