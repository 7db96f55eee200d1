"""What a rule makes of its sampled calls, as a program before and one after."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kmigrate.dialects import qualified
from kmigrate.migrate import migrate, resolve_direction
from kmigrate.model import SURFACES, Options, Outcome, Result
from kmigrate.rulebook.rows import RewriteRow, SymbolRow
from kmigrate.verify.sweep.calls import MAX_FED, Call, Depth, calls_of

# The Keras that makes the symbolic inputs of a surface; raw TensorFlow has those of its time.
_SYMBOLS = {"tf_keras": "tf_keras", "tf@2": "tf_keras"}
INSIDE = "KMIGRATE_SWEEP"  # the variable that says where the programs find what runs them
_SAME = "def same(value):\n    return value\n"


class Spoke(NamedTuple):
    """A rule that changed a reference, and the template it wrote, if any."""

    rule: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """The calls of one row in one direction. `rules[n]` spoke in the call whose output is `c<n>`.

    A call that the migration left as it was has no rules. `before` and `after` define a function
    for each text of a call, `functions[n]` is the one of a call, and `program` adds what runs them.
    """

    row: str
    source: str
    target: str
    before: str
    after: str
    calls: Sequence[Call]
    rules: Sequence[tuple[Spoke, ...]]
    functions: Sequence[int]
    depths: Sequence[Depth]

    @property
    def titles(self) -> list[str]:
        """The calls as a person would write them."""
        return [call.title for call in self.calls]

    def program(self, *, is_after: bool, backend: str = "tensorflow") -> str:
        """The program of one side; its `outputs` are named as in inside/modes.py."""
        symbols = _SYMBOLS.get(self.target if is_after else self.source, "keras")
        if is_after and self.target == "tf@2" and SURFACES[self.source].api != "keras3":
            symbols = "tf_keras"
        needed = {symbols, *(["tensorflow"] if backend == "tensorflow" else [])}
        text = self.after if is_after else self.before
        if backend != "tensorflow":  # only calls that were not rewritten still name it
            text = re.sub(r"^import tensorflow$", "tensorflow = None", text, flags=re.MULTILINE)
        lines = [
            text,
            *(f"import {name}" for name in sorted(needed)),
            "import os",
            "import sys",
            f"sys.path.insert(0, os.environ[{INSIDE!r}])",
            "from inside import sweeping",
            "del sys.path[0]",
            "outputs = {}",
            f"side = sweeping.side(outputs, {backend!r}, {symbols!r})",
        ]
        for index, call in enumerate(self.calls):
            if self.rules[index]:
                ran = f"'c{index}', case_{self.functions[index]}, {call.made!r}"
                lines.append(f"side.run({ran}, {int(self.depths[index])})")
        return "\n".join([*lines, "side.finish()", ""])


def sweep(row: SymbolRow | RewriteRow, source: str, target: str) -> Sweep | None:
    """The calls of a row between two surfaces; None where nothing is rewritten."""
    calls = list(dict.fromkeys(calls_of(row, source)))
    if not calls:
        return None
    texts = list(dict.fromkeys((call.text, call.place) for call in calls))
    functions = [texts.index((call.text, call.place)) for call in calls]
    text, lines = _functions([calls[functions.index(index)] for index in range(len(texts))], source)
    result = translate(text, source, target)
    spoken = _by_line(result)
    rules = [spoken.get(lines[function], ()) for function in functions]
    if result.after is None or not any(rules):
        return None
    depths = _depths(calls, rules)
    return Sweep(row.id, source, target, text, result.after, calls, rules, functions, depths)


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


def _functions(calls: Iterable[Call], source: str) -> tuple[str, list[int]]:
    """The functions that make the calls, and on which line of the text each call stands."""
    root = qualified(SURFACES[source].dialect, "").partition(".")[0]
    text, places = [f"import {root}", *_SAME.splitlines()], []
    for index, call in enumerate(calls):
        text.append(f"def case_{index}({', '.join(call.made)}):")
        places.append(len(text) + 1)
        text += [f"    {line}" for line in call.body()]
    return "\n".join(text) + "\n", places


def _by_line(result: Result) -> dict[int, tuple[Spoke, ...]]:
    found: dict[int, tuple[Spoke, ...]] = {}
    for line, rules in fired(result):
        found[line] = tuple(dict.fromkeys((*found.get(line, ()), *rules)))
    return found


def _depths(calls: Iterable[Call], rules: Iterable[tuple[Spoke, ...]]) -> list[Depth]:
    """Every mode for the first call of each template; every feed for a few others; else spelling."""
    full: set[object] = set()
    fed: set[object] = set()
    depths = []
    for call, spoke in zip(calls, rules, strict=True):
        written = frozenset(item for item in call.arguments if item[0] not in call.made)
        depth = Depth.SPELLED
        if spoke and (spoke, call.place) not in full:
            full.add((spoke, call.place))
            fed.add(written)
            depth = Depth.FULL
        elif spoke and written not in fed and len(fed) < MAX_FED:
            fed.add(written)
            depth = Depth.FED
        depths.append(depth)
    return depths
