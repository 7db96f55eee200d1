"""Edits of single parts of a call."""
# ruff: noqa: N802 - LibCST names its hooks after its nodes

from __future__ import annotations

import libcst as cst

from kmigrate.comments import comments
from kmigrate.model import EditCall
from kmigrate.rewrite.arrange import Item, Layout
from kmigrate.rewrite.gaps import NOTHING, with_comments
from kmigrate.rewrite.holes import Holes, Skeleton, parsed, skeleton
from kmigrate.rewrite.refuse import refuse


class _CallEditor(cst.CSTTransformer):
    """Makes an `EditCall` on the outermost call of a skeleton."""

    def __init__(self, edit: EditCall, holes: Holes) -> None:
        super().__init__()
        self._edit = edit
        self._holes = holes

    def visit_Call(self, node: cst.Call) -> bool:
        return False

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:
        edit, call = self._edit, updated_node
        args = self._arguments(call)
        survivors = [index for index in range(len(args)) if index not in edit.drop]
        order = edit.order or tuple(survivors)
        if sorted(order) != survivors:
            refuse("the new order does not name each argument once")
        equal = usual_equal(call)
        items = [Item(args[index], index) for index in order]
        items += [
            Item(cst.Arg(self._holes.name(text), cst.Name(keyword), equal))
            for keyword, text in edit.append
        ]
        hold_to_grammar([item.arg for item in items])
        opening, arranged = Layout(call).arrange(items)
        func = self._holes.name(edit.callee) if edit.callee is not None else call.func
        return call.with_changes(func=func, args=arranged, whitespace_before_args=opening)

    def _arguments(self, call: cst.Call) -> list[cst.Arg]:
        args = list(call.args)
        edit = self._edit
        named = [*(index for index, _ in (*edit.rename, *edit.values)), *edit.drop]
        if any(not 0 <= index < len(args) for index in named):
            refuse("the call has fewer arguments than the edit names")
        for index, text in edit.values:
            args[index] = args[index].with_changes(value=self._holes.name(text))
        for index, keyword in edit.rename:
            if keyword and args[index].keyword is None:
                _hold_positions(args, index)
            args[index] = renamed(args[index], keyword, usual_equal(call))
        return [self._holes.as_keyword(arg) for arg in args]


def edit_call(text: str, edit: EditCall, newline: str, indent: str) -> str:
    """The call `text` with the edit made. Raises Impossible."""
    bones = skeleton(text, newline)
    if not isinstance(bones.expression, cst.Call):
        refuse("no call stands here")
    edited = bones.expression.visit(_CallEditor(edit, bones.holes))
    assert isinstance(edited, cst.Call)
    return finish(text, bones, edited, indent)


def finish(text: str, bones: Skeleton, edited: cst.BaseExpression, indent: str) -> str:
    """`edited` as text, with the comments of `text` that it would have lost."""
    result = bones.render(edited)
    lost = _lost_comments(text, result)
    if lost:
        result = bones.render(_with_comments(edited, lost, indent))
    if _lost_comments(text, result):
        refuse("a comment inside the call would be lost")
    if parsed(f"({result})") is None:
        refuse("the call would not be valid Python")
    return result


def usual_equal(call: cst.Call) -> cst.AssignEqual:
    """The equals sign as the call's keywords have it."""
    for arg in call.args:
        if isinstance(arg.equal, cst.AssignEqual):
            return arg.equal
    return cst.AssignEqual(NOTHING, NOTHING)


def renamed(arg: cst.Arg, keyword: str | None, equal: cst.AssignEqual) -> cst.Arg:
    """The argument under another keyword, or None to pass it by position."""
    if arg.star:
        refuse("an argument given by * or ** has no name to change")
    if keyword is None:
        return arg.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT)
    if arg.keyword is None:
        return arg.with_changes(keyword=cst.Name(keyword), equal=equal)
    return arg.with_changes(keyword=arg.keyword.with_changes(value=keyword))


def hold_to_grammar(args: list[cst.Arg]) -> None:
    """Raises Impossible when a call with these arguments, in this order, is not valid."""
    keywords = [arg.keyword.value for arg in args if arg.keyword]
    if len(keywords) != len(set(keywords)):
        refuse("the call would have a keyword twice")
    named = unpacked = False
    for arg in args:
        positional = arg.keyword is None and not arg.star
        if (positional and named) or (unpacked and (positional or arg.star == "*")):
            refuse("a positional argument would stand behind a keyword argument")
        named = named or arg.keyword is not None
        unpacked = unpacked or arg.star == "**"


def _hold_positions(args: list[cst.Arg], index: int) -> None:
    if any(arg.star == "*" for arg in args[index:]):
        refuse("an argument before *args cannot become a keyword argument")


def _lost_comments(before: str, after: str) -> list[str]:
    if "#" not in before:
        return []
    kept = comments(f"({after})")
    lost = []
    for comment in comments(f"({before})"):
        if comment in kept:
            kept.remove(comment)
        else:
            lost.append(comment)
    return lost


def _with_comments(
    expression: cst.BaseExpression, lost: list[str], indent: str
) -> cst.BaseExpression:
    if isinstance(expression, cst.Call):
        opening = with_comments(expression.whitespace_before_args, lost, indent)
        if not expression.args:
            end = cst.SimpleWhitespace(indent.removesuffix("    "))
            opening = opening.with_changes(last_line=end)
        return expression.with_changes(whitespace_before_args=opening)
    lpar = cst.LeftParen(whitespace_after=with_comments(NOTHING, lost, indent))
    return expression.with_changes(
        lpar=[lpar, *expression.lpar],
        rpar=[*expression.rpar, cst.RightParen()],
    )
