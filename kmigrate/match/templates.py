"""Calls that become another expression: the `[[rewrite]]` rows."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cache

from kmigrate.match.actions import Action, Template
from kmigrate.match.calls import BoundCall, bind
from kmigrate.match.conditions import compared_literals, holds, stands
from kmigrate.match.judge import Judge, Symbol
from kmigrate.match.needs import missing
from kmigrate.model import Outcome
from kmigrate.rulebook.rows import Case, RewriteRow, When

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
SELF = "self"


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


def rewrite(judge: Judge, symbol: Symbol, call: ast.Call, parent: ast.AST | None) -> Action | None:
    """The action of the first rewrite that speaks for the target; None when none does."""
    row = speaking(judge, symbol)
    return None if row is None else _by_row(judge, symbol, row, call, parent)


def speaking(judge: Judge, symbol: Symbol) -> RewriteRow | None:
    """The first rewrite of calls of the symbol that says what they become in the target."""
    for row in judge.table.rewrites(judge.source.api, symbol.canonical):
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
    judge: Judge, symbol: Symbol, row: RewriteRow, call: ast.Call, parent: ast.AST | None
) -> Action:
    bounds = _bound(judge, symbol, call)
    if not bounds or bounds[0].problem:
        problem = bounds[0].problem if bounds else "its signature is not known"
        return symbol.action.flagged(row.id, f"the call does not bind: {problem}")
    if bounds[0].hides_positions or bounds[0].hides_keywords:
        return symbol.action.flagged(row.id, "`*` or `**` hides arguments that the rewrite needs")
    cases = [case for case in row.cases if stands(case.when, call, parent)]
    literals: tuple[tuple[ast.Constant, str], ...] = ()
    if cases and cases[0].compared:
        literals = compared_literals(cases[0].compared, call, parent) or ()
        cases = cases[:1] if literals else cases[1:]
    for bound in bounds:
        action = _by_case(judge, symbol, row, cases, bound)
        if action is not None and action.template is not None and literals:
            return replace(action, template=replace(action.template, literals=literals))
        if action is not None:
            return action
    needs = "no form of this call that the rule can rewrite; see `kmigrate rules " + row.id + "`"
    return symbol.action.flagged(row.id, needs)


def _by_case(
    judge: Judge, symbol: Symbol, row: RewriteRow, cases: list[Case], bound: BoundCall
) -> Action | None:
    needs = ""
    for case in cases:
        if not holds(case.when, bound):
            continue
        if case.flag:
            return symbol.action.flagged(row.id, case.flag)
        if case.unchanged:
            return symbol.action
        template = _template(judge, symbol, case)
        lacking = missing(judge.goal, template) if template else ""
        if lacking:
            needs = needs or lacking
            continue
        dropped = _dropped(judge, symbol)
        action = _filled(row, case, template, bound, dropped) if template else None
        if action is not None:
            return judge.weighed(action, row.id, case.note or row.note)
    return symbol.action.flagged(row.id, needs) if needs else None


def _bound(judge: Judge, symbol: Symbol, call: ast.Call) -> list[BoundCall]:
    """The call bound to each known signature of the source, those that it fits first."""
    signatures = (snapshot.signature(symbol.canonical) for snapshot in judge.atlas.snapshots())
    bounds = [bind(call, signature) for signature in signatures if signature is not None]
    return sorted(bounds, key=lambda bound: bool(bound.problem) + bool(bound.extra))


def _dropped(judge: Judge, symbol: Symbol) -> set[str]:
    """The arguments that rows leave out on the way to the target, whatever they are."""
    rows = judge.table.arguments(judge.source.api, judge.target.api, symbol.canonical)
    return {row.argument for row in rows if row.drop and row.when == When()}


def _filled(
    row: RewriteRow, case: Case, template: str, bound: BoundCall, dropped: set[str]
) -> Action | None:
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
    rest = [argument for name, argument in given.items() if name not in captured | dropped]
    if not wanted <= captures.keys() or (rest and not pattern.forwards) or bound.overflow:
        return None
    used = wanted | case.when.equals.keys() | dropped
    if any(name in given and name not in used for name in captured):
        return None
    template = (
        rest_first(template) if rest else template.replace(", ...", "").replace("(...)", "()")
    )
    names = {argument.index: name for name, argument in given.items()}
    return Action(
        outcome=Outcome.REWRITTEN,
        reason="the same, written out",
        template=Template(
            template,
            tuple((name, captures[name]) for name in sorted(wanted)),
            tuple(argument.index for argument in rest),
            tuple((a.index, names[a.index]) for a in rest if a.keyword is None),
        ),
    )
