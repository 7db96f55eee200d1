"""What the rows say about the calls and the arguments of one symbol, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from kmigrate.match.judge import Judge, Symbol
from kmigrate.report.findings import one_line
from kmigrate.report.rules import argument_line, case_lines, measured
from kmigrate.rulebook.evidence import load_evidence
from kmigrate.rulebook.rows import SymbolRow
from kmigrate.rulebook.table import argument_in


def call_lines(judge: Judge, path: str) -> list[tuple[str, str]]:
    """(rule, `flatten(x) -> keras.ops.reshape({x}, (-1,))`) for each case towards the target."""
    found = []
    for row in judge.table.rewrites(judge.source.api, path):
        call = row.call.partition("(")[0].rpartition(".")[2] + row.call[row.call.index("(") :]
        cases = [case for case in row.cases if judge.target.api in case.to or not case.to]
        if not any(case.to for case in cases):
            continue
        for case in cases:
            found += [
                (row.id, line if line.startswith("to check") else f"{call} -> {line}")
                for line in case_lines(case, judge.target.api)
            ]
        if row.note:
            found.append((row.id, f"to check: {row.note}"))
    return found


def argument_lines(judge: Judge, symbol: Symbol) -> Iterator[str]:
    """What becomes of each argument that the source's signature or table knows."""
    source, target = judge.source.api, judge.target.api
    written = "tf" if symbol.dialect == "tf" else target
    if symbol.row is not None and source != written:
        yield from _spellings(symbol.row, source, written)
    accepted = judge.table.accepts(source, symbol.canonical)
    for row in judge.table.arguments(source, target, symbol.canonical):
        if row.argument in accepted or _has(judge, symbol.canonical, row.argument):
            told = argument_line(row).removeprefix("argument ")
            yield f"{one_line(told, 200)}  [{row.id}]"


def _has(judge: Judge, path: str, argument: str) -> bool:
    signatures = (snapshot.signature(path) for snapshot in judge.atlas.snapshots())
    return any(signature is not None and signature.find(argument) for signature in signatures)


def _spellings(row: SymbolRow, source: str, target: str) -> Iterator[str]:
    for hub in row.args:
        old, new = argument_in(row, hub, source), argument_in(row, hub, target)
        if old != new:
            yield f"{old} becomes {new}"
    for hub, values in row.values.items():
        for value, spelled in values.items():
            old_value, new_value = spelled.get(source, value), spelled.get(target, value)
            if old_value != new_value:
                yield f"{argument_in(row, hub, source)}={old_value!r} becomes {new_value!r}"
    for hub in row.explicit:
        yield f"{argument_in(row, hub, target)} is written out where its default differs"


def proof(rule: str, source_api: str, target_api: str) -> str:
    """What a recorded run said about a rule in one direction."""
    record = load_evidence().get(rule, {}).get(f"{source_api}->{target_api}")
    return one_line(measured(record), 160) if record else "no run recorded"
