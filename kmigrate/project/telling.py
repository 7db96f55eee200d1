"""Files that name no library, and call what a project made with one: `model.fit(nb_epoch=5)`.

Or `model.fit_generator(...)`, which the name of the method gives away.
"""

from __future__ import annotations

from functools import cache

from kmigrate.model import SURFACES
from kmigrate.rulebook.rows import ArgumentRow, When
from kmigrate.rulebook.table import load_table


def tells(data: bytes) -> bool:
    """Does a file seem to call a method that gives it away, or one with an argument that does?"""
    return any(argument in data and method in data for method, argument in _words())


@cache
def _words() -> tuple[tuple[bytes, bytes], ...]:
    table = load_table()
    found = {
        (f".{method}(".encode(), row.argument.encode())
        for api in {surface.api for surface in SURFACES.values()}
        for method, owners in table.telling_arguments(api).items()
        for rule, _ in owners
        if isinstance(row := table.by_id(rule), ArgumentRow) and row.when == When()
    }
    named = {
        (f".{method}(".encode(), b"")
        for api in {surface.api for surface in SURFACES.values()}
        for method, owners in table.method_names(api).items()
        for rule, _ in owners
        if getattr(table.by_id(rule), "unproven", "") == "anywhere"
    }
    return tuple(sorted(found | named))
