"""What is said of a call that stays: it means something else in the target."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import replace

from kmigrate.match.actions import Action
from kmigrate.match.calls import BoundCall, bind
from kmigrate.match.conditions import holds, stands
from kmigrate.match.judge import Judge
from kmigrate.match.said import Said
from kmigrate.rulebook.rows import FlagRow
from kmigrate.rulebook.table import Table
from kmigrate.scan import MethodUse


def with_warnings(
    judge: Judge, path: str, call: ast.Call, parent: ast.AST | None, said: Said, action: Action
) -> Action:
    """The action on a call of `path`, with what the rows that warn of it say."""
    spoken = judge.table.warnings(judge.source.api, judge.target.api, _lineage(judge, path))
    if not spoken:
        return action
    bound = _bound(judge, path, call)
    found = [
        row
        for row in filter(judge.dates.holds, spoken)
        if _speaks(row, judge, bound, call, parent, said) and said.lets(row)
    ]
    return _warned(path, action, found)


def with_warnings_of_value(judge: Judge, path: str, action: Action) -> Action:
    """The action on a function that is passed on, with what the rows that warn of that say."""
    spoken = judge.table.warnings(judge.source.api, judge.target.api, (path,))
    passed = [row for row in spoken if row.passed and _is_of(row, judge)]
    return _warned(path, action, list(filter(judge.dates.holds, passed)))


def warned_by_name(table: Table, action: Action) -> Action:
    """With the warning of a row that speaks where the method's name alone is known."""
    row = table.by_id(action.warning[0]) if action.warning[0] else None
    return action.warned() if isinstance(row, FlagRow) and row.unproven else action


def speaks_by_name(use: MethodUse, owner: str, row: object, *, is_alone: bool) -> bool:
    """Does the row speak of any receiver there, or is this one called as its class is?"""
    called = ast.unparse(use.node.value).rpartition(".")[2]
    told = getattr(row, "unproven", "")
    if is_alone:
        return told == "anywhere"
    return told != "named" or called == owner.rpartition(".")[2].lower()


def _warned(path: str, action: Action, found: Sequence[FlagRow]) -> Action:
    """The action, with the messages of the rows."""
    small = [row for row in found if row.minor]
    found = [row for row in found if not row.minor]
    if small:
        told = "; ".join(row.message for row in small)
        action = replace(action, told=(small[0].id, told))
    if not found:
        return action
    rule, told = action.warning
    messages = (*filter(None, (told,)), *(row.message for row in found))
    action = replace(action, warning=(rule or found[0].id, "; ".join(messages)))
    is_renamed = action.name.rpartition(".")[2] != path.rpartition(".")[2]
    is_changed = action.call or action.template or is_renamed
    return action.warned(is_renamed) if is_changed else action


def _speaks(
    row: FlagRow,
    judge: Judge,
    bound: BoundCall | None,
    call: ast.Call,
    parent: ast.AST | None,
    said: Said,
) -> bool:
    if not _is_of(row, judge):
        return False
    return bound is not None and stands(row.when, call, parent) and holds(row.when, bound, said)


def _is_of(row: FlagRow, judge: Judge) -> bool:
    return not row.dialects or judge.source.dialect in row.dialects


def _lineage(judge: Judge, path: str) -> tuple[str, ...]:
    """The path, and that of what it inherits where it is a method."""
    return tuple(dict.fromkeys((path, *judge.atlas.inherited(path))))


def _bound(judge: Judge, path: str, call: ast.Call) -> BoundCall | None:
    """The call bound to the signature of the source that it fits best."""
    return min(_bounds(judge, path, call), default=None, key=_misfit)


def _bounds(judge: Judge, path: str, call: ast.Call) -> Iterator[BoundCall]:
    for snapshot in judge.atlas.snapshots():
        signature = snapshot.signature(path)
        if signature is not None:
            yield bind(call, signature)


def _misfit(bound: BoundCall) -> tuple[bool, int]:
    return bool(bound.problem), len(bound.extra)
