"""The class of an object, as far as the code of one module shows it: never guessed."""

from __future__ import annotations

import ast
from collections.abc import Callable

from kmigrate.dialects import is_library
from kmigrate.scan.annotations import parse_annotation
from kmigrate.scan.callers import Callers, Place
from kmigrate.scan.collect import Collector
from kmigrate.scan.resolve import Resolver
from kmigrate.scan.scopes import Binding, Scope, in_force, lookup

Returned = Callable[[str], str]
"""The qualified class of what a qualified function gives, or an attribute is; "" if not known."""


class Receivers:
    """Gives the qualified names of the library classes (or factories) an expression comes from."""

    def __init__(self, walked: Collector, resolver: Resolver, returned: Returned) -> None:
        self._walked = walked
        self._resolver = resolver
        self._returned = returned
        self._known: dict[Binding, tuple[str, ...]] = {}
        self._results: dict[ast.AST, tuple[str, ...]] = {}
        self.callers = Callers(walked, self.callee)

    def classes(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """What `node` is an instance of: `keras.models.Sequential`; or () if that is not proven."""
        if isinstance(node, ast.Call):
            return self._parents(node, scope) or self._called(node, scope)
        if isinstance(node, ast.Name):
            owner = lookup(scope, node.id)
            return self._of_name(node, owner, scope) if owner is not None else ()
        if isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Slice):
            index = node.slice.value if isinstance(node.slice, ast.Constant) else None
            part = self._part(node.value, index, scope) if isinstance(index, int) else ()
            return part or self._elements(node.value, scope)
        if not isinstance(node, ast.Attribute):
            return ()
        own = self._of_own_attribute(node, scope)
        return own or self._given(self.classes(node.value, scope), node.attr)

    def _parents(self, node: ast.Call, scope: Scope) -> tuple[str, ...]:
        """What `super()` of a method stands for: the classes that its own class is derived from."""
        if not isinstance(node.func, ast.Name) or node.func.id != "super":
            return ()
        if lookup(scope, "super") is not None or scope.owner is None:
            return ()
        return self.bases(scope.owner)

    def _of_own_attribute(self, node: ast.Attribute, scope: Scope) -> tuple[str, ...]:
        """What `self.x` is, by all that the class assigns to it."""
        owner = lookup(scope, node.value.id) if isinstance(node.value, ast.Name) else None
        if owner is None or not isinstance(node.value, ast.Name) or owner.receiver != node.value.id:
            return ()
        return self._agreed(owner.owner.attributes.get(node.attr, [])) if owner.owner else ()

    def _elements(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """What each element of a list is an instance of: those of `model.layers`."""
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice):
            return self._elements(node.value, scope)
        if not isinstance(node, ast.Attribute):
            return ()
        return self._given(self.classes(node.value, scope), f"{node.attr}[]")

    def _given(self, classes: tuple[str, ...], attribute: str) -> tuple[str, ...]:
        """What an attribute of an instance of `classes` is an instance of."""
        found = tuple(self._returned(f"{name}.{attribute}") for name in classes)
        return found if all(found) else ()

    def is_other(self, node: ast.expr, scope: Scope) -> bool:
        """Is `node` for certain nothing of a library: a literal, a module, of a class of one's own?"""
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.List | ast.Dict | ast.Tuple):
            return True
        called = node.func if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Name):
            return False
        owner = lookup(scope, called.id)
        bindings = owner.bindings.get(called.id, []) if owner else []
        if len(bindings) != 1:
            return False
        binding = bindings[0]
        if isinstance(binding.definition, ast.ClassDef):
            return not self._class_bases(binding.definition, binding.scope) and self._is_closed(
                binding
            )
        if isinstance(node, ast.Name) and isinstance(binding.value, ast.Call):
            return self.is_other(binding.value, binding.scope)
        if binding.annotation is not None and binding.value is None:
            annotation = _read(binding.annotation)
            return annotation is not None and self.is_other(annotation, binding.scope)
        is_module = binding.statement is not None and isinstance(binding.statement.node, ast.Import)
        return is_module and node is called

    def _is_closed(self, binding: Binding) -> bool:
        """Is every base of a class of the module itself such a class?"""
        node = binding.definition
        bases = node.bases if isinstance(node, ast.ClassDef) else []
        return all(
            isinstance(base, ast.Name) and self.is_other(base, binding.scope) for base in bases
        )

    def defines(self, node: ast.expr, scope: Scope, method: str) -> bool:
        """Is `node` an instance of a class of the module that defines the method itself?"""
        if isinstance(node, ast.Call):
            return self._makes(node.func, scope, method)
        owner = lookup(scope, node.id) if isinstance(node, ast.Name) else None
        if owner is None or not isinstance(node, ast.Name):
            return False
        if owner.receiver == node.id and owner.owner is not None:
            return self._defined(owner.owner, method, ())
        bindings = owner.bindings.get(node.id, [])
        return (
            len(bindings) == 1
            and isinstance(bindings[0].value, ast.Call)
            and (self._makes(bindings[0].value.func, bindings[0].scope, method))
        )

    def _makes(self, node: ast.expr, scope: Scope, method: str) -> bool:
        """Does calling `node` make an instance of such a class?"""
        owner = lookup(scope, node.id) if isinstance(node, ast.Name) else None
        bindings = owner.bindings.get(node.id, []) if owner and isinstance(node, ast.Name) else []
        definition = bindings[0].definition if len(bindings) == 1 else None
        if not isinstance(definition, ast.ClassDef):
            return False
        return self._defined(self._walked.classes[definition], method, ())

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
            return self.bases(owner.owner)
        bindings = owner.bindings.get(root.id, [])
        if owner is scope:
            bindings = in_force(bindings, owner, (root.lineno, root.col_offset))
        return self._agreed(bindings)

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
            if binding.elements is not None:
                self._known[binding] = self._elements(binding.elements, binding.scope)
            if binding.unpacked is not None and binding.part is not None:
                self._known[binding] = self._part(binding.unpacked, binding.part, binding.scope)
            if isinstance(binding.definition, ast.arg):
                self._known[binding] = self._all(self.callers.every_argument(binding))
            annotation = _read(binding.annotation)
            if not self._known[binding] and annotation is not None:
                self._known[binding] = self.named(annotation, binding.scope)
        return self._known[binding]

    def _called(self, node: ast.Call, scope: Scope) -> tuple[str, ...]:
        names = self.named(node.func, scope)
        if names:
            return tuple(self._returned(name) or name for name in names)
        if isinstance(node.func, ast.Attribute):
            given = self._given(self.classes(node.func.value, scope), node.func.attr)
            if given:
                return given
        bindings = self.callee(node.func, scope)
        definition = bindings[0].definition if len(bindings) == 1 else None
        if isinstance(definition, ast.ClassDef):
            return self._class_bases(definition, bindings[0].scope)
        return self._of_results(definition) if isinstance(definition, ast.FunctionDef) else ()

    def _part(self, node: ast.expr, index: int, scope: Scope) -> tuple[str, ...]:
        """What a part of several things is an instance of, where they are written out."""
        return self._all(_parts(self.callers.written_out(node, scope), index))

    def callee(self, node: ast.expr, scope: Scope) -> list[Binding]:
        """What binds the name that is called, or the method of one's own class."""
        if isinstance(node, ast.Name):
            owner = lookup(scope, node.id)
            return owner.bindings.get(node.id, []) if owner else []
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)):
            return []
        method = lookup(scope, node.value.id)
        if method is None or method.receiver != node.value.id or method.owner is None:
            return []
        return method.owner.bindings.get(node.attr, [])

    def _of_results(self, function: ast.FunctionDef) -> tuple[str, ...]:
        """What a function gives, where all that it returns agrees."""
        if function not in self._results:
            self._results[function] = ()
            self._results[function] = self._all(self.callers.results(function))
        return self._results[function]

    def _all(self, places: list[Place]) -> tuple[str, ...]:
        """The classes of several things, where each has one; None may mean a failure."""
        found = [self.classes(*one) for one in places if not _is_none(one[0])]
        if not found or not all(found):
            return ()
        return tuple(dict.fromkeys(name for names in found for name in names))

    def named(self, node: ast.expr, scope: Scope) -> tuple[str, ...]:
        """The qualified names of what of the libraries `node` stands for; () if it is not certain."""
        position = (node.lineno, node.col_offset)
        meaning = self._resolver.of_chain(node, scope, position)
        if not meaning.certain or not all(is_library(name) for name in meaning.names):
            return ()
        return meaning.names

    def bases(self, class_scope: Scope) -> tuple[str, ...]:
        """The library classes that a class of the module is derived from."""
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
            found.extend(self.named(base, scope))
            owner = lookup(scope, base.id) if isinstance(base, ast.Name) else None
            for binding in (
                owner.bindings.get(base.id, ()) if owner and isinstance(base, ast.Name) else ()
            ):
                definition = binding.definition
                if isinstance(definition, ast.ClassDef) and definition not in (*seen, node):
                    found.extend(self._class_bases(definition, binding.scope, (*seen, node)))
        return tuple(dict.fromkeys(found))


def _parts(results: list[Place], index: int) -> list[Place]:
    """That part of each, where all are written out; None says that there is nothing."""
    parts: list[Place] = []
    for node, scope in results:
        if _is_none(node):
            continue
        if not isinstance(node, ast.Tuple | ast.List) or not -len(node.elts) <= index < len(
            node.elts
        ):
            return []
        if any(isinstance(one, ast.Starred) for one in node.elts):
            return []
        parts.append((node.elts[index], scope))
    return parts


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _read(annotation: ast.expr | None) -> ast.expr | None:
    """An annotation, read from its string where it is one."""
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return parse_annotation(annotation)
    return annotation
