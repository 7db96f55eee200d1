"""`# TODO(kmigrate rule.id): reason` above the statements that hold a flagged reference."""

from __future__ import annotations

import ast
import re
from bisect import bisect_right
from collections.abc import Iterator

from kmigrate.model import Edit, Finding, InsertLine, Outcome, RemoveLine
from kmigrate.scan import Scan
from kmigrate.text import SourceText

_MARKED = "# TODO(kmigrate "
_MARK = re.compile(re.escape(_MARKED) + r"(?P<rule>[\w.]+)\): ")


def mark_edits(source: SourceText, found: Scan, findings: list[Finding], insert: bool) -> Iterator[Edit]:
    """Insert the marks that are missing (if asked to), remove those whose site is gone."""
    existing = {}
    if _MARKED in source.text:
        existing = {
            line: match["rule"]
            for line, comment in source.comments.items()
            if (match := _MARK.match(comment)) and not source.lines[line - 1].partition("#")[0].strip()
        }
    flagged = [f for f in findings if f.outcome is Outcome.FLAGGED and not f.ignored]
    if not existing and not (insert and flagged):
        return
    starts = sorted(_statement_lines(found.walked.module.node))
    wanted: dict[int, dict[str, str]] = {}
    for finding in flagged:
        line = starts[bisect_right(starts, finding.span.line) - 1]
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
                yield InsertLine(line, f"# TODO(kmigrate {rule}): {' '.join(reason.split())}")


def _statement_lines(tree: ast.AST) -> set[int]:
    """The first line of each statement, of its decorators where it has some."""
    lines = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            lines.add(node.lineno)
        elif isinstance(node, ast.stmt):
            decorators: list[ast.expr] = getattr(node, "decorator_list", [])
            lines.add(min([node.lineno, *(decorator.lineno for decorator in decorators)]))
    return lines
