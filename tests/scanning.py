"""A module read on its own, and what its names stand for."""

from __future__ import annotations

from kmigrate.model import Module
from kmigrate.scan import Scan, parse, scan

STARS = {"keras.layers": frozenset({"Dense", "Conv2D"}), "keras.backend": frozenset({"sum", "max"})}


def scanned(text: str, module: Module | None = None, methods: str = "") -> Scan:
    def star_names(name: str) -> frozenset[str]:
        return STARS.get(name, frozenset())

    return scan(parse(text), module or Module(), star_names, frozenset(methods.split()), {})


def uses(text: str, module: Module | None = None) -> list[str]:
    """`line:column name` of each use, with `?` where the name may be something else too."""
    return [
        f"{use.node.lineno}:{use.node.col_offset} {' or '.join(use.names)}"
        + "?" * (not use.certain)
        for use in scanned(text, module).uses
    ]


def names(text: str, module: Module | None = None) -> list[str]:
    return [use.partition(" ")[2] for use in uses(text, module)]
