"""Texts that become keys by way of a name: `for k in ["acc", "loss"]: history.history[k]`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_LISTS = ast.List | ast.Tuple | ast.Set
Place = tuple[ast.AST | None, str]  # the function around, and the name


class Flows:
    """What texts the names of a file stand for, function by function."""

    def __init__(self, tree: ast.AST) -> None:
        self._around: dict[ast.AST, ast.AST | None] = {}
        self._texts: dict[Place, list[ast.Constant]] = {}
        self._given: dict[Place, ast.expr] = {}
        self._reads: dict[Place, list[ast.AST]] = {}
        self._functions: dict[str, list[ast.FunctionDef]] = {}
        self._note(tree, None, None)
        nodes = list(self._around)
        for node in nodes:
            self._assignment(node)
        for node in nodes:
            self._flow(node)

    def into(self, key: ast.expr) -> Iterator[ast.Constant]:
        """The texts that a key is made of, by way of names; itself where it is one."""
        if isinstance(key, ast.Name):
            yield from self._texts.get(self._place(key), ())
        elif isinstance(key, ast.BinOp):
            for part in (key.left, key.right):
                yield from self.into(part)
        elif isinstance(key, ast.JoinedStr):
            for value in key.values:
                if isinstance(value, ast.FormattedValue):
                    yield from self.into(value.value)
        elif isinstance(key, ast.Call) and isinstance(key.func, ast.Attribute):
            for part in (key.func.value, *key.args) if key.func.attr == "format" else ():
                yield from self.into(part)
        elif isinstance(key, ast.Tuple):
            for part in key.elts:
                yield from self.into(part)
        elif isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield key

    def is_used_otherwise(self, key: ast.expr, holder: ast.expr) -> bool:
        """Is a name of the key compared, or looked up in something else, too?"""
        names = [one for one in ast.walk(key) if isinstance(one, ast.Name)]
        return any(
            isinstance(around, ast.Compare)
            or (isinstance(around, ast.Subscript) and _leaf(around.value) != _leaf(holder))
            for name in names
            for around in self._reads.get(self._place(name), ())
        )

    def _note(self, node: ast.AST, function: ast.AST | None, parent: ast.AST | None) -> None:
        waiting = [(node, function, parent)]
        while waiting:
            node, function, parent = waiting.pop()
            self._around[node] = function
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and parent:
                self._reads.setdefault((function, node.id), []).append(parent)
            if isinstance(node, ast.FunctionDef):
                self._functions.setdefault(node.name, []).append(node)
            inner = node if isinstance(node, _FUNCTIONS) else function
            waiting.extend((child, inner, node) for child in ast.iter_child_nodes(node))

    def _place(self, name: ast.Name) -> Place:
        """The function that gives a name its texts, from the inside out."""
        function = self._around.get(name)
        while function is not None and (function, name.id) not in self._texts:
            function = self._around.get(function)
        return function, name.id

    def _assignment(self, node: ast.AST) -> None:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._given[self._around[node], name] = value

    def _flow(self, node: ast.AST) -> None:
        """Note what texts the targets of an assignment, a loop or a call take."""
        function = self._around[node]
        if isinstance(node, ast.Assign):
            for target in node.targets:
                self._bind(target, [node.value], function)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            self._loop(node.target, node.iter, function)
        elif isinstance(node, ast.FunctionDef):
            taken = node.args.args[len(node.args.args) - len(node.args.defaults) :]
            for parameter, value in zip(taken, node.args.defaults, strict=True):
                self._text(node, parameter.arg, value)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            self._call(node, self._functions.get(node.func.id, []))

    def _call(self, call: ast.Call, functions: list[ast.FunctionDef]) -> None:
        if len(functions) == 1:
            names = [one.arg for one in functions[0].args.args]
            for name, value in zip(names, call.args, strict=False):
                self._text(functions[0], name, value)
            for keyword in call.keywords:
                if keyword.arg in names:
                    self._text(functions[0], keyword.arg, keyword.value)

    def _loop(self, target: ast.expr, elements: ast.expr, function: ast.AST | None) -> None:
        match elements:
            case ast.Name(id=name) if isinstance(self._given.get((function, name)), _LISTS):
                self._loop(target, self._given[function, name], function)
            case ast.List(elts=values) | ast.Tuple(elts=values) | ast.Set(elts=values):
                self._bind(target, values, function)
            case ast.Call(func=ast.Name(id="enumerate"), args=[inner, *_]):
                if isinstance(target, ast.Tuple) and len(target.elts) == 2:
                    self._loop(target.elts[1], inner, function)
            case ast.Call(func=ast.Name(id="zip"), args=lists):
                if isinstance(target, ast.Tuple) and len(target.elts) == len(lists):
                    for part, inner in zip(target.elts, lists, strict=True):
                        self._loop(part, inner, function)

    def _bind(self, target: ast.expr, values: Iterable[ast.expr], function: ast.AST | None) -> None:
        for value in values:
            if isinstance(target, ast.Name):
                self._text(function, target.id, value)
            elif isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple | ast.List):
                for part, inner in zip(target.elts, value.elts, strict=False):
                    self._bind(part, [inner], function)

    def _text(self, function: ast.AST | None, name: str, value: ast.expr) -> None:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            self._texts.setdefault((function, name), []).append(value)


def lookups(nodes: Iterable[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each key, with what it is looked up in."""
    for node in nodes:
        match node:
            case ast.Subscript(value=holder, slice=key):
                yield key, holder
            case ast.Call(func=ast.Attribute(value=holder, attr="get"), args=[key, *_]):
                yield key, holder


def _leaf(node: ast.expr) -> str:
    return ast.unparse(node).rpartition(".")[2]
