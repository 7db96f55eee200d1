"""Functions that a library runs later, and that read a symbolic tensor from outside."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from kmigrate.match.actions import Action
from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.model import Finding, Surface
from kmigrate.scan import Scan
from kmigrate.scan.scopes import Chain, Scope, lookup
from kmigrate.scan.tensors import TENSOR, TENSORS
from kmigrate.text import SourceText

_READ = f"{TENSOR}.__closure__"  # the path of the rows about it
_CONTAINERS = ast.List | ast.Tuple | ast.Dict


class Closures:
    """Says where a loss, a metric or the function of a layer reads a tensor that it is not given."""

    def __init__(
        self, found: Scan, source: SourceText, court: Court, target: Surface, filters: Filter
    ) -> None:
        self._found = found
        self._source = source
        self._court = court
        self._target = target
        self._filters = filters

    def findings(self) -> Iterator[Finding]:
        """One for each tensor that a function reads."""
        rows = (
            self._court.table.symbolic(api, self._target.api).get(_READ)
            for api in ("keras1", "keras2")
        )
        row = next(filter(None, rows), None)
        seen: set[tuple[ast.AST, str]] = set()
        for chain in self._found.walked.chains if row is not None else ():
            function = self._runs_later(chain)
            assert isinstance(chain.root, ast.Name) or function is None
            if row is None or function is None or not isinstance(chain.root, ast.Name):
                continue
            if (function, chain.root.id) in seen:
                continue
            seen.add((function, chain.root.id))
            action = Action().flagged(row.id, row.message)
            finding = finding_of(self._source, self._source.span(chain.root), _READ, action)
            ignored = self._filters.ignores(finding)
            yield Finding(
                finding.span, TENSOR, finding.outcome, finding.rules, finding.reason,
                finding.before, ignored=ignored,
            )  # fmt: skip

    def _runs_later(self, chain: Chain) -> ast.AST | None:
        """The function around a tensor of another scope that the library is given; None if none."""
        root = chain.root
        if not isinstance(root, ast.Name) or not self._later:
            return None
        owner = lookup(chain.scope, root.id)
        scope: Scope | None = chain.scope
        function = None
        while scope is not None and scope is not owner:
            function = scope.node if scope.node in self._later else function
            scope = scope.parent
        if owner is None or function is None:
            return None
        kind = self._found.tensors.kind(root, chain.scope)
        return function if kind in (TENSOR, TENSORS) else None

    @cached_property
    def _later(self) -> set[ast.AST]:
        """The functions that calls of the library are given."""
        found: set[ast.AST] = set()
        tensors = self._found.tensors
        for chain in self._found.walked.chains:
            if chain.call is not None and tensors.is_library(chain.node, chain.scope):
                values = (*chain.call.args, *(one.value for one in chain.call.keywords))
                for value in values:
                    found.update(self._functions(value, chain.scope))
        return found

    def _functions(self, node: ast.expr, scope: Scope) -> Iterator[ast.AST]:
        """The functions of the module that a value is, holds, or is made by."""
        if isinstance(node, _CONTAINERS):
            for one in node.values if isinstance(node, ast.Dict) else node.elts:
                yield from self._functions(one, scope)
        elif isinstance(node, ast.Lambda):
            yield node
        elif isinstance(node, ast.Name | ast.Attribute):
            yield from self._found.tensors.fed.callers.functions(node, scope)
        elif isinstance(node, ast.Call):
            for made_by in self._found.tensors.fed.callers.functions(node.func, scope):
                for result, inner in self._found.tensors.fed.results(made_by):
                    if isinstance(result, ast.Name | ast.Lambda):
                        yield from self._functions(result, inner)
