"""The names that a module has in use, which a new import must not take."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.dialects import locate
from kmigrate.scan import Scan
from kmigrate.scan.scopes import Position, Scope


def names_taken(found: Scan) -> frozenset[str]:
    """Every name that the module binds or reads anywhere."""
    names = {name for scope in all_scopes(found) for name in scope.bindings}
    names.update(found.walked.module.bindings)
    roots = (chain.root for chain in found.walked.chains)
    names.update(root.id for root in roots if isinstance(root, ast.Name))
    return frozenset(names)


def through_own_star(found: Scan, name: str, position: Position) -> str | None:
    """`tensorflow.x` through the `tf` that a star import of the project's own module gives."""
    for local, meaning in found.resolver.given_by_stars(position):
        root = meaning.names[0]
        is_bound = any(local in scope.bindings for scope in all_scopes(found))
        if locate(root) == ("tf", "") and name.startswith(f"{root}.") and not is_bound:
            return local + name[len(root) :]
    return None


def all_scopes(found: Scan) -> Iterator[Scope]:
    """Every scope in which the module reads a name, and those around it."""
    seen: set[Scope] = set()
    for chain in found.walked.chains:
        scope: Scope | None = chain.scope
        while scope is not None and scope not in seen:
            seen.add(scope)
            yield scope
            scope = scope.parent
