"""The verdict on a symbol: what it is called in the target, by a row or by the snapshots alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache, cached_property

from kmigrate.atlas import Atlas, atlas, by_likelihood
from kmigrate.dialects import qualified
from kmigrate.match import tensorflow1
from kmigrate.match.actions import Action
from kmigrate.match.dates import Dates
from kmigrate.match.goals import SHIM, Goals
from kmigrate.match.kin import aliases, inherited, is_same
from kmigrate.match.needs import needed
from kmigrate.match.symbol import MISSING, NAME, Symbol
from kmigrate.model import Outcome, Surface
from kmigrate.rulebook.evidence import doubt
from kmigrate.rulebook.rows import FlagRow, SymbolRow
from kmigrate.rulebook.table import Table, names_in
from kmigrate.versions import Period


class Judge:
    """Judges the symbols of one source surface against one target."""

    def __init__(
        self,
        table: Table,
        source: Surface,
        target: Surface,
        version: str,
        during: Period | None = None,
    ) -> None:
        """`version` is the target's, "" where any will do; `during` what is known of the source's."""
        self.table = table
        self.source = source
        self.target = target
        self.dates = Dates(table, source, target, version, during)
        self.atlas: Atlas = atlas(source, first=self.dates.likeliest)
        self.goal: Atlas = atlas(target, self.dates.goal)
        self.goals = Goals(target, self.goal)
        self.whole = self.dates.period  # of which a piece is judged by itself
        self.symbol = cache(self._symbol)
        self.piece = cache(self._piece)
        self._version = version

    def flag(self, path: str) -> FlagRow | None:
        """The flag on `path` that holds here."""
        return self.table.flag(self.source.api, self.target.api, path, self.dates.holds)

    def pieces(self, path: str) -> tuple[Judge, ...]:
        """A judge for each piece of the source's life in which the same rows on `path` hold."""
        names = (path, *self.atlas.inherited(path), *self.atlas.ancestors(path))
        turns = () if self.is_same else tuple(self.dates.turns(names))
        periods = by_likelihood(self.source, self.dates.period.cut(turns))
        return tuple(map(self.piece, periods)) if turns else (self,)

    def _piece(self, during: Period) -> Judge:
        piece = Judge(self.table, self.source, self.target, self._version, during)
        piece.whole = self.whole
        return piece

    @cached_property
    def is_same(self) -> bool:
        """Is the source the target itself, at the same version as far as that is known?"""
        return self.source == self.target and not self.dates.is_moving

    def is_old(self, dialect: str) -> bool:
        """Does TensorFlow 1 lead into TensorFlow, where its old API is kept?"""
        return self.source.api == "tf1" and dialect == "tf"

    @cached_property
    def _keeps_raw(self) -> bool:
        """Raw TensorFlow goes on working beside every Keras."""
        return self.source.dialect == "tf" and self.target.dialect != "tf"

    def split(self, path: str) -> tuple[str, tuple[str, ...]]:
        """The longest leading part of `path` that the source surface has, and the names behind it."""
        path = path if self.is_same else self.atlas.public(path)
        parts = tuple(path.split(".")) if path else ()
        lengths = range(len(parts), 0, -1)
        known = next((n for n in lengths if self.atlas.has(".".join(parts[:n]))), 0)
        return ".".join(parts[:known]), parts[known:]

    def proven(self, rule: str, template: str = "") -> bool:
        """Has a recorded run proven the rule, and this template of it, in this direction?"""
        return not self.doubt(rule, template)

    def doubt(self, rule: str, template: str = "") -> str:
        """Why the rule, or this template of it, is not proven in this direction; "" if it is."""
        fingerprint = self.table.fingerprint(rule)
        return doubt(rule, fingerprint, self.source.api, self.target.api, template)

    def _symbol(self, path: str) -> Symbol:
        canonical = self.atlas.canonical(path) or path
        if self.is_same or not path:
            return self._as_is(path, canonical)
        if self.atlas.is_module(path):
            return self._module(path)
        row = self.table.symbol_row(self.source.api, canonical, self.dates.holds)
        flag = self.flag(canonical) or self.flag(path)
        dialect, found = self._counterpart(path, canonical, row)
        if row and self.is_old(dialect):
            row = tensorflow1.row(self.goals.within("tf"), path, found, row)
        if flag is not None and not (flag.if_missing and found):
            if flag.shim and self.goals.has_shim(path):
                return self._shimmed(path, canonical, row, flag)
            name = self._respelled(path, found)
            action = Action(name).flagged(flag.id, flag.message)
            return Symbol(path, canonical, found, dialect, row, action)
        if not found:
            return self._overridden(canonical) or self._missing(path, canonical, row)
        same = self._same_here(path, canonical, found) if row is None else None
        if same is not None:
            return same
        name = qualified(dialect, found)
        is_own_kind = (dialect == "tf") == (self.source.dialect == "tf")
        is_derived = row is None or (is_own_kind and found in (path, canonical))
        is_kept = name == self._source_name(path)
        action = Action(name) if is_kept else self._renamed(name, row, is_derived)
        return Symbol(path, canonical, found, dialect, row, action)

    def _same_here(self, path: str, canonical: str, found: str) -> Symbol | None:
        """The verdict on what the source has under the new name, where it is the same thing."""
        if found in (path, canonical) or not is_same(self.atlas, path, found):
            return None
        other, action = self.symbol(found), self.symbol(found).action
        if action.outcome is Outcome.FLAGGED:
            return None
        if action.outcome is not Outcome.REVIEW:
            action = self._renamed(action.name, None, True)
        return replace(other, path=path, action=action)

    def _overridden(self, canonical: str) -> Symbol | None:
        """The verdict on the member of an ancestor that this one overrides, where there is one."""
        _, *inherited = self.atlas.inherited(canonical)
        for path in inherited:
            symbol = self.symbol(path) if self.atlas.has(path) else None
            if symbol is None or MISSING in symbol.action.rules:
                continue
            is_said = symbol.action.outcome is Outcome.FLAGGED
            if is_said or self._is_inherited(canonical, symbol.destination):
                return symbol
        return None

    def _source_name(self, path: str) -> str:
        return qualified(self.source.dialect, path)

    def _as_is(self, path: str, canonical: str) -> Symbol:
        dialect = "tf" if self._keeps_raw else self.target.dialect
        if self.target.dialect == "tf":
            dialect = self.source.dialect
        name = qualified(dialect, path)
        action = (
            Action(name) if name == self._source_name(path) else self._renamed(name, None, True)
        )
        return Symbol(path, canonical, path, dialect, None, action)

    def _renamed(self, name: str, row: SymbolRow | None, is_derived: bool) -> Action:
        if is_derived or row is None:
            return Action(
                name, Outcome.REWRITTEN, (NAME,), "the same object under its name in the target"
            )
        action = Action(name, Outcome.REWRITTEN, (row.id,), "the same under another name")
        return self.weighed(action, row.id, row.note_for(self.target.api))

    def weighed(self, action: Action, rule: str, note: str) -> Action:
        """`action` by a rule: a review where the rule has a note or no recorded proof."""
        if note:
            return action.but(Outcome.REVIEW, rule, note)
        doubt = self.doubt(rule, action.template.text if action.template else "")
        if doubt:
            return action.but(Outcome.REVIEW, rule, doubt)
        return action.but(Outcome.REWRITTEN, rule, "")

    def _counterpart(self, path: str, canonical: str, row: SymbolRow | None) -> tuple[str, str]:
        for dialect, candidate in self._candidates(path, canonical, row):
            is_there = bool(candidate) and self.goals.offers(dialect, candidate, self.table)
            if is_there and self._is_inherited(path, candidate):
                return dialect, candidate
        return self.target.dialect, ""

    def _candidates(
        self, path: str, canonical: str, row: SymbolRow | None
    ) -> Iterator[tuple[str, str]]:
        """The names to try in the target, the best first."""
        target = self.target
        raw = [("tf", name) for name in (row.names.get("tf", ()) if row else ())]
        if self.source.api == target.api:
            yield target.dialect, path
        if self._keeps_raw and target.api == "keras2":
            yield from (("tf", path), *raw)
        if row is not None:
            if self.source.api == "keras3" and target.api == "keras2":
                yield from ((target.dialect, path), *raw)
            names = () if self.is_old(target.dialect) else names_in(row, target.api)
            if names and self._is_own_spelling(path, names, row):
                yield target.dialect, path
            yield from ((target.dialect, name) for name in names)
        if self.source.api == "tf1":
            yield from tensorflow1.candidates(self.goals.within("tf"), path, canonical, row)
        elif self._keeps_raw:
            yield from (("tf", name) for name in (path, canonical))
        elif (self.source.dialect == "tf") == (target.dialect == "tf"):
            yield target.dialect, path
            yield target.dialect, canonical
            yield from ((target.dialect, name) for name in aliases(self.source.api, canonical))
            module, _, leaf = path.rpartition(".")
            moved = self.table.module(module, target.api)
            yield target.dialect, f"{moved}.{leaf}" if moved else ""
            yield from self._member_of_counterpart(canonical)

    def _member_of_counterpart(self, canonical: str) -> Iterator[tuple[str, str]]:
        """The member under the class that its own class became; nothing for what is no member."""
        owner, _, leaf = canonical.rpartition(".")
        if self.atlas.kind(owner) == "class" and (counterpart := self.symbol(owner)).destination:
            yield counterpart.dialect, f"{counterpart.destination}.{leaf}"

    def _is_inherited(self, path: str, member: str) -> bool:
        """Has what became of the class of `path` the `member`, which may be of another class?"""
        own = inherited(
            self.atlas, self.goal, path, member, lambda one: self.symbol(one).destination
        )
        return self.goals.offers(self.target.dialect, own, self.table)

    def _is_own_spelling(self, path: str, names: tuple[str, ...], row: SymbolRow) -> bool:
        """Is the person's own path as good as the row's first name: `Model` for `models.Model`?"""
        if not self.goal.has(path) or self.goal.canonical(path) != self.goal.canonical(names[0]):
            return False
        same_leaf = path.rpartition(".")[2] == names[0].rpartition(".")[2]
        is_old_word = path in row.names.get("keras1", ()) or self.source.api in ("keras1", "tf1")
        return same_leaf or path in names or not is_old_word

    def _module(self, path: str) -> Symbol:
        dialect = "tf" if self._keeps_raw else self.target.dialect
        if self.target.dialect == "tf" and self.source.dialect != "tf":
            return Symbol(path, path, "", dialect, None, Action())
        goal = self.goals.within(dialect)
        if goal.is_module(path) and goal.has(path):
            return self._as_is(path, path)
        old = tensorflow1.kept(goal, path) if self.is_old(dialect) else ""
        moved = old or self.table.module(path, self.target.api)
        if moved is not None and goal.is_module(moved):
            name = qualified(dialect, moved)
            return Symbol(path, path, moved, dialect, None, self._renamed(name, None, True))
        flag = self.flag(path)
        if flag is None and self.goals.has_shim(path):
            name = qualified(SHIM.dialect, path)
            action = (
                Action(name) if name == self._source_name(path) else self._renamed(name, None, True)
            )
            return Symbol(path, path, path, SHIM.dialect, None, action)
        if flag is not None:
            return Symbol(path, path, "", dialect, None, Action().flagged(flag.id, flag.message))
        where = f"{self.target.name} has no module `{path}`"
        return Symbol(path, path, "", dialect, None, Action().flagged(MISSING, where))

    def _shimmed(self, path: str, canonical: str, row: SymbolRow | None, flag: FlagRow) -> Symbol:
        """The name under which the same Keras keeps it, for those who run it on TensorFlow."""
        name = qualified(SHIM.dialect, path)
        is_there = name == self._source_name(path)
        action = Action(name)
        if not is_there:
            action = action.but(Outcome.REVIEW, flag.id, flag.message)
        return Symbol(path, canonical, path, SHIM.dialect, row, action)

    def goal_of(self, symbol: Symbol) -> Atlas:
        """Where the destination of a symbol is looked up."""
        return self.goals.within(symbol.dialect)

    def _respelled(self, path: str, found: str) -> str:
        """The flagged `path` in the target's dialect, if at least its module exists there."""
        if self._keeps_raw or self.target.dialect == "tf":
            return ""
        if found:
            return qualified(self.target.dialect, found)
        module = path.rpartition(".")[0]
        return qualified(self.target.dialect, path) if self.goal.is_module(module) else ""

    def _missing(self, path: str, canonical: str, row: SymbolRow | None) -> Symbol:
        if self.target.dialect == "tf":
            reason = f"`{canonical}` has no raw TensorFlow form; keep it on Keras"
        else:
            reason = self._later(path, canonical, row) or (
                f"{self.target.name} has no `{canonical}`, and no rule says what replaces it"
            )
        name = self._respelled(path, "")
        action = Action(name).flagged(MISSING, reason)
        return Symbol(path, canonical, "", self.target.dialect, row, action)

    def _later(self, path: str, canonical: str, row: SymbolRow | None) -> str:
        """Which other version of the target has the symbol, in a sentence; "" when none has."""
        if not self.goal.only:
            return ""
        named = self._candidates(path, canonical, row)
        paths = [name for dialect, name in named if name and dialect == self.target.dialect]
        known = next((name for name in paths if atlas(self.target).has(name)), None)
        return needed(self.goal, f"`{known}`", lambda one: one.has(known)) if known else ""
