"""Which expressions are symbolic tensors: what Input() gives, and what layers make of it."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Iterator, Sequence

from kmigrate.dialects import locate
from kmigrate.scan.collect import Collector
from kmigrate.scan.fed import Fed
from kmigrate.scan.receivers import Receivers, Returned
from kmigrate.scan.scopes import Binding, Position, Scope, lookup, unwind

TENSOR = "KerasTensor"  # the class that [[returns]] gives to what layers are called on
TENSORS = f"{TENSOR}[]"  # a list of them, or anything that holds some
SHAPE = f"{TENSOR}.shape"
SIZE = f"{SHAPE}[]"
DYNAMIC = f"{TENSOR}.dynamic"  # a size that is only known when the model runs, or what holds some
_KINDS = (TENSOR, TENSORS, DYNAMIC)
_MADE = {TENSOR: TENSOR, TENSORS: TENSOR, SHAPE: SIZE, DYNAMIC: DYNAMIC}  # what one element is
_CONTAINERS = ast.List | ast.Tuple | ast.Set
_LOOPS = ast.ListComp | ast.SetComp | ast.GeneratorExp
_SAME = ("list", "tuple", "reversed", "sorted", "sum")  # give what they are given, or one like it
_PLAIN = sys.stdlib_module_names | {"numpy"}  # whose functions take no symbolic tensors


class Tensors:
    """Follows symbolic tensors through the names and functions of one module."""

    def __init__(self, walked: Collector, receivers: Receivers, returned: Returned) -> None:
        self._receivers = receivers
        self._returned = returned
        self._walked = walked
        self.fed = Fed(walked, receivers)
        self._known: dict[ast.AST, str] = {}
        self._parameters: dict[Binding, str] = {}

    def is_library(self, callee: ast.expr, scope: Scope) -> bool:
        """Is a class of a library called, or a method of what is of one?"""
        names = self._receivers.named(callee, scope)
        if names:
            return all(name.rpartition(".")[2][:1].isupper() for name in names)
        is_method = isinstance(callee, ast.Attribute)
        return is_method and bool(self._receivers.classes(callee.value, scope))  # type: ignore[attr-defined]

    def given(self, call: ast.Call, scope: Scope) -> tuple[ast.expr, ...]:
        """The arguments of a call that are symbolic tensors, or hold some."""
        values = (*call.args, *(keyword.value for keyword in call.keywords))
        return tuple(one for one in values if self.kind(one, scope) in _KINDS)

    def kind(self, node: ast.expr, scope: Scope) -> str:
        """Is `node` a TENSOR, TENSORS, the SHAPE of one or a SIZE in that; "" if it is none."""
        if node not in self._known:
            self._known[node] = ""  # what is made of itself alone is nothing
            self._known[node] = self._kind(node, scope)
        return self._known[node]

    def _kind(self, node: ast.expr, scope: Scope) -> str:
        match node:
            case ast.Name():
                return self._of_name(node, scope)
            case ast.Call():
                return self._of_call(node, scope)
            case ast.Attribute():
                return self._member(node, scope)
            case ast.Subscript():
                return self._element(node, scope)
            case ast.BinOp():
                sides = {self.kind(node.left, scope), self.kind(node.right, scope)}
                return next((kind for kind in _KINDS if kind in sides), "")
            case ast.UnaryOp(operand=value) | ast.Starred(value=value):
                return self.kind(value, scope)
            case ast.NamedExpr(value=value):
                return self.kind(value, scope)
            case ast.Compare(left=left, comparators=others):
                return self._any(TENSOR, (left, *others), scope)
            case ast.IfExp(body=one, orelse=other):
                return self.kind(one, scope) or self.kind(other, scope)
            case ast.BoolOp(values=values):
                return next(filter(None, (self.kind(one, scope) for one in values)), "")
        return self._of_container(node, scope)

    def _of_container(self, node: ast.expr, scope: Scope) -> str:
        if isinstance(node, _CONTAINERS):
            return self._any(TENSORS, node.elts, scope)
        if isinstance(node, ast.Dict):
            return self._any(TENSORS, node.values, scope)
        if isinstance(node, _LOOPS | ast.DictComp):
            made = node.value if isinstance(node, ast.DictComp) else node.elt
            inner = self.fed.scope_of(node) or scope
            return self._any(TENSORS, (made,), inner)
        return ""

    def _any(self, kind: str, nodes: Sequence[ast.expr], scope: Scope) -> str:
        found = {self.kind(one, scope) for one in nodes}
        return kind if found & {TENSOR, TENSORS} else DYNAMIC if DYNAMIC in found else ""

    def _leaf(self, classes: tuple[str, ...]) -> str:
        """The kind that a class of the libraries is."""
        paths = {located[1] for name in classes if (located := locate(name))}
        return paths.pop() if len(paths) == 1 and paths & {TENSOR, SHAPE, DYNAMIC} else ""

    # --- names ---

    def _of_name(self, node: ast.Name, scope: Scope) -> str:
        owner = lookup(scope, node.id)
        if owner is None or (owner.receiver == node.id and owner.owner is not None):
            return ""
        is_straight = owner is scope and scope.kind != "comprehension"
        position = (node.lineno, node.col_offset) if is_straight else None
        kinds = map(self._of_binding, _in_force(owner.bindings.get(node.id, []), position))
        kind = next(filter(None, kinds), "")
        added = () if kind else self.fed.added(owner, node.id)
        return kind or (TENSORS if any(self.kind(*one) for one in added) else "")

    def _of_binding(self, binding: Binding) -> str:
        if binding.value is not None:
            return self.kind(binding.value, binding.scope)
        for whole in (binding.unpacked, binding.elements):
            if whole is not None:
                return _MADE.get(self.kind(whole, binding.scope), "")
        if isinstance(binding.definition, ast.arg) and binding not in self._parameters:
            self._parameters[binding] = ""
            found = (self.kind(*one) for one in self.fed.callers.arguments(binding))
            kind = next(filter(None, found), "")
            is_fed = not kind and self.fed.feeds_a_new_layer(binding)
            self._parameters[binding] = TENSOR if is_fed else kind
        return self._parameters.get(binding, "")

    # --- attributes and elements ---

    def _member(self, node: ast.Attribute, scope: Scope) -> str:
        kind = self.kind(node.value, scope)
        if kind in (TENSOR, SHAPE):
            return self._leaf((self._returned(f"keras.{kind}.{node.attr}"),))
        own = self.fed.attribute(node, scope)
        found = next(filter(None, map(self._of_binding, own)), "")
        return found or self._leaf(self._receivers.classes(node, scope))

    def _element(self, node: ast.Subscript, scope: Scope) -> str:
        kind = self.kind(node.value, scope)
        if kind == DYNAMIC and isinstance(node.value, ast.Call) and _is_behind_first(node.slice):
            return ""  # mostly known when the model is built
        if isinstance(node.slice, ast.Slice):
            return kind
        return _MADE.get(kind, "") or self._leaf(self._receivers.classes(node, scope))

    # --- calls ---

    def _of_call(self, node: ast.Call, scope: Scope) -> str:
        names = self._receivers.named(node.func, scope)
        if names:
            return self._of_library(names, node, scope)
        if isinstance(node.func, ast.Attribute):
            kind = self._member(node.func, scope)
            if kind and self.kind(node.func.value, scope):
                return kind
            if self.kind(node.func.value, scope) or self._leaf(
                self._receivers.classes(node, scope)
            ):
                return self._leaf(self._receivers.classes(node, scope))
        return self._of_callee(node, scope)

    def _of_library(self, names: tuple[str, ...], node: ast.Call, scope: Scope) -> str:
        given = [self._returned(name) for name in names]
        if any(given):
            kind = self._leaf(tuple(given))
            return kind if kind != DYNAMIC or self.given(node, scope) else ""
        is_class = any(name.rpartition(".")[2][:1].isupper() for name in names)
        kinds = {self.kind(one, scope) for one in self.given(node, scope)}
        made = DYNAMIC if kinds == {DYNAMIC} else TENSOR
        return made if kinds and not is_class else ""

    def _of_callee(self, node: ast.Call, scope: Scope) -> str:
        """What a function of the module gives; what else is given tensors is taken to make one."""
        root, _ = unwind(node.func)
        owner = lookup(scope, root.id) if isinstance(root, ast.Name) else None
        if isinstance(root, ast.Name) and owner is None and hasattr(builtins, root.id):
            kind = self.kind(node.args[0], scope) if node.args else ""
            kind = TENSOR if kind and root.id == "sum" else kind
            return kind if root.id in _SAME else ""
        if isinstance(root, ast.Name) and owner is not None and _is_plain(owner, root.id):
            return ""
        functions = self.fed.callers.functions(node.func, scope)
        kinds = {self.kind(*one) for function in functions for one in self.fed.results(function)}
        for kind in (*_KINDS, SHAPE):
            if kind in kinds:
                return kind
        is_open = not functions and not self.fed.callers.makes_an_object(node.func, scope)
        return TENSOR if is_open and self.given(node, scope) else ""


def _in_force(bindings: list[Binding], position: Position | None) -> Iterator[Binding]:
    """The bindings that a name may have where it is read, the last one first."""
    for binding in reversed(bindings):
        if position is not None and binding.position > position:
            continue
        yield binding
        if position is not None and binding.value is not None and not binding.conditional:
            return


def _is_behind_first(index: ast.expr) -> bool:
    """Does an index leave out the first size of a shape, that of the batch?"""
    start = index.lower if isinstance(index, ast.Slice) else index
    if isinstance(start, ast.UnaryOp):
        return True
    return isinstance(start, ast.Constant) and start.value not in (0, None)


def _is_plain(owner: Scope, name: str) -> bool:
    """Does the name stand for a module, or something of one, that knows no symbolic tensors?"""
    imported = {one.imported.partition(".")[0] for one in owner.bindings.get(name, ())}
    return bool(imported & _PLAIN)
