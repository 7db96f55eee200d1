"""What the snapshots of all surfaces of an API know together, for the laws."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from kmigrate.api import Signature, Snapshot
from kmigrate.atlas import Atlas, atlas
from kmigrate.dialects import locate
from kmigrate.model import SURFACES
from kmigrate.rulebook.table import Table

_API_OF: Mapping[str, tuple[str, ...]] = {
    "keras": ("keras1", "keras2", "keras3"),
    "tf.keras": ("keras2", "keras3"),
    "tf_keras": ("keras2",),
    "tf": ("tf", "tf1"),
}


@cache
def atlases(api: str) -> tuple[Atlas, ...]:
    """The surfaces of an API, each with its versions."""
    return tuple(atlas(surface) for surface in SURFACES.values() if surface.api == api)


def snapshots(api: str) -> Iterator[Snapshot]:
    """All snapshots of an API."""
    for surface in atlases(api):
        yield from surface.snapshots()


@cache
def has(api: str, path: str) -> bool:
    """Whether any version of any surface of the API has `path`."""
    return any(surface.has(path) for surface in atlases(api))


@cache
def canonicals(api: str, path: str) -> frozenset[str]:
    """The public names of `path`, which differ between the surfaces of an API."""
    found = (surface.canonical(path) for surface in atlases(api))
    return frozenset(name for name in found if name)


@cache
def signatures(api: str, path: str) -> tuple[Signature, ...]:
    """The signatures that `path` has in the versions of an API."""
    found = (snapshot.signature(path) for snapshot in snapshots(api) if snapshot.has(path))
    return tuple(dict.fromkeys(signature for signature in found if signature))


def takes(table: Table, api: str, path: str, name: str) -> bool:
    """Whether `path` takes the argument `name` in some version of the API."""
    if any(signature.find(name) for signature in signatures(api, path)):
        return True
    if name in table.accepts(api, path):
        return True
    named = any(
        parameter.name == name
        for signature in signatures(api, path)
        for parameter in signature.parameters
    )
    return named or (not signatures(api, path) and has(api, path))


def found_in(qualified: str, api: str) -> bool:
    """Whether the import path of a template exists where code of `api` can use it."""
    located = locate(qualified)
    if located is None:
        return False
    dialect, path = located
    apis = (api,) if api in _API_OF[dialect] else _API_OF[dialect]
    return any(has(name, path) for name in apis)
