"""How a qualified name is written at a place: through the imports that are there, or a new one."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from kmigrate.dialects import is_library, locate, qualified
from kmigrate.match.idle import is_idle
from kmigrate.match.importing import (
    Addition,
    Imported,
    Star,
    StatementPlan,
    below_in_api,
    import_form,
    path_of,
    root_of,
)
from kmigrate.match.sites import Court
from kmigrate.match.taken import all_scopes, names_taken
from kmigrate.scan import Scan
from kmigrate.scan.scopes import Binding, ImportStatement, Position, Scope, lookup


class Speller:
    """Plans the imports of a module while its references are being spelled."""

    def __init__(self, found: Scan, court: Court, needed: frozenset[str], target: str) -> None:
        self._scan = found
        self._court = court
        self._target = target
        self.plans: dict[ImportStatement, StatementPlan] = {}
        self.imported: dict[Binding, Imported] = {}
        for statement in found.imports:
            self._plan(statement, needed)
        self.stars = {
            statement: Star(statement.module, court.destination(statement.module))
            for statement in found.stars
        }
        if found.resolver.reads_unknown():
            for star in self.stars.values():
                star.is_needed = True
                if path_of(star.after) != path_of(star.before):
                    star.after = ""  # another module gives other names
        self._freeze_shims()
        self._taken = names_taken(found)
        self._used = {binding for use in found.uses for binding in use.bindings}
        self._added: dict[str, str] = {}  # local names of new imports, with what they stand for
        for imported in self.imported.values():
            imported.local = self._local(imported)
            imported.is_idle = is_idle(imported, court, target, self._used)

    # --- what the existing imports become ---

    def _plan(self, statement: ImportStatement, needed: frozenset[str]) -> None:
        plan = self.plans[statement] = StatementPlan(statement)
        elsewhere = {name for scope in all_scopes(self._scan) for name in scope.elsewhere}
        for binding in statement.bindings:
            if not is_library(binding.imported):
                continue
            alias = statement.node.names[binding.index]
            before = alias.name if isinstance(statement.node, ast.Import) else binding.imported
            imported = Imported(binding, before, self._court.destination(before))
            kind = statement.scope.kind
            imported.is_pinned = (
                (kind == "module" and binding.name in needed)
                or kind == "class"  # an attribute of the class, which others may read
                or binding.name in elsewhere
            )
            self.imported[binding] = imported
            plan.names.append(imported)

    def _freeze_shims(self) -> None:
        """A name that several imports give under conditions is a shim: its imports stay."""
        for imported in self.imported.values():
            binding = imported.binding
            rivals = [
                other
                for other in binding.scope.bindings.get(binding.name, ())
                if other.imported and other.imported != binding.imported
            ]
            if rivals and any(one.conditional for one in (*rivals, binding)):
                imported.is_shim = True
                self.freeze(binding)

    def freeze(self, binding: Binding) -> None:
        """Leave an imported name as it is."""
        imported = self.imported.get(binding)
        if imported is not None:
            imported.is_frozen = True
            imported.after = imported.before
            imported.local = binding.name

    def pin(self, binding: Binding, is_lost: bool) -> None:
        """Keep the local name of an imported one: code that stays as it is uses it.

        `is_lost`: that code wants something that the target has not.
        """
        imported = self.imported.get(binding)
        if imported is None:
            return
        if imported.leads_past_root:
            self.freeze(binding)  # `import keras as tensorflow` would have no `tensorflow.keras`
            return
        imported.is_pinned = True
        imported.local = binding.name
        if is_lost and imported.after and path_of(imported.after) != path_of(imported.before):
            # What moved lacks something that is used: keep the old path, which fails there.
            imported.after = qualified(self._target, path_of(imported.before))
            imported.is_lost = True

    def _is_free(self, name: str, meaning: str, scope: Scope) -> bool:
        """Can `name`, bound in `scope`, stand for `meaning` in the whole module?"""
        if name not in self._taken:
            return True
        holders = [one for one in self.imported.values() if one.binding.name == name]
        if any(one.binding.scope is not scope for one in holders):
            return False  # in a scope of its own it would hide the other one
        bindings = {id(one.binding) for one in holders}
        others = [
            binding
            for scope in all_scopes(self._scan)
            for binding in scope.bindings.get(name, ())
            if id(binding) not in bindings
        ]
        return bool(holders) and not others and all(one.after == meaning for one in holders)

    def _local(self, imported: Imported) -> str:
        """The local name after the migration."""
        binding = imported.binding
        alias = binding.statement.node.names[binding.index]  # type: ignore[union-attr]
        keeps = imported.is_frozen or imported.is_pinned or alias.asname or not imported.after
        if keeps or not self._court.is_source(imported.before):
            return binding.name
        if "." in alias.name and isinstance(binding.statement.node, ast.Import):  # type: ignore[union-attr]
            wanted = imported.after.split(".")[0]
            return binding.name if imported.after.startswith("tensorflow.keras") else wanted
        wanted = imported.after.rpartition(".")[2]
        is_root = path_of(imported.before) == "" and binding.name == "keras"
        moved = path_of(imported.before) != path_of(imported.after)
        is_lone_module = (
            moved and binding not in self._used and (self._court.is_target_module(imported.after))
        )
        if wanted == binding.name or is_root or is_lone_module:
            return binding.name
        return wanted if self._is_free(wanted, imported.after, binding.scope) else binding.name

    # --- spelling ---

    def origins(self, bindings: Iterable[Binding]) -> list[Imported]:
        """The imports behind bindings, through aliases by assignment."""
        found: list[Imported] = []
        for binding in bindings:
            if binding in self.imported:
                found.append(self.imported[binding])
            elif isinstance(binding.value, ast.Name | ast.Attribute):
                position = (binding.value.lineno, binding.value.col_offset)
                meaning = self._scan.resolver.of_chain(binding.value, binding.scope, position)
                found.extend(self.origins(meaning.bindings))
        return found

    def meaning_after(self, binding: Binding, base: str) -> str:
        """What the base of a chain stands for after the migration; "" when nothing."""
        imported = self.imported.get(binding)
        if imported is None:
            origins = self.origins([binding])
            frozen = any(one.is_frozen for one in origins)
            return base if frozen else self._court.destination(base)
        if imported.is_frozen:
            return base
        return imported.after if imported.before == base else self._court.destination(base)

    def through(self, name: str, binding: Binding, base: str, base_text: str) -> str | None:
        """`name` written through the chain's own base; None when it does not lead there."""
        if binding.statement in self.stars:
            return self._through_star(name, binding.statement, base)
        if not is_library(name):
            return None
        after = self.meaning_after(binding, base)
        rest = self._court.below(name, after)
        if rest is None and self.is_frozen(binding):
            rest = below_in_api(name, after)
        if rest is None:
            return None
        imported = self.imported.get(binding)
        return (imported.local if imported and base_text == binding.name else base_text) + rest

    def _through_star(self, name: str, statement: ImportStatement, base: str) -> str | None:
        """A star import goes on giving what its module still has under the same path."""
        star = self.stars[statement]
        leaf = name.rpartition(".")[2]
        if not star.after or path_of(star.before) != path_of(star.after):
            return None
        return leaf if self._court.offers(star.after, leaf, name) else None

    def is_frozen(self, binding: Binding) -> bool:
        """Does the name come from an import that must stay as it is?"""
        return any(one.is_frozen for one in self.origins([binding]))

    def visible(self, name: str, scope: Scope, position: Position) -> str | None:
        """`name` written through another import that is in force there, and stands before it."""
        best: tuple[int, str, Imported] | None = None
        for imported in self.imported.values():
            binding = imported.binding
            rest = self.rest(name, imported)
            if rest is None or imported.is_frozen or binding.conditional:
                continue
            if not self._sees(scope, imported) or binding.position > position:
                continue
            if best is None or len(rest) < best[0]:
                best = (len(rest), imported.local + rest, imported)
        if best is None:
            return None
        best[2].spelled += 1
        return best[1]

    def rest(self, name: str, imported: Imported) -> str | None:
        """What stands behind the local name where `name` is written through the import."""
        statement = imported.binding.statement
        alias = statement.node.names[imported.binding.index] if statement else None
        if alias is not None and isinstance(statement.node, ast.Import) and not alias.asname:  # type: ignore[union-attr]
            located = locate(imported.after)
            root = qualified(located[0], "") if located else ""
            is_root = root.rpartition(".")[2] == imported.local
            return self._court.below(name, root if is_root else imported.after)
        rest = self._court.below(name, imported.after)
        return "" if rest is None and self._court.is_same(name, imported.after) else rest

    def _sees(self, scope: Scope, imported: Imported) -> bool:
        binding = imported.binding
        owner = lookup(scope, binding.name)
        return owner is binding.scope and len(owner.bindings.get(binding.name, ())) == 1

    # --- new imports ---

    def add(self, name: str, statement: ImportStatement, as_symbol: bool, from_root: bool) -> str:
        """`name` through a new import behind `statement`; returns how it is written."""
        if not is_library(name):
            return self._plainly(name, statement)
        is_apart = self._court.below(name, root_of(name)) is None
        is_alone = self._court.stands_alone(name)
        module, leaf, rest = import_form(name, as_symbol or is_alone, from_root and not is_apart)
        meaning = f"{module}.{leaf}" if module else leaf
        plan = self.plans.setdefault(statement, StatementPlan(statement))
        local = self._reused(meaning, statement.scope)
        if local is None:
            local = self._new_local(leaf, module, meaning, statement.scope)
            plan.additions.append(Addition(module, leaf, local))
            self._added[local] = meaning
        return local + rest

    def _plainly(self, name: str, statement: ImportStatement) -> str:
        """`inspect.signature` through the module's own `import inspect`, or a new one."""
        module, _, rest = name.partition(".")
        bindings = statement.scope.bindings.get(module, ())
        if bindings and all(one.imported == module and not one.conditional for one in bindings):
            return name
        local = self._reused(module, statement.scope)
        if local is None:
            local = self._new_local(module, "", module, statement.scope)
            self.plans.setdefault(statement, StatementPlan(statement)).additions.append(
                Addition("", module, local)
            )
            self._added[local] = module
        return f"{local}.{rest}"

    def _reused(self, meaning: str, scope: Scope) -> str | None:
        for statement, plan in self.plans.items():
            if statement.scope is scope or statement.scope.kind == "module":
                for addition in plan.additions:
                    if meaning == ".".join(filter(None, (addition.module, addition.name))):
                        return addition.local
        return None

    def _new_local(self, leaf: str, module: str, meaning: str, scope: Scope) -> str:
        preferred = "tf" if meaning == "tensorflow" else leaf
        other = f"{module.rpartition('.')[2]}_{leaf}" if module else leaf
        candidates = [preferred, other, *(f"{other}_{n}" for n in range(2, 9))]
        return next(name for name in candidates if self._is_free_for_new(name, meaning, scope))

    def _is_free_for_new(self, name: str, meaning: str, scope: Scope) -> bool:
        if self._added.get(name, meaning) != meaning:
            return False
        if name not in self._taken or self._is_freed_by_star(name, meaning):
            return True
        holders = [one for one in self.imported.values() if one.binding.name == name]
        return bool(holders) and self._is_free(name, meaning, scope)

    def _is_freed_by_star(self, name: str, meaning: str) -> bool:
        """Was it only a star import that gave the name, in the meaning that it shall have?"""
        if any(name in scope.bindings for scope in all_scopes(self._scan)):
            return False
        given = self._scan.resolver.starred(name)
        return bool(given) and {self._court.destination(old) for old in given} == {meaning}
