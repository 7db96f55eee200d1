"""What the rows say about the calls and the arguments of one symbol, in lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from kmigrate.match.judge import Judge
from kmigrate.match.symbol import Symbol
from kmigrate.report.findings import one_line
from kmigrate.report.rules import argument_line, case_lines
from kmigrate.rulebook.rows import SymbolRow
from kmigrate.rulebook.table import argument_in


def call_lines(judge: Judge, path: str) -> list[tuple[str, str, str]]:
    """(rule, `flatten(x) -> keras.ops.reshape({x}, (-1,))`, template) for each case to the target.

    What is to be checked, or stays, has no template.
    """
    found = []
    for row in judge.table.rewrites(judge.source.api, path):
        call = row.call.partition("(")[0].rpartition(".")[2] + row.call[row.call.index("(") :]
        cases = [case for case in row.cases if judge.target.api in case.to or not case.to]
        if not any(case.to for case in cases):
            continue
        for case in cases:
            template = case.to.get(judge.target.api, "")
            for line in case_lines(case, judge.target.api):
                is_written = bool(template) and line.startswith(template)
                told = line if line.startswith("to check") else f"{call} -> {line}"
                found.append((row.id, told, template if is_written else ""))
        if row.note:
            found.append((row.id, f"to check: {row.note}", ""))
    return found


def argument_lines(judge: Judge, symbol: Symbol) -> Iterator[tuple[str, str]]:
    """(rule, what becomes of it) for each argument that the source's signature or table knows."""
    source, target = judge.source.api, judge.target.api
    written = "tf" if symbol.dialect == "tf" else target
    if symbol.row is not None and source != written:
        row_id = symbol.row.id
        yield from ((row_id, line) for line in _spellings(symbol.row, source, written))
    accepted = judge.table.accepts(source, symbol.canonical)
    for row in judge.table.arguments(source, target, symbol.canonical):
        if row.argument in accepted or _has(judge, symbol.canonical, row.argument):
            told = argument_line(row).removeprefix("argument ")
            yield row.id, f"{one_line(told, 200)}  [{row.id}]"


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
