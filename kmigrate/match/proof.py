"""What the code itself proves about the API it is written for."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from kmigrate.api import Snapshot
from kmigrate.atlas import atlas
from kmigrate.dialects import is_library, locate
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.table import Table
from kmigrate.scan import Scan


def takes(table: Table, surface: Surface, path: str, call: ast.Call) -> bool:
    """Can `path` be called with these keywords on a surface, as far as its snapshots show?"""
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg]
    if not keywords:
        return True
    snapshots = [snapshot for snapshot in atlas(surface).snapshots() if snapshot.has(path)]
    return not snapshots or any(_takes(table, surface, one, path, keywords) for one in snapshots)


def _takes(
    table: Table, surface: Surface, snapshot: Snapshot, path: str, keywords: list[str]
) -> bool:
    signature = snapshot.signature(path)
    if signature is None:
        return True
    unknown = {keyword for keyword in keywords if signature.find(keyword) is None}
    if not unknown or not signature.accepts_any_keyword:
        return not unknown
    row = table.symbol_row(surface.api, path)
    older = {name for spelled in (row.args.values() if row else ()) for name in spelled.values()}
    known = table.accepts(surface.api, path)
    return not known or unknown <= known | (older if surface.api != "keras3" else set())


def impossible(table: Table, found: Scan) -> dict[str, str]:
    """The surfaces that a module cannot be written for, each with the reference that says so.

    A surface is ruled out by a name, a method or a keyword that it lacks and that another surface
    of the same dialect has.
    """
    ruled_out: dict[str, str] = {}
    seen: set[str] = set()
    for name, line, call in _named(found):
        located = locate(name)
        if located is None or located[0] == "tf" or (call is None and name in seen):
            continue
        seen.add(name)
        dialect, path = located
        surfaces = [surface for surface in SURFACES.values() if surface.dialect == dialect]
        possible = {
            surface.name: atlas(surface).has(path) and (call is None or takes(table, surface, path, call))
            for surface in surfaces
        }
        if any(possible.values()):
            for surface_name, is_possible in possible.items():
                if not is_possible:
                    ruled_out.setdefault(surface_name, f"{name} (line {line})")
    return ruled_out


def _named(found: Scan) -> Iterator[tuple[str, int, ast.Call | None]]:
    """Every certain name of a library in the module, with its line and, if it has one, its call."""
    for statement in found.imports:
        for binding in statement.bindings:
            if is_library(binding.imported) and not binding.conditional:
                yield binding.imported, statement.node.lineno, None
    for use in found.uses:
        if use.certain and len(use.names) == 1 and use.is_loaded:
            call = use.call if use.call and any(k.arg for k in use.call.keywords) else None
            yield use.names[0], use.node.lineno, call
    for method in found.methods:
        for name in method.classes:
            if method.call is not None:
                yield f"{name}.{method.method}", method.node.lineno, None
