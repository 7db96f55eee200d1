"""Made-up calls migrated, and each judged by itself: its text before and after, and what was said."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from binding import Judgement, Target, places
from programs import CHANGED, LEFT, run
from synthesis import MARK, Call, program

from kmigrate.model import Finding, Outcome, Result

_RESULT = re.compile(r"r(\d+)")


@dataclass(frozen=True)
class Violation:
    """What is wrong with what became of one call."""

    kind: str
    call: Call
    before: str
    after: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}\n    {self.before}\n    {self.after}"


def violations(calls: Sequence[Call], source: str, target: str) -> Iterator[Violation]:
    """What is wrong with the migration of some calls, made in one module."""
    text = program(calls, source.partition("@")[0])
    result = run(text, to=target, source=source)
    if result.after is not None and not result.held_back:
        yield from Migrated(calls, text, result, Target.between(source, target)).violations()
        yield from _changed_again(calls, result.after, source, target)
    elif len(calls) > 1:
        middle = len(calls) // 2
        yield from violations(calls[:middle], source, target)
        yield from violations(calls[middle:], source, target)
    elif result.after is None:
        yield Violation("refused", calls[0], text, "", result.error)


def _changed_again(
    calls: Sequence[Call], text: str, source: str, target: str
) -> Iterator[Violation]:
    result = run(text, to=target, source=source)
    again = result.after
    if again == text:
        return
    if again is None:
        yield Violation("refused again", calls[0], text[:200], "", result.error)
        return
    once, twice = _statements(ast.parse(text)), _statements(ast.parse(again))
    for number, call in enumerate(calls):
        texts = ast.unparse(once[number]), ast.unparse(twice[number])
        if texts[0] != texts[1]:
            yield Violation("changed again", call, *texts, call.form)


class Migrated:
    """One module of calls and what it became."""

    def __init__(self, calls: Sequence[Call], text: str, result: Result, target: Target) -> None:
        assert result.after is not None
        tree = ast.parse(result.after)
        self._calls = calls
        self._before = _statements(ast.parse(text))
        self._after = _statements(tree)
        self._judgement = Judgement(tree, target)
        self._places: dict[tuple[str, str, str], str] = {}
        self._findings: dict[int, list[Finding]] = defaultdict(list)
        for finding in result.findings:
            self._findings[finding.span.line].append(finding)
        self._receivers = {**_receivers(tree, self._judgement), **self._flagged(ast.parse(text))}

    def _flagged(self, before: ast.Module) -> Mapping[int, str]:
        """The methods of classes that are flagged where they are named, which says it all."""
        functions = [node for node in before.body if isinstance(node, ast.FunctionDef)]
        return {
            number: ""
            for node in functions
            if any(one.outcome in LEFT for one in self._findings[node.lineno])
            for number in _statements(node)
        }

    def violations(self) -> Iterator[Violation]:
        """What is wrong with any of the calls."""
        for number, call in enumerate(self._calls):
            before, after = self._before[number], self._after[number]
            for kind, reason in self._wrong(number, call, before, after):
                yield Violation(kind, call, ast.unparse(before), ast.unparse(after), reason)

    def _wrong(
        self, number: int, call: Call, before: ast.Assign, after: ast.Assign
    ) -> Iterator[tuple[str, str]]:
        findings = self._findings[before.lineno]
        receiver = self._receivers.get(number, "")
        if call.receiver and not receiver:
            return  # the class has no counterpart, which is said where it is named
        if not findings:
            yield "unseen", "no finding"
        reason = "; ".join(one.reason for one in findings)
        is_alike = _arguments(before.value) == _arguments(after.value)
        if any(one.outcome in LEFT for one in findings):
            if not is_alike:
                yield "flagged", f"changed, though: {reason}"
            return
        if not is_alike and not any(one.outcome in CHANGED for one in findings):
            yield "kept", "changed, though kept"
        yield from self._judgement.wrong(after.value, receiver)
        yield from _lost(call, after.value, reason)
        if not any(one.template and one.outcome is Outcome.REVIEW for one in findings):
            yield from self._moved(call, after.value, receiver)

    def _moved(self, call: Call, after: ast.expr, receiver: str) -> Iterator[tuple[str, str]]:
        """Is an argument another one there than where the same callee got it in another form?

        What a template does on purpose, and says, is not asked: `K.arange(n)` is `K.arange(0, n)`.
        """
        if not isinstance(after, ast.Call):
            return
        signature = self._judgement.signature(after, receiver)
        for name, place in places(after, signature).items():
            key = call.path, ast.unparse(after.func), name
            if name.startswith(MARK) and self._places.setdefault(key, place) != place:
                yield "moved", f"`{name}` is `{place}` here and `{self._places[key]}` elsewhere"


def _lost(call: Call, after: ast.expr, reason: str) -> Iterator[tuple[str, str]]:
    """The arguments that are neither in the new text nor named in the reason."""
    names = {node.id for node in ast.walk(after) if isinstance(node, ast.Name)}
    for one in call.arguments:
        is_there = one.text in names or f"`{one.parameter}`" in reason
        if one.text.startswith(MARK) and not is_there:
            yield "lost", f"`{one.parameter}`, of which is said: {reason}"


def _arguments(value: ast.expr) -> list[str] | None:
    if not isinstance(value, ast.Call):
        return None
    return [ast.dump(one) for one in (*value.args, *value.keywords)]


def _statements(tree: ast.AST) -> Mapping[int, ast.Assign]:
    """The assignments to r0, r1, ... by number."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            number = _RESULT.fullmatch(node.targets[0].id)
            if number:
                found[int(number[1])] = node
    return found


def _receivers(tree: ast.Module, judgement: Judgement) -> Mapping[int, str]:
    """The class that the receiver of each method is of in the target, "" where it has none."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.args.args[0].annotation is not None:
            name = judgement.imports.qualified(node.args.args[0].annotation)
            known = name if name and judgement.target.lookup(name) else ""
            found.update(dict.fromkeys(_statements(node), known))
    return found
