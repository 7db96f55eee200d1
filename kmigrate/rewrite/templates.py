"""A call becomes another expression: templates with placeholders."""
# ruff: noqa: N802 - LibCST names its hooks after its nodes

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

import libcst as cst

from kmigrate.model import FillTemplate
from kmigrate.rewrite.arrange import Item, Layout
from kmigrate.rewrite.calls import finish, hold_to_grammar, renamed, usual_equal
from kmigrate.rewrite.gaps import SPACE
from kmigrate.rewrite.holes import Grip, Skeleton, in_brackets, skeleton
from kmigrate.rewrite.refuse import refuse

_ATOMS = (
    cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.SimpleString, cst.FormattedString,
    cst.Integer, cst.Float, cst.Imaginary, cst.List, cst.Set, cst.Dict, cst.ListComp, cst.SetComp,
    cst.DictComp, cst.Ellipsis,
)  # fmt: skip
_Holder = TypeVar("_Holder", cst.Element, cst.Index, cst.Arg)
_NEED_BRACKETS = (Grip.LOOSE, Grip.NAMING)
_NUMBERS = (cst.Integer, cst.Float, cst.Imaginary)


@lru_cache(maxsize=1024)
def _template(text: str) -> cst.BaseExpression:
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        refuse(f"the template `{text}` is not an expression")


def fill_template(text: str, edit: FillTemplate, newline: str, indent: str) -> tuple[str, Grip]:
    """The expression `text` as the template has it, and how tightly it holds. Raises Impossible."""
    bones = skeleton(text, newline)
    template = _template(edit.template)
    layout_call = _LayoutCall({name for name, _ in edit.captures})
    template.visit(layout_call)
    filler = _TemplateFiller(edit, bones, layout_call.found)
    filled = template.visit(filler)
    assert isinstance(filled, cst.BaseExpression)
    if _placeholder(template) is not None:
        filled = filler.captured(template, filled)
    held = bones.holes.get(filled)
    if not filled.lpar and (isinstance(filled, cst.Tuple) or (held and held.split)):
        filled = in_brackets(filled)
    return finish(text, bones, filled, indent), filler.grip(filled)


