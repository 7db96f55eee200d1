"""Code that shall run on two Kerases: only what means the same in both is written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from kmigrate.atlas import nearest
from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.filling import called, filled, references
from kmigrate.match.importing import below
from kmigrate.match.said import NOTHING_SAID, Said
from kmigrate.match.sites import Court
from kmigrate.match.standing import StandIns, stand_ins
from kmigrate.model import SURFACES, Direction, Outcome
from kmigrate.rulebook.table import Table

BOTH = "derived.both"
_CHANGED = (Outcome.KEPT, Outcome.REWRITTEN, Outcome.REVIEW)


class BothCourt(Court):
    """Judges as `Court` does, and holds each answer against the other Keras.

    An answer means the same in both where the table, asked what it becomes on its way from the
    other Keras to the target, says: the very same. What stands there was proven to be what the
    code meant, in the one direction, and what the other Keras means by it, in the other.
    """

    def __init__(
        self,
        table: Table,
        direction: Direction,
        version: str,
        text_of: Callable[[ast.expr], str],
        parents: Mapping[ast.Call, ast.AST | None],
        said: Said = NOTHING_SAID,
    ) -> None:
        super().__init__(table, direction, version, text_of, parents, said)
        assert direction.also is not None
        self._target, self._also = direction.target, direction.also
        self._stand_ins: StandIns = stand_ins(table, direction)
        forth = replace(direction, target=self._also)
        sources = (self._also, SURFACES["tf@2"])
        back = Direction({one.dialect: (one,) for one in sources}, self._target)
        self._forth = Court(table, forth, nearest(self._also, None), text_of, parents, said)
        self._back = Court(table, back, version, text_of, {})

    def below(self, name: str, base: str) -> str | None:
        """As `below`; what a shim gives is reached through its own import alone."""
        own = self._stand_ins.holder(name)
        return None if own and below(base, own) is None else below(name, base)

    def stands_alone(self, name: str) -> bool:
        """Must the name be imported by itself?"""
        return self._stand_ins.holder(name) == name

    def _judged(self, name: str, call: ast.Call | None, attributes: int) -> Action:
        first = super()._judged(name, call, attributes)
        if first.outcome not in _CHANGED or not self.is_source(name):
            return first
        second = self._forth._judged(name, call, attributes)
        if second.name:
            second = replace(second, name=self._here(second.name))
        owner = self.destination(name.rpartition(".")[0])
        contrary = ""
        for answer in (first, second) if second.outcome in _CHANGED else (first,):
            doubts = list(self._doubts(answer, call, owner))
            if Outcome.FLAGGED not in (doubt.outcome for doubt in doubts):
                return _with_notes(answer, doubts)
            contrary = next(one.reason for one in doubts if one.outcome is Outcome.FLAGGED)
        reason = _apart(first, second, call, self._also.name) or contrary
        is_ours = (locate(first.name) or "")[:1] == (self._target.dialect,)
        kept = first.name if is_ours else ""
        return Action(kept, Outcome.FLAGGED, (BOTH, *first.rules), reason)

    def _here(self, name: str) -> str:
        """A name of the other Keras as the target has it."""
        located = locate(name)
        is_there = located is not None and located[0] == self._also.dialect
        return qualified(self._target.dialect, located[1]) if located and is_there else name

    def _doubts(self, answer: Action, call: ast.Call | None, owner: str) -> Iterator[Action]:
        """What to check about an answer on the other Keras; what is flagged differs there."""
        for written, inner in _written(answer, call, owner):
            located = locate(written)
            if located is None or located[0] == "tf":
                continue
            is_template = located[0] == "keras"
            name = qualified(self._target.dialect, located[1]) if is_template else written
            if self._stand_ins.is_given(name):
                continue
            there = self._stand_ins.there(name)
            back = self._back._judged(there, inner, name.count("."))
            if not self._back.can_be_called(there, inner):
                yield Action("", Outcome.FLAGGED, (), f"`{there}` takes other arguments")
            elif not self._is_same(back, name, inner):
                yield Action("", Outcome.FLAGGED, back.rules, self._contrary(name, back, inner))
            elif back.outcome is Outcome.REVIEW:
                yield back

    def _contrary(self, name: str, back: Action, call: ast.Call | None) -> str:
        if back.outcome not in _CHANGED:
            return f"`{name}` is not the same in {self._also.name}: {back.reason}"
        return f"`{name}` means in {self._also.name} what in Keras 3 is `{_shown(back, call)}`"

    def _is_same(self, back: Action, name: str, call: ast.Call | None) -> bool:
        if back.outcome not in _CHANGED or back.call:
            return False
        if back.template is not None:
            text = filled(back.template, call) if call is not None else None
            return text is not None and call is not None and _is_equal(text, called(name, call))
        return back.name == name or self.is_same(back.name, name)


def _with_notes(answer: Action, doubts: list[Action]) -> Action:
    for doubt in doubts:
        noted = replace(answer, rules=(BOTH, *answer.rules))
        answer = noted.but(Outcome.REVIEW, next(iter(doubt.rules), ""), doubt.reason)
    return answer


def _written(
    answer: Action, call: ast.Call | None, owner: str
) -> Iterator[tuple[str, ast.Call | None]]:
    """Every name of a library in what is written, with its call."""
    if answer.template is not None and call is not None:
        text = filled(answer.template, call)
        yield from references(text, owner) if text else ()
    elif answer.name and call is not None:
        yield from references(called(answer.name, call, answer.call), owner)
    elif answer.name:
        yield answer.name, None


def _is_equal(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one, mode="eval")) == ast.dump(ast.parse(other, mode="eval"))


def _apart(first: Action, second: Action, call: ast.Call | None, also: str) -> str:
    """Why two texts cannot become one, and what to write instead; "" for one text."""
    one, other = _shown(first, call), _shown(second, call)
    if second.outcome not in _CHANGED:
        return f"Keras 3 has `{one}`; in {also}: {second.reason}"
    if one == other or not (one and other):
        return ""
    return (
        f"no one form runs on both, `{one}` is that of Keras 3 and `{other}` that of {also}: "
        'write both, and choose by `keras.__version__.startswith("3.")`'
    )


def _shown(action: Action, call: ast.Call | None) -> str:
    if call is None or not (action.name or action.template):
        return action.name
    if action.template is not None:
        return filled(action.template, call, ast.unparse) or action.template.text
    return called(action.name, call, action.call, ast.unparse)
