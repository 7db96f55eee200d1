"""Methods and attributes of receivers, and names in strings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.held import counts_late
from kmigrate.match.importing import QUALIFIED
from kmigrate.match.judge import Judge
from kmigrate.match.rebound import OUT_OF_REACH, is_own_method, is_rebindable
from kmigrate.match.render import rendered
from kmigrate.match.restored import Restored
from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.match.spelling import Speller
from kmigrate.match.symbolic import Symbolic
from kmigrate.match.unknown import unseen
from kmigrate.match.warnings import speaks_by_name, warned_by_name
from kmigrate.match.writing import in_target, lines_above, statement_above
from kmigrate.model import Edit, EditCall, FillTemplate, Finding, Outcome, Respell, Span, Surface
from kmigrate.rulebook.rows import ArgumentRow, FlagRow, When
from kmigrate.scan import MethodUse, Scan, StringUse
from kmigrate.text import SourceText

SET_AROUND = "it is set around the calls that look at it"
NO_IMPORT = "it needs {}, and no import stands above it to put another behind"


class Members:
    """Decides what stands behind a receiver or in a string; fills `findings` and `edits`."""

    def __init__(
        self,
        found: Scan,
        source: SourceText,
        court: Court,
        speller: Speller,
        target: Surface,
        filters: Filter,
    ) -> None:
        self._found = found
        self._source = source
        self._court = court
        self._speller = speller
        self._target = target
        self._filters = filters
        self._symbolic = Symbolic(found, court, target)
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def method(self, use: MethodUse) -> None:
        """Decide a method or attribute of a receiver."""
        if use.method == "__init__":
            self._initialiser(use)
            return
        if not use.is_loaded and self._setting(use):
            return
        taken = self._symbolic.taken(use, self._older_judges)
        if taken is not None:
            self._emit_method(use, *taken)
            return
        proven = bool(use.classes)
        names = [f"{name}.{use.method}" for name in use.classes] if proven else self._guesses(use)
        row = unseen(map(self._court.readings, names), self._court.table) if proven else None
        if row is not None:
            self._emit_method(use, names[0], Action(use.method).flagged(row.id, row.message))
            return
        names = [name for name in names if self._knows(name)]
        if not names or (proven and len(names) != len(use.classes)):
            return
        action = self._court.method(names, use.call)
        if not proven:
            action = warned_by_name(self._court.table, action)
            is_written = action.call or action.template or action.name not in ("", use.method)
            is_said = action.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED)
            if action.outcome is Outcome.KEPT or not (is_written or is_said):
                return
            action = action.but(
                Outcome.REVIEW,
                "",
                "recognised by the method's name alone: check what it is called on",
            )
        if action.template is not None and action.template.rebinds:
            if is_own_method(use):
                return
            if not is_rebindable(use, self._court.said):
                action = action.flagged(action.rules[-1], OUT_OF_REACH)
        self._emit_method(use, names[0], action)

    @cached_property
    def _older_judges(self) -> list[Judge]:
        """Those of the APIs that the file may be written for, but the target's own."""
        judges = (judge for one in self._dialects() for judge in self._court.judges(one))
        return [judge for judge in judges if not judge.is_same]

    def _setting(self, use: MethodUse) -> bool:
        """Flag an attribute that is set behind a call after which it means something else."""
        for dialect in self._dialects():
            for judge in self._court.judges(dialect):
                row = judge.table.settings(judge.source.api, judge.target.api).get(use.method)
                is_meant = row is not None and (not row.dialects or dialect in row.dialects)
                if row is None or not is_meant or judge.is_same:
                    continue
                symbol = qualified(dialect, row.symbols[0])
                if row.instead and use.classes:
                    action = Action(row.instead).but(Outcome.REVIEW, row.id, row.message)
                    self._emit_method(use, symbol, action)
                    return True
                if not row.instead and self._was_called(use, row.after):
                    self._emit_setting(use, symbol, row)
                    return True
                if row.around and counts_late(row, use.node, self._found.walked.module.node):
                    self._emit_method(use, symbol, Action(use.method).flagged(row.id, row.message))
                    return True
        return False

    def _emit_setting(self, use: MethodUse, symbol: str, row: FlagRow) -> None:
        """Set it around what looks at it now, where the file shows all of that; else flag it."""
        restored = Restored(row, use.node, self._found.walked.module.node, self._source)
        edits = restored.edits() if row.around else None
        if edits is None:
            self._emit_method(use, symbol, Action(use.method).flagged(row.id, row.message))
        elif edits:
            action = Action(use.method, Outcome.REVIEW, (row.id,), f"{SET_AROUND}: {row.message}")
            self._emit_method(use, symbol, action)
            if not (self.findings[-1].ignored or self._filters.safe_only):
                self.edits.extend(edits)

    def _was_called(self, use: MethodUse, method: str) -> bool:
        """Was the method called above on what the attribute is set on?"""
        receiver = ast.unparse(use.node.value)
        return any(
            chain.call is not None
            and chain.attributes[-1:] == (method,)
            and chain.node.lineno < use.node.lineno
            and isinstance(chain.node, ast.Attribute)
            and ast.unparse(chain.node.value) == receiver
            for chain in self._found.walked.chains
        )

    def _initialiser(self, use: MethodUse) -> None:
        """`super().__init__(...)` takes what the class takes that it initialises."""
        if not use.classes or use.call is None or not all(map(self._knows, use.classes)):
            return
        verdicts = [self._court.action((name,), use.call) for name in use.classes]
        changes = {action.call for action in verdicts}
        is_said = verdicts[0].call or verdicts[0].outcome is Outcome.FLAGGED
        if len(changes) == 1 and not verdicts[0].template and is_said:
            self._emit_method(use, use.classes[0], replace(verdicts[0], name="__init__"))

    def _guesses(self, use: MethodUse) -> list[str]:
        spoken = self._dialects()
        for dialect in spoken or self._court.dialects:  # the project may speak of one elsewhere
            for judge in self._court.judges(dialect):
                table, api = judge.table, judge.source.api
                for rule, owner in table.method_names(api).get(use.method, ()):
                    if speaks_by_name(
                        use, owner, self._court.table.by_id(rule), is_alone=not spoken
                    ):
                        return [qualified(dialect, f"{owner}.{use.method}")]
                for rule, owner in table.telling_arguments(api).get(use.method, ()):
                    if self._gives(use, rule, is_alone=not spoken):
                        return [qualified(dialect, f"{owner}.{use.method}")]
        return []

    def _gives(self, use: MethodUse, rule: str, *, is_alone: bool) -> bool:
        """Does the call give, by keyword, the argument that the rule is about, whatever its value?"""
        row = self._court.table.by_id(rule)
        keywords = {keyword.arg for keyword in use.call.keywords} if use.call else set()
        if not isinstance(row, ArgumentRow) or (is_alone and row.when != When()):
            return False
        return row.argument in keywords

    def _dialects(self) -> list[str]:
        """The dialects that the file speaks of."""
        found = {located[0] for name in self._dialect_names() if (located := locate(name))}
        return sorted(found)

    def _dialect_names(self) -> Iterator[str]:
        for use in self._found.uses:
            yield from use.names
        for statement in self._found.imports:
            yield from (binding.imported for binding in statement.bindings)

    def _knows(self, name: str) -> bool:
        readings = self._court.readings(name)
        return any(not reading.tail and reading.is_member_to_report for reading in readings)

    def _emit_method(self, use: MethodUse, symbol: str, action: Action) -> None:
        whole = self._source.span(use.node)
        span = replace(whole, line=whole.end_line, column=whole.end_column - len(use.method))
        if self._source.slice(span) != use.method:
            return
        warned = action.warned()
        if not self._filters.ignores(finding_of(self._source, span, symbol, warned)):
            action = warned
        finding = finding_of(self._source, span, symbol, action)
        ignored = self._filters.ignores(finding)
        by_safety = self._filters.safe_only and action.outcome is Outcome.REVIEW
        is_left = ignored or by_safety
        if not is_left:
            action = self._spelled(use, symbol, action)
            finding = finding_of(self._source, span, symbol, action)
        edits = [] if is_left else list(self._method_edits(use, span, action))
        if not edits and action.outcome is Outcome.REWRITTEN:
            action = replace(action, outcome=Outcome.KEPT, rules=(), reason="")
        finding = finding_of(self._source, span, symbol, action.noted())
        self.edits.extend(edits)
        after = ""
        if edits:
            after = rendered(edits[-1], self._source, use.call)
            if isinstance(edits[-1], FillTemplate) and use.call is None:
                receiver = self._source.slice(self._source.span(use.node.value))
                after = edits[-1].template.replace("{self}", receiver)
            if isinstance(edits[-1], EditCall | FillTemplate):
                span = edits[-1].span
                finding = replace(finding, span=span, before=self._source.slice(span))
        self.findings.append(replace(finding, ignored=ignored, after=after))

    def _spelled(self, use: MethodUse, symbol: str, action: Action) -> Action:
        """The action with its qualified names as they are written where the method stands."""

        def written(text: str) -> str:
            return QUALIFIED.sub(lambda name: spelled[name[0]], text)

        change, template = action.call, action.template
        names = QUALIFIED.findall(" ".join((*change.texts, template.text if template else "")))
        spelled = {name: self._written(name, use, symbol) for name in names}
        if not all(spelled.values()):
            return action.flagged(action.rules[-1], NO_IMPORT.format(", ".join(spelled)))
        if template is not None:
            rule = template.rule or template.text
            template = replace(template, text=written(template.text), rule=rule)
        values = tuple((index, written(text)) for index, text in change.values)
        append = tuple((name, written(text)) for name, text in change.append)
        before = tuple(map(written, change.before))
        change = replace(change, values=values, append=append, before=before)
        return replace(action, template=template, call=change)

    def _written(self, name: str, use: MethodUse, symbol: str) -> str:
        """How a qualified name is written there; "" where no import stands above."""
        name = in_target(name, symbol, self._target)
        seen = self._speller.visible(name, use.scope, (use.node.lineno, use.node.col_offset))
        statement = statement_above(self._found, use.scope, use.node.lineno)
        if seen is not None or statement is None:
            return seen or ""
        return self._speller.add(name, statement, as_symbol=False, from_root=False)

    def _method_edits(self, use: MethodUse, span: Span, action: Action) -> Iterator[Edit]:
        if action.template is not None:
            part = action.template
            whole = self._source.span(use.call or use.node)
            if part.rebinds:
                start = replace(whole, end_line=whole.line, end_column=whole.column)
                name = self._source.slice(self._source.span(use.node.value))
                yield Respell(start, f"{name} = ")
            yield FillTemplate(whole, part.text, part.captures, part.rest, part.rename)
            return
        method = action.name or use.method
        if action.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED):
            return
        yield from lines_above(self._source, use.call, action.call)
        if method != use.method:
            yield Respell(span, method)
        for literal, text in action.call.literals:
            yield Respell(self._source.span(literal), text)
        if action.call.is_edit and use.call is not None:
            change = action.call
            whole = self._source.span(use.call)
            yield EditCall(whole, None, change.rename, change.values, change.drop, change.append)

    def string(self, use: StringUse) -> None:
        """Decide a string that names something of a library."""
        if not self._court.is_source(use.name):
            return
        span = self._source.span(use.literal)
        text = self._source.slice(span)
        after = self._court.destination(use.name)
        is_path = use.literal.value == use.name
        if is_path and text[1:-1] == use.name and after and after != use.name:
            reason = "a name in a string: check that it is looked up where the code now finds it"
            action = Action(after, Outcome.REVIEW, ("derived.string",), reason)
        else:
            reason = f"a name in a string; it would be `{after}`" if after else "a name in a string"
            action = Action("", Outcome.UNRESOLVED, ("derived.string",), reason)
        if is_path and after == use.name:
            action = Action(after)
        finding = finding_of(self._source, span, use.name, action)
        ignored = self._filters.ignores(finding)
        if action.outcome is Outcome.REVIEW and not ignored and not self._filters.safe_only:
            new = text[0] + after + text[-1]
            self.edits.append(Respell(span, new))
            finding = replace(finding, after=new)
        self.findings.append(replace(finding, ignored=ignored))
