"""What is written instead of an argument that is flagged elsewhere: where the file tells enough."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable

from kmigrate.match.calls import Argument, BoundCall
from kmigrate.match.changes import Changes, RefusalError
from kmigrate.match.judge import Judge
from kmigrate.match.kin import inherited
from kmigrate.match.making import is_data, is_plain, maker_names, with_made
from kmigrate.match.paths import asked_for, folder_of, is_renamed_by, renamed_end
from kmigrate.match.said import NOTHING_SAID, Said
from kmigrate.match.symbol import Symbol
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import ArgumentRow

_ATOMS = ast.Constant | ast.Name | ast.Attribute | ast.Tuple | ast.List | ast.Dict


class FlaggedArguments:
    """The arguments of one symbol's calls that have no form of their own in the target."""

    def __init__(
        self,
        judge: Judge,
        symbol: Symbol,
        text_of: Callable[[ast.expr], str],
        said: Said = NOTHING_SAID,
    ) -> None:
        self.said = said
        self.judge = judge
        self.symbol = symbol
        self.slice = text_of
        self.source_api = judge.source.api
        self.target_api = judge.goals.api_in(symbol.dialect)
        self.row = symbol.row
        goal = judge.goal_of(symbol).holding(symbol.destination)
        self.goal_path = (goal and goal.canonical(symbol.destination)) or symbol.destination
        self.target = goal.signature(self._own_destination()) if goal else None

    def _own_destination(self) -> str:
        """The destination; of a method, under the class of its receiver, which may override it."""
        judge, path, found = self.judge, self.symbol.path, self.symbol.destination
        own = inherited(
            judge.atlas, judge.goal, path, found, lambda one: judge.symbol(one).destination
        )
        return own if own and judge.goal.has(own) else found

    def instead(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes
    ) -> None:
        """Write what the row knows to write. Raises RefusalError where the file does not tell."""
        if row.above and (self.said.adder(bound.call) or self.said.opens(bound.call)):
            changes.drop.add(argument.index)
            changes.above = self.filled(row, argument, bound, changes, row.above)
            reason = f"{row.argument} is given to what is added above it"
            changes.action = changes.action.but(Outcome.REVIEW, row.id, reason)
        elif row.called and self._passed(row, argument, bound, changes):
            pass
        elif not (row.becomes and self._counted(row, argument, bound, changes)):
            self._new_suffix(row, argument, bound, changes)

    def _passed(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes
    ) -> bool:
        """Pass it to the call of what is made; False where that is not called at once, on a name."""
        outer = self.said.caller(bound.call)
        last = outer.args[-1] if outer is not None and outer.args else None
        if outer is None or not isinstance(last, ast.Name) or not is_plain(argument.value):
            return False
        name, _, _ = row.called.partition("=")
        if any(keyword.arg in (None, name) for keyword in outer.keywords):
            return False
        passed = row.called.replace("{value}", self.slice(argument.value))
        changes.drop.add(argument.index)
        changes.literals.append((last, f"{self.slice(last)}, {passed}"))
        changes.action = changes.action.but(Outcome.REVIEW, row.id, row.note)
        return True

    def saved_as(self, row: ArgumentRow, path: ast.expr) -> ArgumentRow | None:
        """The row that gives a path another suffix where the same file saves to it."""
        for saver in map(self.judge.table.by_id, row.follows):
            if isinstance(saver, ArgumentRow) and is_renamed_by(saver, path, self.said):
                return saver
        return None

    def _new_suffix(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes
    ) -> None:
        """Give the path another suffix, where its end stands in the file. Raises RefusalError."""
        saver = self.saved_as(row, argument.value) or row
        found = renamed_end(saver, argument.value, self.said, self.slice)
        if found is None or not self.said.may_end(found[0], saver.suffix):
            raise RefusalError(row.id, row.flag)
        changes.renamed[argument.index] = changes.old[argument.index] = row.argument
        if found[0] is argument.value:
            changes.values[argument.index] = found[1]
        else:
            changes.literals.append(found)
        changes.literals.extend(asked_for(saver, found[0], self.said, self.slice))
        if row.folder and self.said.is_statement(bound.call):
            folder = folder_of(argument.value, self.said, self.slice, row.placed)
            changes.before = row.folder.replace("{folder}", folder) if folder else ""
        reason = f"the path now ends in {saver.suffix}. {saver.flag}"
        changes.action = changes.action.but(Outcome.REVIEW, row.id, reason)

    def _counted(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes
    ) -> bool:
        """Write what the argument becomes by what makes another one; False where that is not known."""
        name, _, template = row.becomes.partition("=")
        texts = {one: argument.value for one, argument in bound.given().items()}
        data = next(
            (one for one in maker_names(template) if is_data(texts.get(one), self.said)), ""
        )
        if data:
            changes.drop.add(argument.index)
            changes.left_out.append(row.argument)
            reason = f"`{row.argument}` counted what a generator gives, and `{data}` is none"
            changes.action = changes.action.but(Outcome.REVIEW, row.id, reason)
            return True
        filled = with_made(template, texts, self.said, self.slice)
        if not filled:
            return False
        changes.renamed[argument.index], changes.old[argument.index] = name, row.argument
        changes.rows[argument.index] = row
        changes.values[argument.index] = self.filled(row, argument, bound, changes, filled)
        changes.action = changes.action.but(Outcome.REVIEW, row.id, row.note)
        return True

    def _with_receiver(self, row: ArgumentRow, bound: BoundCall, template: str) -> str:
        """The template, its `{self}` filled in. Raises RefusalError for more than a plain name."""
        if "{self}" not in template:
            return template
        func = bound.call.func if bound.call is not None else None
        receiver: ast.expr | None = func.value if isinstance(func, ast.Attribute) else None
        root = receiver
        while isinstance(root, ast.Attribute):
            root = root.value
        if receiver is None or not isinstance(root, ast.Name):
            raise RefusalError(row.id, f"`{row.argument}` needs the model by a name of its own")
        return template.replace("{self}", self.slice(receiver))

    def filled(
        self, row: ArgumentRow, argument: Argument, bound: BoundCall, changes: Changes, filled: str
    ) -> str:
        """The template `filled` of a row over this argument and others, which it consumes."""
        given = bound.given()
        texts = {"value": argument, **given}
        filled = self._with_receiver(row, bound, filled)
        if "{value.only}" in filled and isinstance(argument.value, ast.Dict):
            return filled.replace("{value.only}", self.slice(argument.value.values[0]))
        is_moved = filled.count("{") > 1  # before another argument, or written twice
        for name, other in texts.items():
            placeholder = "{" + name + "}"
            if placeholder not in filled:
                continue
            if is_moved and any(
                isinstance(node, ast.Call | ast.Lambda | ast.NamedExpr)
                for node in ast.walk(other.value)
            ):
                raise RefusalError(
                    row.id, f"`{name}` is more than a plain value: rewrite it by hand"
                )
            text = self.slice(other.value)
            is_atom = isinstance(other.value, _ATOMS)
            is_whole = re.search(r"[(,=]\s*" + re.escape(placeholder) + r"\s*[,)]", filled)
            filled = filled.replace(placeholder, text if is_atom or is_whole else f"({text})")
            if other.index != argument.index:
                changes.drop.add(other.index)
                changes.renamed.pop(other.index, None)
        return filled
