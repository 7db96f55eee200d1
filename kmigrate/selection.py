"""Which findings the person wants left alone: --select, --ignore and comments on the line."""

from __future__ import annotations

import re

from kmigrate.model import Finding, Options
from kmigrate.text import SourceText

_COMMENT = re.compile(r"#\s*kmigrate:\s*ignore(?:\[(?P<ids>[\w.,\s]+)\])?")


def covers(prefix: str, rule: str) -> bool:
    """Does `backend`, or `backend.flatten`, select the rule `backend.flatten`?"""
    return rule == prefix or rule.startswith(prefix + ".")


def ignored_by_comment(finding: Finding, source: SourceText) -> bool:
    """Does a comment on the finding's line say to leave it?"""
    if "kmigrate" not in source.text:
        return False
    for line in {finding.span.line, finding.span.end_line}:
        found = _COMMENT.search(source.comments.get(line, ""))
        if found is None:
            continue
        if found["ids"] is None:
            return True
        ids = [part.strip() for part in found["ids"].split(",")]
        if any(covers(prefix, rule) for prefix in ids for rule in finding.rules):
            return True
    return False


def ignored_by_option(finding: Finding, options: Options) -> bool:
    """Is the finding's rule ignored, or not among the selected ones?"""
    if any(covers(prefix, rule) for prefix in options.ignore for rule in finding.rules):
        return True
    if not options.select:
        return False
    return not any(covers(prefix, rule) for prefix in options.select for rule in finding.rules)
