"""One verdict from several readings: the same, or a review that says which `--from` settles it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kmigrate.match.actions import ORDER, Action
from kmigrate.match.differing import differing, effect
from kmigrate.match.judge import Judge
from kmigrate.model import Outcome, Surface

AMBIGUOUS = "derived.ambiguous"


def agreed(actions: list[tuple[Judge | None, Action]], target: Surface) -> Action:
    """One action where all readings give the same; else the likeliest reading's, as a review.

    Code that may be written for the target already is left: what it is must not be guessed. Keras
    2 took the calls of Keras 1 as they were meant, so that its reading stands alone but where a
    rule says that the same call meant something else, or the arguments stood in another order.
    """
    likeliest, first = actions[0]
    actions = [
        actions[0],
        *(
            (judge, other)
            for judge, other in actions[1:]
            if not _is_older_word(judge, likeliest, other) or _is_turned(first, other)
        ),
    ]
    if len({effect(action, judge) for judge, action in actions}) == 1:
        found = most_cautious([action for _, action in actions])
        return replace(found, name=first.name)
    is_left = any(judge is not None and judge.is_same for judge, _ in actions)
    reason = f"{differing(actions, is_left)}; say which with --from"
    if is_left:
        respelled = {action.name for _, action in actions}
        name = respelled.pop() if len(respelled) == 1 else ""
        return Action(name, Outcome.UNRESOLVED, (*first.rules, AMBIGUOUS), reason)
    if first.outcome is Outcome.REVIEW:
        reason = f"{reason}; {first.reason}"
        return replace(first, rules=(*first.rules, AMBIGUOUS), reason=reason)
    return first.but(Outcome.REVIEW, AMBIGUOUS, reason).without(first.left_out)


def _is_older_word(judge: Judge | None, likeliest: Judge | None, action: Action) -> bool:
    """Does the reading add nothing to that of the later version of the same package?"""
    if judge is None or likeliest is None or judge.source.dialect != likeliest.source.dialect:
        return False
    if (likeliest.source.api, judge.source.api) not in (("keras2", "keras1"), ("tf", "tf1")):
        return False
    is_warning = action.outcome is Outcome.FLAGGED and not action.rules[0].startswith("derived.")
    return not is_warning


def _is_turned(later: Action, older: Action) -> bool:
    """Is the first argument another one in the older reading, so that its order must be known?"""
    names = [dict(action.call.rename).get(0) if action.call else None for action in (later, older)]
    return names[0] is None and names[1] is not None and not (later.template or older.template)


def most_cautious(actions: Sequence[Action]) -> Action:
    """Of actions to one effect the most cautious, with the warning that any of them has."""
    warning = next((action.warning for action in actions if action.warning[0]), ("", ""))
    found = max(actions, key=lambda action: ORDER.index(action.outcome))
    return replace(found, warning=warning)
