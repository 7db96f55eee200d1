"""A call of raw TensorFlow put inside a layer that is handed the symbolic tensors it needs."""

from __future__ import annotations

import ast
import copy

from kmigrate.match.actions import Template
from kmigrate.match.calls import Argument, arguments_of
from kmigrate.scan import Scan
from kmigrate.scan.scopes import Binding, Scope, lookup
from kmigrate.scan.tensors import DYNAMIC, TENSOR, TENSORS

_INNER = "tensor"  # what the inner function calls a tensor that has no name
_OPERATIONS = (
    ast.BinOp | ast.UnaryOp | ast.Compare | ast.Subscript | ast.List | ast.Tuple | ast.Constant
    | ast.operator | ast.unaryop | ast.cmpop | ast.expr_context | ast.Slice | ast.keyword
)  # fmt: skip


class _Refused(Exception):
    """The call cannot be put inside a function that is run again later."""


class Inside:
    """Writes one call; `inner` are the calls that stand in it as they are."""

    def __init__(self, found: Scan, scope: Scope) -> None:
        self._found = found
        self._scope = scope
        self._handed: dict[str, str] = {}  # the inner name of each tensor, and what is handed over
        self._captures: list[tuple[str, int | str]] = []
        self.inner: set[ast.Call] = set()

    def template(self, call: ast.Call, name: str, text: str) -> Template | None:
        """`call` as `name` in the layer that `text` has; None where that would mean another thing."""
        arguments = arguments_of(call)
        if self._scope.kind == "class" or any(one.stars for one in arguments):
            return None
        try:
            parts = [self._part(one) for one in arguments]
        except _Refused:
            return None
        function = f"{name}({', '.join(parts)})"
        names, handed = ", ".join(self._handed), ", ".join(self._handed.values())
        if len(self._handed) == 1:
            function = f"lambda {names}: {function}"
        else:
            function, handed = f"lambda given: (lambda {names}: {function})(*given)", f"[{handed}]"
        whole = text.replace("{function}", function).replace("{tensors}", handed)
        return Template(whole, tuple(self._captures), rule=text)

    def _part(self, argument: Argument) -> str:
        keyword = f"{argument.keyword}=" if argument.keyword else ""
        kind = self._found.tensors.kind(argument.value, self._scope)
        if kind in (TENSOR, TENSORS) and not self._holds_sizes(argument.value):
            return keyword + self._tensor(argument)
        if kind == DYNAMIC or kind in (TENSOR, TENSORS):
            return keyword + ast.unparse(self._within(argument.value))
        self._hold(argument.value)
        self._captures.append((f"_{argument.index}", argument.index))
        return f"{keyword}{{_{argument.index}}}"

    def _tensor(self, argument: Argument) -> str:
        """The inner name of an argument that is handed over as it stands."""
        if isinstance(argument.value, ast.Name):
            self._handed[argument.value.id] = argument.value.id
            return argument.value.id
        inner = _INNER if _INNER not in self._handed else f"{_INNER}_{argument.index}"
        self._handed[inner] = f"{{_{argument.index}}}"
        self._captures.append((f"_{argument.index}", argument.index))
        return inner

    def _holds_sizes(self, node: ast.expr) -> bool:
        elements = node.elts if isinstance(node, ast.List | ast.Tuple) else ()
        return any(self._found.tensors.kind(one, self._scope) == DYNAMIC for one in elements)

    # --- expressions that are evaluated inside ---

    def _within(self, node: ast.expr) -> ast.expr:
        """An expression over sizes, with what its names stand for."""
        kind = self._found.tensors.kind(node, self._scope)
        if isinstance(node, ast.Name) and kind == DYNAMIC:
            return self._within(self._assigned(node))
        if isinstance(node, ast.Name) and kind == TENSOR:
            self._handed[node.id] = node.id
            return node
        if kind == "":
            self._hold(node)
            self.inner.update(one for one in ast.walk(node) if isinstance(one, ast.Call))
            if isinstance(node, ast.Name | ast.Attribute | ast.Constant):
                return node
        if isinstance(node, ast.Call):
            return self._call(node)
        if not isinstance(node, _OPERATIONS):
            raise _Refused
        changed = copy.copy(node)
        for field, value in ast.iter_fields(node):
            if isinstance(value, ast.expr):
                setattr(changed, field, self._within(value))
            elif isinstance(value, list):
                parts = [self._within(one) if isinstance(one, ast.expr) else one for one in value]
                setattr(changed, field, parts)
        return changed

    def _call(self, node: ast.Call) -> ast.expr:
        """A call of raw TensorFlow, by its qualified name."""
        position = (node.lineno, node.col_offset)
        meaning = self._found.resolver.of_chain(node.func, self._scope, position)
        is_raw = len(meaning.names) == 1 and meaning.names[0].startswith("tensorflow.")
        if not is_raw or not meaning.certain or any(one.arg is None for one in node.keywords):
            raise _Refused
        self.inner.add(node)
        function = ast.parse(meaning.names[0], mode="eval").body
        keywords = [ast.keyword(one.arg, self._within(one.value)) for one in node.keywords]
        return ast.Call(function, [self._within(one) for one in node.args], keywords)

    def _assigned(self, node: ast.Name) -> ast.expr:
        """What the name was assigned, if that means the same here as it did there."""
        binding = self._only(node.id)
        if binding is None or binding.value is None or binding.scope is not self._scope:
            raise _Refused
        for name in (one for one in ast.walk(binding.value) if isinstance(one, ast.Name)):
            owner = lookup(self._scope, name.id)
            for other in owner.bindings.get(name.id, ()) if owner is not None else ():
                if binding.position < other.position < (node.lineno, node.col_offset):
                    raise _Refused
        return binding.value

    def _only(self, name: str) -> Binding | None:
        owner = lookup(self._scope, name)
        bindings = owner.bindings.get(name, []) if owner is not None else []
        return bindings[0] if len(bindings) == 1 and not bindings[0].conditional else None

    def _hold(self, node: ast.expr) -> None:
        """What is evaluated again later must be the same then."""
        for one in ast.walk(node):
            if isinstance(one, ast.Lambda | ast.Await | ast.Yield | ast.NamedExpr):
                raise _Refused
            if isinstance(one, ast.Name) and not self._is_fixed(one.id):
                raise _Refused

    def _is_fixed(self, name: str) -> bool:
        owner = lookup(self._scope, name)
        if name.startswith(_INNER) or name == "given":
            return False
        is_loop = owner is not None and owner.kind == "comprehension"
        return owner is None or (self._only(name) is not None and not is_loop)
