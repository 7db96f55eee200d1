"""Methods that subclasses define for the library to call: renamed with it, or flagged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.model import Edit, Finding, Outcome, Respell, Span
from kmigrate.scan import DefinitionUse
from kmigrate.text import SourceText

_NAME = re.compile(r"(?:async[\s\\]+)?def[\s\\]+")


class Definitions:
    """Decides definitions of hooks; fills `findings` and `edits`."""

    def __init__(self, source: SourceText, court: Court, filters: Filter) -> None:
        self._source = source
        self._court = court
        self._filters = filters
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def definition(self, use: DefinitionUse) -> None:
        """Decide one `def`."""
        name = use.node.name
        known = list(self._known(use))
        if not known:
            return
        action = self._court.method(known, None)
        is_about_hooks = any(self._court.table.is_hook(rule) for rule in action.rules)
        if not is_about_hooks or action.name in use.beside:
            return  # where the class has both, each API calls its own
        span = self._span(use)
        finding = finding_of(self._source, span, known[0], action)
        ignored = self._filters.ignores(finding)
        is_change = action.outcome in (Outcome.REWRITTEN, Outcome.REVIEW)
        by_safety = self._filters.safe_only and action.outcome is Outcome.REVIEW
        if is_change and action.name != name and not ignored and not by_safety:
            self.edits.append(Respell(span, action.name))
            finding = replace(finding, after=action.name)
        self.findings.append(replace(finding, ignored=ignored))

    def _known(self, use: DefinitionUse) -> Iterator[str]:
        for name in (f"{one}.{use.node.name}" for one in use.classes):
            if any(not reading.tail for reading in self._court.readings(name)):
                yield name

    def _span(self, use: DefinitionUse) -> Span:
        """Where the name stands behind `def`."""
        whole = self._source.span(use.node)
        start, _ = self._source.offsets(whole)
        keyword = _NAME.match(self._source.text, start)
        assert keyword is not None
        before = self._source.text[start : keyword.end()]
        line = whole.line + before.count("\n")
        column = len(before.rpartition("\n")[2]) + (0 if "\n" in before else whole.column)
        return Span(line, column, line, column + len(use.node.name))
