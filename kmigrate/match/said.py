"""What the calls of a file say to arguments, wherever they stand."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from kmigrate.dialects import locate
from kmigrate.rulebook.facts import covers
from kmigrate.rulebook.rows import ArgumentRow, FlagRow
from kmigrate.scan.fed import Fed
from kmigrate.scan.scopes import Binding, Scope, in_force, lookup

_LISTS = ast.List | ast.Tuple | ast.Dict


class Said:
    """The literals that the calls of a file give to arguments, alone or in lists."""

    def __init__(
        self,
        parents: Mapping[ast.Call, ast.AST | None],
        scopes: Mapping[ast.expr, Scope],
        tree: ast.AST | None = None,
        written: Set[str] = frozenset(),
        fed: Fed | None = None,
    ) -> None:
        """`written` are the attributes that the file gives a value."""
        self.tree, self._written, self._fed = tree, written, fed
        self._calls, self._parents, self.scopes = tuple(parents), parents, scopes
        self._found: set[tuple[str, object]] = set()
        self._named: set[tuple[str, str]] = set()
        self._ends: dict[ast.Constant, str] = {}
        for call in self._calls:
            lists = (value for value in call.args[2:] if isinstance(value, _LISTS))
            self._found.update(("", literal) for value in lists for literal in _literals(value))
            for keyword in call.keywords:
                name = keyword.arg or ""
                self._found.update((name, literal) for literal in _literals(keyword.value))
                self._named.update((name, _called(part)) for part in _parts(keyword.value))

    def silences(self, row: ArgumentRow) -> bool:
        """Does a call say what the row is silent for, or none what it speaks beside?

        By position, only a list behind two others tells: `legend(["acc"])` names no metric.
        """
        if any(self.says(*one) or one in self._named for one in row.unless.items()):
            return True
        return not all(self.says(name, literal) for name, literal in row.beside.items())

    def mentions(self, name: str) -> bool:
        """Does the file name an argument so, as a keyword, a parameter or in a text?"""
        return self.tree is None or name in self._words

    @cached_property
    def _words(self) -> frozenset[object]:
        assert self.tree is not None
        nodes = list(ast.walk(self.tree))
        named = {one.arg for one in nodes if isinstance(one, ast.keyword | ast.arg)}
        texts = (one.value for one in nodes if isinstance(one, ast.Constant))
        return frozenset({*named, *(text for text in texts if isinstance(text, str))})

    def lets(self, row: FlagRow) -> bool:
        """Does the file say what the row speaks beside, and nothing that it is silent for?"""
        given = (keyword.arg for call in self._calls for keyword in call.keywords)
        if row.beside and not {*self._written, *given} & {*row.beside}:
            return False
        return not any(_begins(call, start) for start in row.unless for call in self._calls)

    def assigned(self, name: ast.Name | ast.Attribute) -> ast.expr | None:
        """The only value that the name, or `self.x`, can have where it stands.

        None where there are several, or where it is made of itself.
        """
        value = self._only(name)
        seen: set[str] = set()
        waiting = [value]
        while waiting:
            part = waiting.pop()
            names = [] if part is None else [one for one in _names(part) if one.id not in seen]
            seen.update(one.id for one in names)
            waiting.extend(map(self._only, names))
        return None if isinstance(name, ast.Name) and name.id in seen else value

    def _only(self, name: ast.Name | ast.Attribute) -> ast.expr | None:
        bindings = self._bound(name)
        if len(bindings) != 1:
            return None
        given = self._fed.callers.arguments(bindings[0]) if self._fed is not None else ()
        values: list[ast.expr | None] = [value for value, _ in given]
        values = values or [bindings[0].value]
        return values[0] if len(values) == 1 else None

    def _bound(self, name: ast.Name | ast.Attribute) -> Sequence[Binding]:
        """What the name is bound to, as far as it is in force there."""
        root = name.value if isinstance(name, ast.Attribute) else name
        scope = self.scopes.get(root)
        if isinstance(name, ast.Attribute):
            return self._fed.attribute(name, scope) if self._fed and scope is not None else ()
        owner = lookup(scope, name.id) if scope is not None else None
        if owner is None:
            return ()
        bindings = owner.bindings[name.id]
        is_here = owner is scope
        return in_force(bindings, owner, (name.lineno, name.col_offset)) if is_here else bindings

    def calls_of(self, names: Collection[str]) -> Iterator[ast.Call]:
        """The calls of functions and methods whose last name is one of these."""
        for call in self._calls:
            match call.func:
                case ast.Attribute(attr=name) | ast.Name(id=name) if name in names:
                    yield call

    def may_end(self, literal: ast.Constant, suffix: str) -> bool:
        """May the literal end in that? Not where another call has made it end otherwise."""
        return self._ends.setdefault(literal, suffix) == suffix

    def is_statement(self, call: ast.Call | None) -> bool:
        """Does the call stand by itself?"""
        return call is not None and isinstance(self._parents.get(call), ast.Expr)

    def caller(self, call: ast.Call | None) -> ast.Call | None:
        """The call of what `call` gives: `call(x)`."""
        around = self._parents.get(call) if call is not None else None
        calls = (one for one in ast.walk(around or ast.Pass()) if isinstance(one, ast.Call))
        return next((one for one in calls if one.func is call), None)

    def adder(self, call: ast.Call | None) -> ast.Call | None:
        """The call that is a statement and adds nothing but `call`: `x.add(call)`."""
        outer = self._parents.get(call) if call is not None else None
        if not isinstance(outer, ast.Call) or not isinstance(self._parents.get(outer), ast.Expr):
            return None
        is_all = outer.args == [call] and not outer.keywords
        return outer if is_all and isinstance(outer.func, ast.Attribute) else None

    def calls_any(self, names: Collection[str]) -> bool:
        """Does the file call what has one of these names, as itself or behind a dot?"""
        return not self._called.isdisjoint(names)

    def is_inside(self, call: ast.Call | None, bases: Collection[str]) -> bool:
        """Does a call stand in a method of a class that is derived from one of the bases?"""
        scope = self.scopes.get(root_of(call.func)) if call is not None else None
        while scope is not None and scope.owner is None:
            scope = scope.parent
        if scope is None or scope.owner is None or self._fed is None:
            return False
        paths = [located[1] for one in self._fed.bases(scope.owner) if (located := locate(one))]
        return any(covers(base, path) for base in bases for path in paths)

    @cached_property
    def _called(self) -> frozenset[str]:
        """The last names of all that is called, also of what a call gives: `f().run()`."""
        nodes = ast.walk(self.tree) if self.tree is not None else self._calls
        return frozenset(_leaf(node.func) for node in nodes if isinstance(node, ast.Call))

    def is_function(self, value: ast.expr) -> bool | None:
        """Is it a lambda, or a name that the file gives to functions alone? None: it cannot be told."""
        if isinstance(value, ast.Lambda):
            return True
        if isinstance(value, ast.Attribute):
            return None
        if not isinstance(value, ast.Name):
            return False
        scope = self.scopes.get(value)
        owner = lookup(scope, value.id) if scope is not None else None
        kinds = {type(one.definition) for one in owner.bindings[value.id]} if owner else set()
        functions = {ast.FunctionDef, ast.AsyncFunctionDef}
        return bool(kinds) if kinds <= functions else None if kinds & functions else False

    def opens(self, call: ast.Call | None) -> bool:
        """Is the call the first element of a list that another call is given first?"""
        inside = self._parents.get(call) if call is not None else None
        if not isinstance(inside, ast.List) or inside.elts[0] is not call:
            return False
        return any(one.args and one.args[0] is inside for one in self._calls)

    def says(self, name: str, literal: object) -> bool:
        """Does a call give the literal to the argument?"""
        return (name, literal) in self._found or ("", literal) in self._found


def _names(node: ast.AST) -> list[ast.Name]:
    return [one for one in ast.walk(node) if isinstance(one, ast.Name)]


def root_of(node: ast.expr) -> ast.expr:
    """`tf` in `tf.nn.relu`."""
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _leaf(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def _begins(call: ast.Call, start: str) -> bool:
    """Is it a call of that name whose first arguments, or these keywords, are those?"""
    wanted = ast.parse(start, mode="eval").body
    if not isinstance(wanted, ast.Call) or not isinstance(call.func, ast.Name | ast.Attribute):
        return False
    if ast.unparse(call.func).rpartition(".")[2] != ast.unparse(wanted.func):
        return False
    keywords = {one.arg: ast.dump(one.value) for one in call.keywords}
    first = [ast.dump(one) for one in call.args[: len(wanted.args)]]
    return first == [ast.dump(one) for one in wanted.args] and all(
        keywords.get(one.arg) == ast.dump(one.value) for one in wanted.keywords
    )


def _called(part: ast.AST) -> str:
    """What Keras calls a function or a new instance: `MeanAbsoluteError()` is mean_absolute_error."""
    if isinstance(part, ast.Call):
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", _leaf(part.func)).lower()
    return _leaf(part) if isinstance(part, ast.expr) else ""


def _parts(value: ast.expr) -> Iterator[ast.AST]:
    return ast.iter_child_nodes(value) if isinstance(value, _LISTS) else iter((value,))


def _literals(value: ast.expr) -> Iterator[Any]:
    for part in _parts(value):
        if isinstance(part, ast.Constant):
            yield part.value


NOTHING_SAID = Said({}, {})
