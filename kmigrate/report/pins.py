"""Pins as text: which requirements moved, and which stand in the way."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from kmigrate.model import Outcome
from kmigrate.report.record import FileRecord, Pin


def sentence(pin: Pin, with_reason: bool = True) -> str:
    """`keras==2.2.4 -> keras>=3.15`, or the requirement and what there is to say about it."""
    arrow = " -> " if pin.before and pin.after else ""
    if not pin.before:
        arrow = "added "
    reason = f": {pin.reason}" if with_reason and pin.reason else ""
    return f"{pin.before}{arrow}{pin.after}{reason}"


def place(file: FileRecord, pin: Pin) -> str:
    """Where the requirement stands."""
    cell = f":cell {pin.cell}" if pin.cell else ""
    return f"{file.path}{cell}:{pin.line}"


def moved(file: FileRecord) -> tuple[Pin, ...]:
    """The pins of a file that moved."""
    return tuple(pin for pin in file.pins if pin.outcome in (Outcome.REWRITTEN, Outcome.REVIEW))


def left(file: FileRecord) -> Iterator[Pin]:
    """The pins that there is something to say about."""
    changed = moved(file)
    yield from (pin for pin in file.pins if pin not in changed or pin.reason)


def lines(file: FileRecord) -> Iterator[str]:
    """A line for each, as findings have them."""
    for pin in file.pins:
        yield f"{place(file, pin)}: {pin.outcome.value} pins: {sentence(pin)}"


def as_json(pins: Iterable[Pin]) -> list[dict[str, Any]]:
    """The pins of a file in the format of `schema.json`."""
    return [
        ({"cell": pin.cell} if pin.cell else {})
        | {
            "line": pin.line,
            "outcome": pin.outcome.value,
            "before": pin.before or None,
            "after": pin.after or None,
            "reason": pin.reason,
        }
        for pin in pins
    ]
