"""Calls that become another expression: the `[[rewrite]]` rows."""

from __future__ import annotations

import ast
import re
from collections.abc import Set
from dataclasses import dataclass, replace
from functools import cache

from kmigrate.match.actions import Action, Template
from kmigrate.match.calls import BoundCall, bindings, moved
from kmigrate.match.conditions import compared_literals, holds, stands
from kmigrate.match.forwarded import dropped, refused, stands_in_it
from kmigrate.match.heads import head_of
from kmigrate.match.judge import Judge
from kmigrate.match.needs import missing
from kmigrate.match.said import NOTHING_SAID, Said
from kmigrate.match.symbol import Symbol
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import Case, RewriteRow

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
SELF = "self"
_CALLED = "{self}("
UNCHANGED = Action()  # the call keeps its form: its arguments are judged one by one


@dataclass(frozen=True, slots=True)
class Pattern:
    """`backend.expand_dims(x, axis=-1)`: what is captured, with defaults, and whether more may be."""

    captures: tuple[tuple[str, str | None], ...]
    forwards: bool


@cache
def pattern_of(call: str) -> Pattern:
    """Read the `call` of a row."""
    forwards = call.endswith("...)")
    node = ast.parse(call.replace("...)", ")"), mode="eval").body
    assert isinstance(node, ast.Call)
    captures: list[tuple[str, str | None]] = [
        (argument.id, None) for argument in node.args if isinstance(argument, ast.Name)
    ]
    captures += [
        (keyword.arg, ast.unparse(keyword.value)) for keyword in node.keywords if keyword.arg
    ]
    return Pattern(tuple(captures), forwards)


@cache
def rest_first(template: str) -> str:
    """`f({x}, k=v, ...)` with the rest before the keywords, where an argument list has it."""
    if not template.endswith(", ...)"):
        return template
    call = ast.parse(
        _PLACEHOLDER.sub(lambda found: "(" + found[1] + ")", template[:-6] + ")"), mode="eval"
    ).body
    if not isinstance(call, ast.Call) or not call.keywords:
        return template
    start = call.keywords[0].col_offset  # braces and brackets are equally long
    return f"{template[:start]}..., {template[start:-6]})"


def rewrite(
    judge: Judge,
    symbol: Symbol,
    call: ast.Call,
    parent: ast.AST | None,
    said: Said = NOTHING_SAID,
) -> Action | None:
    """The action of the first rewrite that speaks for the target; None when none does."""
    row = speaking(judge, symbol)
    action = _by_row(judge, symbol, row, call, parent, said) if row is not None else None
    return None if action is UNCHANGED else action


def speaking(judge: Judge, symbol: Symbol) -> RewriteRow | None:
    """The first rewrite of calls of the symbol that says what they become in the target."""
    api, paths = judge.source.api, dict.fromkeys((symbol.path, symbol.canonical))
    for row in (row for path in paths for row in judge.table.rewrites(api, path)):
        if judge.dates.holds(row) and any(_template(judge, symbol, case) for case in row.cases):
            return row
    return None


def _template(judge: Judge, symbol: Symbol, case: Case) -> str:
    """The case's template for the target; what Keras 2 never had goes back to raw TensorFlow."""
    target = judge.target.api
    goes_back = judge.source.api == "keras3" and target == "keras2"
    if goes_back and not judge.goal.has(symbol.path):
        return case.to.get(target, case.to.get("tf", ""))
    return case.to.get(target, "")


