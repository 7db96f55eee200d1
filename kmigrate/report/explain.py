"""What a symbol becomes in each dialect, and on what conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kmigrate.atlas import atlas, nearest
from kmigrate.dialects import locate, qualified
from kmigrate.match.judge import MISSING, Judge, Symbol
from kmigrate.model import SURFACES, Outcome, Surface
from kmigrate.report.details import argument_lines, call_lines, proof
from kmigrate.report.findings import DERIVED
from kmigrate.report.summary import Line, Style
from kmigrate.rulebook.evidence import UNPROVEN
from kmigrate.rulebook.table import load_table

_SHORT = {"K": "keras.backend", "tf": "tensorflow", "layers": "keras.layers"}
_TARGETS = ("keras@3", "tf.keras@3", "tf.keras@2", "tf_keras", "tf@2")
_KERAS = re.compile(r"(?<![\w.])keras(?=\.)")
_STYLES = {
    Outcome.KEPT: Style.FAINT,
    Outcome.REWRITTEN: Style.GOOD,
    Outcome.REVIEW: Style.LOOK,
    Outcome.FLAGGED: Style.BAD,
    Outcome.UNRESOLVED: Style.BAD,
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What a symbol of one surface becomes on another, and what becomes of its arguments.

    `proofs` are (rule, what a recorded run said about it from that surface).
    """

    target: str
    outcome: Outcome
    lines: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    proofs: tuple[tuple[str, str], ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class _Group:
    """Surfaces with the same answers."""

    surfaces: list[Surface]
    fates: list[Fate]
    proofs: dict[str, dict[str, list[str]]]  # rule -> what was measured -> directions

    def add(self, surface: Surface, fates: list[Fate]) -> None:
        self.surfaces.append(surface)
        for fate in fates:
            for rule, told in fate.proofs:
                where = self.proofs.setdefault(rule, {}).setdefault(told, [])
                where.append(f"{surface.name} to {fate.target}")


def explain(symbol: str) -> Iterator[Line]:
    """The answers for each API that has the symbol. Raises ValueError for what none of them has."""
    places = list(_places(symbol))
    if not places:
        from kmigrate.report.meant import unknown

        raise ValueError(unknown(symbol, full_name(symbol)))
    for group in _groups(places):
        names = ", ".join(surface.name for surface in group.surfaces)
        yield Line(f"{full_name(symbol)} of {names} becomes", Style.TITLE)
        for fate in group.fates:
            style = _STYLES[fate.outcome]
            first, *others = fate.lines
            yield Line(f"  {fate.target:10}  {first}", style)
            yield from (Line(f"{'':14}{line}", style) for line in others)
        yield from _arguments(group.fates)
        yield from _sources(group.proofs)


def full_name(symbol: str) -> str:
    """`K.flatten` as `keras.backend.flatten`, `tf.keras.x` as `tensorflow.keras.x`."""
    root, dot, rest = symbol.partition(".")
    return _SHORT.get(root, root) + dot + rest


def _places(symbol: str) -> Iterator[tuple[Surface, str]]:
    """The surfaces that have the symbol, and its path there."""
    located = locate(full_name(symbol))
    if located is None:
        return
    dialect, path = located
    for surface in SURFACES.values():
        if surface.dialect == dialect and path and atlas(surface).has(atlas(surface).public(path)):
            yield surface, path


def _groups(places: list[tuple[Surface, str]]) -> list[_Group]:
    groups: list[_Group] = []
    for surface, path in places:
        fates = [_fate(surface, path, SURFACES[target]) for target in _TARGETS]
        group = next((group for group in groups if group.fates == fates), None)
        if group is None:
            group = _Group([], fates, {})
            groups.append(group)
        group.add(surface, fates)
    return groups


def _fate(source: Surface, path: str, target: Surface) -> Fate:
    judge = Judge(load_table(), source, target, nearest(target, None))
    known = atlas(source).public(path)
    if source == target:
        return Fate(target.name, Outcome.KEPT, (f"{qualified(source.dialect, known)}, as it is",))
    symbol = judge.symbol(known)
    action = symbol.action
    calls = call_lines(judge, symbol.canonical)
    is_flagged = action.outcome is Outcome.FLAGGED
    if calls and (not is_flagged or MISSING in action.rules):
        rules = tuple(dict.fromkeys(rule for rule, _ in calls))
        proven = all(judge.proven(rule) for rule in rules)
        outcome = Outcome.REWRITTEN if proven else Outcome.REVIEW
        lines = tuple(_spelled(line, target) for _, line in calls)
        is_flagged = False
    else:
        rules, outcome = action.rules, action.outcome
        lines = (_told(symbol, qualified(source.dialect, known)),)
    arguments = () if is_flagged else tuple(argument_lines(judge, symbol))
    return Fate(target.name, outcome, lines, arguments, _proofs(rules, judge))


def _told(symbol: Symbol, own: str) -> str:
    action = symbol.action
    if action.outcome is Outcome.FLAGGED:
        return f"not changed: {action.reason}"
    if action.name in ("", own):
        return f"{own}, as it is"
    if action.outcome is Outcome.REVIEW:
        reason = "no recorded run proves it" if action.reason == UNPROVEN else action.reason
        return f"{action.name}, to be checked: {reason}"
    return action.name


def _spelled(text: str, target: Surface) -> str:
    """The names of Keras in a template as the target's dialect reaches them."""
    root = {"tf.keras": "tensorflow.keras", "tf_keras": "tf_keras"}.get(target.dialect)
    return _KERAS.sub(root, text) if root else text


def _proofs(rules: tuple[str, ...], judge: Judge) -> tuple[tuple[str, str], ...]:
    own = (rule for rule in rules if not rule.startswith(DERIVED))
    return tuple((rule, proof(rule, judge.source.api, judge.target.api)) for rule in own)


def _arguments(fates: list[Fate]) -> Iterator[Line]:
    """Each line about an argument once, below the targets that it is about."""
    targets: dict[str, list[str]] = {}
    for fate in fates:
        for line in fate.arguments:
            targets.setdefault(line, []).append(fate.target)
    groups: dict[str, list[str]] = {}
    for line, named in targets.items():
        groups.setdefault(", ".join(named), []).append(line)
    for together, lines in groups.items():
        yield Line(f"  arguments to {together}")
        yield from (Line(f"    {line}") for line in lines)


def _sources(proofs: dict[str, dict[str, list[str]]]) -> Iterator[Line]:
    """The rules that spoke, with what was measured about them and where they come from."""
    for rule, measured in proofs.items():
        row = load_table().by_id(rule)
        yield Line(f"  rule {rule}: {row.why if row else ''}", Style.FAINT)
        for told, where in measured.items():
            yield Line(f"    {told}: {', '.join(where)}", Style.FAINT)
