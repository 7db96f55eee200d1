"""The walk over a module: scopes entered and left, names bound, chains noted."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from kmigrate.model import Module
from kmigrate.scan.scopes import (
    Binding,
    Chain,
    ImportStatement,
    Position,
    Scope,
    Span,
    StarImport,
    unwind,
)

_STRING_CALLS = frozenset({"patch", "import_module", "__import__", "getattr", "hasattr", "setattr"})


class Walk:
    """Visits a module once; `Collector` says what the statements of Python bind."""

    def __init__(self, tree: ast.Module, module: Module) -> None:
        self.scope = self.module = Scope("module", None, tree)
        package = module.name if module.is_package else module.name.rpartition(".")[0]
        self._package = package
        self._conditions = 0
        self._loop: Span | None = None  # the outermost of the scope
        self._apart: tuple[Span, ...] = ()  # what runs only where this does not
        self._is_fallback = False
        self._literal: ast.Constant | None = None
        self._parent: ast.AST | None = None
        self.chains: list[Chain] = []
        self.imports: list[ImportStatement] = []
        self.stars: list[StarImport] = []
        self.strings: list[tuple[ast.Constant, ast.Call, Scope]] = []
        self.classes: dict[ast.ClassDef, Scope] = {}
        self.results: dict[ast.AST, list[tuple[ast.expr, Scope]]] = {}  # what a function returns
        self.generators: set[ast.AST] = set()
        self._visitors: dict[type[ast.AST], Callable[..., None]] = {
            getattr(ast, name[7:]): getattr(self, name)
            for name in dir(self)
            if name.startswith("_visit_") and hasattr(ast, name[7:])
        }
        self._visit_all(tree.body)

    # --- the walk ---

    def _visit(self, node: ast.AST) -> None:
        visitor = self._visitors.get(type(node))
        if visitor is not None:
            visitor(node)
            return
        outer, self._parent = self._parent, node
        for name in node._fields:
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                self._visit(value)
            elif isinstance(value, list):
                self._visit_all(value)
        self._parent = outer

    def _visit_all(self, nodes: Iterable[object]) -> None:
        for node in nodes:
            if isinstance(node, ast.AST):
                self._visit(node)

    def _visit_optional(self, node: ast.AST | None) -> None:
        if node is not None:
            self._visit(node)

    def _bind(
        self,
        name: str,
        node: ast.AST,
        scope: Scope | None = None,
        start: Position | None = None,
        **more: object,
    ) -> Binding:
        scope = scope or self.scope
        owner = scope.elsewhere.get(name, scope)
        end = (getattr(node, "end_lineno", 0) or 0, getattr(node, "end_col_offset", 0) or 0)
        position = start or end
        conditional = self._conditions > 0 or owner is not scope or start is not None
        binding = Binding(name, scope, position, conditional, **more)  # type: ignore[arg-type]
        binding.loop, binding.apart = self._loop, self._apart
        owner.bindings.setdefault(name, []).append(binding)
        return binding

    def _bind_each(self, target: ast.expr, elements: ast.expr | None) -> None:
        """Visit what takes the elements of a loop, one by one."""
        self._visit(target)
        if isinstance(target, ast.Name):
            owner = self.scope.elsewhere.get(target.id, self.scope)
            owner.bindings[target.id][-1].elements = elements

    def _inside(self, scope: Scope, visit: Callable[[], None]) -> None:
        saved = self.scope, self._conditions, self._loop, self._apart
        self.scope, self._conditions, self._loop, self._apart = scope, 0, None, ()
        visit()
        self.scope, self._conditions, self._loop, self._apart = saved

    # --- what may run, or run again ---

    def _conditionally(self, *blocks: Iterable[ast.AST]) -> None:
        self._conditions += 1
        for block in blocks:
            self._visit_all(block)
        self._conditions -= 1

    def _visit_If(self, node: ast.If) -> None:
        self._visit(node.test)
        outer = self._apart
        for block, other in ((node.body, node.orelse), (node.orelse, node.body)):
            self._apart = (*outer, *_spans(other))
            self._conditionally(block)
        self._apart = outer

    def _visit_For(self, node: ast.For) -> None:
        self._visit(node.iter)
        with self._repeated(node):
            self._conditions += 1
            self._bind_each(node.target, node.iter)
            self._conditions -= 1
            self._conditionally(node.body, node.orelse)

    _visit_AsyncFor = _visit_For

    def _visit_While(self, node: ast.While) -> None:
        with self._repeated(node):
            self._visit(node.test)
            self._conditionally(node.body, node.orelse)

    @contextmanager
    def _repeated(self, node: ast.stmt) -> Iterator[None]:
        outer, self._loop = self._loop, self._loop or _span(node, node)
        yield
        self._loop = outer

    # --- names and chains ---

    def _chain(self, node: ast.Name | ast.Attribute, call: ast.Call | None = None) -> None:
        root, attributes = unwind(node)
        is_loaded = isinstance(node.ctx, ast.Load)
        is_read = is_loaded or isinstance(node.ctx, ast.Del)
        if attributes or is_read:
            self.chains.append(
                Chain(
                    node, root, attributes, self.scope, call, is_loaded, self._literal, self._parent
                )
            )
        if not isinstance(root, ast.Name):
            above: ast.expr = node
            while isinstance(above, ast.Attribute) and above.value is not root:
                above = above.value
            outer, self._parent = self._parent, above
            self._visit(root)
            self._parent = outer
        elif not attributes and isinstance(node.ctx, ast.Del):
            owner = self.scope.elsewhere.get(root.id, self.scope)
            owner.bindings.setdefault(root.id, [])  # `del` makes a name local, and gives it nothing
        elif not attributes and not is_loaded:
            self._bind(root.id, node)

    def _visit_Name(self, node: ast.Name) -> None:
        self._chain(node)

    def _visit_Attribute(self, node: ast.Attribute) -> None:
        self._chain(node)

    def _visit_Constant(self, node: ast.Constant) -> None:
        pass

    def _visit_Return(self, node: ast.Return) -> None:
        if node.value is not None:
            self.results.setdefault(self.scope.node, []).append((node.value, self.scope))
            self._visit(node.value)

    def _visit_Yield(self, node: ast.Yield | ast.YieldFrom) -> None:
        self.generators.add(self.scope.node)
        self._visit_optional(node.value)

    _visit_YieldFrom = _visit_Yield

    def _visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Name | ast.Attribute):
            self._chain(node.func, call=node)
        else:
            self._visit(node.func)
        outer, self._parent = self._parent, node
        self._visit_all(node.args)
        for keyword in node.keywords:
            self._visit(keyword.value)
        self._parent = outer
        if (node.args and unwind(node.func)[1][-1:]) or isinstance(node.func, ast.Name):
            self._note_strings(node)

    def _note_strings(self, node: ast.Call) -> None:
        root, attributes = unwind(node.func)
        names = {*attributes, root.id if isinstance(root, ast.Name) else ""}
        if names & _STRING_CALLS:
            for argument in node.args[:2]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    self.strings.append((argument, node, self.scope))


def _spans(block: list[ast.stmt]) -> tuple[Span, ...]:
    """Where a block stands; () for none."""
    return (_span(block[0], block[-1]),) if block else ()


def _span(first: ast.stmt, last: ast.stmt) -> Span:
    end = (last.end_lineno or last.lineno, last.end_col_offset or 0)
    return (first.lineno, first.col_offset), end
