"""Which `call` runs when an instance is called: by what makes it, and the classes of the module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from kmigrate.scan.collect import Collector
from kmigrate.scan.resolve import Resolver
from kmigrate.scan.scopes import Binding, Scope, in_force, lookup

Made = ast.FunctionDef | str
"""The method `call` of a class of the module, or the qualified name of a library's class."""

_CALL, _DIRECT = "call", "__call__"


class Makers:
    """Follows an instance to the classes that it may be of; never guesses."""

    def __init__(self, walked: Collector, resolver: Resolver) -> None:
        self._walked, self._resolver = walked, resolver
        self._known: dict[ast.AST, list[Made]] = {}

    def of_called(self, node: ast.expr, scopes: Mapping[ast.expr, Scope]) -> list[Made]:
        """What runs where `node` is called; [] where any of it is not known."""
        root: ast.expr = node
        while isinstance(root, ast.Attribute | ast.Subscript | ast.Call):
            root = root.func if isinstance(root, ast.Call) else root.value
        scope = scopes.get(root)
        return self._of_instance(node, scope) if scope is not None else []

    def _of_instance(self, node: ast.expr, scope: Scope) -> list[Made]:
        if node not in self._known:
            self._known[node] = []  # what is made of itself is not known
            self._known[node] = self._made(node, scope)
        return self._known[node]

    def _made(self, node: ast.expr, scope: Scope) -> list[Made]:
        if isinstance(node, ast.Call):
            return self._of_class(node.func, scope)
        if isinstance(node, ast.Subscript):
            return self._of_elements(node.value, scope)
        return self._all(self._of_binding(one) for one in self._bindings(node, scope))

    def _of_binding(self, binding: Binding) -> list[Made]:
        if binding.elements is not None:
            return self._of_elements(binding.elements, binding.scope)
        return self._of_instance(binding.value, binding.scope) if binding.value is not None else []

    def _of_elements(self, node: ast.expr, scope: Scope) -> list[Made]:
        """What the elements of a list are, which is written out where it is made."""
        if isinstance(node, ast.ListComp):
            return self._of_instance(node.elt, scope)
        if isinstance(node, ast.List | ast.Tuple):
            return self._all(self._of_instance(one, scope) for one in node.elts)
        bindings = self._bindings(node, scope)
        values = [one.value for one in bindings]
        if not isinstance(node, ast.Name | ast.Attribute) or not values or None in values:
            return []
        return self._all(
            self._of_elements(one.value, one.scope) for one in bindings if one.value is not None
        )

    def _bindings(self, node: ast.expr, scope: Scope) -> list[Binding]:
        """What binds a name, or an attribute of `self`."""
        if isinstance(node, ast.Name):
            owner = lookup(scope, node.id)
            found = owner.bindings.get(node.id, []) if owner is not None else []
            position = (node.lineno, node.col_offset)
            return in_force(found, owner, position) if owner is scope and owner else found
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            method = lookup(scope, node.value.id)
            if method is not None and method.receiver == node.value.id and method.owner:
                return method.owner.attributes.get(node.attr, [])
        return []

    def _of_class(self, node: ast.expr, scope: Scope) -> list[Made]:
        """The `call` of the class that `node` names."""
        if isinstance(node, ast.Name):
            owner = lookup(scope, node.id)
            bindings = owner.bindings.get(node.id, []) if owner is not None else []
            definition = bindings[0].definition if len(bindings) == 1 else None
            if isinstance(definition, ast.ClassDef):
                return self._of_definition(definition)
        meaning = self._resolver.of_chain(node, scope, (node.lineno, node.col_offset))
        return list(meaning.names) if meaning.certain else []

    def _of_definition(self, definition: ast.ClassDef) -> list[Made]:
        if definition not in self._known:
            self._known[definition] = []
            self._known[definition] = self._defined(definition)
        return self._known[definition]

    def _defined(self, definition: ast.ClassDef) -> list[Made]:
        """Its own `call`, or that of its only base; nothing where it takes calls in another way."""
        scope = self._walked.classes[definition]
        if _DIRECT in scope.bindings or len(definition.bases) != 1:
            return []
        inherited = self._of_class(definition.bases[0], scope.parent or scope)
        own = [one.definition for one in scope.bindings.get(_CALL, [])]
        if not own:
            return inherited
        method = own[0]
        is_one = len(own) == 1 and isinstance(method, ast.FunctionDef) and inherited
        return [method] if is_one and isinstance(method, ast.FunctionDef) else []

    def _all(self, found: Iterable[list[Made]]) -> list[Made]:
        """All of it, where each is known."""
        parts = list(found)
        return [one for part in parts for one in part] if all(parts) else []
