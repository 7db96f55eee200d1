"""Where an edit stands in its module: what is around it, as `ast` reads it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from kmigrate.comments import has_f_string
from kmigrate.model import Span
from kmigrate.text import SourceText

# What takes any expression but a tuple without brackets of its own.
_OPEN: frozenset[tuple[type[ast.AST], str]] = frozenset(
    {
        (ast.Assign, "value"),
        (ast.AugAssign, "value"),
        (ast.AnnAssign, "value"),
        (ast.Return, "value"),
        (ast.Expr, "value"),
        (ast.If, "test"),
        (ast.While, "test"),
        (ast.Assert, "test"),
        (ast.Call, "args"),
        (ast.keyword, "value"),
        (ast.List, "elts"),
        (ast.Tuple, "elts"),
        (ast.Set, "elts"),
        (ast.Subscript, "slice"),
        (ast.ListComp, "elt"),
        (ast.SetComp, "elt"),
        (ast.GeneratorExp, "elt"),
        (ast.arguments, "defaults"),
        (ast.arguments, "kw_defaults"),
        (ast.Lambda, "body"),
    }
)


@dataclass(frozen=True, slots=True)
class Place:
    """The parent of an expression, the field it is in there, and whether an f-string is around."""

    node: ast.expr
    parent: ast.AST
    field: str
    in_f_string: bool

    @property
    def is_open(self) -> bool:
        """Whether an operator expression may stand here without brackets."""
        if isinstance(self.parent, ast.Dict):
            return None not in self.parent.keys
        return (type(self.parent), self.field) in _OPEN

    @property
    def is_dotted(self) -> bool:
        """Whether an attribute is taken of the expression."""
        return isinstance(self.parent, ast.Attribute)


class Places:
    """The places of a module, found when first asked for."""

    def __init__(self, source: SourceText, tree: ast.Module | None = None) -> None:
        self._source = source
        self._given = tree
        self.may_hold_f_string = has_f_string(source.text)

    @cached_property
    def tree(self) -> ast.Module:
        """The module, parsed when the caller did not give it."""
        return self._given or ast.parse(self._source.text)

    def place(self, span: Span) -> Place | None:
        """The place of the expression at `span`."""
        return self._expressions.get(span)

    def inside_f_string(self, span: Span) -> Place | None:
        """The place of the expression at `span`, when that is inside an f-string."""
        found = self.place(span) if self.may_hold_f_string else None
        return found if found and found.in_f_string else None

    def block(self, span: Span) -> list[Span]:
        """The statements of the block that the statement at `span` is in; empty for the module."""
        for block in self._blocks:
            if any(statement.lineno == span.line for statement in block):
                spans = [self._source.span(statement) for statement in block]
                if span in spans:
                    return spans
        return []

    @cached_property
    def _expressions(self) -> dict[Span, Place]:
        places: dict[Span, Place] = {}
        stack: list[tuple[ast.AST, bool]] = [(self.tree, False)]
        while stack:
            parent, in_f_string = stack.pop()
            in_f_string = in_f_string or isinstance(parent, ast.JoinedStr)
            for field, child in _children(parent):
                stack.append((child, in_f_string))
                if isinstance(child, ast.Call | ast.Attribute | ast.Name):
                    place = Place(child, parent, field, in_f_string)
                    span = self._source.span(child)
                    # Before Python 3.12 the spans inside f-strings are not reliable.
                    if span not in places or places[span].in_f_string:
                        places[span] = place
        return places

    @cached_property
    def _blocks(self) -> list[list[ast.stmt]]:
        return [
            block
            for node in ast.walk(self.tree)
            if not isinstance(node, ast.Module)
            for field in ("body", "orelse", "finalbody")
            if isinstance(block := getattr(node, field, None), list)
        ]


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    for field, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else (value,):
            if isinstance(child, ast.AST):
                yield field, child
