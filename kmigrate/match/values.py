"""What becomes of the values of arguments, of absent ones, and of those with a row of their own."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kmigrate.match.actions import Action
from kmigrate.match.calls import Argument, BoundCall
from kmigrate.match.changes import Changes, RefusalError, looked_up, pairs, quoted
from kmigrate.match.conditions import literal_of
from kmigrate.match.instead import FlaggedArguments
from kmigrate.match.making import is_plain
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import ArgumentRow, Literal, SymbolRow, When
from kmigrate.rulebook.table import argument_in


class ArgumentValues(FlaggedArguments):
    """The values of the arguments of one symbol's calls, from the source to the target."""

    # --- values ---

    def value(self, hub: str, api: str, argument: Argument, changes: Changes) -> None:
        """Map a literal value. Raises RefusalError for what is no literal."""
        if self.row is None or hub not in self.row.values:
            return
        mapped = {
            spelled.get(api, own): spelled.get(self.target_api, own)
            for own, spelled in self.row.values[hub].items()
        }
        mapped = {old: new for old, new in mapped.items() if old != new}
        if not mapped:
            return
        is_literal, value = literal_of(argument.value)
        if not is_literal:
            self._looked_up(hub, mapped, argument, changes)
            return
        if isinstance(value, str | int | float | bool) and value in mapped:
            changes.values[argument.index] = quoted(mapped[value], self.slice(argument.value))
            reason = f"`{hub}={value!r}` is {mapped[value]!r} there"
            changes.action = self.judge.weighed(
                changes.action.but(Outcome.REWRITTEN, self.row.id, reason),
                self.row.id,
                self.row.note_for(self.target_api),
            )

    def named_in(self, row: ArgumentRow, argument: Argument) -> Iterator[tuple[ast.Constant, str]]:
        """The literals of an argument that the row renames, alone or inside, each as it becomes."""
        waiting = [argument.value]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.List | ast.Tuple):
                waiting.extend(part.elts)
            elif isinstance(part, ast.Dict):
                waiting.extend(part.values)
            elif isinstance(part, ast.Constant) and part.value in row.literals:
                yield part, quoted(row.literals[str(part.value)], self.slice(part))

    def _literals(self, row: ArgumentRow, argument: Argument, changes: Changes) -> None:
        for literal, text in self.named_in(row, argument):
            if literal is argument.value:
                changes.values[argument.index] = text
            else:
                changes.literals.append((literal, text))
            reason = f"`{row.argument}={self.slice(literal)}` is {text} there"
            changes.action = changes.action.but(Outcome.REWRITTEN, row.id, reason)
        changes.action = self.judge.weighed(changes.action, row.id, row.note)

    def _looked_up(
        self, hub: str, mapped: dict[Literal, Literal], argument: Argument, changes: Changes
    ) -> None:
        """Map a name when it runs. Raises RefusalError for what may not be written twice."""
        assert self.row is not None
        if not is_plain(argument.value):
            raise RefusalError(
                self.row.id, f"the value of `{hub}` is no literal: map {pairs(mapped)} by hand"
            )
        changes.values[argument.index] = looked_up(mapped, self.slice(argument.value))
        reason = f"the value of `{hub}` is no literal: what it is called there is looked up"
        changes.action = changes.action.but(Outcome.REVIEW, self.row.id, reason)

    def write_defaults(self, bound: BoundCall, changes: Changes) -> None:
        """Write out the old default of absent arguments whose default differs."""
        row = self.row
        if row is None or self.source_api == self.target_api == "tf":  # raw, and stays so
            return
        taken = set(changes.renamed.values())
        for hub in row.explicit:
            new = argument_in(row, hub, self.target_api)
            assert self.target is not None
            parameter = self.target.find(new)
            if new in taken or parameter is None:
                continue
            default, doubt = self._source_default(row, hub, self.symbol.path)
            if default is None and self._is_merged():
                default = parameter.default
            elif default == self._next_default(row, hub, parameter.default):
                self._warn(row.id, doubt, changes)
                continue
            if default is None:
                continue
            if bound.hides_keywords or bound.hides_positions:
                raise RefusalError(
                    row.id, f"`*` or `**` may hide `{hub}`, whose default differs there"
                )
            self._write_default(row, hub, (new, default), doubt, changes)

    def _write_default(
        self, row: SymbolRow, hub: str, written: tuple[str, str], doubt: str, changes: Changes
    ) -> None:
        """Write one old default, as a row on that value says where there is one."""
        new, default = written
        reason = f"the old default `{hub}={default}` is written out"
        action = changes.action.but(Outcome.REWRITTEN, row.id, reason)
        default, action = self._as_given(argument_in(row, hub, self.source_api), default, action)
        changes.append.append((new, default))
        note = "; ".join(filter(None, (doubt, row.note_for(self.target_api))))
        changes.action = self.judge.weighed(action, row.id, note)

    def _warn(self, rule: str, doubt: str, changes: Changes) -> None:
        """Say that in some version of the source the default was not the target's."""
        if doubt:
            before = changes.action.warning[1]
            told = f"{doubt}: write it out, or name the version with --from"
            warning = f"{before}; {told}" if before else told
            changes.action = replace(changes.action, warning=(rule, warning))

    def _as_given(self, name: str, default: str, action: Action) -> tuple[str, Action]:
        """A default as a row on that value of the argument has it written."""
        row = self._row_on_value(name, default)
        if row is None:
            return default, action
        if row.flag:
            raise RefusalError(row.id, row.flag)
        return row.value, self.judge.weighed(action, row.id, row.note)

    def _row_on_value(self, name: str, default: str) -> ArgumentRow | None:
        """The row on that value of the argument: what is written out is what was given."""
        is_literal, value = literal_of(ast.parse(default, mode="eval").body)
        rows = self.judge.table.arguments(
            self.source_api, self.target_api, self.symbol.canonical, ()
        )
        return next(
            (
                row
                for row in rows
                if is_literal and row.argument == name and row.when == When(equals={name: value})  # type: ignore[dict-item]
            ),
            None,
        )

    def write_rows(
        self, rows: Mapping[str, ArgumentRow], bound: BoundCall, changes: Changes
    ) -> None:
        """Write out what rows say that the source took for absent arguments."""
        for row in rows.values():
            new = argument_in(self.row, row.argument, self.target_api) if self.row else row.argument
            parameter = self.target.find(new) if self.target else None
            if not row.default or parameter is None or parameter.default == row.default:
                continue
            if new in changes.renamed.values() or new in dict(changes.append):
                continue
            if bound.hides_keywords or bound.hides_positions:
                raise RefusalError(
                    row.id, f"`*` or `**` may hide `{row.argument}`, whose default differs there"
                )
            reason = f"the old default `{row.argument}={row.default}` is written out"
            action = changes.action.but(Outcome.REWRITTEN, row.id, reason)
            default, action = self._as_given(row.argument, row.default, action)
            changes.append.append((new, default))
            changes.action = self.judge.weighed(action, row.id, row.note)

    def _is_merged(self) -> bool:
        """Is the symbol, by the row, another one of the source's: `CuDNNGRU` a `GRU`?

        Its call then needs what tells it from a call of that one, on the next reading.
        """
        names = self.row.names.get(self.source_api, ()) if self.row else ()
        return self.symbol.canonical in names[1:]

    def _next_default(self, row: SymbolRow, hub: str, default: str | None) -> str | None:
        """The target's default; None where the source has the name with another default:

        it would be taken for that, and written out, on the next reading.
        """
        if not self._is_merged():
            return default
        main = row.names[self.source_api][0]
        return default if self._source_default(row, hub, main)[0] == default else None

    def _source_default(self, row: SymbolRow, hub: str, path: str) -> tuple[str | None, str]:
        """The default of the source's likeliest version, and how others differ from it.

        A version without the argument, or with None for a value of its own, did as the row says.
        """
        name, said = argument_in(row, hub, self.source_api), row.defaults.get(hub, {})
        found: dict[str, str] = {}
        for snapshot in self.judge.atlas.snapshots():
            signature = snapshot.signature(path if snapshot.has(path) else self.symbol.canonical)
            parameter = signature.find(name) if signature else None
            default = parameter.default if parameter is not None else None
            if signature is not None and default in (None, "None"):
                default = said.get(self.source_api, default)
            if default is not None and not default.startswith("<"):
                found.setdefault(default, snapshot.version)
        if not found:
            return None, ""
        first, *others = found
        elsewhere = " and ".join(f"{other} in {found[other]}" for other in others)
        source = self.judge.source.dialect
        text = f"the default of `{hub}` was {first} in {source} {found[first]}, {elsewhere}"
        is_said = hub in row.ignore_defaults or self._is_dated(name)
        return first, text if others and not is_said else ""

    def _is_dated(self, name: str) -> bool:
        """Does a row say for which versions of the source which default is written out?"""
        rows = self.judge.table.arguments(
            self.source_api, self.target_api, self.symbol.canonical, ()
        )
        return any(row.default and row.argument == name for row in rows)

    # --- rows on single arguments ---

    def by_row(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes
    ) -> None:
        """What a row on this one argument makes of it."""
        if row.tuples:
            return  # what is yielded stands elsewhere
        if row.flag:
            self.instead(row, argument, bound, changes)
            return
        reason = row.note or f"`{row.argument}` is not needed there"
        if row.drop:
            changes.drop.add(argument.index)
            changes.left_out.append(row.argument)
        else:
            changes.renamed[argument.index] = row.rename or row.argument
            changes.old[argument.index] = row.argument
            changes.rows[argument.index] = row
            if row.literals:
                self._literals(row, argument, changes)
                return
            if not row.value:
                return  # what becomes of it shows when its place is known
            new = row.rename or row.argument
            reason = f"`{row.argument}` is `{new}` there"
            if self.hub_of(row.argument) == new:
                reason = f"`{new}` takes another value there"
            changes.values[argument.index] = self.filled(row, argument, bound, changes, row.value)
        action = changes.action.but(Outcome.REWRITTEN, row.id, reason)
        changes.action = self.judge.weighed(action, row.id, row.note)
