"""One module decided: every reference gets its finding, and what changes becomes edits."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.imports import import_edits, star_finding
from kmigrate.match.render import rendered
from kmigrate.match.sites import UNKNOWN, Court
from kmigrate.match.spelling import Imported, Speller
from kmigrate.model import Edit, EditCall, FillTemplate, Finding, Outcome, Respell, Span, Surface
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan import MethodUse, Scan, StringUse, Use
from kmigrate.scan.scopes import ImportStatement, Scope, is_inside
from kmigrate.text import SourceText

_QUALIFIED = re.compile(r"(?<![\w.'\"])(?:keras|tensorflow|tf_keras)(?:\.\w+)+")
SHIM = "an import shim gives this name; what it becomes cannot be written through it"
REBOUND = "the name may also stand for something else here"


@dataclass(eq=False, slots=True)
class Site:
    """A use with its action, and the part of its chain that is the symbol."""

    use: Use
    node: ast.Name | ast.Attribute
    action: Action
    span: Span
    is_left: bool = False
    ignored: bool = False
    text: str | None = None  # how the symbol is written after the migration


def _is_variable(use: Use) -> bool:
    """Is it a variable that was assigned something of a library, and stays what it is called?"""
    return not use.attributes and not any(one.imported for one in use.bindings)


def _reaches(scope: Scope, other: Scope) -> bool:
    """Is a name bound in `scope` seen in `other`?"""
    return scope is other or (scope.kind != "class" and is_inside(other, scope))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which findings are not acted on: by --select, --ignore, a comment, or --safe-only."""

    by_option: Callable[[Finding], bool]
    by_comment: Callable[[Finding], bool]
    safe_only: bool
    refused: Mapping[Span, str]  # edits that could not be made, with the reason

    def ignores(self, finding: Finding) -> bool:
        """Is a finding that would change or complain to be left alone?"""
        if finding.outcome is Outcome.KEPT:
            return False
        return self.by_option(finding) or self.by_comment(finding)


