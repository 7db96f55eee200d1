"""The table that `kmigrate verify --rules` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_HEAD = ("rule", "direction", "verdict", "cases", "ulp", "abs", "condition")


def lines(
    found: Mapping[str, Mapping[str, Any]], ran: Iterable[tuple[str, str]], backend: str
) -> Iterator[str]:
    """A line for each rule and direction that ran; what it is not held to stands in brackets."""
    rows = [_HEAD]
    for rule, way in sorted(ran):
        document = found.get(rule, {}).get(way, {})
        if backend != "tensorflow":
            document = document.get("backends", {}).get(backend, {})
        if document:
            rows.append((rule, way.replace("->", " -> "), *_cells(document)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _cells(document: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    told = [*document.get("conditions", ()), *(f"[{text}]" for text in document.get("outside", ()))]
    return (
        str(document["verdict"]),
        str(document["cases"]),
        str(document["max_ulp"] or ""),
        f"{document['max_abs']:.2g}" if document["max_abs"] else "",
        "; ".join(told),
    )
