"""One action out of those on several readings of a reference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kmigrate.match.actions import ORDER, Action
from kmigrate.model import Outcome, Surface

AMBIGUOUS = "derived.ambiguous"


def agreed(actions: list[tuple[Surface | None, Action]], target: Surface) -> Action:
    """One action where all readings give the same; else the likeliest reading's, as a review.

    Code that may be written for the target already is left: what it is must not be guessed. Keras
    2 took the calls of Keras 1 as they were meant, so that its reading stands alone but where a
    rule says that the same call meant something else.
    """
    likeliest, first = actions[0]
    actions = [
        actions[0],
        *(other for other in actions[1:] if not _is_older_word(other[0], likeliest, other[1])),
    ]
    if len({effect(action) for _, action in actions}) == 1:
        return most_cautious([action for _, action in actions])
    surfaces = " and ".join(dict.fromkeys(surface.name for surface, _ in actions if surface))
    reason = f"what it becomes differs between {surfaces}; say which with --from"
    if any(surface == target for surface, _ in actions):
        respelled = {action.name for _, action in actions}
        name = respelled.pop() if len(respelled) == 1 else ""
        return Action(name, Outcome.UNRESOLVED, (*first.rules, AMBIGUOUS), reason)
    return first.but(Outcome.REVIEW, AMBIGUOUS, reason)


def most_cautious(actions: Sequence[Action]) -> Action:
    """Of actions to one effect the most cautious, with the warning that any of them has."""
    warning = next((action.warning for action in actions if action.warning[0]), ("", ""))
    found = max(actions, key=lambda action: ORDER.index(action.outcome))
    return replace(found, warning=warning)


def _is_older_word(surface: Surface | None, first: Surface | None, action: Action) -> bool:
    """Does the reading add nothing to that of the later version of the same package?"""
    if surface is None or first is None or surface.dialect != first.dialect:
        return False
    if (first.api, surface.api) not in (("keras2", "keras1"), ("tf", "tf1")):
        return False
    is_warning = action.outcome is Outcome.FLAGGED and not action.rules[0].startswith("derived.")
    return not is_warning


def effect(action: Action) -> tuple[object, ...]:
    return action.name, action.call, action.template
