"""Names written for their place: through the imports that are there, else through new ones."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action, CallChange
from kmigrate.match.goals import SHIM
from kmigrate.match.importing import QUALIFIED
from kmigrate.match.site import Site, reaches
from kmigrate.match.sites import Court
from kmigrate.match.spelling import Speller
from kmigrate.match.taken import through_own_star
from kmigrate.model import InsertLine, Outcome, Span, Surface
from kmigrate.scan import Scan, Use
from kmigrate.scan.scopes import ImportStatement, Scope
from kmigrate.text import SourceText

GIVEN_BY_SHIM = "an import shim gives this name; what it becomes cannot be written through it"


def in_target(name: str, beside: str, target: Surface) -> str:
    """A name of a template, which says `keras.`, in the target's dialect.

    Beside raw TensorFlow the code keeps the Keras that it has, which `beside` is a name of.
    """
    located, source = locate(name), locate(beside)
    if located is None or located[0] != "keras":
        return name
    dialect = source[0] if target.dialect == "tf" and source else target.dialect
    return qualified(dialect, located[1])


def statement_above(found: Scan, scope: Scope, line: int) -> ImportStatement | None:
    """The first import above a line that is in force in `scope`, one of a library before others."""
    above = (
        one
        for one in (*found.imports, *found.walked.imports)
        if reaches(one.scope, scope) and one.module != "__future__" and one.node.lineno < line
    )
    return next(above, None)


def _turn(site: Site) -> tuple[bool, bool, Span]:
    """What may keep an import as it is comes before what is written through it."""
    return site.action.outcome is not Outcome.FLAGGED, site.use.scope.kind != "module", site.span


class Writer:
    """Spells the qualified names of actions where they stand."""

    def __init__(
        self, found: Scan, source: SourceText, court: Court, speller: Speller, target: Surface
    ) -> None:
        self._found = found
        self._source = source
        self._court = court
        self._speller = speller
        self._target = target

    def write(self, sites: list[Site]) -> None:
        """Write every new name, first through what is there, then through new imports."""
        for site in sites:
            if not self._names(site) and not _is_plain_text(site):
                for binding in site.use.bindings:
                    self._speller.pin(binding, is_lost=site.use.is_loaded)
        waiting: list[Site] = []
        for site in sites:
            for binding in site.use.bindings:
                self._count(binding, 1, 0)
            if _is_plain_text(site):
                continue
            if site.is_left or self._spell_through(site):
                self._count_through(site)
            else:
                waiting.append(site)
        waiting.sort(key=_turn)
        for site in waiting:
            if not self._import_instead(site):
                self._spell_elsewhere(site)

    def _count(self, binding: object, uses: int, spelled: int) -> None:
        imported = self._speller.imported.get(binding)  # type: ignore[call-overload]
        statement = getattr(binding, "statement", None)
        holder = imported or (self._speller.stars.get(statement) if statement else None)
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
            return [self._in_target(name, site) for name in QUALIFIED.findall(action.template.text)]
        names = [action.name] if action.name else []
        return names + [
            self._in_target(name, site)
            for text in action.call.texts
            for name in QUALIFIED.findall(text)
        ]

    def _in_target(self, name: str, site: Site) -> str:
        return in_target(name, site.use.names[0], self._target)

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
        given = [self._court.destination(base) for base in self._bases(use) if locate(base)]
        return (
            site.action.template is None
            and old is not None
            and all(located is not None and located[1] == old[1] for located in new)
            and all(self._court.below(name, base) is not None for name in names for base in given)
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
        if site.action.outcome is Outcome.FLAGGED and not self._is_stranded(site):
            self._leave_or_respell(site)
            return
        statement = self._statement(site)
        is_shim = any(one.is_shim for one in origins)
        if statement is None or is_shim:
            site.action = Action("", Outcome.UNRESOLVED, site.action.rules, GIVEN_BY_SHIM)
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

    def _is_stranded(self, site: Site) -> bool:
        """Is only the module gone through which a flagged call names what the target has?

        Left there, its import would fail before anything runs.
        """
        name, old = site.action.name, site.use.names[0]
        origins = self._speller.origins(site.use.bindings)
        is_moved = name.rpartition(".")[2] == old.rpartition(".")[2]
        if not is_moved or len(origins) != 1 or origins[0].is_frozen or origins[0].is_shim:
            return False
        is_gone = not origins[0].after or self._court.lacks(origins[0].after)
        return is_gone and not self._court.lacks(name)

    def _leave_or_respell(self, site: Site) -> None:
        """What is flagged goes with the import that it is written through, and gets no other."""
        name, origins = site.action.name, self._speller.origins(site.use.bindings)
        rest = self._speller.rest(name, origins[0]) if len(origins) == 1 else None
        if rest is not None and not origins[0].is_frozen:
            origins[0].spelled += 1
            self._apply(site, {name: origins[0].local + rest})
            return
        site.action = replace(site.action, name="")
        for binding in site.use.bindings:
            self._speller.pin(binding, is_lost=True)
        self._count_through(site)

    def _anew(self, site: Site, name: str, statement: ImportStatement) -> str:
        position = (site.use.node.lineno, site.use.node.col_offset)
        seen = self._speller.visible(name, site.use.scope, position)
        seen = seen or through_own_star(self._found, name, position)
        if seen is not None:
            return seen
        base = locate(site.use.bases[0])
        old = locate(site.use.names[0])
        is_shim = (locate(name) or "")[:1] == (SHIM.dialect,) != (self._target.dialect,)
        is_symbol = site.use.attributes == 0 or is_shim  # its module may be one of the target, too
        is_root = base is not None and old is not None and (base[1] == "" or base[0] != old[0])
        is_root = is_root and name.startswith(qualified(self._target.dialect, "") + ".")
        return self._speller.add(name, statement, is_symbol, is_root)

    def _statement(self, site: Site) -> ImportStatement | None:
        """The import statement behind which a new import for the site belongs."""
        bindings = [imported.binding for imported in self._speller.origins(site.use.bindings)]
        for binding in (*bindings, *site.use.bindings):
            statement = binding.statement
            if statement is not None and reaches(statement.scope, site.use.scope):
                return statement
        return statement_above(self._found, site.use.scope, site.use.node.lineno)

    def _apply(self, site: Site, spelled: dict[str, str]) -> None:
        """Put the spelled names into the site's action."""

        def written(text: str) -> str:
            return QUALIFIED.sub(lambda found: spelled[self._in_target(found[0], site)], text)

        action = site.action
        if action.template is not None:
            text = action.template.text
            rule = action.template.rule or text
            template = replace(action.template, text=written(text), rule=rule)
            site.action = replace(action, template=template)
            return
        if action.name:
            site.text = spelled[action.name]
        values = tuple((index, written(text)) for index, text in action.call.values)
        append = tuple((name, written(text)) for name, text in action.call.append)
        above = tuple(map(written, action.call.above))
        before = tuple(map(written, action.call.before))
        change = replace(action.call, values=values, append=append, above=above, before=before)
        site.action = replace(action, call=change)


def _is_plain_text(site: Site) -> bool:
    """Is the call rewritten to what needs no name of a library: `x[a:b]`?"""
    template = site.action.template
    return not site.is_left and template is not None and not QUALIFIED.search(template.text)


def lines_above(
    source: SourceText, call: ast.Call | None, change: CallChange
) -> Iterator[InsertLine]:
    """The statements that go above that of the call, where it begins its line."""
    start = source.span(call) if call is not None and change.before else None
    if start is not None and not source.lines[start.line - 1][: start.column].strip():
        yield from (InsertLine(start.line, text) for text in change.before)
