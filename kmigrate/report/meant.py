"""What a person perhaps meant by a symbol that none of the libraries has."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from kmigrate.atlas import atlas
from kmigrate.dialects import qualified
from kmigrate.model import SURFACES


def unknown(symbol: str, full: str) -> str:
    """A sentence with the full names that end like the symbol, or that are written like it."""
    names = dict.fromkeys(_names())
    leaf = symbol.rpartition(".")[2]
    same = [name for name in names if name.rpartition(".")[2] == leaf]
    if same:
        same.sort(key=lambda name: (_distance(name, full), name.count("."), len(name)))
        return f"{symbol} is no full name; perhaps {', '.join(same[:5])}"
    module, _, leaf = full.rpartition(".")
    beside = {n.rpartition(".")[2]: n for n in names if n.rpartition(".")[0] == module}
    close = [beside[meant] for meant in get_close_matches(leaf, beside, 3, 0.7)]
    perhaps = f"; did you mean {', '.join(close)}?" if close else ""
    return f"none of the libraries has {symbol}{perhaps}"


def _names() -> Iterator[str]:
    for surface in SURFACES.values():
        for snapshot in atlas(surface).snapshots():
            yield from (qualified(surface.dialect, name) for name in snapshot.names())


def _distance(name: str, full: str) -> bool:
    """Names below the same library come first."""
    return name.partition(".")[0] != full.partition(".")[0]
