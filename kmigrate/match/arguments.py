"""The arguments of a call whose callee keeps its meaning: new names, values, defaults, order."""

from __future__ import annotations

import ast
from collections import Counter
from dataclasses import replace

from kmigrate.dialects import qualified
from kmigrate.match.actions import Action, CallChange
from kmigrate.match.calls import Argument, BoundCall, bind, bindings, moved, positions_kept
from kmigrate.match.changes import Changes, RefusalError
from kmigrate.match.conditions import holds
from kmigrate.match.needs import argument_needed
from kmigrate.match.symbol import ARGUMENT, NAME
from kmigrate.match.tensorflow1 import kept
from kmigrate.match.values import ArgumentValues
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import ArgumentRow, SymbolRow
from kmigrate.rulebook.table import argument_in, hub_argument

# Keras 2 as a package of its own took the arguments of Keras 1, TensorFlow 2 those of 1.
_OLDER = {"keras@2": "keras1", "tf@2": "tf1"}


_OLD = "TensorFlow 1's own function, which TensorFlow 2 keeps"


class ArgumentMatcher(ArgumentValues):
    """Rebinds calls of one symbol from its signature in the source to that in the target."""

    def action(self, call: ast.Call) -> Action:
        """The verdict on one call of the symbol."""
        if self.target is None:
            return self.symbol.action
        changes = Changes(self.symbol.action)
        try:
            bound = self._bound(call)
            if bound is None:
                return self.symbol.action
            if bound.problem and self.row is not None and self.row.args:
                raise RefusalError(self.row.id, f"the call does not bind: {bound.problem}")
            rows = self._argument_rows(bound)
            self._refuse_hidden(bound, rows)
            self._refuse_rest(bound, rows)
            given = bound.given()
            # Rows first: what they consume needs no verdict of its own.
            for name in sorted(given, key=lambda name: name not in rows):
                argument = given[name]
                self._argument(name, argument, bound, rows, changes)
            self.write_defaults(bound, changes)
            self.write_rows(rows, bound, changes)
            return self._finish(bound, changes)
        except RefusalError as refusal:
            found = self._kept(call) if refusal.rule == ARGUMENT else ""
            if found:
                return Action(qualified("tf", found), Outcome.REWRITTEN, (NAME,), _OLD)
            action = self.symbol.action.flagged(refusal.rule, refusal.reason)
            return action if self._is_read_alike() else replace(action, name="")

    def _kept(self, call: ast.Call) -> str:
        """TensorFlow 1's own function inside TensorFlow 2, for a call that only it takes."""
        goal = self.judge.goal_of(self.symbol)
        name = kept(goal, self.symbol.path) if self.judge.is_old(self.symbol.dialect) else ""
        snapshot = goal.holding(name) if name else None
        signature = snapshot.signature(name) if snapshot else None
        bound = bind(call, signature) if signature else None
        return name if bound and not bound.problem and not bound.extra else ""

    def _bound(self, call: ast.Call) -> BoundCall | None:
        """The call bound to the first known signature of the source that it fits best."""
        symbol = self.symbol
        bounds = bindings(call, self.judge.atlas, symbol.path, symbol.canonical)
        difference = moved(bounds, self.judge.whole, self._one_name)
        if difference:
            raise RefusalError(ARGUMENT, difference)
        ordered = sorted(bounds, key=lambda one: (bool(one[1].problem), len(one[1].extra)))
        return ordered[0][1] if ordered else None

    def _one_name(self, name: str) -> str:
        return hub_argument(self.row, name, self.source_api) if self.row else name

    def _named(self, changes: Changes) -> frozenset[int]:
        """What would be read as the old argument again where it stands, so it is named."""
        if self.symbol.destination != self.symbol.path:
            return frozenset()
        rows = changes.rows.items()
        return frozenset(index for index, row in rows if row.value and row.rename != row.argument)

    def _is_read_alike(self) -> bool:
        """Would the call under its new name, with the arguments it has, be read as it was?"""
        judge, symbol = self.judge, self.symbol
        if judge.source.dialect != symbol.dialect or symbol.destination == symbol.path:
            return True
        is_one = judge.atlas.canonical(symbol.destination) == symbol.canonical
        return is_one or not judge.atlas.has(symbol.destination)

    def _signature_names(self) -> set[str]:
        snapshot = self.judge.atlas.holding(self.symbol.canonical)
        signature = snapshot.signature(self.symbol.canonical) if snapshot else None
        parameters = signature.parameters if signature else ()
        return {one.name for one in parameters if not one.kind.startswith("var_")}

    def _argument_rows(self, bound: BoundCall) -> dict[str, ArgumentRow]:
        """The rows on arguments of this callee whose conditions the call meets, by argument."""
        ancestors = tuple(self.judge.atlas.ancestors(self.symbol.canonical))
        rows = self.judge.table.arguments(
            self.source_api, self.target_api, self.symbol.canonical, ancestors
        )
        own = self._signature_names()
        found: dict[str, ArgumentRow] = {}
        for row in filter(self.judge.dates.holds, rows):
            inherited = self.symbol.canonical not in row.on
            if inherited and row.argument in own and row.argument not in bound.extra:
                continue  # the class has a parameter of that name with a meaning of its own
            if (row.default and row.argument in bound.given()) or self.said.silences(row):
                continue
            if row.tuples:
                continue  # of what the generator yields, not of the argument
            is_other_dialect = row.dialects and self.judge.source.dialect not in row.dialects
            if row.if_missing and self.target and self.target.find(row.argument):
                continue
            if not is_other_dialect and self._speaks(row, bound) and row.argument not in found:
                found[row.argument] = row
        return found

    def _speaks(self, row: ArgumentRow, bound: BoundCall) -> bool:
        given = bound.given().get(row.argument)
        if holds(row.when, bound, self.said):
            return not row.literals or (given is not None and any(self.named_in(row, given)))
        return given is not None and self.saved_as(row, given.value) is not None

    # --- one argument ---

    def _argument(
        self,
        name: str,
        argument: Argument,
        bound: BoundCall,
        rows: dict[str, ArgumentRow],
        changes: Changes,
    ) -> None:
        if argument.index in changes.drop:
            return
        if name in rows:
            self.by_row(rows[name], argument, bound, changes)
            return
        hub, api = self._hub(name, argument, bound)
        new = self._target_name(hub, name, is_extra=name in bound.extra)
        if new is None and argument.index == 0 and argument.keyword is None:
            new = self._first_parameter(name)
        if new is None:
            kind = (
                "an argument"
                if name in bound.parameters or not bound.problem
                else "a known argument"
            )
            where = f"`{self.symbol.destination}` in {self.judge.target.name}"
            destination = self.symbol.destination
            drift = argument_needed(self.judge.goal_of(self.symbol), destination, hub)
            raise RefusalError(ARGUMENT, drift or f"`{name}` is not {kind} of {where}")
        changes.renamed[argument.index] = new
        changes.old[argument.index] = name
        self.value(hub, api, argument, changes)

    def _note(self, row: ArgumentRow | SymbolRow) -> str:
        return row.note_for(self.target_api) if isinstance(row, SymbolRow) else row.note

    def _note_rename(
        self, old: str, new: str, changes: Changes, row: ArgumentRow | SymbolRow | None
    ) -> None:
        rule = row.id if row else ARGUMENT
        changes.action = changes.action.but(Outcome.REWRITTEN, rule, f"`{old}` is `{new}` there")
        if row is not None:
            changes.action = self.judge.weighed(changes.action, rule, self._note(row))

    def _hub(self, name: str, argument: Argument, bound: BoundCall) -> tuple[str, str]:
        """The table's name for an argument, and the API whose spelling the code uses."""
        if self.row is None:
            return name, self.source_api
        older = _OLDER.get(self.judge.source.name)
        own = hub_argument(self.row, name, self.source_api)
        if older and (name in bound.extra or (own == name and name not in self.row.args)):
            hub = hub_argument(self.row, name, older)
            if hub != name:
                return hub, older
        return own, self.source_api

    def _first_parameter(self, name: str) -> str | None:
        """The target's first parameter, which the first argument gives whatever it is called."""
        assert self.target is not None
        first = next(iter(self.target.positional), None)
        is_moved = first is None or first.name in self._signature_names()
        return None if is_moved or first is None else first.name

    def _target_name(self, hub: str, name: str, is_extra: bool = False) -> str | None:
        """What the target calls the argument; None when it does not take it."""
        candidates = [name if self.row is None else argument_in(self.row, hub, self.target_api)]
        if self.row is not None:
            candidates += [hub, *self.row.args.get(hub, {}).values()]
        if self.source_api != self.target_api:
            candidates.append(name)
        return next(
            (candidate for candidate in candidates if self._is_taken(candidate, is_extra)), None
        )

    def _is_taken(self, name: str, is_extra: bool) -> bool:
        """Does the target take the argument? What only its `**kwargs` could take must be known,

        unless the source also took it that way.
        """
        assert self.target is not None
        if self.target.find(name) is not None:
            return True
        if not self.target.accepts_any_keyword:
            return False
        known = self.judge.table.accepts(self.target_api, self.goal_path)
        return name in known or (not known and (is_extra or self.source_api == self.target_api))

    # --- the whole call ---

    def _refuse_hidden(self, bound: BoundCall, rows: dict[str, ArgumentRow]) -> None:
        """`*args` and `**kwargs` must not hide an argument that changes."""
        if not (bound.hides_keywords or bound.hides_positions):
            return
        own = self._signature_names() - bound.parameters.keys()
        for name in sorted(own):
            hub = hub_argument(self.row, name, self.source_api) if self.row else name
            changes_there = self.row is not None and self._target_name(hub, name) != name
            is_dropped = name in rows and rows[name].drop and not bound.hides_positions
            if is_dropped and not self.said.mentions(name):
                continue  # `super().__init__(**kwargs)`, and nothing in the file gives it
            if name in rows or changes_there:
                rule = rows[name].id if name in rows else ARGUMENT
                raise RefusalError(
                    rule, f"`*` or `**` in the call may hide `{name}`, which changes"
                )

    def _refuse_rest(self, bound: BoundCall, rows: dict[str, ArgumentRow]) -> None:
        """A row may speak of what `*args` of the source takes, by the name that it has there."""
        if bound.overflow and bound.rest in rows:
            raise RefusalError(rows[bound.rest].id, rows[bound.rest].flag)

    def _require(self, bound: BoundCall, changes: Changes) -> None:
        """A parameter that the target must have, and the source did not, cannot be made up."""
        assert self.target is not None
        if bound.hides_positions or bound.hides_keywords or bound.problem:
            return
        given = {*changes.renamed.values(), *(name for name, _ in changes.append)}
        missing = [p.name for p in self.target.parameters if p.is_required and p.name not in given]
        if missing and len(bound.overflow) < len(missing):
            names = ", ".join(f"`{name}`" for name in missing)
            rule = self.row.id if self.row else ARGUMENT
            raise RefusalError(rule, f"`{self.symbol.destination}` needs {names} there")

    def _finish(self, bound: BoundCall, changes: Changes) -> Action:
        assert self.target is not None
        self._require(bound, changes)
        twice = [name for name, times in Counter(changes.renamed.values()).items() if times > 1]
        if twice:
            raise RefusalError(ARGUMENT, f"`{twice[0]}` would be given twice: choose one of them")
        renames: list[tuple[int, str | None]] = []
        for index, name in positions_kept(
            bound, changes.renamed, self.target, frozenset(changes.drop), self._named(changes)
        ):
            if bound.hides_positions and bound.arguments[index].keyword is None:
                raise RefusalError(ARGUMENT, "`*` in the call hides which arguments would move")
            renames.append((index, name))
            old = changes.old.get(index, name)
            row = changes.rows.get(index)
            if name is not None and old is not None and (old != name or row is not None):
                self._note_rename(old, name, changes, row or self.row)
        change = CallChange(
            tuple(renames),
            tuple(sorted(changes.values.items())),
            tuple(sorted(changes.drop)),
            tuple(changes.append),
            tuple(changes.literals),
            (changes.above,) if changes.above else (),
            (changes.before,) if changes.before else (),
        )
        action = replace(changes.action, call=change).without(changes.left_out)
        if change and action.outcome is Outcome.KEPT:
            action = action.but(
                Outcome.REWRITTEN, ARGUMENT, "passed by keyword: its position differs there"
            )
        return action
