"""Readings of one reference that differ, in a sentence: what is written, and what another would be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.judge import Judge
from kmigrate.model import Outcome

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def effect(action: Action, judge: Judge | None = None) -> tuple[object, ...]:
    """What of an action shows in the text, but for names of one object where the judge knows them."""
    return _one_name(action.name, judge), action.call, action.template


def _one_name(name: str, judge: Judge | None) -> str:
    located = locate(name) if judge is not None else None
    if judge is None or located is None or located[0] != judge.target.dialect:
        return name
    return qualified(located[0], judge.goal.canonical(located[1]) or located[1])


def differing(actions: Sequence[tuple[Judge | None, Action]], is_left: bool) -> str:
    """Which version the first of the actions is right for, and what each other version wants."""
    seen: dict[object, tuple[str, Action]] = {}
    for judge, action in actions:
        source, name = (judge.source, judge.dates.name) if judge else (None, "another library")
        seen.setdefault((source, effect(action, judge)), (name, action))
    (name, first), *others = seen.values()
    told = ", ".join(f"for {other} {_beside(action, first)}" for other, action in others)
    if is_left:
        return f"left as it stands: for {name} {_beside(first, Action())}, {told}"
    return f"written as for {name}: {told}" if told else f"written as for {name}"


def _beside(action: Action, first: Action) -> str:
    """What an action makes of the place that the first one does not."""
    if action.outcome is Outcome.FLAGGED:
        return "it is flagged"
    if effect(action) == effect(first):
        return "it is the same"
    if action.template is not None:
        return f"it is `{_PLACEHOLDER.sub(lambda found: found[1], action.template.text)}`"
    more, less = list(_parts(action)), list(_parts(first))
    added = [part for part in more if part not in less]
    missing = [part for part in less if part not in more]
    parts = [f"with {' and '.join(added)}"] if added else []
    parts += [f"without {' and '.join(missing)}"] if missing else []
    if parts and first.template is None:
        return f"{', '.join(parts)}"
    return f"it is `{action.name}`" if action.name != first.name else "it stays as it is"


def _parts(action: Action) -> Iterator[str]:
    """The arguments that a change of a call writes or leaves out."""
    call = action.call
    yield from (f"`{keyword}={value}`" for keyword, value in call.append)
    yield from (f"argument {index + 1} as `{keyword}`" for index, keyword in call.rename if keyword)
    yield from (f"argument {index + 1} as `{value}`" for index, value in call.values)
    yield from (f"argument {index + 1} left out" for index in call.drop)
