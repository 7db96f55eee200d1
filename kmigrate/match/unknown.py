"""Names that the snapshots do not have: unknown ones, and TensorFlow seen through Keras."""

from __future__ import annotations

from kmigrate.match.actions import Action
from kmigrate.match.reading import Reading
from kmigrate.match.symbol import NAME
from kmigrate.model import Outcome
from kmigrate.rulebook.table import Table

UNKNOWN = "derived.unknown"


def unknown(reading: Reading, table: Table) -> Action:
    """The verdict on a name that leads nowhere in its source."""
    judge, path = reading.judge, reading.symbol.path
    wanted = ".".join((path, *reading.tail)).strip(".")
    if judge.source.dialect == judge.target.dialect and judge.goal.has(wanted):
        return Action()  # of the target already
    flag = table.flag(judge.source.api, judge.target.api, wanted)
    if flag is not None:
        return Action(reading.destination, Outcome.FLAGGED, (flag.id,), flag.message)
    reason = f"no known version of {judge.source.name} has `{wanted}`"
    if reading.tail[-1].startswith("_"):
        reason = f"`{wanted}` is private to Keras: copy what you need of it into your code"
    return Action(reading.destination, Outcome.FLAGGED, (UNKNOWN,), reason)


def through_keras(raw: str, own: Action, outlived: Action) -> Action:
    """The verdict on raw TensorFlow that was reached through Keras: it is imported by itself."""
    if own.outcome is not Outcome.KEPT or own.template or own.call:
        return own
    if outlived.outcome is Outcome.FLAGGED:
        return Action(raw, Outcome.FLAGGED, outlived.rules, outlived.reason)
    reason = "TensorFlow under its own name, which no Keras of today passes on"
    return Action(own.name or raw, Outcome.REWRITTEN, (NAME,), reason)
