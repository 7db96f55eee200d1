"""Every callable of every surface, called with its arguments: what it becomes exists and binds."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from binding import Judgement, Target, places
from programs import CHANGED, LEFT, run
from synthesis import Call, program

from kmigrate.model import SURFACES, Finding, Outcome, Result

_MARK = "given_"


@dataclass(frozen=True)
class Violation:
    kind: str
    call: Call
    before: str
    after: str
    reason: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.reason}\n    {self.before}\n    {self.after}"


def violations(calls: Sequence[Call], source: str, target: str) -> Iterator[Violation]:
    """What is wrong with the migration of some calls, made in one module."""
    dialect = SURFACES[source].dialect
    text = program(calls, dialect)
    result = run(text, to=target, source=source)
    if result.after is None or result.held_back:
        if len(calls) > 1:
            middle = len(calls) // 2
            yield from violations(calls[:middle], source, target)
            yield from violations(calls[middle:], source, target)
        elif result.after is None:
            yield Violation("refused", calls[0], text, "", result.error)
        return
    again = run(result.after, to=target, source=source)
    for number, one in Checked(calls, text, result, source, target).all():
        yield one
    if again.after != result.after:
        old, new = result.after.splitlines(), (again.after or "").splitlines()
        for one, other in zip(old, new, strict=False):
            if one != other:
                number = re.match(r"\s*r(\d+) =", one)
                call = calls[int(number[1])] if number else calls[0]
                at = old.index(one)
                said = [f.reason or str(f.outcome) for f in result.findings if f.after and f.after in one]
                yield Violation("again", call, program([call], dialect).splitlines()[-1], one, "| ".join([other, *said]))


class Checked:
    def __init__(self, calls, text, result: Result, source, target) -> None:
        self.calls = calls
        assert result.after is not None
        self.result = result
        self.lines = text.splitlines()
        self.before = _statements(ast.parse(text))
        tree = ast.parse(result.after)
        self.after = _statements(tree)
        self.judgement = Judgement(tree, Target.between(source, target))
        self.receivers = _receivers(tree, self.judgement)
        self.seen = {}
        self.findings: dict[int, list[Finding]] = defaultdict(list)
        for one in result.findings:
            self.findings[one.span.line].append(one)

    def all(self):
        for number, call in enumerate(self.calls):
            before = self.before[number]
            after = self.after[number]
            for kind, reason in self._one(number, call, before, after):
                yield number, Violation(kind, call, ast.unparse(before), ast.unparse(after), reason)

    def _one(self, number, call, before, after):
        findings = self.findings[before.lineno]
        receiver = self.receivers.get(number, "")
        if call.receiver and not receiver:
            return
        if not findings and call.receiver:
            yield "unseen", "no finding"
        left = [one for one in findings if one.outcome in LEFT]
        value_before, value_after = before.value, after.value
        if left:
            if not isinstance(value_after, ast.Call) or arguments(value_after) != arguments(value_before):
                yield "flagged", f"changed although flagged: {left[0].reason}"
            return
        yield from self.judgement.wrong(value_after, receiver)
        names = {node.id for node in ast.walk(value_after) if isinstance(node, ast.Name)}
        reason = "; ".join(one.reason for one in findings)
        for one in call.arguments:
            if one.text.startswith(_MARK) and one.text not in names and f"`{one.parameter}`" not in reason:
                yield "lost", f"{one.parameter} | {reason}"
        if isinstance(value_after, ast.Call):
            signature = self.judgement.signature(value_after, receiver)
            for name, place in places(value_after, signature).items():
                if name.startswith(_MARK):
                    key = call.path, ast.unparse(value_after.func), name[len(_MARK):]
                    if self.seen.setdefault(key, place) != place:
                        yield "disagree", f"{name} is {place} and {self.seen[key]} | {reason}"
                    if name[len(_MARK):] != place and signature and signature.find(name[len(_MARK):]):
                        yield "moved", f"{name} is {place} | {reason}"
        changed = [one for one in findings if one.outcome in CHANGED]
        if changed and not any(one.after for one in changed):
            yield "empty", reason
        if not changed and (not isinstance(value_after, ast.Call) or arguments(value_after) != arguments(value_before)):
            yield "kept", "changed although kept"


def arguments(call: ast.Call) -> list[str]:
    return [ast.dump(one) for one in (*call.args, *call.keywords)]


def _statements(tree: ast.Module) -> dict[int, ast.Assign]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            number = re.fullmatch(r"r(\d+)", node.targets[0].id)
            if number:
                found[int(number[1])] = node
    return found


def _receivers(tree: ast.Module, judgement: Judgement) -> dict[int, str]:
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].annotation:
            name = judgement.imports.qualified(node.args.args[0].annotation)
            known = name if name and judgement.target.lookup(name) else ""
            for statement in _statements(ast.Module(node.body, [])):
                found[statement] = known
    return found
