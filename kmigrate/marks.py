"""`# TODO(kmigrate rule.id): reason` above the statements that hold a flagged reference."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from kmigrate.comments import MARKED
from kmigrate.model import Edit, Finding, InsertLine, Outcome, RemoveLine
from kmigrate.scan import Scan
from kmigrate.text import SourceText

_MARK = re.compile(re.escape(MARKED) + r"(?P<rule>[\w.]+)\): ")


def mark_edits(
    source: SourceText, found: Scan, findings: list[Finding], insert: bool
) -> Iterator[Edit]:
    """Insert the marks that are missing (if asked to), remove those whose site is gone."""
    existing = {}
    if MARKED in source.text:
        existing = {
            line: match["rule"]
            for line, comment in source.comments.items()
            if (match := _MARK.match(comment))
            and not source.lines[line - 1].partition("#")[0].strip()
        }
    flagged = [f for f in findings if f.outcome is Outcome.FLAGGED and not f.ignored]
    if not existing and not (insert and flagged):
        return
    heads = _heads(found.walked.module.node, source)
    wanted: dict[int, dict[str, str]] = {}
    for finding in flagged:
        line = _line_above(heads, finding.span.line)
        wanted.setdefault(line, {}).setdefault(finding.rules[0], finding.reason)
    for line, rule in existing.items():
        below = line
        while below in existing:
            below += 1
        known = wanted.get(below, {})
        if rule in known:
            del known[rule]
        else:
            yield RemoveLine(line)
    if insert:
        for line, rules in wanted.items():
            for rule, reason in rules.items():
                yield InsertLine(line, f"{MARKED}{rule}): {' '.join(reason.split())}")


def _heads(tree: ast.AST, source: SourceText) -> list[tuple[int, int]]:
    """First and last line of every statement, of one with a body up to where that begins."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt | ast.ExceptHandler):
            continue
        decorators: list[ast.expr] = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        body: list[ast.stmt] = getattr(node, "body", [])
        last = node.end_lineno or first
        if body:
            before = source.lines[body[0].lineno - 1][: body[0].col_offset]
            last = body[0].lineno - (0 if before.strip() else 1)
        found.append((first, last))
    return found


def _line_above(heads: list[tuple[int, int]], line: int) -> int:
    """Where a mark for `line` belongs: above the outermost statement whose head holds it."""
    return min((first for first, last in heads if first <= line <= last), default=line)
