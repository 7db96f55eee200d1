"""A use with what becomes of it, and which findings are left alone."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kmigrate.match.actions import Action
from kmigrate.model import Finding, Outcome, Span
from kmigrate.scan import Use
from kmigrate.scan.scopes import Scope, is_inside
from kmigrate.text import SourceText


@dataclass(eq=False, slots=True)
class Site:
    """A use with its action, and the part of its chain that is the symbol."""

    use: Use
    node: ast.Name | ast.Attribute
    action: Action
    span: Span
    is_left: bool = False
    ignored: bool = False
    text: str | None = None  # how the symbol is written after the migration


def is_variable(use: Use) -> bool:
    """Is it a variable that was assigned something of a library, and stays what it is called?"""
    return not use.attributes and not any(one.imported for one in use.bindings)


def reaches(scope: Scope, other: Scope) -> bool:
    """Is a name bound in `scope` seen in `other`?"""
    return scope is other or (scope.kind != "class" and is_inside(other, scope))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are not acted on: by --select, --ignore, a comment, or --safe-only."""

    by_option: Callable[[Finding], bool]
    by_comment: Callable[[Finding], bool]
    safe_only: bool
    refused: Mapping[Span, str]  # edits that could not be made, with the reason

    def ignores(self, finding: Finding) -> bool:
        """Is a finding that would change or complain to be left alone?"""
        if finding.outcome is Outcome.KEPT:
            return False
        return self.by_option(finding) or self.by_comment(finding)


def finding_of(source: SourceText, span: Span, symbol: str, action: Action) -> Finding:
    """The finding that an action on `span` is."""
    template = action.template.rule or action.template.text if action.template else ""
    before = source.slice(span)
    return Finding(
        span, symbol, action.outcome, action.rules, action.reason, before, template=template
    )
