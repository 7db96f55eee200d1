"""Two names of one thing, and members that a class has from others: what the snapshots show of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kmigrate.atlas import Atlas, atlas
from kmigrate.model import SURFACES


def is_same(source: Atlas, path: str, name: str) -> bool:
    """Has the source under `name` what it has under `path`, as far as signatures tell?"""
    if not source.has(name):
        return False
    known = (snapshot for snapshot in source.snapshots() if snapshot.has(path))
    return all(snapshot.signature(path) == snapshot.signature(name) for snapshot in known)


def inherited(
    source: Atlas, goal: Atlas, path: str, member: str, counterpart: Callable[[str], str]
) -> str:
    """The `member`, which may be of another class, under what became of the class of `path`."""
    owner, leaf = path.rpartition(".")[0], member.rpartition(".")[2]
    is_member = bool(owner) and source.kind(owner) == "class"
    its_class = counterpart(owner) if is_member else ""
    return f"{its_class}.{leaf}" if goal.kind(its_class) == "class" else ""


def aliases(api: str, canonical: str) -> Iterator[str]:
    """Other names of the same object, on any surface of the same API."""
    for surface in SURFACES.values():
        if surface.api == api:
            snapshot = atlas(surface).holding(canonical)
            yield from snapshot.aliases(canonical) if snapshot else ()
