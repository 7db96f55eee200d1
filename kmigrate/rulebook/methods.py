"""Paths of methods by the method's name, for receivers of which nothing else is known."""

from __future__ import annotations

from collections.abc import Iterable


def by_method(rules: Iterable[tuple[str, str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """(id, `models.Model.fit`) by `fit`, where the path is that of a method."""
    names: dict[str, list[tuple[str, str]]] = {}
    for rule, path in rules:
        owner, _, name = path.rpartition(".")
        if owner.rpartition(".")[2][:1].isupper():
            names.setdefault(name, []).append((rule, owner))
    return {name: tuple(dict.fromkeys(found)) for name, found in names.items()}