class Matcher:
    """Decides one scanned module."""

    def __init__(
        self, found: Scan, source: SourceText, court: Court, target: Surface, needed: frozenset[str], filters: Filter
    ) -> None:
        self._found = found
        self._source = source
        self._court = court
        self._target = target
        self._filters = filters
        self._sites = [site for use in found.uses if (site := self._site(use))]
        self._speller = Speller(found, court, needed, target.dialect)
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []
        self.left: list[tuple[Finding, str]] = []  # sites that keep a source dialect, with it

    def match(self) -> None:
        """Fill `findings` and `edits`."""
        for site in self._sites:
            self._leave(site)
            self._keep_roots(site)
        self._leave_imports()
        self._note_shims()
        self._spell()
        for site in self._sites:
            self._emit(site)
        for method in self._found.methods:
            self._method(method)
        for string in self._found.strings:
            self._string(string)
        self._imports()
        self.findings.sort(key=lambda finding: finding.span)

    # --- uses ---

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
            return Site(use, use.node, Action(), self._source.span(use.node))
        if not use.certain:
            action = Action("", Outcome.UNRESOLVED, (), REBOUND)
            return Site(use, node, action, span)
        call = use.call if tail == 0 else None
        if use.literal is not None or self._is_unsliceable(node, span):
            call = None
        action = self._court.action(use.names, call, use.attributes, _is_variable(use))
        return Site(use, node, action, span)

    def _is_unsliceable(self, node: ast.expr, span: Span) -> bool:
        """Inside an f-string, positions are not right before Python 3.12."""
        text, plain = self._source.slice(span), ast.unparse(node)
        if text == plain:
            return False
        try:
            return ast.unparse(ast.parse(f"({text})", mode="eval").body) != plain
        except SyntaxError:
            return True

    def _leave(self, site: Site) -> None:
        """Mark the site that keeps its text, with the imports that it goes through."""
        use, name = site.use, site.use.names[0]
        whole = self._source.span(use.call) if use.call is not None else site.span
        for span in (site.span, whole):
            if span in self._filters.refused:
                site.action = site.action.flagged("derived.refused", self._filters.refused[span])
                site.is_left = True
        finding = self._finding(whole, name, site.action)
        site.ignored = self._filters.ignores(finding) or self._is_import_ignored(site)
        by_safety = self._filters.safe_only and site.action.outcome is Outcome.REVIEW
        is_unclear = site.action.outcome is Outcome.UNRESOLVED
        site.is_left = site.is_left or site.ignored or by_safety or is_unclear
        if site.is_left and self._court.is_source(name) and not _is_variable(use):
            self._note_left(finding)
            for imported in self._speller.origins(use.bindings):
                self._speller.freeze(imported.binding)

    def _is_import_ignored(self, site: Site) -> bool:
        """A comment that leaves an import alone leaves what is written through it alone."""
        return any(
            self._filters.by_comment(self._import_finding(imported))
            for imported in self._speller.origins(site.use.bindings)
        )

    def _import_finding(self, imported: Imported) -> Finding:
        statement = imported.binding.statement
        assert statement is not None
        action = self._court.action((imported.before,))
        span = self._source.span(statement.node.names[imported.binding.index])
        return self._finding(span, imported.before, action)

    def _keep_roots(self, site: Site) -> None:
        """`import tensorflow.keras.layers` also gives the `tensorflow` of `tensorflow.reshape`."""
        if not self._court.is_source(site.use.names[0]):
            for imported in self._speller.origins(site.use.bindings):
                if self._court.is_source(imported.before):
                    self._speller.freeze(imported.binding)

    def _note_left(self, finding: Finding) -> None:
        located = locate(finding.symbol)
        if located is not None and not self._filters.by_comment(finding):
            self.left.append((finding, located[0]))

    def _note_shims(self) -> None:
        """What stays of a shim keeps its dialect in the program."""
        for imported in self._speller.imported.values():
            if imported.is_shim:
                self._note_left(self._import_finding(imported))

    def _leave_imports(self) -> None:
        """An imported name that nothing uses is left where its finding is ignored."""
        used = {binding for site in self._sites for binding in site.use.bindings}
        for binding, imported in self._speller.imported.items():
            is_dotted = binding.name != imported.before and "." in imported.before
            is_path = is_dotted and binding.imported != imported.before  # `import keras.layers.core`
            finding = self._import_finding(imported)
            if (binding not in used or is_path) and self._filters.ignores(finding):
                self._speller.freeze(binding)
        for statement, star in self._speller.stars.items():
            if self._filters.ignores(star_finding(statement, self._speller, self._source)):
                star.after = star.before

    def _spell(self) -> None:
        """Write every new name, first through what is there, then through new imports."""
        for site in self._sites:
            if not self._names(site):
                for binding in site.use.bindings:
                    self._speller.pin(binding, is_lost=site.use.is_loaded)
        waiting: list[Site] = []
        for site in self._sites:
            for binding in site.use.bindings:
                self._count(binding, 1, 0)
            if site.is_left:
                self._count_through(site)
            elif self._spell_through(site):
                self._count_through(site)
            else:
                waiting.append(site)
        waiting.sort(key=lambda site: (site.use.scope.kind != "module", site.span))
        for site in waiting:
            if not self._import_instead(site):
                self._spell_elsewhere(site)

    def _count(self, binding: object, uses: int, spelled: int) -> None:
        imported = self._speller.imported.get(binding)  # type: ignore[call-overload]
        holder = imported or self._speller.stars.get(getattr(binding, "statement", None))
        if holder is not None:
            holder.uses += uses
            holder.spelled += spelled

    def _count_through(self, site: Site) -> None:
        for binding in site.use.bindings:
            self._count(binding, 0, 1)

    def _names(self, site: Site) -> list[str]:
        """All qualified names that the site needs written."""
        action = site.action
        if action.template is not None:
            return [self._in_target(name, site) for name in _QUALIFIED.findall(action.template.text)]
        names = [action.name] if action.name else []
        return names + [
            self._in_target(name, site) for _, text in action.call.values for name in _QUALIFIED.findall(text)
        ]

    def _in_target(self, name: str, site: Site) -> str:
        """A name of a template, which says `keras.`, in the target's dialect.

        Beside raw TensorFlow the code keeps the Keras that it has.
        """
        located, source = locate(name), locate(site.use.names[0])
        if located is None or located[0] != "keras":
            return name
        dialect = source[0] if self._target.dialect == "tf" and source else self._target.dialect
        return qualified(dialect, located[1])

    def _base_text(self, use: Use) -> str:
        node: ast.expr = use.node
        for _ in range(use.attributes):
            assert isinstance(node, ast.Attribute)
            node = node.value
        return self._source.slice(self._source.span(node))

    def _through(self, site: Site, name: str) -> str | None:
        use = site.use
        texts = {
            self._speller.through(name, binding, base, self._base_text(use))
            for binding, base in zip(use.bindings, self._bases(use), strict=True)
        }
        return texts.pop() if len(texts) == 1 else None

    def _bases(self, use: Use) -> tuple[str, ...]:
        if len(use.bases) == len(use.bindings):
            return use.bases
        return tuple(use.bases[0] for _ in use.bindings)

    def _spell_through(self, site: Site) -> bool:
        names = self._names(site)
        if not names:
            return True
        if self._is_through_project(site, names):
            return True
        spelled = {name: self._through(site, name) for name in names}
        if any(text is None for text in spelled.values()):
            return False
        self._apply(site, {name: text for name, text in spelled.items() if text is not None})
        return True

    def _is_through_project(self, site: Site, names: list[str]) -> bool:
        """Does the project's own module that gives the name give the new one as well?"""
        use = site.use
        if self._speller.origins(use.bindings) or use.bindings[0].statement in self._speller.stars:
            return False
        old, new = locate(use.names[0]), [locate(name) for name in names]
        return site.action.template is None and old is not None and all(
            located is not None and located[1] == old[1] for located in new
        )

    def _import_instead(self, site: Site) -> bool:
        """`keras = tf.keras` becomes `import keras`: the assignment was an import."""
        parent, name = site.use.parent, site.action.name
        is_alias = (
            isinstance(parent, ast.Assign)
            and parent.value is site.use.node
            and len(parent.targets) == 1
            and isinstance(parent.targets[0], ast.Name)
        )
        if not is_alias or not self._court.is_target_module(name):
            return False
        assert isinstance(parent, ast.Assign) and isinstance(parent.targets[0], ast.Name)
        module, _, leaf = name.rpartition(".")
        local = parent.targets[0].id
        alias = "" if local == leaf else f" as {local}"
        site.span = self._source.span(parent)
        site.text = f"from {module} import {leaf}{alias}" if module else f"import {leaf}{alias}"
        return True

    def _spell_elsewhere(self, site: Site) -> None:
        origins = self._speller.origins(site.use.bindings)
        if site.action.outcome is Outcome.FLAGGED:
            site.action = replace(site.action, name="")
            for binding in site.use.bindings:
                self._speller.pin(binding, is_lost=True)
            self._count_through(site)
            return
        statement = self._statement(site)
        is_shim = any(one.is_shim for one in origins)
        if statement is None or is_shim:
            site.action = Action("", Outcome.UNRESOLVED, site.action.rules, SHIM)
            site.is_left = True
            self._count_through(site)
            return
        spelled: dict[str, str] = {}
        for name in self._names(site):
            through = self._through(site, name)
            if through is not None:
                self._count_through(site)
            spelled[name] = through or self._anew(site, name, statement)
        self._apply(site, spelled)

    def _anew(self, site: Site, name: str, statement: ImportStatement) -> str:
        position = (site.use.node.lineno, site.use.node.col_offset)
        seen = self._speller.visible(name, site.use.scope, position)
        if seen is not None:
            return seen
        base = locate(site.use.bases[0])
        old = locate(site.use.names[0])
        is_symbol = site.use.attributes == 0
        is_root = base is not None and old is not None and (base[1] == "" or base[0] != old[0])
        return self._speller.add(name, statement, is_symbol, is_root)

    def _statement(self, site: Site) -> ImportStatement | None:
        """The import statement behind which a new import for the site belongs."""
        bindings = [imported.binding for imported in self._speller.origins(site.use.bindings)]
        for binding in (*bindings, *site.use.bindings):
            statement = binding.statement
            if statement is not None and _reaches(statement.scope, site.use.scope):
                return statement
        imports = (*self._found.imports, *self._found.walked.imports)
        at_top = (
            one for one in imports if one.scope.kind == "module" and one.module != "__future__"
        )
        return next(at_top, None)

    def _apply(self, site: Site, spelled: dict[str, str]) -> None:
        """Put the spelled names into the site's action."""

        def written(text: str) -> str:
            return _QUALIFIED.sub(lambda found: spelled[self._in_target(found[0], site)], text)

        action = site.action
        if action.template is not None:
            template = replace(action.template, text=written(action.template.text))
            site.action = replace(action, template=template)
            return
        if action.name:
            site.text = spelled[action.name]
        values = tuple((index, written(text)) for index, text in action.call.values)
        site.action = replace(action, call=replace(action.call, values=values))

    # --- findings and edits ---

    def _emit(self, site: Site) -> None:
        edit = None if site.is_left else self._edit(site)
        action = site.action
        if edit is None and action.outcome is Outcome.REWRITTEN and not site.is_left:
            action = replace(action, outcome=Outcome.KEPT, rules=(), reason="")
        if edit is not None and action.outcome is Outcome.KEPT:
            action = replace(action, outcome=Outcome.REWRITTEN, reason="spelled for the target")
        span = edit.span if isinstance(edit, EditCall | FillTemplate) else site.span
        finding = self._finding(span, site.use.names[0], action)
        after = rendered(edit, self._source, site.use.call) if edit else ""
        self.findings.append(replace(finding, ignored=site.ignored, after=after))
        if edit is not None:
            self.edits.append(edit)

    def _edit(self, site: Site) -> Respell | EditCall | FillTemplate | None:
        action, use = site.action, site.use
        old = self._source.slice(site.span)
        if action.template is not None and use.call is not None:
            span = self._source.span(use.call)
            part = action.template
            return FillTemplate(span, part.text, part.captures, part.rest, part.rename)
        is_same = site.text is None or site.text == old or site.text == ast.unparse(site.node)
        callee = None if is_same else site.text
        if action.call and use.call is not None:
            change = action.call
            span = self._source.span(use.call)
            return EditCall(span, callee, change.rename, change.values, change.drop, change.append)
        return Respell(site.span, callee) if callee is not None else None

    def _finding(self, span: Span, symbol: str, action: Action) -> Finding:
        return Finding(span, symbol, action.outcome, action.rules, action.reason, self._source.slice(span))

    # --- methods, strings, imports ---

    def _method(self, use: MethodUse) -> None:
        proven = bool(use.classes)
        names = [f"{name}.{use.method}" for name in use.classes] if proven else self._guesses(use)
        names = [name for name in names if self._knows(name)]
        if not names or (proven and len(names) != len(use.classes)):
            return
        action = self._court.method(names, use.call)
        if not proven:
            if action.outcome is Outcome.KEPT:
                return
            action = action.but(
                Outcome.REVIEW, "", "recognised by the method's name alone: check what it is called on"
            )
        self._emit_method(use, names[0], action)

    def _guesses(self, use: MethodUse) -> list[str]:
        dialects = {located[0] for name in self._dialect_names() if (located := locate(name))}
        for dialect in sorted(dialects):
            for judge in self._court.judges(dialect):
                table, api = judge.table, judge.source.api
                for _, owner in table.method_names(api).get(use.method, ()):
                    return [qualified(dialect, f"{owner}.{use.method}")]
                for rule, owner in table.telling_arguments(api).get(use.method, ()):
                    if self._gives(use, rule):
                        return [qualified(dialect, f"{owner}.{use.method}")]
        return []

    def _gives(self, use: MethodUse, rule: str) -> bool:
        """Does the call give, by keyword, the argument that the rule is about?"""
        row = self._court.table.by_id(rule)
        keywords = {keyword.arg for keyword in use.call.keywords} if use.call else set()
        return isinstance(row, ArgumentRow) and row.argument in keywords

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
        finding = self._finding(span, symbol, action)
        ignored = self._filters.ignores(finding)
        by_safety = self._filters.safe_only and action.outcome is Outcome.REVIEW
        edits = [] if ignored or by_safety else list(self._method_edits(use, span, action))
        if not edits and action.outcome is Outcome.REWRITTEN:
            finding = replace(finding, outcome=Outcome.KEPT, rules=(), reason="")
        self.edits.extend(edits)
        after = ""
        if edits:
            after = rendered(edits[-1], self._source, use.call)
            if isinstance(edits[-1], EditCall | FillTemplate):
                span = edits[-1].span
                finding = replace(finding, span=span, before=self._source.slice(span))
        self.findings.append(replace(finding, ignored=ignored, after=after))

    def _method_edits(self, use: MethodUse, span: Span, action: Action) -> Iterator[Edit]:
        if action.template is not None and use.call is not None:
            if not _QUALIFIED.search(action.template.text):
                part = action.template
                whole = self._source.span(use.call)
                yield FillTemplate(whole, part.text, part.captures, part.rest, part.rename)
            return
        method = action.name or use.method
        if action.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED):
            return
        if method != use.method:
            yield Respell(span, method)
        if action.call and use.call is not None:
            change = action.call
            whole = self._source.span(use.call)
            yield EditCall(whole, None, change.rename, change.values, change.drop, change.append)

    def _string(self, use: StringUse) -> None:
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
        finding = self._finding(span, use.name, action)
        ignored = self._filters.ignores(finding)
        if action.outcome is Outcome.REVIEW and not ignored and not self._filters.safe_only:
            new = text[0] + after + text[-1]
            self.edits.append(Respell(span, new))
            finding = replace(finding, after=new)
        self.findings.append(replace(finding, ignored=ignored))

    def _imports(self) -> None:
        edits, findings = import_edits(self._speller, self._court, self._source)
        self.edits.extend(edits)
        for finding in findings:
            self.findings.append(replace(finding, ignored=self._filters.ignores(finding)))


__all__ = ["UNKNOWN", "Filter", "Matcher", "Scope"]
