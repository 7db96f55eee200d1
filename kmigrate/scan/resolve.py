"""What a name stands for: from its bindings to qualified names, by scope and not by spelling."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from kmigrate.dialects import is_library, locate
from kmigrate.scan.collect import Collector
from kmigrate.scan.scopes import Binding, Position, Scope, in_force, lookup, module_of, unwind

StarNames = Callable[[str], frozenset[str]]
"""The public names of a library module, for star imports."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The qualified names that a name may stand for, and the bindings it was read from.

    `certain` is false when it may also stand for something else that the code binds to it.
    """

    names: tuple[str, ...] = ()
    bindings: tuple[Binding, ...] = ()
    certain: bool = True

    @property
    def is_library(self) -> bool:
        """May it be something of a library?"""
        return any(is_library(name) for name in self.names)


NOTHING = Meaning()


class Resolver:
    """Answers what names mean in a collected module."""

    def __init__(
        self, walked: Collector, exports: Mapping[str, str], star_names: StarNames
    ) -> None:
        self._walked = walked
        self._exports = exports
        self._star_names = star_names
        self._of_binding: dict[Binding, Meaning] = {}
        self._starred = self._names_by_star()

    def _names_by_star(self) -> dict[str, list[tuple[Position, str, Binding]]]:
        found: dict[str, list[tuple[Position, str, Binding]]] = {}
        for star in self._walked.stars:
            module, scope = star.statement.module, star.statement.scope
            if scope is not self._walked.module:
                continue  # illegal in Python 3 anyway
            for name in self._public(module):
                binding = Binding(
                    name, scope, star.position, False, f"{module}.{name}", statement=star.statement
                )
                found.setdefault(name, []).append((star.position, name, binding))
        return found

    def _public(self, module: str) -> frozenset[str]:
        if is_library(module):
            return self._star_names(module)
        prefix = module + "."
        own = (name[len(prefix) :] for name in self._exports if name.startswith(prefix))
        return frozenset(name for name in own if "." not in name and not name.startswith("_"))

    def starred(self, name: str) -> list[str]:
        """The qualified names that star imports give `name`."""
        return [binding.imported for _, _, binding in self._starred.get(name, ())]

    def given_by_stars(self, position: Position) -> Iterator[tuple[str, Meaning]]:
        """The names that star imports above give, each with the one thing that it stands for."""
        for name, given in self._starred.items():
            meaning = self._joined([binding for _, _, binding in given])
            is_above = all(at <= position for at, _, _ in given)
            if is_above and meaning.certain and len(meaning.names) == 1:
                yield name, meaning

    def reads_unknown(self) -> bool:
        """Does the module read a name that nothing binds? A star import may give it."""
        if not self._walked.stars:
            return False
        return any(
            isinstance(chain.root, ast.Name)
            and chain.root.id not in self._starred
            and not hasattr(builtins, chain.root.id)
            and lookup(chain.scope, chain.root.id) is None
            for chain in self._walked.chains
        )

    def interesting(self) -> frozenset[str]:
        """The names that anywhere in the module may stand for something of a library."""
        names = {
            binding.name
            for statement in self._walked.imports
            for binding in statement.bindings
            if self._imported(binding.imported)
        }
        return frozenset(names | self._starred.keys())

    def _imported(self, qualified: str) -> str:
        """The library name that an imported name stands for, also through the project."""
        if is_library(qualified):
            return qualified
        if qualified in self._exports:
            return self._exports[qualified]
        prefix = qualified + "."
        return qualified if any(name.startswith(prefix) for name in self._exports) else ""

    def meaning(self, root: ast.expr, scope: Scope, position: Position) -> Meaning:
        """What a bare name means where it is read."""
        if not isinstance(root, ast.Name):
            return NOTHING
        owner = lookup(scope, root.id)
        if owner is scope and scope.kind == "class" and scope.parent is not None:
            return self._in_class_body(root, scope, position)
        if owner is None or (owner is self._walked.module and root.id in self._starred):
            return self._starred_meaning(root.id, owner, scope, position)
        return self._joined(self._in_force(owner, root.id, scope, position))

    def _in_class_body(self, root: ast.Name, scope: Scope, position: Position) -> Meaning:
        """A class body reads the name outside while its own is not bound yet."""
        earlier = [one for one in scope.bindings[root.id] if one.position <= position]
        if earlier and not earlier[-1].conditional:
            return self._joined(earlier[-1:])
        assert scope.parent is not None
        outside = self.meaning(root, scope.parent, position)
        if not earlier:
            return outside
        own = self._joined(earlier)
        names = tuple(dict.fromkeys((*own.names, *outside.names)))
        return Meaning(names, (*own.bindings, *outside.bindings), False) if names else NOTHING

    def _starred_meaning(
        self, name: str, owner: Scope | None, scope: Scope, position: Position
    ) -> Meaning:
        """A star import and the module's own bindings: the last one before the use is in force."""
        stars = [binding for _, _, binding in self._starred.get(name, ())]
        own = owner.bindings.get(name, []) if owner else []
        bindings = [*stars, *own]
        if scope is self._walked.module:
            bindings = [one for one in bindings if one.position <= position] or bindings
        last = max(bindings, key=lambda binding: binding.position, default=None)
        if last is not None and last.conditional:
            return self._joined(bindings)
        return self._joined([last] if last else [])

    def _in_force(self, owner: Scope, name: str, scope: Scope, position: Position) -> list[Binding]:
        """The bindings that can be in force; straight-line code has the last one before the use."""
        bindings = owner.bindings.get(name, [])
        real = [binding for binding in bindings if not binding.is_fallback] or bindings
        return in_force(real, owner, position) if owner is scope else real

    def _joined(self, bindings: list[Binding]) -> Meaning:
        names: dict[str, None] = {}
        certain = True
        for binding in bindings:
            meaning = self.of_binding(binding)
            certain = certain and meaning.certain and bool(meaning.names)
            names.update(dict.fromkeys(meaning.names))
        if not names:
            return NOTHING
        return Meaning(tuple(names), tuple(bindings), certain)

    def of_binding(self, binding: Binding) -> Meaning:
        """What one binding gives its name."""
        if binding not in self._of_binding:
            self._of_binding[binding] = NOTHING  # an alias of itself means nothing
            self._of_binding[binding] = self._compute(binding)
        return self._of_binding[binding]

    def _compute(self, binding: Binding) -> Meaning:
        if binding.imported:
            name = self._imported(binding.imported)
            return Meaning((name,), (binding,)) if name else NOTHING
        if isinstance(binding.value, ast.Name | ast.Attribute):
            before = (binding.value.lineno, binding.value.col_offset)
            return self.of_chain(binding.value, binding.scope, before)
        return NOTHING

    def of_chain(self, node: ast.expr, scope: Scope, position: Position) -> Meaning:
        """What a chain means as a whole: `K.mean`, `self.K.mean`, `utils.K.mean`."""
        root, attributes = unwind(node)
        base, attributes = self.base(root, attributes, scope, position)
        names = tuple(self._extend(name, attributes) for name in base.names)
        return Meaning(names, base.bindings, base.certain) if any(names) else NOTHING

    def base(
        self, root: ast.expr, attributes: tuple[str, ...], scope: Scope, position: Position
    ) -> tuple[Meaning, tuple[str, ...]]:
        """The meaning of a chain's root and the attributes behind it; `self.K` counts as a root."""
        owner = self._class_behind(root, scope)
        if owner is not None and attributes:
            name = attributes[0]
            bindings = [*owner.attributes.get(name, ()), *owner.bindings.get(name, ())]
            if bindings:
                return self._joined(bindings), attributes[1:]
        return self.meaning(root, scope, position), attributes

    def _class_behind(self, root: ast.expr, scope: Scope) -> Scope | None:
        """The class whose instance `root` is: `self` in a method, and in functions inside it."""
        if not isinstance(root, ast.Name):
            return None
        owner = lookup(scope, root.id)
        if owner is not None and owner.receiver == root.id and len(owner.bindings[root.id]) == 1:
            return owner.owner
        return None

    def _extend(self, name: str, attributes: tuple[str, ...]) -> str:
        """`name.attributes`, followed through the project's own modules."""
        for attribute in attributes:
            name = f"{name}.{attribute}"
            name = self._exports.get(name, name)
        return name

    def extend(self, meaning: Meaning, attributes: tuple[str, ...]) -> tuple[str, ...]:
        """The names with `attributes` behind them."""
        return tuple(self._extend(name, attributes) for name in meaning.names)

    def module_exports(self) -> dict[str, str]:
        """The module-level names that stand for one library or project name each."""
        exports: dict[str, str] = {}
        for name, bindings in self._walked.module.bindings.items():
            meaning = self._joined(bindings)
            if meaning.certain and _are_one(meaning.names):
                exports[name] = min(meaning.names, key=len)
            elif len(bindings) == 1 and bindings[0].imported:
                exports[name] = bindings[0].imported
        for star in self._walked.stars:
            exports[f"*{star.statement.module}"] = star.statement.module
        return exports


def _are_one(names: tuple[str, ...]) -> bool:
    """Is it one name, or the same place of Keras in several dialects (`import keras` in a `try`)?"""
    paths = {located[1] if (located := locate(name)) else name for name in names}
    dialects = {located[0] if (located := locate(name)) else "" for name in names}
    return len(names) == 1 or (len(paths) == 1 and dialects.isdisjoint(("tf", "")))


__all__ = ["NOTHING", "Meaning", "Resolver", "StarNames", "module_of"]
