"""The sites of a module judged, and those of them that keep their text."""

from __future__ import annotations

import ast
from dataclasses import replace
from functools import cached_property

from kmigrate.dialects import locate
from kmigrate.match.actions import Action
from kmigrate.match.both import BOTH
from kmigrate.match.importing import Imported
from kmigrate.match.imports import star_finding
from kmigrate.match.rebound import OUT_OF_REACH
from kmigrate.match.site import Filter, Site, finding_of, is_variable
from kmigrate.match.sites import Court
from kmigrate.match.spelling import Speller
from kmigrate.match.symbolic import Symbolic
from kmigrate.model import Finding, Outcome, Span, Surface
from kmigrate.scan import Scan, Use
from kmigrate.text import SourceText

REBOUND = "the name may also stand for something else here"


class Sites:
    """Judges every use of a module; `left` are findings that keep a source dialect, with it."""

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
        self._filters = filters
        self.left: list[tuple[Finding, str]] = []
        self._symbolic = Symbolic(found, court, target)
        self.sites = [self._site(use) for use in found.uses]

    def settle(self) -> None:
        """Mark what keeps its text, before anything is written."""
        for site in self.sites:
            self.leave(site)
            self.keep_roots(site)
        self.leave_imports()
        self.note_shims()

    def _site(self, use: Use) -> Site:
        if not use.is_loaded and not use.attributes:
            return Site(use, use.node, Action(), self._source.span(use.node))  # `del K`, `K += 1`
        sources = [name for name in use.names if self._court.is_source(name)]
        readings = [reading for name in sources for reading in self._court.readings(name)]
        tails = [0 if r.is_unknown else len(r.tail) for r in readings]
        tail = max((length for length in tails if length <= use.attributes), default=0)
        node = use.node
        for _ in range(tail):
            assert isinstance(node, ast.Attribute)
            node = node.value  # type: ignore[assignment]
        span = self._source.span(node)
        if not sources:
            action = self._symbolic.called(use, self._beside(use))
            return Site(use, use.node, action, self._source.span(use.node))
        if not use.certain:
            action = Action("", Outcome.UNRESOLVED, (), REBOUND)
            return Site(use, node, action, span)
        call = use.call if tail == 0 else None
        if use.literal is not None or self._is_unsliceable(node, span):
            call = None
        action = self._court.action(use.names, call, use.attributes, is_variable(use))
        if call is not None and tail == 0:
            action = self._symbolic.called(use, action)
        if action.template is not None and action.template.rebinds:
            action = Action().flagged(action.rules[-1], OUT_OF_REACH)  # no method of a name
        if action.template is not None and not use.is_loaded:
            action = Action().flagged(action.rules[-1], action.reason)
        return Site(use, node, action, span)

    def _beside(self, use: Use) -> Action:
        """The verdict on what is no source, in a module that uses one."""
        if not self._uses_source:
            return Action()
        gone = self._court.raw.outlived(use.names, use.call, use.attributes)
        is_said = gone.outcome is not Outcome.KEPT or not self._is_in_subclass(use)
        return gone if is_said else self._court.raw.beside(use.names, use.call)

    @cached_property
    def _uses_source(self) -> bool:
        used = (name for one in self._found.uses for name in one.names)
        imported = (one.imported for part in self._found.imports for one in part.bindings)
        return any(map(self._court.is_source, (*used, *imported)))

    def _is_in_subclass(self, use: Use) -> bool:
        """Does it stand in a method of a class with bases?"""
        owner = use.scope.owner.node if use.scope.owner is not None else None
        return isinstance(owner, ast.ClassDef) and bool(owner.bases)

    def _is_unsliceable(self, node: ast.expr, span: Span) -> bool:
        """Inside an f-string, positions are not right before Python 3.12."""
        text, plain = self._source.slice(span), ast.unparse(node)
        if text == plain:
            return False
        try:
            return ast.unparse(ast.parse(f"({text})", mode="eval").body) != plain
        except SyntaxError:
            return True

    def leave(self, site: Site) -> None:
        """Mark the site that keeps its text, with the imports that it goes through."""
        use, name = site.use, site.use.names[0]
        whole = self._source.span(use.call) if use.call is not None else site.span
        for span in (site.span, whole):
            if span in self._filters.refused:
                # Flagged without a name: the text stays, its import is respelled under it.
                site.action = Action().flagged("derived.refused", self._filters.refused[span])
        finding = finding_of(self._source, whole, name, site.action)
        site.ignored = self._filters.ignores(finding) or self._is_import_ignored(site)
        by_safety = self._filters.safe_only and site.action.outcome is Outcome.REVIEW
        is_unclear = site.action.outcome is Outcome.UNRESOLVED
        site.is_left = site.is_left or site.ignored or by_safety or is_unclear
        if site.is_left and self._court.is_source(name) and not is_variable(use):
            self._note_left(finding)
            for imported in self._speller.origins(use.bindings):
                self._speller.freeze(imported.binding)

    def _is_import_ignored(self, site: Site) -> bool:
        """A comment that leaves an import alone leaves what is written through it alone."""
        return any(map(self.is_set_aside, self._speller.origins(site.use.bindings)))

    def is_set_aside(self, imported: Imported) -> bool:
        """Does a comment say to leave the import alone?"""
        return self._filters.by_comment(self._import_finding(imported))

    def is_no_shim_wanted(self, imported: Imported) -> bool:
        """Shall the import have no shim, as the person says or since it is one?"""
        finding = replace(self._import_finding(imported), rules=(BOTH,))
        is_ignored = self._filters.by_option(finding) or self._filters.by_comment(finding)
        return imported.is_shim or is_ignored

    def _import_finding(self, imported: Imported) -> Finding:
        statement = imported.binding.statement
        assert statement is not None
        action = self._court.action((imported.before,))
        span = self._source.span(statement.node.names[imported.binding.index])
        return finding_of(self._source, span, imported.before, action)

    def keep_roots(self, site: Site) -> None:
        """`import tensorflow.keras.layers` also gives the `tensorflow` of `tensorflow.reshape`."""
        if not self._court.is_source(site.use.names[0]):
            for imported in self._speller.origins(site.use.bindings):
                if self._court.is_source(imported.before):
                    self._speller.freeze(imported.binding)

    def _note_left(self, finding: Finding) -> None:
        located = locate(finding.symbol)
        if located is not None and not self._filters.by_comment(finding):
            self.left.append((finding, located[0]))

    def note_shims(self) -> None:
        """What stays of a shim keeps its dialect in the program."""
        for imported in self._speller.imported.values():
            if imported.is_shim:
                self._note_left(self._import_finding(imported))

    def leave_imports(self) -> None:
        """An imported name that nothing uses is left where its finding is ignored."""
        used = {binding for site in self.sites for binding in site.use.bindings}
        for binding, imported in self._speller.imported.items():
            is_dotted = binding.name != imported.before and "." in imported.before
            is_path = (
                is_dotted and binding.imported != imported.before
            )  # `import keras.layers.core`
            finding = self._import_finding(imported)
            if (binding not in used or is_path) and self._filters.ignores(finding):
                self._speller.freeze(binding)
        for statement, star in self._speller.stars.items():
            if self._filters.ignores(star_finding(statement, self._speller, self._source)):
                star.after = star.before
