"""The import statements of a module as they shall stand, with a finding for every imported name."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action
from kmigrate.match.importing import Imported, StatementPlan
from kmigrate.match.sites import Court
from kmigrate.match.spelling import Speller
from kmigrate.match.symbol import MISSING, NAME
from kmigrate.model import Edit, EditImport, Finding, ImportedName, Outcome
from kmigrate.scan.scopes import ImportStatement, Scope
from kmigrate.text import SourceText

# What the imports above give: (scope, cell, module, name, its alias).
Given = set[tuple[Scope, int, str, str, str | None]]
_CELL = "# %%"  # cells run one by one: each keeps its own imports


def import_edits(
    speller: Speller, court: Court, source: SourceText
) -> tuple[list[Edit], list[Finding]]:
    """The edits of all import statements, and one finding for each imported name."""
    edits: list[Edit] = []
    findings: list[Finding] = []
    given: Given = set()
    for plan in speller.plans.values():
        edit = _edit(plan, speller, source, given)
        if edit is not None:
            edits.append(edit)
        for imported in plan.names:
            findings.append(_finding(imported, court, source, edit is not None))
    for statement in speller.stars:
        plan = speller.plans.get(statement, StatementPlan(statement))
        if statement not in speller.plans and (edit := _star_edit(plan, speller, source)):
            edits.append(edit)
        findings.append(star_finding(statement, speller, source))
    return edits, findings


def _edit(
    plan: StatementPlan, speller: Speller, source: SourceText, given: Given
) -> EditImport | None:
    node = plan.statement.node
    span = source.span(node)
    if plan.statement in speller.stars:
        return _star_edit(plan, speller, source)
    after = [addition.statement for addition in plan.additions]
    if isinstance(node, ast.Import):
        names, moved = _plain(plan, node)
        module = None
    else:
        cell = sum(line.startswith(_CELL) for line in source.lines[: node.lineno])
        module, names, moved = _from(plan, node, given, cell)
    after = list(dict.fromkeys([*moved, *_grouped(after)]))
    unchanged = module is None and all(
        name == ImportedName(alias.name, alias.asname)
        for name, alias in zip(names, node.names, strict=True)
    )
    if unchanged and not after:
        return None
    return EditImport(span, module, tuple(names), tuple(after))


def _star_edit(plan: StatementPlan, speller: Speller, source: SourceText) -> EditImport | None:
    star = speller.stars[plan.statement]
    after = tuple(_grouped([addition.statement for addition in plan.additions]))
    module = star.after if star.after and star.after != star.before else None
    names: tuple[ImportedName | None, ...] = (ImportedName("*") if star.is_alive else None,)
    if module is None and star.is_alive and not after:
        return None
    return EditImport(source.span(plan.statement.node), module, names, after)


def star_finding(statement: ImportStatement, speller: Speller, source: SourceText) -> Finding:
    """The finding on a star import."""
    star = speller.stars[statement]
    span = source.span(statement.node)
    outcome, reason = Outcome.KEPT, ""
    rules: tuple[str, ...] = ()
    if not star.is_alive or (star.after and star.after != star.before):
        outcome, reason = Outcome.REWRITTEN, "imported from where the target has it"
        rules = (NAME,)
    elif not star.after:
        outcome, rules = Outcome.FLAGGED, (MISSING,)
        reason = f"the target has no module `{star.before}`"
    return Finding(span, f"{star.before}.*", outcome, rules, reason, source.slice(span))


def _by_index(plan: StatementPlan, node: ast.Import | ast.ImportFrom) -> list[Imported | None]:
    """The plan of each alias; None for one that is not of a library."""
    planned = {imported.binding.index: imported for imported in plan.names}
    return [planned.get(index) for index in range(len(node.names))]


def _plain(plan: StatementPlan, node: ast.Import) -> tuple[list[ImportedName | None], list[str]]:
    """`import a.b as c` for each alias, and statements for those that need `from`."""
    names: list[ImportedName | None] = []
    moved: list[str] = []
    for alias, imported in zip(node.names, _by_index(plan, node), strict=True):
        asname = alias.asname
        if imported is None or not imported.after or imported.after == imported.before:
            is_gone = imported is not None and not imported.is_alive
            names.append(None if is_gone else ImportedName(alias.name, asname))
            continue
        if not imported.is_alive:
            names.append(None)
            continue
        local = imported.local
        module, _, leaf = imported.after.rpartition(".")
        if asname is None and "." not in alias.name and imported.after != local:
            if module and leaf == local:
                names.append(None)
                moved.append(f"from {module} import {leaf}")
                continue
            asname = local
        elif asname is None and (root := _root_import(imported)):
            names.append(None)
            moved.append(root)
            continue
        if asname == imported.after:
            asname = None
        names.append(ImportedName(imported.after, asname))
    return names, moved


def _root_import(imported: Imported) -> str | None:
    """`import keras.layers` gives `keras`; where its root is called otherwise, an import of that."""
    located = locate(imported.after)
    top = imported.after.partition(".")[0]
    is_needed = imported.is_pinned or imported.local == "keras"
    if located is None or top == imported.local or imported.is_lost or not is_needed:
        return None
    module, _, leaf = qualified(located[0], "").rpartition(".")
    alias = "" if leaf == imported.local else f" as {imported.local}"
    return f"from {module} import {leaf}{alias}" if module else f"import {leaf}{alias}"


def _from(
    plan: StatementPlan, node: ast.ImportFrom, given: Given, cell: int
) -> tuple[str | None, list[ImportedName | None], list[str]]:
    """The statement's new module and names, and statements for names of other modules."""
    wanted: list[tuple[str, ImportedName] | None] = []
    for alias, imported in zip(node.names, _by_index(plan, node), strict=True):
        found = _from_name(plan, alias, imported)
        before = plan.statement.module, ImportedName(alias.name, alias.asname)
        is_again = _is_given(imported, found, given, cell)
        wanted.append(None if is_again and found != before else found)
    modules = Counter(found[0] for found in wanted if found)
    if not modules:
        return None, [None for _ in wanted], []
    main = (
        plan.statement.module if plan.statement.module in modules else modules.most_common(1)[0][0]
    )
    names: list[ImportedName | None] = []
    moved: dict[str, list[str]] = {}
    seen: set[tuple[str, str]] = set()
    for found in wanted:
        if found is None or (found[0], found[1].asname or found[1].name) in seen:
            names.append(None)
            continue
        module, name = found
        seen.add((module, name.asname or name.name))
        names.append(name if module == main else None)
        if module != main:
            moved.setdefault(module, []).append(
                f"{name.name} as {name.asname}" if name.asname else name.name
            )
    statements = [_statement(module, parts) for module, parts in moved.items()]
    if main == "":
        whole = [name for name in names if name]
        lines = [
            f"import {n.name} as {n.asname}" if n.asname else f"import {n.name}" for n in whole
        ]
        return None, [None for _ in names], [*lines, *statements]
    return (main if main != plan.statement.module else None), names, statements


