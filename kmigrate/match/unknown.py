"""Names that the snapshots do not have: unknown ones, and TensorFlow seen through Keras."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kmigrate.match.actions import Action, Template
from kmigrate.match.reading import Reading
from kmigrate.match.symbol import NAME
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import FlagRow
from kmigrate.rulebook.table import Table

UNKNOWN = "derived.unknown"


def unseen(receivers: Iterable[tuple[Reading, ...]], table: Table) -> FlagRow | None:
    """The row on a member that no snapshot shows, since instances get it as they are made."""
    rows = [[_of_instances(one, table) for one in readings] for readings in receivers]
    is_said = bool(rows) and all(found and all(found) for found in rows)
    return rows[0][0] if is_said else None


def _of_instances(reading: Reading, table: Table) -> FlagRow | None:
    judge, path = reading.judge, reading.symbol.path
    if len(reading.tail) != 1 or judge.is_same or judge.atlas.kind(path) != "class":
        return None
    return table.flag(judge.source.api, judge.target.api, f"{path}.{reading.tail[0]}")


def unknown(reading: Reading, table: Table, call: ast.Call | None) -> Action:
    """The verdict on a name that leads nowhere in its source."""
    judge, path = reading.judge, reading.symbol.path
    wanted = ".".join((path, *reading.tail)).strip(".")
    if judge.source.dialect == judge.target.dialect and judge.goal.has(wanted):
        return Action()  # of the target already
    flag = table.flag(judge.source.api, judge.target.api, wanted)
    if flag is not None and flag.instead:
        template = _in_its_place(flag.instead, call)
        return Action("", Outcome.REVIEW, (flag.id,), flag.message, template=template)
    if flag is not None:
        return Action(reading.destination, Outcome.FLAGGED, (flag.id,), flag.message)
    reason = f"no known version of {judge.source.name} has `{wanted}`"
    if reading.tail[-1].startswith("_"):
        reason = f"`{wanted}` is private to Keras: copy what you need of it into your code"
    return Action(reading.destination, Outcome.FLAGGED, (UNKNOWN,), reason)


def _in_its_place(instead: str, call: ast.Call | None) -> Template:
    """What is written for a name, called with the same arguments where the name is called."""
    if call is None:
        return Template(instead, (), rule=instead)
    return Template(f"{instead}(...)", (), tuple(range(len(call.args) + len(call.keywords))))


def through_keras(raw: str, own: Action, outlived: Action) -> Action:
    """The verdict on raw TensorFlow that was reached through Keras: it is imported by itself."""
    if own.outcome is not Outcome.KEPT or own.template or own.call:
        return own
    if outlived.outcome in (Outcome.REWRITTEN, Outcome.REVIEW):
        return outlived
    if outlived.outcome is Outcome.FLAGGED:
        return Action(raw, Outcome.FLAGGED, outlived.rules, outlived.reason)
    reason = "TensorFlow under its own name, which no Keras of today passes on"
    return Action(own.name or raw, Outcome.REWRITTEN, (NAME,), reason)
