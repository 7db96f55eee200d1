"""Arguments that a class of the file hands on to the library's class it is made from.

`Mine(2, weights=[w])` gives them to `Layer` where `Mine` has no `__init__` of its own, or one that
passes its `**kwargs` on; so does `kwargs["weights"] = [w]` in that `__init__`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kmigrate.match.actions import Action, CallChange
from kmigrate.match.importing import QUALIFIED
from kmigrate.match.site import Filter, finding_of
from kmigrate.match.sites import Court
from kmigrate.model import Edit, EditCall, Finding, Outcome
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.scan import Scan
from kmigrate.scan.receivers import Receivers
from kmigrate.scan.scopes import Scope, lookup
from kmigrate.text import SourceText

OWN = "a class of this file hands it on to the library's"


@dataclass(frozen=True, slots=True)
class _Own:
    """A class of the file, the library's classes below it, and its only `__init__`."""

    bases: tuple[str, ...]
    init: ast.FunctionDef | None

    @property
    def named(self) -> frozenset[str]:
        """What its `__init__` takes itself."""
        args = self.init.args if self.init is not None else None
        every = [*args.posonlyargs, *args.args, *args.kwonlyargs] if args is not None else []
        return frozenset(one.arg for one in every)

    @property
    def rest(self) -> str:
        """What its `__init__` calls the arguments that it hands on; "" where it hands on none."""
        kwarg = self.init.args.kwarg if self.init is not None else None
        return kwarg.arg if kwarg is not None and self.handing is not None else ""

    @property
    def handing(self) -> ast.Call | None:
        """The call that hands them on: `super().__init__(2, **kwargs)`."""
        kwarg = self.init.args.kwarg if self.init is not None else None
        for node in ast.walk(self.init) if self.init is not None and kwarg is not None else ():
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Call(), attr="__init__")):
                    hidden = [one.value for one in node.keywords if one.arg is None]
                    if kwarg and len(hidden) == 1 and _is_name(hidden[0], kwarg.arg):
                        return node
        return None

    def given(self, func: ast.expr, args: list[ast.expr], handed: list[ast.keyword]) -> ast.Call:
        """The call of the library's class that comes of calling it with these."""
        own = self.handing
        args = own.args if own is not None else args
        handed = [*([one for one in own.keywords if one.arg] if own is not None else []), *handed]
        return ast.Call(func, args, handed, lineno=func.lineno, col_offset=func.col_offset)

    @property
    def is_only_handed_on(self) -> bool:
        """Does its `__init__` do nothing else with them?"""
        nodes = ast.walk(self.init) if self.init is not None else iter(())
        return sum(_is_name(node, self.rest) for node in nodes) == 1