def _statement(module: str, parts: list[str]) -> str:
    if not module:
        return "\n".join(f"import {part}" for part in parts)
    return f"from {module} import {', '.join(parts)}"


def _is_given(
    imported: Imported | None, name: tuple[str, ImportedName] | None, given: Given, cell: int
) -> bool:
    """Does an import above give the same name already? Notes what this one gives."""
    if imported is None or name is None or imported.binding.conditional:
        return False
    key = (imported.binding.scope, cell, name[0], name[1].name, name[1].asname)
    is_moved = imported.after != imported.before
    is_again = is_moved and key in given
    given.add(key)
    return is_again


def _from_name(
    plan: StatementPlan, alias: ast.alias, imported: Imported | None
) -> tuple[str, ImportedName] | None:
    """(module, name) that an alias of a `from` import becomes; None when it goes."""
    if imported is None:
        return plan.statement.module, ImportedName(alias.name, alias.asname)
    if not imported.is_alive:
        return None
    if not imported.after or imported.is_frozen:
        return plan.statement.module, ImportedName(alias.name, alias.asname)
    module, _, leaf = imported.after.rpartition(".")
    asname = imported.local if imported.local != leaf else None
    if alias.asname is not None and alias.asname == alias.name:
        asname = alias.asname  # `import a as a` is a re-export
    return module, ImportedName(leaf, asname)


def _grouped(statements: list[str]) -> Iterator[str]:
    """`from m import a` and `from m import b` in one statement."""
    groups: dict[str, list[str]] = {}
    for statement in statements:
        head, marker, name = statement.partition(" import ")
        groups.setdefault(head + marker if marker else statement, []).append(name)
    for head, names in groups.items():
        yield head + ", ".join(names) if head.endswith(" import ") else head


def _finding(imported: Imported, court: Court, source: SourceText, is_edited: bool) -> Finding:
    statement = imported.binding.statement
    assert isinstance(statement, ImportStatement)
    alias = statement.node.names[imported.binding.index]
    span = source.span(alias)
    before = source.slice(span)
    action = court.action((imported.before,), None)
    outcome, rules, reason = action.outcome, action.rules, action.reason
    if imported.is_frozen:
        reason = "left as it is: code that stays as it is needs it"
        if imported.is_shim:
            reason = "one import of several for this name: which is in force shows when it runs"
        outcome = Outcome.UNRESOLVED
        if not _changes(imported, court):
            outcome, rules, reason = Outcome.KEPT, (), ""
    elif not imported.is_alive:
        outcome, reason = Outcome.REWRITTEN, "every use of it was rewritten"
        if imported.is_idle and not imported.uses:
            reason = "the target has it no more, and nothing here uses it"
    elif _is_gone(imported, outcome, court):
        outcome, rules = Outcome.FLAGGED, (MISSING,)
        reason = f"the target has no `{imported.before}`, and what is used of it has no counterpart"
    elif imported.after and (imported.uses or outcome is Outcome.REVIEW):
        is_same = imported.after == imported.before and imported.local == imported.binding.name
        outcome, rules = (
            (Outcome.KEPT if is_same else Outcome.REWRITTEN),
            (() if is_same else rules),
        )
        reason = "" if is_same else "imported from where the target has it"
    elif outcome is Outcome.FLAGGED:
        pass
    elif not _changes(imported, court):
        outcome, rules, reason = Outcome.KEPT, (), ""
    is_as_before = outcome is Outcome.KEPT or imported.after == imported.before
    after = "" if is_as_before else imported.after
    return Finding(
        span, imported.before, outcome, rules, reason, before, after if is_edited else ""
    )


def _is_gone(imported: Imported, outcome: Outcome, court: Court) -> bool:
    """Does the target lack what is still imported?"""
    is_unwritten = outcome is Outcome.REVIEW and not imported.after
    is_lacking = imported.uses > 0 and (is_unwritten or court.lacks(imported.after))
    return imported.is_lost or is_lacking


def _changes(imported: Imported, court: Court) -> bool:
    action: Action = court.action((imported.before,), None)
    return bool(action.name) and action.name != imported.before