class _TemplateFiller(cst.CSTTransformer):
    """Puts captures in the place of placeholders; `...` becomes the remaining arguments."""

    def __init__(self, edit: FillTemplate, bones: Skeleton, layout_call: cst.Call | None) -> None:
        super().__init__()
        self._edit = edit
        self._bones = bones
        self._call = bones.expression if isinstance(bones.expression, cst.Call) else None
        self._captures = dict(edit.captures)
        self._layout_call = layout_call

    def captured(
        self, original: cst.BaseExpression, updated: cst.BaseExpression
    ) -> cst.BaseExpression:
        """The capture without brackets, when `original` is a placeholder; else `updated`."""
        name = _placeholder(original)
        if name is None:
            return updated
        if name not in self._captures:
            refuse(f"the template wants `{name}`, which the call does not have")
        capture = self._captures[name]
        if isinstance(capture, str):
            return self._bones.holes.name(capture)
        if capture == -1:
            return self._receiver()
        arg = self._argument(capture)
        if arg.star:
            refuse(f"`{name}` is hidden in an argument given by {arg.star}")
        return arg.value

    def grip(self, node: cst.BaseExpression) -> Grip:
        """How tightly an expression of the result holds together."""
        held = self._bones.holes.get(node)
        if getattr(node, "lpar", ()):
            return Grip.ATOM
        if held is not None:
            return held.grip
        if isinstance(node, _NUMBERS):
            return Grip.NUMBER
        return Grip.ATOM if isinstance(node, _ATOMS) else Grip.LOOSE

    def leave_Set(self, original_node: cst.Set, updated_node: cst.Set) -> cst.BaseExpression:
        value = self.captured(original_node, updated_node)
        return in_brackets(value) if self.grip(value) in _NEED_BRACKETS else value

    def leave_Attribute(
        self, original_node: cst.Attribute, updated_node: cst.Attribute
    ) -> cst.BaseExpression:
        if self.grip(updated_node.value) is not Grip.NUMBER:
            return updated_node
        return updated_node.with_changes(value=in_brackets(updated_node.value))

    def leave_Element(self, original_node: cst.Element, updated_node: cst.Element) -> cst.Element:
        return self._bare(original_node, updated_node)

    def leave_Index(self, original_node: cst.Index, updated_node: cst.Index) -> cst.Index:
        return self._bare(original_node, updated_node)

    def leave_Arg(self, original_node: cst.Arg, updated_node: cst.Arg) -> cst.Arg:
        return self._bones.holes.as_keyword(self._bare(original_node, updated_node))

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        items: list[Item] = []
        for original, updated in zip(original_node.args, updated_node.args, strict=True):
            if _is_rest(original):
                items += self._rest()
            else:
                items.append(Item(updated, self._origin(original)))
        hold_to_grammar([item.arg for item in items])
        if original_node is self._layout_call and self._call is not None:
            opening, args = Layout(self._call).arrange(items)
            return updated_node.with_changes(args=args, whitespace_before_args=opening)
        return updated_node.with_changes(args=_in_a_row([item.arg for item in items]))

    def _bare(self, original: _Holder, updated: _Holder) -> _Holder:
        if _placeholder(original.value) is None:
            return updated
        value = self.captured(original.value, updated.value)
        return updated.with_changes(value=value)

    def _receiver(self) -> cst.BaseExpression:
        function = self._call.func if self._call is not None else self._bones.expression
        if not isinstance(function, cst.Attribute):
            refuse("the call has no object that it is made on")
        return function.value

    def _argument(self, index: int) -> cst.Arg:
        if self._call is None or not 0 <= index < len(self._call.args):
            refuse("the call has fewer arguments than the edit names")
        return self._call.args[index]

    def _rest(self) -> list[Item]:
        names = dict(self._edit.rename)
        items = []
        for index in self._edit.rest:
            arg = self._argument(index)
            if index in names and self._call is not None:
                arg = renamed(arg, names[index], usual_equal(self._call))
            items.append(Item(self._bones.holes.as_keyword(arg), index))
        return items

    def _origin(self, arg: cst.Arg) -> int | None:
        name = _placeholder(arg.value)
        capture = self._captures.get(name) if name is not None else None
        return capture if isinstance(capture, int) and capture >= 0 else None


class _LayoutCall(cst.CSTVisitor):
    """Finds the call of a template whose arguments shall stand as those in the source do."""

    def __init__(self, placeholders: set[str]) -> None:
        super().__init__()
        self.found: cst.Call | None = None
        self._placeholders = placeholders
        self._has_rest = False

    def visit_Call(self, node: cst.Call) -> None:
        has_rest = any(_is_rest(arg) for arg in node.args)
        captures = any(_placeholder(arg.value) in self._placeholders for arg in node.args)
        if (has_rest and not self._has_rest) or (captures and self.found is None):
            self.found = node
            self._has_rest = has_rest


def _placeholder(node: cst.CSTNode) -> str | None:
    """The name in `{name}`, which reads as a set of one name."""
    if not isinstance(node, cst.Set) or len(node.elements) != 1:
        return None
    value = node.elements[0].value
    return value.value if isinstance(value, cst.Name) else None


def _is_rest(arg: cst.Arg) -> bool:
    return isinstance(arg.value, cst.Ellipsis) and arg.keyword is None and not arg.star


def _in_a_row(args: Sequence[cst.Arg]) -> list[cst.Arg]:
    comma = cst.Comma(whitespace_after=SPACE)
    end = cst.MaybeSentinel.DEFAULT
    return [
        arg.with_changes(
            comma=end if arg is args[-1] else comma, whitespace_after_arg=cst.SimpleWhitespace("")
        )
        for arg in args
    ]
