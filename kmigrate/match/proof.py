"""What the code itself proves about the API it is written for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kmigrate.api import Signature, Snapshot
from kmigrate.atlas import atlas
from kmigrate.dialects import is_library, locate
from kmigrate.match.calls import bind
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.table import Table
from kmigrate.scan import Scan

_PLACEHOLDER = re.compile(r"\{\w+\}")


def takes(table: Table, surface: Surface, path: str, call: ast.Call) -> bool:
    """Can `path` be called with these keywords on a surface, as far as its snapshots show?"""
    keywords = [keyword.arg for keyword in call.keywords if keyword.arg]
    snapshots = [snapshot for snapshot in atlas(surface).snapshots() if snapshot.has(path)]
    if not snapshots:
        return True
    is_module = snapshots[0].is_module(path)  # in the version that the surface stands for
    return not is_module and any(_takes(table, surface, one, path, keywords) for one in snapshots)


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
    spelled = row.args.values() if row and surface.name == "keras@2" else ()
    older = {names["keras1"] for names in spelled if "keras1" in names}
    known = table.accepts(surface.api, path)
    return not known or unknown <= known | older


def gives_all(surface: Surface, path: str, call: ast.Call | None) -> bool:
    """Does a call give all that `path` asks for on a surface, as far as its snapshots show?"""
    if call is None:
        return True
    found = [one.signature(path) for one in atlas(surface).snapshots() if one.has(path)]
    return not found or any(one is None or not _asks_for_more(one, call) for one in found)


def _asks_for_more(signature: Signature, call: ast.Call) -> bool:
    bound = bind(call, signature)
    if bound.hides_positions or bound.hides_keywords:
        return False
    return any(one.is_required and one.name not in bound.parameters for one in signature.parameters)


def is_older_style(table: Table, spelled: str, path: str, call: ast.Call) -> bool:
    """Is a call of the standalone package written in the words of Keras 1?

    Keras 2 took such calls as they were meant, which only the signature of Keras 1 tells.
    """
    row = table.symbol_row("keras1", path)
    if row is None:
        return False
    newer = {name.rpartition(".")[2] for name in row.names.get("keras2", (spelled,))}
    if path in row.names.get("keras1", ()) and spelled.rpartition(".")[2] not in newer:
        return not _gives_joined(table, path, call)
    older = {names["keras1"] for names in row.args.values() if "keras1" in names} - row.args.keys()
    rows = table.arguments("keras1", "keras2", path)
    older |= {one.argument for one in rows}
    keywords = {keyword.arg for keyword in call.keywords}
    return bool(keywords & (older - _parameters_of_keras2(path)))


def _gives_joined(table: Table, path: str, call: ast.Call) -> bool:
    """Is a tuple given where Keras 1 took the first of several numbers, which Keras 2 joined?"""
    rows = table.arguments("keras1", "keras2", path)
    joined = {row.argument for row in rows if len(_PLACEHOLDER.findall(row.value)) > 1}
    snapshot = atlas(SURFACES["keras@1"]).holding(path) if joined else None
    signature = snapshot.signature(path) if snapshot else None
    given = bind(call, signature).given() if signature is not None else {}
    return any(
        isinstance(given[name].value, ast.Tuple | ast.List) for name in joined & given.keys()
    )


def _parameters_of_keras2(path: str) -> set[str]:
    found: set[str] = set()
    for snapshot in atlas(SURFACES["keras@2"]).snapshots():
        signature = snapshot.signature(path)
        if signature is not None:
            found.update(parameter.name for parameter in signature.parameters)
    return found


def impossible(table: Table, found: Scan) -> dict[str, str]:
    """The surfaces that a module cannot be written for, each with the reference that says so.

    Only the border between Keras 3 and the older APIs is proven in this way: Keras 2 took what
    Keras 1 said, so that which of the two it is shows at each reference by itself, and what a
    migration leaves behind must be read again as it was read before.
    """
    ruled_out: dict[str, str] = {}
    seen: set[str] = set()
    for name, line, call in _named(found):
        located = locate(name)
        if located is None or located[0] == "tf" or (call is None and name in seen):
            continue
        seen.add(name)
        dialect, path = located
        old, new = _by_age(dialect)
        is_old = any(_knows(table, surface, path, call) for surface in old)
        is_new = any(_knows(table, surface, path, call) for surface in new)
        if is_old != is_new:
            for surface in new if is_old else old:
                ruled_out.setdefault(surface.name, f"{name} (line {line})")
    return ruled_out


def _by_age(dialect: str) -> tuple[list[Surface], list[Surface]]:
    surfaces = [surface for surface in SURFACES.values() if surface.dialect == dialect]
    return (
        [surface for surface in surfaces if surface.api != "keras3"],
        [surface for surface in surfaces if surface.api == "keras3"],
    )


def _knows(table: Table, surface: Surface, path: str, call: ast.Call | None) -> bool:
    return atlas(surface).has(path) and (call is None or takes(table, surface, path, call))


def _named(found: Scan) -> Iterator[tuple[str, int, ast.Call | None]]:
    """Every certain name of a library in the module, with its line and, if it has one, its call."""
    for statement in found.imports:
        for binding in statement.bindings:
            if is_library(binding.imported) and not binding.conditional:
                yield binding.imported, statement.node.lineno, None
    for use in found.uses:
        if use.certain and len(use.names) == 1 and use.is_loaded:
            yield use.names[0], use.node.lineno, use.call
    for method in found.methods:
        for name in method.classes:
            if method.call is not None:
                yield f"{name}.{method.method}", method.node.lineno, None
