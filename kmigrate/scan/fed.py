"""What the functions of a module are given and give back, and what is put into its lists."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property

from kmigrate.scan.collect import Collector
from kmigrate.scan.receivers import Receivers
from kmigrate.scan.scopes import Binding, Chain, Scope, lookup

Place = tuple[ast.expr, Scope]
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_ADD = ("append", "extend", "insert")


class Fed:
    """Answers for one collected module."""

    def __init__(self, walked: Collector, receivers: Receivers) -> None:
        self._walked = walked
        self._receivers = receivers

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

    def scope_of(self, node: ast.AST) -> Scope | None:
        """The scope that a function or comprehension makes."""
        return self._scopes.get(node)

    @cached_property
    def _calls(self) -> dict[ast.AST, list[tuple[ast.Call, Scope]]]:
        """The calls of each function of the module."""
        found: dict[ast.AST, list[tuple[ast.Call, Scope]]] = {}
        for chain in self._walked.chains:
            if chain.call is not None:
                made = (*self.functions(chain.node, chain.scope), *self._made(chain))
                for function in made:
                    found.setdefault(function, []).append((chain.call, chain.scope))
        return found

    def _made(self, chain: Chain) -> Iterator[ast.AST]:
        """The `__init__` of the class that is called."""
        for binding in self._receivers.callee(chain.node, chain.scope):
            if isinstance(binding.definition, ast.ClassDef):
                for own in self._walked.classes[binding.definition].bindings.get("__init__", ()):
                    if isinstance(own.definition, ast.FunctionDef):
                        yield own.definition

    def functions(self, callee: ast.expr, scope: Scope) -> list[ast.AST]:
        """The functions of the module that the callee may stand for."""
        bindings = self._receivers.callee(callee, scope)
        found = (binding.definition or binding.value for binding in bindings)
        return [one for one in found if isinstance(one, _FUNCTIONS)]

    def makes_an_object(self, callee: ast.expr, scope: Scope) -> bool:
        """Is a class of the module called?"""
        bindings = self._receivers.callee(callee, scope)
        return any(isinstance(binding.definition, ast.ClassDef) for binding in bindings)

    def results(self, function: ast.AST) -> list[Place]:
        """What a function gives back."""
        if isinstance(function, ast.Lambda):
            scope = self.scope_of(function)
            return [(function.body, scope)] if scope is not None else []
        return self._walked.results.get(function, [])

    def arguments(self, binding: Binding) -> Iterator[Place]:
        """What the calls in the module give to a parameter."""
        function = binding.scope.node
        if not isinstance(function, _FUNCTIONS):
            return
        names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
        if binding.scope.owner is not None:
            names = names[1:]
        for call, scope in self._calls.get(function, ()):
            place = names.index(binding.name) if binding.name in names else -1
            rest = function.args.vararg
            if rest is not None and rest.arg == binding.name:
                yield from ((one, scope) for one in call.args[len(names) :])
            if 0 <= place < len(call.args):
                yield call.args[place], scope
            for keyword in call.keywords:
                if keyword.arg == binding.name:
                    yield keyword.value, scope

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
