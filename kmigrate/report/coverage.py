"""Which names, parameters and methods of one surface have an answer in another.

The denominator is the snapshot, not the table: what nobody thought of counts as missing.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from json import dumps
from typing import Any

from kmigrate.api import Signature, Snapshot, load
from kmigrate.atlas import versions
from kmigrate.match.actions import Action
from kmigrate.match.arguments import ArgumentMatcher
from kmigrate.match.judge import Judge
from kmigrate.match.symbol import ARGUMENT, MISSING, NAME, Symbol
from kmigrate.match.templates import rewrite, speaking
from kmigrate.model import SURFACES, Outcome
from kmigrate.report.summary import Line
from kmigrate.rulebook.table import Table, load_table

# What is asked of each target: everything, or the operators that raw TensorFlow can stand for.
OPERATORS = ("backend.", "ops.", "random.")
SOURCES: Sequence[tuple[str, str]] = (
    ("keras@1", "1.2.2"),
    ("keras@2", "2.0.9"),
    ("keras@2", "2.2.4"),
    ("keras@2", "2.3.1"),
    ("keras@2", "2.15"),
    ("tf.keras@2", "1.15"),
    ("tf.keras@2", "2.15"),
    ("tf_keras", ""),
    ("keras@3", ""),
    ("tf.keras@3", ""),
    ("tf@1", "1.15"),
    ("tf@2", ""),
)
TARGETS = ("keras@3", "tf.keras@3", "tf.keras@2", "tf_keras", "tf@2")
# The namespaces of raw TensorFlow that hold operators; "" is the top level.
TENSORFLOW = ("", "math", "nn", "linalg", "image", "signal", "random", "debugging")

_NO_ANSWER = ((ARGUMENT,), (MISSING,))

_ROW = "{:15}  {:15} {:>7} {:>7} {:>7} {:>7} {:>7} {:>6}"
_HEAD = ("from", "to", "symbols", "derived", "by hand", "params", "methods", "open")
_LEGEND = """
Symbols, parameters (of functions, constructors and methods) and methods are
those of the snapshot that a pair leads from; towards tf, of its operators.
Derived: the snapshots alone answer for the symbol, which is there under the
same or another name. By hand: a row of the table does. Open: symbols,
parameters and methods without an answer; --format json names each.
"""


@dataclass(slots=True)
class Pair:
    """The answers from one surface to another. `verdicts` counts the symbols that have one.

    `derived` are those among them that the snapshots alone answer for: no row speaks of the symbol.
    """

    source: str
    target: str
    symbols: int = 0
    parameters: int = 0
    methods: int = 0
    verdicts: int = 0
    derived: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The pair as `kmigrate rules --coverage --format json` prints it."""
        return {
            "from": self.source,
            "to": self.target,
            "symbols": self.symbols,
            "parameters": self.parameters,
            "methods": self.methods,
            "verdicts": self.verdicts,
            "derived": self.derived,
            "by_hand": self.verdicts - self.derived,
            "kinds": dict(sorted(self.kinds.items())),
            "missing": sorted(self.missing),
        }


def as_json() -> str:
    """One JSON document and a newline."""
    return dumps({"pairs": [pair.to_json() for pair in coverage()]}, indent=1) + "\n"


def as_lines() -> Iterator[Line]:
    """A line for each pair: what there is, how it is answered, what lacks an answer."""
    yield Line(_ROW.format(*_HEAD))
    for pair in coverage():
        by_hand = pair.verdicts - pair.derived
        counts = (pair.symbols, pair.derived, by_hand, pair.parameters, pair.methods)
        yield Line(_ROW.format(pair.source, pair.target, *counts, len(pair.missing)))
    yield from map(Line, _LEGEND.rstrip().split("\n"))


def coverage() -> Iterator[Pair]:
    """Every pair of surfaces between which kmigrate migrates."""
    table = load_table()
    for source, version in SOURCES:
        snapshot = load(SURFACES[source].dialect, version)
        for target, names in asked(source, snapshot):
            yield _pair(table, snapshot, source, target, names)


