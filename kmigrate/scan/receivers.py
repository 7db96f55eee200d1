"""The class of an object, as far as the code of one module shows it: never guessed."""

from __future__ import annotations

import ast

from kmigrate.dialects import is_library
from kmigrate.scan.collect import Collector
from kmigrate.scan.resolve import Resolver
from kmigrate.scan.scopes import Binding, Scope, lookup, unwind


class Receivers:
    """Gives the qualified names of the library classes (or factories) an expression comes from."""

    def __init__(self, walked: Collector, resolver: Resolver) -> None:
        self._walked = walked
        self._resolver = resolver
        self._known: dict[Binding, tuple[str, ...]] = {}

    def classes(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """What `node` is an instance of: `keras.models.Sequential`; or () if that is not proven."""
        if isinstance(node, ast.Call):
            return self._called(node, scope)
        root, attributes = unwind(node)
        if not isinstance(root, ast.Name):
            return ()
        owner = lookup(scope, root.id)
        if owner is None:
            return ()
        if not attributes:
            return self._of_name(root, owner, scope)
        instance_of = owner.owner if owner.receiver == root.id else None
        if instance_of is not None and len(attributes) == 1:
            return self._agreed(instance_of.attributes.get(attributes[0], []))
        return ()

    def defines(self, node: ast.expr, scope: Scope, method: str) -> bool:
        """Is `node` an instance of a class of the module that defines the method itself?"""
        if not isinstance(node, ast.Name):
            return False
        owner = lookup(scope, node.id)
        if owner is None or owner.receiver != node.id or owner.owner is None:
            return False
        return self._defined(owner.owner, method, ())

    def _defined(self, class_scope: Scope, method: str, seen: tuple[Scope, ...]) -> bool:
        if method in class_scope.bindings or method in class_scope.attributes:
            return True
        node = class_scope.node
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            owner = lookup(class_scope, base.id) if isinstance(base, ast.Name) else None
            for binding in (
                owner.bindings.get(base.id, ()) if owner and isinstance(base, ast.Name) else ()
            ):
                definition = binding.definition
                if isinstance(definition, ast.ClassDef):
                    other = self._walked.classes[definition]
                    if other not in (*seen, class_scope) and self._defined(
                        other, method, (*seen, class_scope)
                    ):
                        return True
        return False

    def _of_name(self, root: ast.Name, owner: Scope, scope: Scope) -> tuple[str, ...]:
        if owner.receiver == root.id and owner.owner is not None:
            return self._bases(owner.owner)
        return self._agreed(owner.bindings.get(root.id, []))

    def _agreed(self, bindings: list[Binding]) -> tuple[str, ...]:
        """The classes of a name whose every binding gives one."""
        found = [self._of_binding(binding) for binding in bindings if not binding.is_fallback]
        if not found or not all(found):
            return ()
        return tuple(dict.fromkeys(name for names in found for name in names))

    def _of_binding(self, binding: Binding) -> tuple[str, ...]:
        if binding not in self._known:
            self._known[binding] = ()
            if isinstance(binding.value, ast.Call | ast.Name | ast.Attribute):
                self._known[binding] = self.classes(binding.value, binding.scope)
            if not self._known[binding] and binding.annotation is not None:
                self._known[binding] = self._named(binding.annotation, binding.scope)
        return self._known[binding]

    def _called(self, node: ast.Call, scope: Scope) -> tuple[str, ...]:
        names = self._named(node.func, scope)
        if names:
            return names
        if isinstance(node.func, ast.Name):
            owner = lookup(scope, node.func.id)
            bindings = owner.bindings.get(node.func.id, []) if owner else []
            if len(bindings) == 1 and isinstance(bindings[0].definition, ast.ClassDef):
                return self._class_bases(bindings[0].definition, bindings[0].scope)
        return ()

    def _named(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        position = (node.lineno, node.col_offset)
        meaning = self._resolver.of_chain(node, scope, position)
        if not meaning.certain or not all(is_library(name) for name in meaning.names):
            return ()
        return meaning.names

    def _bases(self, class_scope: Scope) -> tuple[str, ...]:
        node = class_scope.node
        if not isinstance(node, ast.ClassDef) or class_scope.parent is None:
            return ()
        return self._class_bases(node, class_scope.parent)

    def _class_bases(
        self, node: ast.ClassDef, scope: Scope, seen: tuple[ast.ClassDef, ...] = ()
    ) -> tuple[str, ...]:
        """The library classes that a class of the module is derived from, also over others."""
        found: list[str] = []
        for base in node.bases:
            found.extend(self._named(base, scope))
            owner = lookup(scope, base.id) if isinstance(base, ast.Name) else None
            for binding in (
                owner.bindings.get(base.id, ()) if owner and isinstance(base, ast.Name) else ()
            ):
                definition = binding.definition
                if isinstance(definition, ast.ClassDef) and definition not in (*seen, node):
                    found.extend(self._class_bases(definition, binding.scope, (*seen, node)))
        return tuple(dict.fromkeys(found))