def _by_row(
    judge: Judge,
    symbol: Symbol,
    row: RewriteRow,
    call: ast.Call,
    parent: ast.AST | None,
    said: Said,
) -> Action:
    found = bindings(call, judge.atlas, symbol.path, symbol.canonical)
    difference = moved(found, judge.whole, lambda name: name)
    if difference:
        return symbol.action.flagged(row.id, difference)
    bounds = [bound for _, bound in found]
    bounds.sort(key=lambda bound: bool(bound.problem) + bool(bound.extra))
    if not bounds or bounds[0].problem:
        problem = bounds[0].problem if bounds else "its signature is not known"
        return symbol.action.flagged(row.id, f"the call does not bind: {problem}")
    if bounds[0].hides_positions or bounds[0].hides_keywords:
        return symbol.action.flagged(row.id, "`*` or `**` hides arguments that the rewrite needs")
    templates = [text for case in row.cases if (text := _template(judge, symbol, case))]
    if any(stands_in_it(text, symbol, parent) for text in templates):
        return UNCHANGED
    if _is_of_parents(call) and any(text.startswith(_CALLED) for text in templates):
        return UNCHANGED  # the method that a class of one's own replaces
    cases = [case for case in row.cases if stands(case.when, call, parent)]
    literals: tuple[tuple[ast.Constant, str], ...] = ()
    if cases and cases[0].compared:
        literals = compared_literals(cases[0].compared, call, parent) or ()
        cases = cases[:1] if literals else cases[1:]
    for bound in bounds:
        action = _by_case(judge, symbol, row, cases, bound, said)
        if action is not None and action.template is not None and literals:
            return replace(action, template=replace(action.template, literals=literals))
        if action is not None:
            return action
    needs = "no form of this call that the rule can rewrite; see `kmigrate rules " + row.id + "`"
    return symbol.action.flagged(row.id, needs)


def _is_of_parents(call: ast.Call) -> bool:
    """Is it called on `super()`, which is no object that could be called?"""
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    called = owner.func if isinstance(owner, ast.Call) else None
    return isinstance(called, ast.Name) and called.id == "super"


def _by_case(
    judge: Judge, symbol: Symbol, row: RewriteRow, cases: list[Case], bound: BoundCall, said: Said
) -> Action | None:
    needs = ""
    for case in cases:
        if not holds(case.when, bound, said) or (case.heads and not head_of(bound.call, said)):
            continue
        if case.flag:
            return symbol.action.flagged(row.id, case.flag)
        if case.unchanged:
            return UNCHANGED
        template = _template(judge, symbol, case)
        lacking = missing(judge.goal, template) if template else ""
        if lacking:
            needs = needs or lacking
            continue
        left_out = dropped(judge, symbol, bound) & bound.given().keys()
        filled = _filled(row, case, template, bound, left_out) if template else None
        if filled is None:
            continue
        forwarded = (name for name, one in bound.given().items() if one.index in filled.rest)
        reason = refused(judge, symbol, template, forwarded)
        if reason:
            return symbol.action.flagged(row.id, reason)
        filled = replace(filled, rebinds=case.rebinds, heads=case.heads)
        action = Action(outcome=Outcome.REWRITTEN, reason="the same, written out", template=filled)
        return judge.weighed(action, row.id, case.note or row.note).without(sorted(left_out))
    return symbol.action.flagged(row.id, needs) if needs else None


def _filled(
    row: RewriteRow, case: Case, template: str, bound: BoundCall, left_out: Set[str]
) -> Template | None:
    """The template over the call's arguments; None when it captures too little for this call."""
    pattern = pattern_of(row.call)
    given = bound.given()
    captures: dict[str, int | str] = {SELF: -1} if row.method else {}
    for name, default in pattern.captures:
        if name in given:
            captures[name] = given[name].index
        elif default is not None:
            captures[name] = default
    wanted = set(_PLACEHOLDER.findall(template))
    captured = {name for name, _ in pattern.captures}
    left = captured | left_out
    rest = [argument for name, argument in given.items() if name not in left]
    if not wanted <= captures.keys() or (rest and not pattern.forwards) or bound.overflow:
        return None
    used = wanted | {*case.when.equals, *case.when.present}
    if any(name in given and name not in used for name in captured - left_out):
        return None
    template = (
        rest_first(template) if rest else template.replace(", ...", "").replace("(...)", "()")
    )
    names = {argument.index: name for name, argument in given.items()}
    return Template(
        template,
        tuple((name, captures[name]) for name in sorted(wanted)),
        tuple(argument.index for argument in rest),
        tuple((a.index, names[a.index]) for a in rest if a.keyword is None),
    )
