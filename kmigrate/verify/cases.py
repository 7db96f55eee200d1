"""The calls that a rule's `samples` stand for, as a program before and one after."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kmigrate.dialects import qualified
from kmigrate.migrate import migrate, resolve_direction
from kmigrate.model import SURFACES, Options, Outcome, Result
from kmigrate.rulebook.rows import RewriteRow, SymbolRow
from kmigrate.rulebook.table import argument_in, call_path

MAX_COMBINATIONS = 24
_MADE = re.compile(r"\b(?:float16|float32|float64|int32|int64|bool)\(")

# Each case draws its tensors from a generator that starts anew, so both sides get the same ones.
HEADER = """
import numpy as np
import tensorflow as tf


class Maker:
    def __init__(self, dtype):
        self.dtype = dtype

    def __call__(self, *shape):
        values = GENERATOR.normal(size=shape)
        if self.dtype == "bool":
            values = values > 0
        elif self.dtype.startswith("int"):
            values = GENERATOR.randint(0, 9, size=shape)
        return tf.constant(np.asarray(values).astype(self.dtype))


float16, float32, float64 = Maker("float16"), Maker("float32"), Maker("float64")
int32, int64, bool = Maker("int32"), Maker("int64"), Maker("bool")
softmax, sigmoid, square = tf.nn.softmax, tf.sigmoid, tf.square
outputs = {}


def attempt(name, case, make):
    global GENERATOR
    GENERATOR = np.random.RandomState(0)
    try:
        outputs[name] = case(**make())
    except Exception as error:
        outputs[name] = "raised " + type(error).__name__ + ": " + str(error)[:200]

"""


class Spoke(NamedTuple):
    """A rule that changed a reference, and the template it wrote, if any."""

    rule: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its text, what makes the tensors among its arguments, and both in one."""

    text: str
    made: tuple[tuple[str, str], ...]
    title: str


@dataclass(frozen=True, slots=True)
class Sweep:
    """The cases of one row in one direction. `rules[n]` spoke in the case whose output is `c<n>`.

    A case that the migration left as it was has no rules.
    """

    row: str
    source: str
    target: str
    before: str
    after: str
    titles: Sequence[str]
    rules: Sequence[tuple[Spoke, ...]]


def sweep(row: SymbolRow | RewriteRow, source: str, target: str) -> Sweep | None:
    """The cases of a row between two surfaces; None where nothing is rewritten."""
    calls = list(dict.fromkeys(_calls(row, source)))
    if not calls:
        return None
    lines = [f"import {qualified(SURFACES[source].dialect, '')}"]
    for index, call in enumerate(calls):
        lines.append(f"def case_{index}({', '.join(name for name, _ in call.made)}):")
        lines.append(f"    return {call.text}")
    text = "\n".join(lines) + "\n"
    result = translate(text, source, target)
    rules = [_rules_at(result, 3 + 2 * index) for index in range(len(calls))]
    if result.after is None or not any(rules):
        return None
    footer = "".join(
        f"attempt('c{index}', case_{index}, lambda: dict({_makers(call)}))\n"
        for index, call in enumerate(calls)
    )
    titles = [call.title for call in calls]
    before, after = (HEADER + side + "\n" + footer for side in (text, result.after))
    return Sweep(row.id, source, target, before, after, titles, rules)


def translate(text: str, source: str, target: str) -> Result:
    """The text of one surface in another."""
    options = Options(sources=(source,), target=target)
    return migrate(text, options, resolve_direction(options, {}, {}))


def fired(result: Result) -> Iterator[tuple[int, tuple[Spoke, ...]]]:
    """The lines of a text on which rules of the table changed something, with who spoke."""
    for finding in result.findings:
        rules = tuple(rule for rule in finding.rules if not rule.startswith("derived."))
        if rules and finding.outcome in (Outcome.REWRITTEN, Outcome.REVIEW):
            spoke = (Spoke(rule, finding.template) for rule in rules)
            yield finding.span.line, tuple(spoke)


def _rules_at(result: Result, line: int) -> tuple[Spoke, ...]:
    found = [rule for at, rules in fired(result) if at == line for rule in rules]
    return tuple(dict.fromkeys(found))


def _makers(call: Call) -> str:
    return ", ".join(f"{name}={expression}" for name, expression in call.made)


def _calls(row: SymbolRow | RewriteRow, source: str) -> Iterator[Call]:
    api = SURFACES[source].api
    samples = _samples(row, api)
    for path in _paths(row, source):
        callee = qualified(SURFACES[source].dialect, path)
        combinations = itertools.product(*samples.values())
        for values in itertools.islice(combinations, MAX_COMBINATIONS):
            arguments = dict(zip(samples, values, strict=True))
            for count in range(1, len(arguments)):
                yield _call(callee, dict(list(arguments.items())[:count]), 1)
            for positional in (0, 1, len(arguments)):
                yield _call(callee, arguments, positional)


def _call(callee: str, arguments: Mapping[str, str], positional: int) -> Call:
    made = tuple((name, value) for name, value in arguments.items() if _MADE.search(value))
    inline = {**arguments, **{name: name for name, _ in made}}

    def written(values: Mapping[str, str]) -> str:
        texts = [
            value if index < positional else f"{name}={value}"
            for index, (name, value) in enumerate(values.items())
        ]
        return f"{callee}({', '.join(texts)})"

    return Call(written(inline), made, written(arguments))


def _samples(row: SymbolRow | RewriteRow, api: str) -> dict[str, tuple[str, ...]]:
    if isinstance(row, RewriteRow):
        return dict(row.samples)
    return {argument_in(row, name, api): values for name, values in row.samples.items()}


def _paths(row: SymbolRow | RewriteRow, source: str) -> Iterator[str]:
    """The names of the row's thing on a surface: K.* of Keras 3 is only the shim's."""
    surface = SURFACES[source]
    if isinstance(row, SymbolRow):
        paths: Sequence[str] = row.names.get(surface.api, ())
    else:
        speaks = surface.api in row.sources and not row.method
        paths = (call_path(row), *row.also) if speaks else ()
    for path in paths:
        of_shim = surface.api == "keras3" and path.startswith("backend.")
        if of_shim == (source == "tf.keras@3"):
            yield path
