"""Raw TensorFlow in code that comes from a Keras: most of it stays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from kmigrate.dialects import locate
from kmigrate.match.actions import Action
from kmigrate.match.judge import Judge
from kmigrate.match.proof import takes
from kmigrate.match.reading import Reading
from kmigrate.match.said import Said
from kmigrate.match.symbol import MISSING
from kmigrate.match.templates import rewrite, speaking
from kmigrate.match.warnings import with_warnings
from kmigrate.model import Outcome

On = Callable[[Reading, ast.Call | None, int], Action]


class Raw:
    """Judges it by TensorFlow 2, and by TensorFlow 1 what that has no more."""

    def __init__(
        self,
        later: Judge,
        first: Judge,
        parents: Mapping[ast.Call, ast.AST | None],
        said: Said,
        on: On,
    ) -> None:
        self._later = later
        self._first = first
        self._parents = parents
        self._said = said
        self._on = on

    def outlived(
        self, names: Sequence[str], call: ast.Call | None = None, attributes: int = 0
    ) -> Action:
        """The verdict on a name that TensorFlow 2 may lack: what the rules on TensorFlow 1 make of it."""
        located = locate(names[0])
        if located is None or located[0] != "tf" or len(names) > 1:
            return Action()
        known, tail = self._later.split(located[1])
        gone = ".".join((known, *tail[:1])).strip(".")
        if not tail or not self._later.atlas.is_module(known) or not self._first.atlas.has(gone):
            return Action()
        first, rest = self._first.split(located[1])
        older = self._on(Reading(self._first, self._first.symbol(first), rest), call, attributes)
        if older.outcome in (Outcome.REWRITTEN, Outcome.REVIEW):
            return replace(older, name=".".join((older.name, *rest))) if older.name else older
        reason = f"TensorFlow 2 has no `{gone}`: migrate from tf@1 too (--from keras,tf@1)"
        return Action().flagged(MISSING, reason)

    def beside(self, names: Sequence[str], call: ast.Call | None) -> Action:
        """The verdict on what stays, and may be warned of, or holds for a class of the library alone."""
        located = locate(names[0])
        if call is None or located is None or located[0] != "tf":
            return Action()
        parent, symbol = self._parents.get(call), self._later.symbol(located[1])
        row = speaking(self._later, symbol)
        if row is not None and any(case.when.inside for case in row.cases):
            own = rewrite(self._later, symbol, call, parent, self._said)
            if own is not None:
                return own
        return with_warnings(self._later, located[1], call, parent, self._said, Action(names[0]))

    def given_tensors(self, name: str, call: ast.Call, attributes: int) -> Action:
        """The verdict on a call that cannot stay, as if raw TensorFlow were the source."""
        located = locate(name)
        actions = []
        for judge in (self._later, self._first) if located is not None else ():
            path, tail = judge.split(located[1]) if located is not None else ("", ())
            symbol = judge.symbol(path)
            if not tail and takes(judge.table, judge.source, symbol.canonical, call):
                actions.append(self._on(Reading(judge, symbol, tail), call, attributes))
        done = (one for one in actions if one.outcome is not Outcome.FLAGGED)
        return next(done, actions[0] if actions else Action())

    def survives(self, name: str) -> bool:
        """Does TensorFlow 2 have it?"""
        located = locate(name)
        return located is not None and not self._later.split(located[1])[1]