class HandedOn:
    """Decides such arguments; fills `findings` and `edits`."""

    def __init__(self, found: Scan, source: SourceText, court: Court, filters: Filter) -> None:
        self._found, self._source, self._court, self._filters = found, source, court, filters
        self._receivers = Receivers(found.walked, found.resolver, lambda name: "")
        self.findings: list[Finding] = []
        self.edits: list[Edit] = []

    def decide(self) -> None:
        """Decide the calls of all classes of the file, and what they put into their arguments."""
        classes = self._found.walked.classes
        own = {node: one for node, scope in classes.items() if (one := self._own(scope))}
        for call in self._court.said.calls_of({node.name for node in own}):
            definition = self._made(call)
            if definition in own:
                self._call(call, own[definition])
        for made in own.values():
            for stored in self._stored(made):
                self._store(stored, made)

    def _own(self, scope: Scope) -> _Own | None:
        """The class, where it shows what becomes of its arguments."""
        bases = self._receivers.bases(scope)
        inits: list[ast.FunctionDef] = []
        seen: list[Scope] = []
        waiting = [scope] if bases else []
        while waiting:
            one = waiting.pop()
            seen.append(one)
            if "__new__" in one.bindings:
                return None
            found = [binding.definition for binding in one.bindings.get("__init__", ())]
            inits += [init for init in found if isinstance(init, ast.FunctionDef)]
            if len(found) > 1 or len(inits) != len(found) or len(inits) > 1:
                return None
            waiting += [each for each in self._below(one) if each not in seen]
        return _Own(bases, inits[0] if inits else None) if len(bases) == 1 else None

    def _below(self, scope: Scope) -> Iterator[Scope]:
        node = scope.node
        for base in node.bases if isinstance(node, ast.ClassDef) else ():
            definition = self._definition(base, scope.parent or scope)
            if definition is not None:
                yield self._found.walked.classes[definition]

    def _made(self, call: ast.Call) -> ast.ClassDef | None:
        scope = self._court.said.scopes.get(call.func)
        return self._definition(call.func, scope) if scope is not None else None

    def _definition(self, node: ast.expr, scope: Scope) -> ast.ClassDef | None:
        """The class of the file that a name stands for."""
        owner = lookup(scope, node.id) if isinstance(node, ast.Name) else None
        bindings = owner.bindings[node.id] if owner and isinstance(node, ast.Name) else []
        definition = bindings[0].definition if len(bindings) == 1 else None
        return definition if isinstance(definition, ast.ClassDef) else None

    def _call(self, call: ast.Call, made: _Own) -> None:
        """Decide what a call of the class gives to the library's class."""
        if any(isinstance(one, ast.Starred) for one in call.args) or (made.init and not made.rest):
            return
        keywords = [one for one in call.keywords if one.arg and one.arg not in made.named]
        if made.init is not None and not keywords:
            return
        given = made.given(call.func, call.args, keywords)
        action = self._court.action(made.bases, given)
        change = _moved(action.call, _places(call, given))
        is_free = made.init is None or made.is_only_handed_on
        if self._is_said(action, keywords):
            self._emit(call.func, made, action)
        elif change.is_edit and not action.template and is_free and _is_plain(change):
            self._emit(call.func, made, replace(action, call=change), call)

    def _is_said(self, action: Action, handed: list[ast.keyword]) -> bool:
        """Is one of them flagged, or left for want of a place above?"""
        row = self._court.table.by_id(action.rules[0]) if action.rules else None
        if not isinstance(row, ArgumentRow) or not row.flag:
            return False
        is_handed = row.argument in {one.arg for one in handed}
        return is_handed and (action.outcome is Outcome.FLAGGED or bool(action.call.above))

    def _stored(self, made: _Own) -> Iterator[ast.Subscript]:
        """Each `kwargs["x"] = value` of the `__init__`."""
        nodes = ast.walk(made.init) if made.init is not None and made.rest else iter(())
        for node in nodes:
            match node:
                case ast.Assign(targets=[ast.Subscript(slice=ast.Constant(value=str())) as target]):
                    if _is_name(target.value, made.rest):
                        yield target

    def _store(self, target: ast.Subscript, made: _Own) -> None:
        key = getattr(target.slice, "value", "")
        if not key.isidentifier():
            return
        handed = ast.parse(f"f({key}=value)", mode="eval").body
        assert isinstance(handed, ast.Call)
        given = made.given(target.value, [], handed.keywords)
        action = self._court.action(made.bases, given)
        if self._is_said(action, handed.keywords):
            self._emit(target, made, action)

    def _emit(
        self, node: ast.expr, made: _Own, action: Action, call: ast.Call | None = None
    ) -> None:
        row = self._court.table.by_id(action.rules[0])
        if call is None:
            action = action.flagged(action.rules[0], getattr(row, "flag", action.reason))
        else:
            action = action.but(Outcome.REVIEW, "", "")
            action = replace(action, reason=": ".join(filter(None, (OWN, action.reason))))
        span = self._source.span(node)
        finding = finding_of(self._source, span, made.bases[0], action)
        ignored = self._filters.ignores(finding)
        if call is not None and not (ignored or self._filters.safe_only):
            change, whole = action.call, self._source.span(call)
            self.edits.append(EditCall(whole, None, change.rename, change.values, change.drop))
        self.findings.append(replace(finding, ignored=ignored))


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _places(call: ast.Call, given: ast.Call) -> dict[int, int]:
    """Where arguments of `given` stand among those of `call`, both in the order of the text."""
    order = _in_order(call)
    return {place: order.index(one) for place, one in enumerate(_in_order(given)) if one in order}


def _in_order(call: ast.Call) -> list[ast.expr | ast.keyword]:
    both: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(both, key=lambda one: (one.lineno, one.col_offset))


def _moved(change: CallChange, places: dict[int, int]) -> CallChange:
    """The change to those arguments that have a place; the others stand elsewhere."""
    return replace(
        change,
        rename=tuple((places[index], name) for index, name in change.rename if index in places),
        values=tuple((places[index], text) for index, text in change.values if index in places),
        drop=tuple(places[index] for index in change.drop if index in places),
    )


def _is_plain(change: CallChange) -> bool:
    """Is nothing added, and nothing named that has to be imported?"""
    return not (change.append or change.above or change.literals) and not any(
        QUALIFIED.search(text) for text in change.texts
    )
