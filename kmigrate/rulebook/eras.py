"""When a row holds: its `since` and `until` against the versions of the source and the target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kmigrate.model import Surface
from kmigrate.rulebook.rows import ArgumentRow, FlagRow, RewriteRow, SymbolRow
from kmigrate.rulebook.table import call_path, names_in
from kmigrate.versions import TF_KERAS, Key, key, tensorflow_with

Dated = SymbolRow | RewriteRow | ArgumentRow | FlagRow


@dataclass(frozen=True, slots=True)
class Era:
    """A surface at one version: TensorFlow's for `tf.keras` and `tf`."""

    surface: Surface
    version: Key


def is_dated(row: Dated) -> bool:
    """Does the row hold for some versions alone?"""
    return bool(row.since or row.until)


def bounds(row: Dated, surface: Surface) -> tuple[Key, Key] | None:
    """From which version of the surface the row holds, and below which; None where it says none.

    An open end is an empty key.
    """
    found = []
    for said in (row.since, row.until):
        if surface.dialect == TF_KERAS and TF_KERAS in said:
            found.append(key(said[TF_KERAS]))
        elif surface.api in said:
            version = key(said[surface.api])
            found.append(tensorflow_with(version) if surface.dialect == TF_KERAS else version)
        else:
            found.append(())
    return (found[0], found[1]) if any(found) else None


def holds(row: Dated, source: Era, target: Era) -> bool:
    """Does the row hold in this direction, at these versions?"""
    if not is_dated(row):
        return True
    sides = [source] if source.surface.api == target.surface.api else [source, target]
    named = {api for api in (*row.since, *row.until) if api != TF_KERAS}
    if not named <= {side.surface.api for side in sides}:
        return False
    spoken = [(bounds(row, side.surface), side.version) for side in sides]
    told = [(limits, version) for limits, version in spoken if limits is not None]
    return bool(told) and all(
        low <= version and (not high or version < high) for (low, high), version in told
    )


def never_together(one: Dated, other: Dated) -> bool:
    """Is there an API of which the two hold at different versions alone?"""
    return _ends_before(one, other) or _ends_before(other, one)


def _ends_before(one: Dated, other: Dated) -> bool:
    return any(
        api in other.since and key(version) <= key(other.since[api])
        for api, version in one.until.items()
    )


def patterns(row: Dated, api: str) -> Iterator[str]:
    """The paths in `api` that the row speaks of, some ending in `*`."""
    if isinstance(row, SymbolRow):
        yield from names_in(row, api)
    elif isinstance(row, RewriteRow):
        yield from (call_path(row), *row.also)
    else:
        yield from row.on if isinstance(row, ArgumentRow) else row.symbols
