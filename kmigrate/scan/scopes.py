"""Scopes and what is bound in them, collected in one walk over the `ast` of a module."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field

from kmigrate.dialects import is_library

Position = tuple[int, int]
Span = tuple[Position, Position]


class Scope:
    """One scope: its names with everything that binds them, in the order of the text."""

    __slots__ = ("attributes", "bindings", "elsewhere", "kind", "node", "parent", "receiver")

    def __init__(self, kind: str, parent: Scope | None, node: ast.AST) -> None:
        self.kind = kind  # module, function, class, comprehension or types (`def f[T]`)
        self.parent = parent
        self.node = node
        self.bindings: dict[str, list[Binding]] = {}
        self.elsewhere: dict[str, Scope] = {}  # names declared global or nonlocal here
        self.attributes: dict[str, list[Binding]] = {}  # of a class: what `self.x =` binds
        self.receiver = ""  # of a method: the name of its first parameter

    @property
    def owner(self) -> Scope | None:
        """The class whose method this scope is."""
        around = self.parent
        while around is not None and around.kind == "types":
            around = around.parent
        return around if self.kind == "function" and around and around.kind == "class" else None


@dataclass(eq=False, slots=True)
class ImportStatement:
    """An import with the library or project names it brings, one binding for each alias."""

    node: ast.Import | ast.ImportFrom
    scope: Scope
    module: str  # absolute; "" for `import a, b`
    bindings: list[Binding] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Binding:
    """One event that gives a name a meaning in a scope.

    `imported` is the qualified name that an import brings; `value` the expression that an
    assignment gives; a binding with neither (parameters, loops, `def`) is opaque.
    """

    name: str
    scope: Scope
    position: Position  # from here on the binding is in force
    conditional: bool
    imported: str = ""
    value: ast.expr | None = None
    statement: ImportStatement | None = None
    index: int = 0  # of the alias within the statement
    annotation: ast.expr | None = None
    definition: ast.AST | None = None
    is_fallback: bool = False  # `keras = None` behind a failed import
    elements: ast.expr | None = None  # what a loop goes over
    unpacked: ast.expr | None = None  # what an assignment takes apart: `a, b = unpacked`
    part: int | None = None  # which of its parts this is
    loop: Span | None = None  # the outermost loop around it in its scope
    apart: tuple[Span, ...] = ()  # the other arms of the conditions around it

    @property
    def is_opaque(self) -> bool:
        """Does the binding say nothing of what it gives?"""
        return not self.imported and self.value is None


@dataclass(eq=False, slots=True)
class Chain:
    """`root.a.b` as it stands in the text, read or written, perhaps called."""

    node: ast.Name | ast.Attribute
    root: ast.expr
    attributes: tuple[str, ...]
    scope: Scope
    call: ast.Call | None
    is_loaded: bool
    literal: ast.Constant | None = None  # the string annotation that it stands in
    parent: ast.AST | None = None


@dataclass(eq=False, slots=True)
class StarImport:
    """A star import, and from where on it is in force."""

    statement: ImportStatement
    position: Position


def unwind(node: ast.expr) -> tuple[ast.expr, tuple[str, ...]]:
    """The root of an attribute chain and the names behind it."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, tuple(reversed(names))


def lookup(scope: Scope, name: str) -> Scope | None:
    """The scope that owns `name` when it is read in `scope`: Python's LEGB rule without B."""
    current: Scope | None = scope
    while current is not None:
        visible = current is scope or current.kind != "class"
        if visible and name in current.elsewhere:
            return current.elsewhere[name]
        if visible and name in current.bindings:
            return current
        current = current.parent
    return None


def in_force(bindings: list[Binding], scope: Scope, position: Position) -> list[Binding]:
    """The bindings that a statement of their own `scope` may read at `position`.

    A later statement of the scope has not run yet, unless a loop comes around to it, and what an
    `if` binds is not bound in its `else`; what stands above the last one that surely ran is gone,
    unless a function binds it when it is called.
    """
    earlier = [one for one in bindings if one.position <= position]
    if not earlier:
        return bindings
    sure = [one.position for one in earlier if not one.conditional]
    return [
        one
        for one in bindings
        if one.scope is not scope
        or _is_around(one.loop, position)
        or (
            max(sure, default=one.position) <= one.position <= position
            and not any(_is_around(arm, position) for arm in one.apart)
        )
    ]


def _is_around(span: Span | None, position: Position) -> bool:
    return span is not None and span[0] <= position <= span[1]


def is_inside(scope: Scope, other: Scope) -> bool:
    """Is `scope` `other`, or inside it?"""
    current: Scope | None = scope
    while current is not None:
        if current is other:
            return True
        current = current.parent
    return False


def module_of(scope: Scope) -> Scope:
    """The module scope around a scope."""
    while scope.parent is not None:
        scope = scope.parent
    return scope


def absolute(module: str | None, level: int, package: str) -> str:
    """The absolute name of `from <dots><module> import ...` in `package`.

    A relative import never names a library: in a project's own package `keras` it is `.keras`.
    """
    if not level:
        return module or ""
    parts = package.split(".") if package else []
    name = ".".join([*parts[: len(parts) - level + 1], *([module] if module else [])])
    return f".{name}" if is_library(name) or not name else name


def binders(targets: Iterable[ast.expr]) -> Iterable[ast.expr]:
    """The targets of an assignment with tuples, lists and stars taken apart."""
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from binders(target.elts)
        elif isinstance(target, ast.Starred):
            yield from binders([target.value])
        else:
            yield target
