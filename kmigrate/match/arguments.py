"""The arguments of a call whose callee keeps its meaning: new names, values, defaults, order."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from kmigrate.match.actions import Action, CallChange
from kmigrate.match.calls import Argument, BoundCall, bind, positions_kept
from kmigrate.match.conditions import holds, literal_of
from kmigrate.match.judge import ARGUMENT, Judge, Symbol
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import ArgumentRow, Literal, SymbolRow
from kmigrate.rulebook.table import argument_in, hub_argument

# Keras 2 as a package of its own took the arguments of Keras 1, TensorFlow 2 those of 1.
_OLDER = {"keras@2": "keras1", "tf@2": "tf1"}


@dataclass(slots=True)
class _Changes:
    """What is collected on the way through the arguments of one call."""

    action: Action
    renamed: dict[int, str] = field(default_factory=dict)
    old: dict[int, str] = field(default_factory=dict)
    rows: dict[int, ArgumentRow] = field(default_factory=dict)
    values: dict[int, str] = field(default_factory=dict)
    drop: set[int] = field(default_factory=set)
    append: list[tuple[str, str]] = field(default_factory=list)


class Refusal(Exception):
    """A call that is left as it is, with the rule and the reason."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(reason)
        self.rule, self.reason = rule, reason


class ArgumentMatcher:
    """Rebinds calls of one symbol from its signature in the source to that in the target."""

    def __init__(self, judge: Judge, symbol: Symbol, text_of: Callable[[ast.expr], str]) -> None:
        self._judge = judge
        self._symbol = symbol
        self._slice = text_of
        self._source_api = judge.source.api
        self._target_api = judge.target.api if symbol.dialect == judge.target.dialect else "tf"
        self._row = symbol.row
        goal = judge.goal_of(symbol).holding(symbol.destination)
        self._goal_path = (goal and goal.canonical(symbol.destination)) or symbol.destination
        self._target = goal.signature(symbol.destination) if goal else None

    def action(self, call: ast.Call) -> Action:
        """The verdict on one call of the symbol."""
        bound = self._bound(call)
        if bound is None or self._target is None:
            return self._symbol.action
        changes = _Changes(self._symbol.action)
        try:
            if bound.problem and self._row is not None and self._row.args:
                raise Refusal(self._row.id, f"the call does not bind: {bound.problem}")
            rows = self._argument_rows(bound)
            self._refuse_hidden(bound, rows)
            given = bound.given()
            # Rows first: what they consume needs no verdict of its own.
            for name in sorted(given, key=lambda name: name not in rows):
                argument = given[name]
                self._argument(name, argument, bound, rows, changes)
            self._write_defaults(bound, changes)
            return self._finish(bound, changes)
        except Refusal as refusal:
            return self._symbol.action.flagged(refusal.rule, refusal.reason)

    def _bound(self, call: ast.Call) -> BoundCall | None:
        """The call bound to the first known signature of the source that it fits best."""
        best: BoundCall | None = None
        for snapshot in self._judge.atlas.snapshots():
            signature = snapshot.signature(self._symbol.canonical)
            if signature is None:
                continue
            bound = bind(call, signature)
            if not bound.problem and not bound.extra:
                return bound
            if best is None or (bool(bound.problem), len(bound.extra)) < (bool(best.problem), len(best.extra)):
                best = bound
        return best

    def _signature_names(self) -> set[str]:
        snapshot = self._judge.atlas.holding(self._symbol.canonical)
        signature = snapshot.signature(self._symbol.canonical) if snapshot else None
        parameters = signature.parameters if signature else ()
        return {one.name for one in parameters if not one.kind.startswith("var_")}

    def _argument_rows(self, bound: BoundCall) -> dict[str, ArgumentRow]:
        """The rows on arguments of this callee whose conditions the call meets, by argument."""
        ancestors = tuple(_ancestors(self._judge, self._symbol.canonical))
        rows = self._judge.table.arguments(
            self._source_api, self._target_api, self._symbol.canonical, ancestors
        )
        own = self._signature_names()
        found: dict[str, ArgumentRow] = {}
        for row in rows:
            inherited = self._symbol.canonical not in row.on
            if inherited and row.argument in own and row.argument not in bound.extra:
                continue  # the class has a parameter of that name with a meaning of its own
            is_other_dialect = row.dialects and self._judge.source.dialect not in row.dialects
            if not is_other_dialect and holds(row.when, bound) and row.argument not in found:
                found[row.argument] = row
        return found

    # --- one argument ---

    def _argument(
        self,
        name: str,
        argument: Argument,
        bound: BoundCall,
        rows: dict[str, ArgumentRow],
        changes: _Changes,
    ) -> None:
        if argument.index in changes.drop:
            return
        if name in rows:
            self._by_row(rows[name], argument, bound, changes)
            return
        hub, api = self._hub(name, argument, bound)
        new = self._target_name(hub, name, is_extra=name in bound.extra)
        if new is None and argument.index == 0 and argument.keyword is None:
            new = self._first_parameter(name)
        if new is None:
            kind = "an argument" if name in bound.parameters or not bound.problem else "a known argument"
            where = f"`{self._symbol.destination}` in {self._judge.target.name}"
            raise Refusal(ARGUMENT, f"`{name}` is not {kind} of {where}")
        changes.renamed[argument.index] = new
        changes.old[argument.index] = name
        self._value(hub, api, argument, changes)

    def _note_rename(
        self, old: str, new: str, changes: _Changes, row: ArgumentRow | SymbolRow | None
    ) -> None:
        rule = row.id if row else ARGUMENT
        changes.action = changes.action.but(Outcome.REWRITTEN, rule, f"`{old}` is `{new}` there")
        if row is not None:
            changes.action = self._judge.weighed(changes.action, rule, row.note)

    def _hub(self, name: str, argument: Argument, bound: BoundCall) -> tuple[str, str]:
        """The table's name for an argument, and the API whose spelling the code uses."""
        if self._row is None:
            return name, self._source_api
        older = _OLDER.get(self._judge.source.name)
        own = hub_argument(self._row, name, self._source_api)
        if older and (name in bound.extra or (own == name and name not in self._row.args)):
            hub = hub_argument(self._row, name, older)
            if hub != name:
                return hub, older
        return own, self._source_api

    def _first_parameter(self, name: str) -> str | None:
        """The target's first parameter, which the first argument gives whatever it is called."""
        assert self._target is not None
        first = next(iter(self._target.positional), None)
        is_moved = first is None or first.name in self._signature_names()
        return None if is_moved or first is None else first.name

    def _target_name(self, hub: str, name: str, is_extra: bool = False) -> str | None:
        """What the target calls the argument; None when it does not take it."""
        candidates = [name if self._row is None else argument_in(self._row, hub, self._target_api)]
        if self._row is not None:
            candidates += [hub, *self._row.args.get(hub, {}).values()]
        if self._source_api != self._target_api:
            candidates.append(name)
        return next((candidate for candidate in candidates if self._is_taken(candidate, is_extra)), None)

    def _is_taken(self, name: str, is_extra: bool) -> bool:
        """Does the target take the argument? What only its `**kwargs` could take must be known,

        unless the source also took it that way.
        """
        assert self._target is not None
        if self._target.find(name) is not None:
            return True
        if not self._target.accepts_any_keyword:
            return False
        known = self._judge.table.accepts(self._target_api, self._goal_path)
        return name in known or (not known and (is_extra or self._source_api == self._target_api))

    # --- values ---

    def _value(self, hub: str, api: str, argument: Argument, changes: _Changes) -> None:
        if self._row is None or hub not in self._row.values:
            return
        mapped = {
            spelled.get(api, own): spelled.get(self._target_api, own)
            for own, spelled in self._row.values[hub].items()
        }
        mapped = {old: new for old, new in mapped.items() if old != new}
        if not mapped:
            return
        is_literal, value = literal_of(argument.value)
        if not is_literal:
            raise Refusal(
                self._row.id, f"the value of `{hub}` is no literal: map {_pairs(mapped)} by hand"
            )
        if isinstance(value, str | int | float | bool) and value in mapped:
            changes.values[argument.index] = _quoted(mapped[value], self._slice(argument.value))
            reason = f"`{hub}={value!r}` is {mapped[value]!r} there"
            changes.action = self._judge.weighed(
                changes.action.but(Outcome.REWRITTEN, self._row.id, reason), self._row.id, self._row.note
            )

    def _write_defaults(self, bound: BoundCall, changes: _Changes) -> None:
        row = self._row
        if row is None:
            return
        taken = set(changes.renamed.values())
        for hub in row.explicit:
            new = argument_in(row, hub, self._target_api)
            assert self._target is not None
            parameter = self._target.find(new)
            if new in taken or parameter is None:
                continue
            default = row.defaults.get(hub, {}).get(self._source_api) or self._source_default(
                argument_in(row, hub, self._source_api)
            )
            if default is None and self._is_merged():
                default = parameter.default
            elif default == parameter.default:
                continue
            if default is None:
                continue
            if bound.hides_keywords or bound.hides_positions:
                raise Refusal(row.id, f"`*` or `**` may hide `{hub}`, whose default differs there")
            changes.append.append((new, default))
            changes.action = self._judge.weighed(
                changes.action.but(Outcome.REWRITTEN, row.id, f"the old default `{hub}={default}` is written out"),
                row.id,
                row.note,
            )

    def _is_merged(self) -> bool:
        """Is the symbol, by the row, another one of the source's: `CuDNNGRU` a `GRU`?

        Its call then needs what tells it from a call of that one, on the next reading.
        """
        names = self._row.names.get(self._source_api, ()) if self._row else ()
        return self._symbol.canonical in names[1:]

    def _source_default(self, name: str) -> str | None:
        for snapshot in self._judge.atlas.snapshots():
            signature = snapshot.signature(self._symbol.canonical)
            parameter = signature.find(name) if signature else None
            if parameter is not None and parameter.default is not None:
                return None if parameter.default.startswith("<") else parameter.default
        return None

    # --- rows on single arguments ---

    def _by_row(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: _Changes
    ) -> None:
        if row.flag:
            raise Refusal(row.id, row.flag)
        reason = row.note or f"`{row.argument}` is not needed there"
        if row.drop:
            changes.drop.add(argument.index)
        else:
            changes.renamed[argument.index] = row.rename or row.argument
            changes.old[argument.index] = row.argument
            changes.rows[argument.index] = row
            if not row.value:
                return  # what becomes of it shows when its place is known
            reason = f"`{row.argument}` is `{row.rename or row.argument}` there"
            changes.values[argument.index] = self._filled(row, argument, bound, changes)
        action = changes.action.but(Outcome.REWRITTEN, row.id, reason)
        changes.action = self._judge.weighed(action, row.id, row.note)

    def _filled(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: _Changes
    ) -> str:
        """The value template of a row over this argument and others, which it consumes."""
        given = bound.given()
        texts = {"value": argument, **given}
        filled = row.value
        for name, other in texts.items():
            placeholder = "{" + name + "}"
            if placeholder not in filled:
                continue
            if any(isinstance(node, ast.Call | ast.Lambda | ast.NamedExpr) for node in ast.walk(other.value)):
                raise Refusal(row.id, f"`{name}` is more than a plain value: rewrite it by hand")
            text = self._slice(other.value)
            is_atom = isinstance(other.value, ast.Constant | ast.Name | ast.Attribute | ast.Tuple)
            is_whole = re.search(r"[(,=]\s*" + re.escape(placeholder) + r"\s*[,)]", filled)
            filled = filled.replace(placeholder, text if is_atom or is_whole else f"({text})")
            if other.index != argument.index:
                changes.drop.add(other.index)
                changes.renamed.pop(other.index, None)
        return filled

    # --- the whole call ---

    def _refuse_hidden(self, bound: BoundCall, rows: dict[str, ArgumentRow]) -> None:
        """`*args` and `**kwargs` must not hide an argument that changes."""
        if not (bound.hides_keywords or bound.hides_positions):
            return
        own = self._signature_names() - bound.parameters.keys()
        for name in sorted(own):
            hub = hub_argument(self._row, name, self._source_api) if self._row else name
            changes_there = self._row is not None and self._target_name(hub, name) != name
            if name in rows or changes_there:
                rule = rows[name].id if name in rows else ARGUMENT
                raise Refusal(rule, f"`*` or `**` in the call may hide `{name}`, which changes")

    def _require(self, bound: BoundCall, changes: _Changes) -> None:
        """A parameter that the target must have, and the source did not, cannot be made up."""
        assert self._target is not None
        if bound.hides_positions or bound.hides_keywords or bound.problem:
            return
        given = {*changes.renamed.values(), *(name for name, _ in changes.append)}
        missing = [p.name for p in self._target.parameters if p.is_required and p.name not in given]
        if missing and len(bound.overflow) < len(missing):
            names = ", ".join(f"`{name}`" for name in missing)
            rule = self._row.id if self._row else ARGUMENT
            raise Refusal(rule, f"`{self._symbol.destination}` needs {names} there")

    def _finish(self, bound: BoundCall, changes: _Changes) -> Action:
        assert self._target is not None
        self._require(bound, changes)
        renames: list[tuple[int, str | None]] = []
        for index, name in positions_kept(bound, changes.renamed, self._target, frozenset(changes.drop)):
            if bound.hides_positions and bound.arguments[index].keyword is None:
                raise Refusal(ARGUMENT, "`*` in the call hides which arguments would move")
            renames.append((index, name))
            old = changes.old.get(index, name)
            row = changes.rows.get(index)
            if name is not None and old is not None and (old != name or row is not None):
                self._note_rename(old, name, changes, row or self._row)
        change = CallChange(
            tuple(renames), tuple(sorted(changes.values.items())), tuple(sorted(changes.drop)), tuple(changes.append)
        )
        action = replace(changes.action, call=change)
        if change and action.outcome is Outcome.KEPT:
            action = action.but(Outcome.REWRITTEN, ARGUMENT, "passed by keyword: its position differs there")
        return action


def _ancestors(judge: Judge, path: str) -> Iterator[str]:
    snapshot = judge.atlas.holding(path)
    for base in snapshot.bases(path) if snapshot else ():
        yield base
        yield from _ancestors(judge, base)


def _pairs(mapped: dict[Literal, Literal]) -> str:
    return ", ".join(f"{old!r} to {new!r}" for old, new in mapped.items())


def _quoted(value: Literal, like: str) -> str:
    """A literal in the quotes of the one that it replaces."""
    if isinstance(value, str) and like.startswith('"'):
        return '"' + value.replace('"', '\\"') + '"'
    return repr(value)