def asked(source: str, snapshot: Snapshot) -> Iterator[tuple[str, list[str]]]:
    """The targets of a source, and which of its symbols each is asked for."""
    names = _symbols(snapshot)
    if source == "tf@1":
        # What stands below tf.compat is read as what it is in TensorFlow 1 or 2, or in tf.keras.
        own = [name for name in names if not name.startswith("compat.")]
        yield from (("keras@3", own), ("tf@2", own))
    elif source == "tf@2":
        yield "keras@3", [name for name in names if _is_operator(snapshot, name)]
    else:
        yield from ((target, names) for target in TARGETS if target not in (source, "tf@2"))
        yield "tf@2", [name for name in names if name.startswith(OPERATORS)]


def _symbols(snapshot: Snapshot) -> list[str]:
    return sorted({snapshot.canonical(name) or name for name in snapshot.names()})


def _is_operator(snapshot: Snapshot, name: str) -> bool:
    return name.rpartition(".")[0] in TENSORFLOW and snapshot.kind(name) == "function"


def _pair(table: Table, snapshot: Snapshot, source: str, target: str, names: Sequence[str]) -> Pair:
    judge = Judge(table, SURFACES[source], SURFACES[target], "")
    version = versions(SURFACES[target])[0]
    pair = Pair(f"{snapshot.surface}@{snapshot.version}", f"{SURFACES[target].dialect}@{version}")
    for name in names:
        symbol = judge.symbol(name)
        pair.symbols += 1
        kind = _kind(judge, symbol)
        pair.kinds[kind] += 1
        pair.verdicts += kind != "missing"
        pair.derived += kind in ("kept", "renamed") and symbol.row is None
        if kind == "missing":
            pair.missing.append(name)
        _below(judge, symbol, snapshot, pair)
    return pair


def _kind(judge: Judge, symbol: Symbol) -> str:
    """The sort of answer: kept, renamed, rewritten, review, flagged, or missing."""
    action = symbol.action
    is_missing = MISSING in action.rules
    if (is_missing or action.outcome is Outcome.KEPT) and speaking(judge, symbol) is not None:
        return "rewritten"
    if is_missing:
        return "missing"
    return "renamed" if action.rules == (NAME,) else action.outcome.value


def _below(judge: Judge, symbol: Symbol, snapshot: Snapshot, pair: Pair) -> None:
    """Count the parameters of a symbol, its methods and theirs; what is flagged answers for them."""
    is_open = symbol.action.outcome is not Outcome.FLAGGED
    _parameters(judge, symbol if is_open else None, snapshot, symbol.path, pair)
    is_class = snapshot.kind(symbol.path) == "class"
    for member in snapshot.own_members(symbol.path) if is_class else ():
        path = f"{symbol.path}.{member}"
        method = judge.symbol(path) if is_open else None
        pair.methods += 1
        if method and _kind(judge, method) == "missing":
            pair.missing.append(path)
        is_asked = method and method.action.outcome is not Outcome.FLAGGED
        _parameters(judge, method if is_asked else None, snapshot, path, pair)


def _parameters(
    judge: Judge, symbol: Symbol | None, snapshot: Snapshot, path: str, pair: Pair
) -> None:
    signature = snapshot.signature(path)
    for name in _names(signature):
        pair.parameters += 1
        action = _given(judge, symbol, signature, name) if symbol else None
        if action and action.outcome is Outcome.FLAGGED and action.rules[:1] in _NO_ANSWER:
            pair.missing.append(f"{path}({name}=)")


def _names(signature: Signature | None) -> list[str]:
    parameters = signature.parameters if signature else ()
    return [one.name for one in parameters if not one.kind.startswith("var_")]


def _given(judge: Judge, symbol: Symbol, signature: Signature | None, name: str) -> Action:
    """The verdict on a call that gives the parameter, and those that every call must give."""
    assert signature is not None
    needed = [one.name for one in signature.parameters if one.is_required and one.name != name]
    given = ", ".join(f"{one}={one}" for one in (*needed, name))
    call = _call(f"f({given})")
    arguments = ArgumentMatcher(judge, symbol, ast.unparse)
    return rewrite(judge, symbol, call, None) or arguments.action(call)


@cache
def _call(text: str) -> ast.Call:
    call = ast.parse(text, mode="eval").body
    assert isinstance(call, ast.Call)
    return call
