"""What the functions of a module are given and give back, and what is put into its lists."""

from __future__ import annotations

import ast
from functools import cached_property

from kmigrate.scan.callers import Place
from kmigrate.scan.collect import Collector
from kmigrate.scan.receivers import Receivers
from kmigrate.scan.scopes import Binding, Scope, lookup

_ADD = ("append", "extend", "insert")


class Fed:
    """Answers for one collected module."""

    def __init__(self, walked: Collector, receivers: Receivers) -> None:
        self._walked = walked
        self._receivers = receivers
        self.callers = receivers.callers

    @cached_property
    def _scopes(self) -> dict[ast.AST, Scope]:
        found: dict[ast.AST, Scope] = {}
        for chain in self._walked.chains:
            scope: Scope | None = chain.scope
            while scope is not None and scope.node not in found:
                found[scope.node] = scope
                scope = scope.parent
        return found

    def written(self) -> frozenset[str]:
        """The attributes that are given a value, of whatever."""
        chains = (one for one in self._walked.chains if one.attributes and not one.is_loaded)
        return frozenset(chain.attributes[-1] for chain in chains)

    def bases(self, class_scope: Scope) -> tuple[str, ...]:
        """The library classes that a class of the module is derived from."""
        return self._receivers.bases(class_scope)

    def scope_of(self, node: ast.AST) -> Scope | None:
        """The scope that a function or comprehension makes."""
        return self._scopes.get(node)

    def results(self, function: ast.AST) -> list[Place]:
        """What a function gives back."""
        if isinstance(function, ast.Lambda):
            scope = self.scope_of(function)
            return [(function.body, scope)] if scope is not None else []
        return self._walked.results.get(function, [])

    def feeds_a_new_layer(self, binding: Binding) -> bool:
        """Is a layer made on the spot and called on the parameter: `Dense(3)(x)`?

        In a method of a library's class it is called on values.
        """
        scope = binding.scope
        if scope.owner is not None and self._receivers.bases(scope.owner):
            return False
        return any(
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Call)
            and any(_is_named(one, binding.name) for one in node.args)
            and bool(self._receivers.classes(node.func, scope))
            for node in ast.walk(scope.node)
        )

    def attribute(self, node: ast.Attribute, scope: Scope) -> list[Binding]:
        """All that a class binds to `self.x`."""
        owner = lookup(scope, node.value.id) if isinstance(node.value, ast.Name) else None
        if owner is None or not isinstance(node.value, ast.Name) or owner.owner is None:
            return []
        return owner.owner.attributes.get(node.attr, []) if owner.receiver == node.value.id else []

    @cached_property
    def _added(self) -> dict[tuple[Scope, str], list[Place]]:
        found: dict[tuple[Scope, str], list[Place]] = {}
        for chain in self._walked.chains:
            root = chain.root
            is_adding = len(chain.attributes) == 1 and chain.attributes[0] in _ADD
            if chain.call is None or not is_adding or not isinstance(root, ast.Name):
                continue
            owner = lookup(chain.scope, root.id)
            if owner is not None and chain.call.args:
                place = (chain.call.args[-1], chain.scope)
                found.setdefault((owner, root.id), []).append(place)
        return found

    def added(self, owner: Scope, name: str) -> list[Place]:
        """What is put into the list of that name."""
        return self._added.get((owner, name), [])


def _is_named(node: ast.expr, name: str) -> bool:
    """Is it the name, or a list with it?"""
    if isinstance(node, ast.List | ast.Tuple):
        return any(_is_named(one, name) for one in node.elts)
    return isinstance(node, ast.Name) and node.id == name
