"""One module decided: every reference gets its finding, and what changes becomes edits."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from kmigrate.match.batches import Batches
from kmigrate.match.closures import Closures
from kmigrate.match.definitions import Definitions
from kmigrate.match.handed import Handed
from kmigrate.match.handed_on import HandedOn
from kmigrate.match.heads import head_of
from kmigrate.match.imports import import_edits
from kmigrate.match.instances import Instances
from kmigrate.match.keys import Keys
from kmigrate.match.leaving import Sites
from kmigrate.match.members import Members
from kmigrate.match.render import rendered
from kmigrate.match.site import Filter, Site, finding_of
from kmigrate.match.sites import Court
from kmigrate.match.spelling import Speller
from kmigrate.match.writing import Writer, lines_above
from kmigrate.model import (
    Edit,
    EditCall,
    FillTemplate,
    Finding,
    InsertLine,
    Outcome,
    Respell,
    Span,
    Surface,
)
from kmigrate.scan import Scan
from kmigrate.text import SourceText


class Matcher:
    """Decides one scanned module."""

    def __init__(
        self,
        found: Scan,
        source: SourceText,
        court: Court,
        target: Surface,
        needed: frozenset[str],
        filters: Filter,
    ) -> None:
        self._found = found
        self._source = source
        self._court = court
        self._filters = filters
        self._target = target
        self._speller = Speller(found, court, needed, target.dialect)
        self._sites = Sites(found, source, court, self._speller, target, filters)
        self._writer = Writer(found, source, court, self._speller, target)
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    @property
    def left(self) -> list[tuple[Finding, str]]:
        """What keeps its text in a source dialect, each with that dialect."""
        return self._sites.left

    @property
    def kept_imports(self) -> frozenset[str]:
        """The import statements that no shim shall hide."""
        return frozenset(
            ast.unparse(plan.statement.node)
            for plan in self._speller.plans.values()
            if any(map(self._sites.is_no_shim_wanted, plan.names))
        )

    def match(self) -> None:
        """Fill `findings` and `edits`."""
        self._sites.settle()
        for site in self._sites.sites:
            self._hold_lines(site)
        self._writer.write(self._sites.sites)
        for site in self._sites.sites:
            self._emit(site)
        self._members()
        self._definitions()
        self._keys()
        self._closures()
        self._imports()
        self.edits = list(dict.fromkeys(self.edits))  # two calls may be given the same name
        self.findings.sort(key=lambda finding: finding.span)

    def _hold_lines(self, site: Site) -> None:
        """What is added above a statement takes a line of its own."""
        outer = self._court.said.adder(site.use.call) if site.action.call.above else None
        if outer is not None:
            line = self._source.lines[outer.lineno - 1]
            if line[: self._source.span(outer).column].strip():
                reason = "another statement stands before it on the line"
                site.action = site.action.flagged(site.action.rules[-1], reason)

    def _added(self, site: Site) -> Iterator[InsertLine | Respell]:
        outer, call = self._court.said.adder(site.use.call), site.use.call
        if outer is None and call is not None:
            start = self._source.span(call)
            for text in site.action.call.above:
                yield Respell(Span(start.line, start.column, start.line, start.column), f"{text}, ")
        if outer is not None:
            callee = self._source.slice(self._source.span(outer.func))
            for text in site.action.call.above:
                yield InsertLine(outer.lineno, f"{callee}({text})")
        yield from lines_above(self._source, call, site.action.call)

    def _headed(self, call: ast.Call | None) -> Iterator[InsertLine | Respell]:
        """The call has a name of its own, and the model is made again where its last layer stands."""
        head = head_of(call, self._court.said)
        if head is None or call is None:
            return
        outer, inner = self._source.span(head.adding), self._source.span(call)
        yield Respell(Span(outer.line, outer.column, inner.line, inner.column), f"{head.joined} = ")
        yield Respell(Span(inner.end_line, inner.end_column, outer.end_line, outer.end_column), "")
        name = head.joined
        made = f"type({name})({name}.inputs, {head.model}({name}.outputs[0]))"
        yield InsertLine(head.used.lineno, f"{head.model} = {made}")

    def _members(self) -> None:
        members = Members(
            self._found, self._source, self._court, self._speller, self._target, self._filters
        )
        for method in self._found.methods:
            members.method(method)
        for string in self._found.strings:
            members.string(string)
        self.findings.extend(members.findings)
        self.edits.extend(members.edits)

    def _definitions(self) -> None:
        definitions = Definitions(self._source, self._court, self._filters)
        for definition in self._found.definitions:
            definitions.definition(definition)
        self.findings.extend(definitions.findings)
        self.edits.extend(definitions.edits)

    def _keys(self) -> None:
        keys = Keys(self._found, self._source, self._court, self._filters)
        keys.decide()
        batches = Batches(self._found, self._source, self._court, self._filters)
        batches.decide()
        instances = Instances(self._found, self._source, self._court, self._filters)
        instances.decide()
        handed = Handed(self._found, self._source, self._court, self._filters)
        handed.decide()
        handed_on = HandedOn(self._found, self._source, self._court, self._filters)
        handed_on.decide()
        for part in (keys, batches, instances, handed, handed_on):
            self.findings.extend(part.findings)
            self.edits.extend(part.edits)

    def _closures(self) -> None:
        found, source, filters = self._found, self._source, self._filters
        self.findings.extend(Closures(found, source, self._court, self._target, filters).findings())

    def _imports(self) -> None:
        edits, findings = import_edits(self._speller, self._court, self._source)
        self.edits.extend(edits)
        for finding in findings:
            self.findings.append(replace(finding, ignored=self._filters.ignores(finding)))

    def _emit(self, site: Site) -> None:
        edit = None if site.is_left else self._edit(site)
        action = site.action
        if edit is None and action.outcome is Outcome.REWRITTEN and not site.is_left:
            action = replace(action, outcome=Outcome.KEPT, rules=(), reason="")
        if edit is not None and action.outcome is Outcome.KEPT:
            action = replace(action, outcome=Outcome.REWRITTEN, reason="spelled for the target")
        span = edit.span if isinstance(edit, EditCall | FillTemplate) else site.span
        warned = finding_of(self._source, span, site.use.names[0], action.warned())
        if not site.is_left and not self._filters.ignores(warned):
            action = action.warned()
        action = action.noted()
        finding = finding_of(self._source, span, site.use.names[0], action)
        after = rendered(edit, self._source, site.use.call) if edit else ""
        self.findings.append(replace(finding, ignored=site.ignored, after=after))
        if edit is not None:
            self.edits.append(edit)
            self.edits.extend(self._added(site))
            if site.action.template is not None and site.action.template.heads:
                self.edits.extend(self._headed(site.use.call))
        if not site.is_left:
            self.edits.extend(self._literal_edits(site))

    def _edit(self, site: Site) -> Respell | EditCall | FillTemplate | None:
        action, use = site.action, site.use
        old = self._source.slice(site.span)
        if action.template is not None and use.call is not None:
            span = self._source.span(use.call)
            part = action.template
            return FillTemplate(span, part.text, part.captures, part.rest, part.rename)
        if action.template is not None:
            return Respell(site.span, self._quoted(action.template.text, use.node))
        is_same = site.text is None or site.text == old or site.text == ast.unparse(site.node)
        callee = None if is_same else site.text
        if action.call.is_edit and use.call is not None:
            change = action.call
            span = self._source.span(use.call)
            return EditCall(span, callee, change.rename, change.values, change.drop, change.append)
        return Respell(site.span, callee) if callee is not None else None

    def _quoted(self, text: str, node: ast.expr) -> str:
        """The text, in quotes that do not end an f-string that it stands in."""
        formatted = (
            one
            for one in ast.walk(self._found.walked.module.node)
            if isinstance(one, ast.JoinedStr) and node in ast.walk(one)
        )
        ends = {self._source.slice(self._source.span(one))[-1] for one in formatted}
        return text.replace('"', "'") if '"' in ends else text

    def _literal_edits(self, site: Site) -> Iterator[Respell]:
        """What the call is compared with, in the words of what it becomes."""
        template = site.action.template
        for literal, text in site.action.call.literals:
            yield Respell(self._source.span(literal), text)
        for literal, value in template.literals if template is not None else ():
            span = self._source.span(literal)
            quote = self._source.slice(span)[-1]
            yield Respell(span, f"{quote}{value}{quote}")
