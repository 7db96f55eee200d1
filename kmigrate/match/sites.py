"""References judged: each use, imported name and method with its one action."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from kmigrate.atlas import atlas, nearest
from kmigrate.dialects import behind_keras, is_private, locate
from kmigrate.match.actions import Action
from kmigrate.match.agreement import agreed, most_cautious
from kmigrate.match.arguments import ArgumentMatcher
from kmigrate.match.differing import effect
from kmigrate.match.importing import below
from kmigrate.match.judge import Judge
from kmigrate.match.judges import JudgesOf
from kmigrate.match.needs import drifted
from kmigrate.match.proof import gives_all, is_older_style, takes
from kmigrate.match.raw import Raw
from kmigrate.match.reading import Reading
from kmigrate.match.said import NOTHING_SAID, Said
from kmigrate.match.symbol import MISSING
from kmigrate.match.unknown import UNKNOWN, through_keras, unknown
from kmigrate.match.valued import rewritten
from kmigrate.match.warnings import with_warnings, with_warnings_of_value
from kmigrate.model import SURFACES, Direction, Outcome
from kmigrate.rulebook.table import Table


class Court:
    """Judges qualified names on every surface that they may come from."""

    def __init__(
        self,
        table: Table,
        direction: Direction,
        version: str,
        text_of: Callable[[ast.expr], str],
        parents: Mapping[ast.Call, ast.AST | None],
        said: Said = NOTHING_SAID,
    ) -> None:
        self._parents = parents
        self.said = said
        self.table = table
        self._direction = direction
        self._text_of = text_of
        judges = JudgesOf(table, direction, version)
        self._judges = judges.by_dialect(direction.candidates)
        self._left_behind = judges.by_dialect(direction.ruled_out)
        # Code that came to tf.keras by replacing imports still speaks as the standalone package did.
        self._standalone = tuple(judges.of(SURFACES[name]) for name in ("keras@2", "keras@1"))
        later, first = judges.of(SURFACES["tf@2"]), judges.of(SURFACES["tf@1"])
        self.raw = Raw(later, first, parents, said, self._on)
        self._goal = atlas(direction.target, nearest(direction.target, version))
        self._uncalled_names: dict[tuple[str, int], Action] = {}
        self._readings: dict[str, tuple[Reading, ...]] = {}

    def below(self, name: str, base: str) -> str | None:
        """What stands behind `base` in `name` where that can be written; None where it cannot."""
        return below(name, base)

    def stands_alone(self, name: str) -> bool:
        """Must the name be imported by itself?"""
        return False

    def is_source(self, name: str) -> bool:
        """May the qualified name come from one of the source surfaces?"""
        located = locate(name)
        return located is not None and located[0] in self._judges

    @property
    def dialects(self) -> tuple[str, ...]:
        """The dialects that the code may be written in."""
        return tuple(self._judges)

    def judges(self, dialect: str) -> tuple[Judge, ...]:
        """The judges of the surfaces that a dialect may mean."""
        return self._judges.get(dialect, ())

    def readings(self, name: str) -> tuple[Reading, ...]:
        """The ways to read a qualified name; those that know it, where any does."""
        if name not in self._readings:
            self._readings[name] = self._read(name)
        return self._readings[name]

    def _read(self, name: str) -> tuple[Reading, ...]:
        located = locate(name)
        if located is None:
            return ()
        dialect, path = located
        found = self._by(self._judges.get(dialect, ()), path)
        if found and all(reading.tail for reading in found):
            left = self._by(self._left_behind.get(dialect, ()), path)
            if left and not any(reading.tail for reading in left):
                return left
        return found

    def _by(self, judges: tuple[Judge, ...], path: str) -> tuple[Reading, ...]:
        found = []
        for judge in judges:
            known, tail = judge.split(path)
            found += [Reading(one, one.symbol(known), tail) for one in judge.pieces(known)]
        if not found:
            return ()
        clear = [reading for reading in found if not reading.is_unknown] or found
        shortest = min(len(reading.tail) for reading in clear)
        return tuple(reading for reading in clear if len(reading.tail) == shortest)

    def destination(self, name: str) -> str:
        """The qualified name that `name` has in the target; "" when it has none there."""
        raw = behind_keras(name)
        if raw or not self.is_source(name):
            return self.destination(raw) if raw else name
        readings = self.readings(name)
        if is_private(name) and any(reading.is_unknown for reading in readings):
            return ""
        found = {reading.destination for reading in readings}
        if len(found) > 1 and not any(
            one.judge.atlas.is_module(one.symbol.path) for one in readings
        ):
            return readings[0].destination
        return found.pop() if len(found) == 1 else ""

    def is_target_module(self, name: str) -> bool:
        """Is the qualified `name` a module of the target?"""
        located = locate(name)
        target = self._direction.target.dialect
        return located is not None and located[0] == target and self._goal.is_module(located[1])

    def lacks(self, name: str) -> bool:
        """Is the qualified `name` one of the target's dialect that the target has not?"""
        located = locate(name)
        target = self._direction.target.dialect
        return located is not None and located[0] == target and not self._goal.has(located[1])

    def is_same(self, name: str, other: str) -> bool:
        """Do two qualified names of the target stand for one object?"""
        one, two = locate(name), locate(other)
        target = self._direction.target.dialect
        if one is None or two is None or {one[0], two[0]} != {target}:
            return False
        canonical = self._goal.canonical(one[1])
        return canonical is not None and canonical == self._goal.canonical(two[1])

    def offers(self, module: str, leaf: str, name: str) -> bool:
        """Does a star import of the target's `module` bring `name` as `leaf`?"""
        located, wanted = locate(module), locate(name)
        if located is None or wanted is None or leaf not in self._goal.star(located[1]):
            return False
        path = f"{located[1]}.{leaf}" if located[1] else leaf
        return self._goal.canonical(path) == self._goal.canonical(wanted[1])

    def action(
        self,
        names: Sequence[str],
        call: ast.Call | None = None,
        attributes: int = 0,
        is_variable: bool = False,
    ) -> Action:
        """The verdict on a name that may stand for any of `names`.

        Of the name, `attributes` parts stand in the code; the others an import brings. The name
        of a variable stays, whatever becomes of what it was assigned.
        """
        verdicts = [self._verdict(name, call, attributes) for name in names]
        if is_variable:
            verdicts = [replace(action, name="") for action in verdicts]
        if len({effect(action) for action in verdicts}) == 1:
            return most_cautious(verdicts)
        meant = " or ".join(f"`{name}`" for name in dict.fromkeys(names))
        return Action(
            "", Outcome.UNRESOLVED, (), f"it may be {meant}, which become different things"
        )

    def method(self, names: Iterable[str], call: ast.Call | None) -> Action:
        """The verdict on a method of a receiver of any of several classes.

        Only the method's own name is written: `Sequential.fit` and `Model.fit` are both `fit`.
        """
        verdicts = [self._verdict(name, call, 1) for name in names]
        leaves = [replace(action, name=action.name.rpartition(".")[2]) for action in verdicts]
        if len({effect(action) for action in leaves}) == 1:
            return most_cautious(leaves)
        reason = "the receiver may be of several classes, whose methods become different things"
        return Action("", Outcome.UNRESOLVED, (), reason)

    def _verdict(self, name: str, call: ast.Call | None, attributes: int) -> Action:
        """The verdict on one name, over the surfaces that it may come from."""
        if call is None and (name, attributes) in self._uncalled_names:
            return self._uncalled_names[name, attributes]
        action = self._judged(name, call, attributes)
        if call is None:
            self._uncalled_names[name, attributes] = action
        return action

    def _judged(self, name: str, call: ast.Call | None, attributes: int) -> Action:
        raw = behind_keras(name)
        if raw:
            own = self._verdict(raw, call, attributes) if self.is_source(raw) else Action()
            return through_keras(raw, own, self.raw.outlived([raw], call, attributes))
        actions: list[tuple[Judge | None, Action]] = []
        if not self.is_source(name):
            actions.append((None, Action(name)))
        for reading in self._fitting(name, call):
            actions.append((reading.judge, self._on(reading, call, attributes)))
        action = agreed(actions, self._direction.target)
        is_lost = UNKNOWN in action.rules and is_private(name)
        return replace(action, name="") if is_lost else action

    def _fitting(self, name: str, call: ast.Call | None) -> tuple[Reading, ...]:
        """The readings of a name that fit how it is called."""
        readings = self.readings(name)
        located = locate(name)
        fitting = self._possible(readings, call)
        if not fitting and located is not None and located[0] == "tf.keras":
            older = tuple(self._possible(self._by(self._standalone, located[1]), call))
            return self._older_first(older, call)[:1] or readings
        return self._older_first(tuple(fitting) or readings, call)

    def _older_first(
        self, readings: tuple[Reading, ...], call: ast.Call | None
    ) -> tuple[Reading, ...]:
        """Of the standalone package's readings, that of Keras 1 alone where a call speaks so."""
        older = [one for one in readings if one.judge.source.api == "keras1"]
        if call is None or not older or older[0].tail:
            return readings
        symbol = older[0].symbol
        if not is_older_style(self.table, symbol.path, symbol.canonical, call):
            return readings
        return tuple(one for one in readings if one.judge.source.name != "keras@2")

    def can_be_called(self, name: str, call: ast.Call | None) -> bool:
        """Does any reading of a name take what the call gives, and ask for no more?"""
        possible = self._possible(self.readings(name), call)
        return any(gives_all(one.judge.source, one.symbol.canonical, call) for one in possible)

    def _possible(self, readings: tuple[Reading, ...], call: ast.Call | None) -> list[Reading]:
        """The readings whose callee takes the keywords of the call."""
        if call is None:
            return list(readings)
        return [
            reading
            for reading in readings
            if takes(self.table, reading.judge.source, reading.symbol.canonical, call)
        ]

    def _on(self, reading: Reading, call: ast.Call | None, attributes: int) -> Action:
        symbol = reading.symbol
        if call is not None and not reading.tail and reading.judge.atlas.is_module(symbol.path):
            reason = f"`{symbol.path}` is a module in {reading.judge.source.name}, and called here"
            return Action("", Outcome.FLAGGED, (UNKNOWN,), reason)
        if reading.is_unknown or len(reading.tail) > attributes:
            return unknown(reading, self.table, call)
        if symbol.action.outcome is Outcome.FLAGGED and not symbol.destination:
            return self._template(reading, call) or symbol.action
        if call is None or reading.tail or reading.judge.is_same:
            return self._uncalled(reading, call)
        if symbol.action.outcome is Outcome.FLAGGED:
            return self._template(reading, call) or symbol.action
        arguments = ArgumentMatcher(reading.judge, symbol, self._text_of, self.said)
        action = self._template(reading, call) or arguments.action(call)
        parent = self._parents.get(call)
        return with_warnings(reading.judge, symbol.canonical, call, parent, self.said, action)

    def _template(self, reading: Reading, call: ast.Call | None) -> Action | None:
        if reading.tail:
            return None
        parent = self._parents.get(call) if call is not None else None
        return rewritten(reading.judge, reading.symbol, call, parent, self.said)

    def _uncalled(self, reading: Reading, call: ast.Call | None) -> Action:
        """A symbol used as a value: its calls may differ even where its name does not."""
        symbol, judge = reading.symbol, reading.judge
        drift = drifted(judge.goal, symbol.path, call) if judge.is_same and not reading.tail else ""
        if drift:
            return symbol.action.flagged(MISSING, drift)
        if call is not None or judge.is_same or symbol.row is None or not symbol.row.explicit:
            return with_warnings_of_value(judge, symbol.canonical, symbol.action)
        hubs = ", ".join(f"`{hub}`" for hub in symbol.row.explicit)
        return symbol.action.but(
            Outcome.REVIEW, symbol.row.id, f"used as a value; the default of {hubs} differs there"
        )
