"""What a symbol becomes in each dialect, and on what conditions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kmigrate.atlas import atlas, nearest
from kmigrate.dialects import locate, qualified
from kmigrate.match.judge import MISSING, Judge
from kmigrate.model import SURFACES, Outcome, Surface
from kmigrate.report.rules import argument_line, case_lines
from kmigrate.report.summary import Line, Style
from kmigrate.rulebook.table import load_table

_SHORT = {"K": "keras.backend", "tf": "tensorflow", "layers": "keras.layers"}
_TARGETS = ("keras@3", "tf.keras@3", "tf.keras@2", "tf_keras", "tf@2")
_STYLES = {
    Outcome.KEPT: Style.FAINT,
    Outcome.REWRITTEN: Style.GOOD,
    Outcome.REVIEW: Style.LOOK,
    Outcome.FLAGGED: Style.BAD,
    Outcome.UNRESOLVED: Style.BAD,
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What a symbol of one surface becomes on another."""

    target: str
    what: str
    outcome: Outcome
    rules: tuple[str, ...]
    details: tuple[str, ...]


def explain(symbol: str) -> Iterator[Line]:
    """A table per API that has the symbol. Raises ValueError for what none of them has."""
    places = list(_places(symbol))
    if not places:
        raise ValueError(_unknown(symbol))
    for surfaces, fates in _merged(places):
        name = qualified(surfaces[0].dialect, places[0][1])
        yield Line(f"{name} ({', '.join(surface.name for surface in surfaces)})", Style.TITLE)
        for fate in fates:
            rules = f"  [{', '.join(fate.rules)}]" if fate.rules else ""
            text = f"  {fate.target:10} {fate.outcome.value:9} {fate.what}{rules}"
            yield Line(text.rstrip(), _STYLES[fate.outcome])
            yield from (Line(f"             {detail}") for detail in fate.details)


def _places(symbol: str) -> Iterator[tuple[Surface, str]]:
    """The surfaces that have the symbol, and its path there."""
    located = locate(_full(symbol))
    if located is None:
        return
    dialect, path = located
    for surface in SURFACES.values():
        if surface.dialect == dialect and path and atlas(surface).has(atlas(surface).public(path)):
            yield surface, path


def _full(symbol: str) -> str:
    """`K.flatten` as `keras.backend.flatten`, `tf.keras.x` as `tensorflow.keras.x`."""
    root, dot, rest = symbol.partition(".")
    return _SHORT.get(root, root) + dot + rest


def _merged(places: list[tuple[Surface, str]]) -> Iterator[tuple[list[Surface], list[Fate]]]:
    """Surfaces with the same answers stand together."""
    groups: list[tuple[list[Surface], list[Fate]]] = []
    for surface, path in places:
        fates = [_fate(surface, path, SURFACES[target]) for target in _TARGETS]
        same = next((group for group in groups if group[1] == fates), None)
        if same:
            same[0].append(surface)
        else:
            groups.append(([surface], fates))
    yield from groups


def _fate(source: Surface, path: str, target: Surface) -> Fate:
    judge = Judge(load_table(), source, target, nearest(target, None))
    known = atlas(source).public(path)
    symbol = judge.symbol(known)
    action = symbol.action
    if source == target:
        return Fate(target.name, qualified(source.dialect, known), action.outcome, (), ())
    details = (
        *_calls(source.api, target.api, symbol.canonical),
        *_arguments(judge, symbol.canonical),
    )
    what = action.name or (
        qualified(source.dialect, known) if action.outcome is Outcome.KEPT else ""
    )
    reason = action.reason if action.outcome is not Outcome.KEPT else ""
    if MISSING in action.rules and details:
        return Fate(target.name, "its calls are rewritten", Outcome.REVIEW, (), details)
    return Fate(
        target.name, ": ".join(filter(None, (what, reason))), action.outcome, action.rules, details
    )


def _calls(source_api: str, target_api: str, path: str) -> Iterator[str]:
    for row in load_table().rewrites(source_api, path):
        for case in row.cases:
            if target_api in case.to or not case.to:
                yield from (f"{row.call} -> {line}" for line in case_lines(case, target_api))


def _arguments(judge: Judge, path: str) -> Iterator[str]:
    for row in judge.table.arguments(judge.source.api, judge.target.api, path):
        yield argument_line(row)


def _unknown(symbol: str) -> str:
    """A sentence, with the full names that end like the symbol."""
    leaf = symbol.rpartition(".")[2]
    found: dict[str, None] = {}
    for surface in SURFACES.values():
        for snapshot in atlas(surface).snapshots():
            for name in snapshot.names():
                if name.rpartition(".")[2] == leaf:
                    found[qualified(surface.dialect, name)] = None
    if not found:
        return f"none of the libraries has {symbol}"
    return f"{symbol} is no full name; perhaps {', '.join(list(found)[:5])}"
