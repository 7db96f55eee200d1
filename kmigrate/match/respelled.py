"""What is decided about several places of a file at once, and written as respellings."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace

from kmigrate.dialects import qualified
from kmigrate.match.actions import Action
from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.model import Edit, Finding, Outcome, Respell, Span
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan import Scan
from kmigrate.text import SourceText


class Respelled:
    """Collects `findings` and `edits` for what rows on arguments say of places elsewhere."""

    def __init__(self, found: Scan, source: SourceText, court: Court, filters: Filter) -> None:
        self._found, self._source, self._court, self._filters = found, source, court, filters
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def _emit(
        self, value: ast.expr | ast.arg, edits: Sequence[Respell], dialect: str, row: ArgumentRow
    ) -> None:
        span, symbol = self._source.span(value), qualified(dialect, row.on[0])
        finding = finding_of(
            self._source, span, symbol, Action(symbol).but(Outcome.REVIEW, row.id, row.note)
        )
        ignored = self._filters.ignores(finding)
        is_left = ignored or self._filters.safe_only
        if not is_left:
            self.edits.extend(edits)
        after = "" if is_left else self._after(span, edits)
        self.findings.append(replace(finding, ignored=ignored, after=after))

    def _after(self, span: Span, edits: Sequence[Respell]) -> str:
        """What stands at the span when the edits are made."""
        start, end = self._source.offsets(span)
        text = self._source.text[start:end]
        for edit in sorted(edits, key=lambda edit: self._source.offsets(edit.span), reverse=True):
            low, high = (offset - start for offset in self._source.offsets(edit.span))
            text = text[:low] + edit.text + text[high:]
        return text
