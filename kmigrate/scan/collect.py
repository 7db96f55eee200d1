"""The one walk over a module: which scopes there are, what binds names, and where chains stand."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from kmigrate.scan.annotations import parse_annotation
from kmigrate.scan.scopes import (
    Binding,
    Chain,
    ImportStatement,
    Scope,
    StarImport,
    absolute,
    binders,
    unwind,
)
from kmigrate.scan.walk import Walk

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class Collector(Walk):
    """Walks a module once; afterwards `chains`, `imports`, `stars` and `strings` are complete."""

    # --- statements that bind ---

    def _visit_Import(self, node: ast.Import) -> None:
        statement = ImportStatement(node, self.scope, "")
        for index, alias in enumerate(node.names):
            imported = alias.name if alias.asname else alias.name.partition(".")[0]
            name = alias.asname or imported
            statement.bindings.append(
                self._bind(name, node, imported=imported, statement=statement, index=index)
            )
        self.imports.append(statement)

    def _visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        module = absolute(node.module, node.level, self._package)
        statement = ImportStatement(node, self.scope, module)
        for index, alias in enumerate(node.names):
            if alias.name == "*":
                end = (node.end_lineno or 0, node.end_col_offset or 0)
                self.stars.append(StarImport(statement, end))
                continue
            imported = f"{module}.{alias.name}"
            statement.bindings.append(
                self._bind(
                    alias.asname or alias.name,
                    node,
                    imported=imported,
                    statement=statement,
                    index=index,
                )
            )
        self.imports.append(statement)

    def _visit_Assign(self, node: ast.Assign) -> None:
        outer, self._parent = self._parent, node
        self._visit(node.value)
        self._parent = outer
        for target in node.targets:
            self._assign(target, node.value, node)

    def _visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        self._annotation(node.annotation)
        self._visit_optional(node.value)
        if isinstance(node.target, ast.Name):
            value = node.value or ast.Constant(None)
            self._bind(node.target.id, node, value=value, annotation=node.annotation)
        else:
            self._assign(node.target, node.value, node)

    def _visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._visit(node.value)
        scope = self.scope
        while scope.kind == "comprehension" and scope.parent is not None:
            scope = scope.parent
        self._bind(node.target.id, node, scope, value=node.value)

    def _assign(
        self,
        target: ast.expr,
        value: ast.expr | None,
        statement: ast.stmt,
        whole: ast.expr | None = None,
        part: int | None = None,
    ) -> None:
        if isinstance(target, ast.Name):
            fallback = self._is_fallback and isinstance(value, ast.Constant)
            binding = self._bind(target.id, statement, value=value, is_fallback=fallback)
            binding.unpacked, binding.part = whole, part
        elif isinstance(target, ast.Tuple | ast.List):
            values: list[ast.expr | None] = [None] * len(target.elts)
            stars = any(isinstance(element, ast.Starred) for element in target.elts)
            is_written_out = isinstance(value, ast.Tuple | ast.List) and not stars
            if is_written_out and len(value.elts) == len(values):  # type: ignore[union-attr]
                values = list(value.elts)  # type: ignore[union-attr]
            taken = range(len(values)) if whole is None and not stars else [None] * len(values)
            for element, one, place in zip(target.elts, values, taken, strict=True):
                self._assign(element, one, statement, None if one else whole or value, place)
        elif isinstance(target, ast.Starred):
            self._assign(target.value, None, statement, whole)
        else:
            self._assign_attribute(target, statement, value=value, unpacked=whole, part=part)
            self._visit(target)

    def _assign_attribute(self, target: ast.expr, node: ast.stmt, **more: object) -> None:
        root, attributes = unwind(target)
        owner = self.scope.owner
        is_own = isinstance(root, ast.Name) and root.id == self.scope.receiver
        if is_own and len(attributes) == 1 and owner:
            position = (node.end_lineno or 0, node.end_col_offset or 0)
            binding = Binding(attributes[0], self.scope, position, True, **more)  # type: ignore[arg-type]
            owner.attributes.setdefault(attributes[0], []).append(binding)

    def _visit_AugAssign(self, node: ast.AugAssign) -> None:
        self._visit(node.value)
        if isinstance(node.target, ast.Name):
            self._read(node.target)
        self._visit(node.target)

    def _read(self, node: ast.Name) -> None:
        """Note that a name is read where its node says that it is written: `K += 1`."""
        self.chains.append(Chain(node, node, (), self.scope, None, False))

    def _visit_Try(self, node: ast.Try) -> None:
        self._conditionally(node.body)
        outer, self._is_fallback = self._is_fallback, True
        for handler in node.handlers:
            self._visit_optional(handler.type)
            if handler.name:
                start = (handler.lineno, handler.col_offset)
                self._bind(handler.name, handler, start=start)
            self._conditionally(handler.body)
        self._is_fallback = outer
        self._conditionally(node.orelse)
        self._visit_all(node.finalbody)

    _visit_TryStar = _visit_Try

    def _visit_MatchAs(self, node: ast.MatchAs) -> None:
        self._visit_optional(node.pattern)
        if node.name:
            self._bind(node.name, node)

    def _visit_MatchStar(self, node: ast.MatchStar) -> None:
        if node.name:
            self._bind(node.name, node)

    def _visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self._visit_all(node.keys)
        self._visit_all(node.patterns)
        if node.rest:
            self._bind(node.rest, node)

    def _visit_Global(self, node: ast.Global) -> None:
        for name in node.names:
            self.scope.elsewhere[name] = self.module

    def _visit_Nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            scope = self.scope.parent
            while scope is not None and not (scope.kind == "function" and name in scope.bindings):
                scope = scope.parent
            if scope is not None:
                self.scope.elsewhere[name] = scope

    # --- scopes ---

    def _visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._visit_all(node.decorator_list)
        self._defaults(node.args)
        self._bind(node.name, node, definition=node)

        def typed() -> None:
            for argument in _parameters(node.args):
                self._annotation(argument.annotation)
            self._annotation(node.returns)
            scope = Scope("function", self.scope, node)
            self._inside(scope, lambda: self._function(node, node.args, node.body))

        self._with_type_parameters(node, typed)

    _visit_AsyncFunctionDef = _visit_FunctionDef

    def _visit_Lambda(self, node: ast.Lambda) -> None:
        self._defaults(node.args)
        scope = Scope("function", self.scope, node)
        self._inside(scope, lambda: self._function(node, node.args, [node.body]))

    def _function(self, node: ast.AST, args: ast.arguments, body: Iterable[ast.AST]) -> None:
        parameters = _parameters(args)
        for parameter in parameters:
            self._bind(
                parameter.arg, parameter, annotation=parameter.annotation, definition=parameter
            )
        if parameters and isinstance(node, _FUNCTIONS):
            self.scope.receiver = parameters[0].arg
        self._visit_all(body)

    def _defaults(self, args: ast.arguments) -> None:
        self._visit_all(args.defaults)
        self._visit_all(args.kw_defaults)

    def _visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._visit_all(node.decorator_list)
        self._bind(node.name, node, definition=node)

        def typed() -> None:
            self._visit_all(node.bases)
            for keyword in node.keywords:
                self._visit(keyword.value)
            scope = self.classes[node] = Scope("class", self.scope, node)
            self._inside(scope, lambda: self._visit_all(node.body))

        self._with_type_parameters(node, typed)

    def _visit_TypeAlias(self, node: ast.stmt) -> None:
        """`type B[T] = value`, from Python 3.12 on."""
        self._visit(node.name)  # type: ignore[attr-defined]
        self._with_type_parameters(node, lambda: self._visit(node.value))  # type: ignore[attr-defined]

    def _with_type_parameters(self, node: ast.stmt, visit: Callable[[], None]) -> None:
        """Visit what the type parameters of a definition, if it has some, are seen in."""
        parameters = getattr(node, "type_params", ())
        if not parameters:
            visit()
            return

        def typed() -> None:
            for parameter in parameters:
                self._bind(parameter.name, parameter)
            for parameter in parameters:
                self._visit_optional(getattr(parameter, "bound", None))
                self._visit_optional(getattr(parameter, "default_value", None))
            visit()

        self._inside(Scope("types", self.scope, node), typed)

    def _visit_comprehension_scope(self, node: ast.expr, results: list[ast.expr]) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self._visit(generators[0].iter)

        def body() -> None:
            for index, generator in enumerate(generators):
                if index:
                    self._visit(generator.iter)
                for target in binders([generator.target]):
                    self._bind_each(target, generator.iter if target is generator.target else None)
                self._visit_all(generator.ifs)
            self._visit_all(results)

        self._inside(Scope("comprehension", self.scope, node), body)

    def _visit_ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> None:
        self._visit_comprehension_scope(node, [node.elt])

    _visit_SetComp = _visit_GeneratorExp = _visit_ListComp

    def _visit_DictComp(self, node: ast.DictComp) -> None:
        self._visit_comprehension_scope(node, [node.key, node.value])

    # --- annotations ---

    def _annotation(self, node: ast.expr | None) -> None:
        """Visit an annotation; strings in it are annotations in their turn."""
        if node is None:
            return
        for literal in ast.walk(node):
            if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
                parsed = parse_annotation(literal)
                if parsed is not None:
                    self._literal = literal
                    self._visit(parsed)
                    self._literal = None
        self._visit(node)


def _parameters(args: ast.arguments) -> list[ast.arg]:
    variable = [argument for argument in (args.vararg, args.kwarg) if argument]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *variable]
