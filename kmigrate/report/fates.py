"""What a symbol becomes on each surface, case by case, and what the recorded runs say of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kmigrate.atlas import atlas, nearest
from kmigrate.dialects import locate, qualified
from kmigrate.match.judge import Judge
from kmigrate.match.symbol import MISSING, Symbol
from kmigrate.model import SURFACES, Outcome, Surface
from kmigrate.report.details import argument_lines, call_lines
from kmigrate.report.findings import DERIVED
from kmigrate.report.proof import UNPROVEN, Proof, proof
from kmigrate.rulebook.rows import ArgumentRow
from kmigrate.rulebook.table import load_table

SHORT: Mapping[str, str] = {"K": "keras.backend", "tf": "tensorflow", "layers": "keras.layers"}
TARGETS = ("keras@3", "tf.keras@3", "tf.keras@2", "tf_keras", "tf@2")
NOTE = "to check: "
CHECK = ", to be checked: "
_KERAS = re.compile(r"(?<![\w.])keras(?=\.)")


@dataclass(frozen=True, slots=True)
class Answer:
    """One thing that a symbol becomes. `rule` is "" where the snapshots alone say so.

    `proof` is None where nothing is changed, or only respelled.
    """

    text: str
    rule: str = ""
    proof: Proof | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Fate:
    """What a symbol of one surface becomes on another, and what becomes of its arguments."""

    target: str
    outcome: Outcome
    answers: tuple[Answer, ...]
    arguments: tuple[Answer, ...] = ()
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Surfaces with the same answers; `proven[target][n]` are the proofs of answer n by surface."""

    surfaces: list[Surface]
    fates: list[Fate]
    proven: dict[str, list[dict[str, Proof]]]

    def add(self, surface: Surface, fates: list[Fate]) -> None:
        """Count a surface in."""
        self.surfaces.append(surface)
        for fate in fates:
            by_answer = self.proven.setdefault(fate.target, [{} for _ in fate.answers])
            for known, answer in zip(by_answer, fate.answers, strict=True):
                if answer.proof is not None:
                    known[surface.name] = answer.proof


def full_name(symbol: str) -> str:
    """`K.flatten` as `keras.backend.flatten`, `tf.keras.x` as `tensorflow.keras.x`."""
    root, dot, rest = symbol.partition(".")
    return SHORT.get(root, root) + dot + rest


def groups(symbol: str) -> list[Group]:
    """The answers for each surface that has the symbol. Raises ValueError for what none has."""
    found: list[Group] = []
    for surface, path in _places(symbol):
        fates = [fate(surface, path, SURFACES[target]) for target in TARGETS]
        group = next((group for group in found if group.fates == fates), None)
        if group is None:
            group = Group([], fates, {})
            found.append(group)
        group.add(surface, fates)
    if not found:
        from kmigrate.report.meant import unknown

        raise ValueError(unknown(symbol, full_name(symbol)))
    return found


def _places(symbol: str) -> Iterator[tuple[Surface, str]]:
    """The surfaces that have the symbol, and its path there."""
    located = locate(full_name(symbol))
    if located is None:
        return
    dialect, path = located
    for surface in SURFACES.values():
        if surface.dialect == dialect and path and atlas(surface).has(atlas(surface).public(path)):
            yield surface, path


def fate(source: Surface, path: str, target: Surface) -> Fate:
    """What the symbol `path` of one surface becomes on another."""
    judge = Judge(load_table(), source, target, nearest(target, None))
    known = atlas(source).public(path)
    if source == target:
        as_it_is = Answer(f"{qualified(source.dialect, known)}, as it is")
        return Fate(target.name, Outcome.KEPT, (as_it_is,))
    symbol = judge.symbol(known)
    is_flagged = symbol.action.outcome is Outcome.FLAGGED
    calls = call_lines(judge, symbol.canonical)
    if calls and (not is_flagged or MISSING in symbol.action.rules):
        answers = tuple(_case(judge, *line) for line in calls)
        is_proven = all(one.proof.proves for one in answers if one.proof is not None)
        is_proven = is_proven and not any(one.text.startswith(NOTE) for one in answers)
        outcome = Outcome.REWRITTEN if is_proven else Outcome.REVIEW
        is_flagged = False
    else:
        answers, outcome = (_named(symbol, judge, known),), symbol.action.outcome
    arguments = () if is_flagged else tuple(_arguments(judge, symbol))
    rules = [one.rule for one in answers if one.rule]
    return Fate(target.name, outcome, answers, arguments, tuple(dict.fromkeys(rules)))


def _case(judge: Judge, rule: str, line: str, template: str) -> Answer:
    source, target = judge.source.api, judge.target.api
    proven = proof(rule, source, target, template) if template else None
    return Answer(_spelled(line, judge.target) if template else line, rule, proven)


def _named(symbol: Symbol, judge: Judge, known: str) -> Answer:
    action, own = symbol.action, qualified(judge.source.dialect, known)
    rule = next((rule for rule in action.rules if not rule.startswith(DERIVED)), "")
    if action.outcome is Outcome.FLAGGED:
        return Answer(f"not changed: {action.reason}", rule)
    if action.name in ("", own):
        return Answer(f"{own}, as it is")
    proven = proof(rule, judge.source.api, judge.target.api) if rule else None
    note = symbol.row.note_for(judge.target.api) if symbol.row and rule == symbol.row.id else ""
    return Answer(action.name + (CHECK + note if note else ""), rule, proven)


def _arguments(judge: Judge, symbol: Symbol) -> Iterator[Answer]:
    for rule, line in argument_lines(judge, symbol):
        row = load_table().by_id(rule) if rule else None
        is_changed = isinstance(row, ArgumentRow) and not row.flag
        yield Answer(
            line, rule, proof(rule, judge.source.api, judge.target.api) if is_changed else None
        )


def _spelled(text: str, target: Surface) -> str:
    """The names of Keras in a template as the target's dialect reaches them."""
    root = {"tf.keras": "tensorflow.keras", "tf_keras": "tf_keras"}.get(target.dialect)
    return _KERAS.sub(root, text) if root else text


def verdict_of(proofs: Mapping[str, Proof]) -> str:
    """`identical (4 cases from keras@1, 20 from keras@2)`, or one for each verdict."""
    by_verdict: dict[str, list[str]] = {}
    for surface, one in proofs.items():
        head, _, rest = one.brief.partition(", ")
        if one.verdict == UNPROVEN:
            head, rest = f"{UNPROVEN}: {one.conditions[0]}" if one.conditions else UNPROVEN, ""
        by_verdict.setdefault(head, []).append(f"{rest} from {surface}".strip())
    return "; ".join(f"{head} ({', '.join(told)})" for head, told in by_verdict.items())
