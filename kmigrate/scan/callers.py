"""Who calls the functions of a module, and with what."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cached_property

from kmigrate.scan.collect import Collector
from kmigrate.scan.scopes import Binding, Chain, Scope, lookup

Place = tuple[ast.expr, Scope]
_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Callers:
    """Answers for one collected module; `callee` gives what binds the name that is called."""

    def __init__(
        self, walked: Collector, callee: Callable[[ast.expr, Scope], list[Binding]]
    ) -> None:
        self._walked = walked
        self._callee = callee

    def functions(self, callee: ast.expr, scope: Scope) -> list[ast.AST]:
        """The functions of the module that the callee may stand for."""
        found = (binding.definition or binding.value for binding in self._callee(callee, scope))
        return [one for one in found if isinstance(one, _FUNCTIONS)]

    def makes_an_object(self, callee: ast.expr, scope: Scope) -> bool:
        """Is a class of the module called?"""
        bindings = self._callee(callee, scope)
        return any(isinstance(binding.definition, ast.ClassDef) for binding in bindings)

    def arguments(self, binding: Binding) -> Iterator[Place]:
        """What the calls in the module give to a parameter."""
        function = binding.scope.node
        if not isinstance(function, _FUNCTIONS):
            return
        names = _positional(binding.scope, function)
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

    def every_argument(self, binding: Binding) -> list[Place]:
        """The same, where the module shows all of them: () for a function that is handed on."""
        function = binding.scope.node
        if not isinstance(function, ast.FunctionDef) or function.decorator_list:
            return []
        calls = [call for call, _ in self._calls.get(function, ())]
        is_open = function in self._handed_on or any(map(_is_unpacking, calls))
        return [] if is_open else list(self.arguments(binding))

    def results(self, function: ast.FunctionDef) -> list[Place]:
        """What a function gives back when it is called; () where that is more than what it returns."""
        is_more = function.decorator_list or function in self._walked.generators
        return [] if is_more else self._walked.results.get(function, [])

    def written_out(self, node: ast.expr, scope: Scope, depth: int = 4) -> list[Place]:
        """Where what a name or call stands for is written out; () if that is not known."""
        if isinstance(node, ast.Name):
            places = self._of_name(node, scope)
        elif isinstance(node, ast.Call):
            functions = self.functions(node.func, scope)
            function = functions[0] if len(functions) == 1 else None
            places = self.results(function) if isinstance(function, ast.FunctionDef) else []
        else:
            return [(node, scope)]
        found = [self.written_out(*place, depth - 1) for place in places if depth]
        return [place for each in found for place in each] if all(found) else []

    def _of_name(self, node: ast.Name, scope: Scope) -> list[Place]:
        owner = lookup(scope, node.id)
        bindings = owner.bindings.get(node.id, []) if owner is not None else []
        if len(bindings) != 1:
            return []
        value, definition = bindings[0].value, bindings[0].definition
        if isinstance(definition, ast.arg):
            return self.every_argument(bindings[0])
        return [(value, bindings[0].scope)] if value is not None else []

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

    @cached_property
    def _handed_on(self) -> set[ast.AST]:
        """The functions that are read where they are not called."""
        read = (chain for chain in self._walked.chains if chain.call is None and chain.is_loaded)
        return {one for chain in read for one in self.functions(chain.node, chain.scope)}

    def _made(self, chain: Chain) -> Iterator[ast.AST]:
        """The `__init__` of the class that is called."""
        for binding in self._callee(chain.node, chain.scope):
            if isinstance(binding.definition, ast.ClassDef):
                for own in self._walked.classes[binding.definition].bindings.get("__init__", ()):
                    if isinstance(own.definition, ast.FunctionDef):
                        yield own.definition


def _positional(
    scope: Scope, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
) -> list[str]:
    """The parameters that a call fills by position, without `self`."""
    names = [one.arg for one in (*function.args.posonlyargs, *function.args.args)]
    return names[1:] if scope.owner is not None else names


def _is_unpacking(call: ast.Call) -> bool:
    return any(isinstance(one, ast.Starred) for one in call.args) or any(
        keyword.arg is None for keyword in call.keywords
    )
