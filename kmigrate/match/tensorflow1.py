"""TensorFlow 1 in TensorFlow 2, which keeps the old API whole, in a module beside the new one."""

from __future__ import annotations

from collections.abc import Iterator

from kmigrate.atlas import Atlas
from kmigrate.dialects import TENSORFLOW_1
from kmigrate.rulebook.rows import SymbolRow


def candidates(
    goal: Atlas, path: str, canonical: str, row: SymbolRow | None
) -> Iterator[tuple[str, str]]:
    """The dialect and the names in it to try for what TensorFlow 1 has, the best first.

    What is the same object as in the old API is called by its public name, where it has one. An
    alias in TensorFlow 1 proves nothing: TensorFlow 2 reused names for other functions.
    """
    said = row.names.get("tf", ()) if row is not None else ()
    for name in (path, *said) if path in said else (*said, path):
        yield "tf", name
    for name in (path, canonical):
        kept = f"{TENSORFLOW_1}.{name}"
        public = goal.canonical(kept) or ""
        yield "tf", kept if public.startswith(TENSORFLOW_1) else public


def row(goal: Atlas, path: str, found: str, about: SymbolRow) -> SymbolRow | None:
    """The row about `path`; None where it speaks of counterparts, and `found` is the old object."""
    if found.startswith(TENSORFLOW_1):
        return about if found in about.names.get("tf", ()) else None
    is_itself = goal.canonical(f"{TENSORFLOW_1}.{path}") == goal.canonical(found)
    return None if is_itself else about


def kept(goal: Atlas, path: str) -> str:
    """The old function or module inside TensorFlow 2; "" where it is gone from there too."""
    name = f"{TENSORFLOW_1}.{path}"
    return name if goal.has(name) else ""
