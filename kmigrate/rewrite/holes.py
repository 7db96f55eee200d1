"""Finished text behind names: LibCST sees the skeleton of a call, its arguments stay text."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache

import libcst as cst

from kmigrate.rewrite.refuse import refuse
from kmigrate.text import SourceText


class Grip(Enum):
    """How tightly an expression holds together next to operators and dots."""

    ATOM = "atom"
    NUMBER = "number"  # an atom, but `1.real` is none
    LOOSE = "loose"
    NAMING = "naming"  # `x := 1`: loose, and not the value of a keyword


@dataclass(frozen=True, slots=True)
class Hole:
    """An expression as text. `split`: it ends a line outside of brackets."""

    text: str
    grip: Grip
    lone_generator: bool = False
    split: bool = False


_ATOMS = (
    ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.Constant, ast.JoinedStr, ast.List,
    ast.Tuple, ast.Set, ast.Dict, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp,
)  # fmt: skip


def parsed(text: str) -> ast.expr | None:
    """The expression in `text`, None when it is not one."""
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, MemoryError):
        return None


def hole(node: ast.expr, text: str, bracketed: bool) -> Hole:
    """The hole for `text`, which is `node`. `bracketed`: it stands within brackets anyway."""
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float | complex):
        number = not isinstance(node.value, bool)
        return Hole(text, Grip.NUMBER if number else Grip.ATOM)
    if isinstance(node, ast.NamedExpr):
        return Hole(text, Grip.NAMING)
    multiline = "\n" in text or "\r" in text
    split = multiline and not bracketed and parsed(text) is None
    if split or not isinstance(node, _ATOMS):
        return Hole(text, Grip.LOOSE, split=split)
    return Hole(text, Grip.ATOM)


def hole_for(text: str) -> Hole:
    """The hole for the text of an expression, such as a default.

    Raises Impossible when it is none.
    """
    text = text.strip()
    node = parsed(text)
    if node is None or (isinstance(node, ast.Tuple) and parsed(f"[{text[1:-1]}]") is None):
        text = f"({text})"
        node = parsed(text)
    if node is None:
        refuse(f"`{text}` is not an expression")
    in_brackets = node.col_offset > 0
    return Hole(text, Grip.ATOM) if in_brackets else hole(node, text, bracketed=False)


def in_brackets(node: cst.BaseExpression) -> cst.BaseExpression:
    """The expression in round brackets."""
    return node.with_changes(
        lpar=[cst.LeftParen(), *node.lpar], rpar=[*node.rpar, cst.RightParen()]
    )


class Holes:
    """The names that stand for holes in one skeleton, and what they stand for."""

    def __init__(self, text: str) -> None:
        self._prefix = "hole_"
        while self._prefix in text:
            self._prefix += "x_"
        self._held: dict[str, Hole] = {}

    def add(self, hole: Hole) -> str:
        """The name that stands for `hole` from now on."""
        name = f"{self._prefix}{len(self._held)}_"
        self._held[name] = hole
        return name

    def name(self, text: str) -> cst.Name:
        """A name for the text of an expression."""
        return cst.Name(self.add(hole_for(text)))

    def as_keyword(self, arg: cst.Arg) -> cst.Arg:
        """The argument, its value in brackets if a keyword needs them."""
        held = self.get(arg.value)
        if arg.keyword is None or held is None or held.grip is not Grip.NAMING:
            return arg
        return arg if arg.value.lpar else arg.with_changes(value=in_brackets(arg.value))

    def get(self, node: cst.CSTNode) -> Hole | None:
        """The hole that `node` names."""
        return self._held.get(node.value) if isinstance(node, cst.Name) else None

    def fill(self, code: str) -> str:
        """`code` with every hole filled; a lone generator takes the brackets of its call."""
        pattern = re.compile(rf"\(({self._prefix}\d+_)\)|{self._prefix}\d+_")

        def filling(match: re.Match[str]) -> str:
            if match[1] is None:
                return self._held[match[0]].text
            held = self._held[match[1]]
            return held.text if held.lone_generator else f"({held.text})"

        return pattern.sub(filling, code)


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An expression as LibCST sees it."""

    expression: cst.BaseExpression
    holes: Holes
    newline: str

    def render(self, expression: cst.BaseExpression) -> str:
        """An expression over these holes as text."""
        module = cst.Module(body=[], default_newline=self.newline)
        return self.holes.fill(module.code_for_node(expression))


def skeleton(text: str, newline: str) -> Skeleton:
    """The skeleton of the expression `text`: receiver, callee and argument values are holes.

    Raises Impossible when `text` is no expression, or not one that LibCST reads as it stands.
    """
    source = SourceText(f"({text})")
    node = parsed(source.text)
    if node is None:
        refuse("the place does not hold an expression")
    bracketed = ("\n" in text or "\r" in text) and parsed(text) is None
    holes = Holes(text)
    pieces, last = [], 0
    for start, end, held in sorted(_cuts(node, source, bracketed), key=lambda cut: cut[0]):
        name = holes.add(held)
        pieces += [source.text[last:start], f"({name})" if held.lone_generator else name]
        last = end
    code = "".join([*pieces, source.text[last:]])
    ending = re.search(r"\r\n|\r|\n", code)
    newline = ending[0] if ending else newline
    return Skeleton(_read(code, newline), holes, newline)


def _cuts(node: ast.expr, source: SourceText, bracketed: bool) -> list[tuple[int, int, Hole]]:
    cuts = []
    whole = source.span(node)
    for part in _parts(node):
        span = source.span(part)
        start, end = source.offsets(span)
        held = hole(part, source.text[start:end], bracketed)
        # `f(x for x in y)`: the generator's brackets are those of the call.
        if (span.end_line, span.end_column) == (whole.end_line, whole.end_column):
            held = replace(held, lone_generator=isinstance(part, ast.GeneratorExp))
        cuts.append((start, end, held))
    return cuts


def _parts(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.Attribute):
        return [node.value]
    if not isinstance(node, ast.Call):
        return []
    func = node.func.value if isinstance(node.func, ast.Attribute) else node.func
    values = [arg.value if isinstance(arg, ast.Starred) else arg for arg in node.args]
    return [func, *values, *(keyword.value for keyword in node.keywords)]


@lru_cache(maxsize=512)
def _read(code: str, newline: str) -> cst.BaseExpression:
    """The expression in the brackets that `code` is, without them."""
    try:
        expression = cst.parse_expression(code)
    except cst.ParserSyntaxError:
        refuse("LibCST cannot read the call")
    if cst.Module(body=[], default_newline=newline).code_for_node(expression) != code:
        refuse("the call does not read back as it is written")
    return expression.with_changes(lpar=expression.lpar[1:], rpar=expression.rpar[:-1])
