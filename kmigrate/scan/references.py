"""The references of a module: every place whose name stands for something of a library."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kmigrate.dialects import is_library
from kmigrate.scan.collect import Collector
from kmigrate.scan.receivers import Receivers, Returned
from kmigrate.scan.resolve import Meaning, Resolver
from kmigrate.scan.scopes import Binding, Chain, ImportStatement, Scope
from kmigrate.scan.tensors import Tensors


@dataclass(eq=False, slots=True)
class Use:
    """A name or attribute chain in the code that stands for `names`, one or more candidates."""

    node: ast.Name | ast.Attribute
    names: tuple[str, ...]
    bases: tuple[str, ...]  # what the bindings give: `keras.backend` for `K` in `K.mean`
    attributes: int  # how many names stand behind it
    bindings: tuple[Binding, ...]
    scope: Scope
    call: ast.Call | None
    certain: bool
    is_loaded: bool = True
    literal: ast.Constant | None = None
    parent: ast.AST | None = None


@dataclass(eq=False, slots=True)
class MethodUse:
    """`receiver.method` where the receiver is, or by the method's name may be, of a known class.

    `classes` are the qualified names of the receiver's class; empty when only the name speaks.
    """

    node: ast.Attribute
    method: str
    classes: tuple[str, ...]
    scope: Scope
    call: ast.Call | None
    is_loaded: bool = True


@dataclass(eq=False, slots=True)
class DefinitionUse:
    """A method that a subclass of library classes defines, and that the library may call."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    classes: tuple[str, ...]
    beside: frozenset[str]  # the other names that the class gives a meaning


@dataclass(eq=False, slots=True)
class StringUse:
    """A string that names something of a library: `mock.patch("keras.models.load_model")`."""

    literal: ast.Constant
    call: ast.Call
    name: str


@dataclass(slots=True)
class Scan:
    """All that one reading of a module found."""

    uses: list[Use]
    methods: list[MethodUse]
    definitions: list[DefinitionUse]
    strings: list[StringUse]
    imports: list[ImportStatement]
    stars: list[ImportStatement]
    walked: Collector
    resolver: Resolver
    tensors: Tensors


def references(
    walked: Collector,
    resolver: Resolver,
    method_names: frozenset[str],
    hooks: Mapping[str, bool],
    returned: Returned,
    taken: frozenset[str] = frozenset(),
) -> Scan:
    """Resolve every chain of a collected module."""
    receivers = Receivers(walked, resolver, returned)
    interesting = resolver.interesting()
    uses: list[Use] = []
    methods: list[MethodUse] = []
    for chain in walked.chains:
        use = _use(chain, resolver, interesting)
        if use is not None:
            uses.append(use)
        elif chain.attributes:
            methods.extend(_method(chain, receivers, method_names, hooks, taken))
    return Scan(
        uses,
        methods,
        list(_definitions(walked, receivers, hooks)),
        list(_strings(walked, resolver)),
        [statement for statement in walked.imports if _brings_library(statement, resolver)],
        [star.statement for star in walked.stars if is_library(star.statement.module)],
        walked,
        resolver,
        Tensors(walked, receivers, returned),
    )


def _brings_library(statement: ImportStatement, resolver: Resolver) -> bool:
    return any(is_library(binding.imported) for binding in statement.bindings)


def _use(chain: Chain, resolver: Resolver, interesting: frozenset[str]) -> Use | None:
    if not isinstance(chain.root, ast.Name):
        return None
    is_own = chain.root.id in interesting or chain.attributes
    if not is_own and chain.root.id not in chain.scope.bindings and not interesting:
        return None
    position = (chain.node.lineno, chain.node.col_offset)
    base, attributes = resolver.base(chain.root, chain.attributes, chain.scope, position)
    if not base.names:
        return None
    names = resolver.extend(base, attributes)
    if not any(is_library(name) for name in names):
        return None
    certain = base.certain and all(is_library(name) for name in names)
    return Use(
        chain.node,
        names,
        base.names,
        len(attributes),
        base.bindings,
        chain.scope,
        chain.call,
        certain,
        chain.is_loaded,
        chain.literal,
        chain.parent,
    )


def _inner(chain: Chain, receivers: Receivers, taken: frozenset[str]) -> Iterator[MethodUse]:
    """What is taken on the way to the end of a chain: `x._keras_shape.index`."""
    node = chain.node
    while isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
        node = node.value
        if node.attr in taken:
            classes = receivers.classes(node.value, chain.scope)
            yield MethodUse(node, node.attr, classes, chain.scope, None)


def _method(
    chain: Chain,
    receivers: Receivers,
    method_names: frozenset[str],
    hooks: Mapping[str, bool],
    taken: frozenset[str],
) -> Iterator[MethodUse]:
    assert isinstance(chain.node, ast.Attribute)
    method = chain.attributes[-1]
    yield from _inner(chain, receivers, taken)
    # Where it is defined, and then wherever it is called.
    is_renamed = hooks.get(method, False) or method in taken
    if not is_renamed and receivers.defines(chain.node.value, chain.scope, method):
        return
    classes = receivers.classes(chain.node.value, chain.scope)
    is_other = not classes and receivers.is_other(chain.node.value, chain.scope)
    if classes or (method in method_names and not is_other):
        yield MethodUse(chain.node, method, classes, chain.scope, chain.call, chain.is_loaded)


def _definitions(
    walked: Collector, receivers: Receivers, hooks: Mapping[str, bool]
) -> Iterator[DefinitionUse]:
    for node, scope in walked.classes.items():
        own = [
            part for part in node.body if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef)
        ]
        named = [part for part in own if part.name in hooks]
        classes = receivers.bases(scope) if named else ()
        for part in named if classes else ():
            yield DefinitionUse(part, classes, frozenset(scope.bindings) - {part.name})


def _strings(walked: Collector, resolver: Resolver) -> Iterator[StringUse]:
    for literal, call, scope in walked.strings:
        value = str(literal.value)
        if is_library(value) and all(part.isidentifier() for part in value.split(".")):
            yield StringUse(literal, call, value)
        elif literal is not call.args[0] and value.isidentifier():
            position = (call.lineno, call.col_offset)
            meaning: Meaning = resolver.of_chain(call.args[0], scope, position)
            for name in meaning.names[:1]:
                if is_library(name):
                    yield StringUse(literal, call, f"{name}.{value}")
