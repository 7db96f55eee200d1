"""A unified diff that `git apply` takes, each hunk with the rules that made it and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kmigrate.model import Finding, Outcome
from kmigrate.report.align import Change, changes, hunks
from kmigrate.report.record import CHANGES, FileRecord

CONTEXT = 3
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")  # git ends lines at LF only
_NO_NEWLINE = b"\\ No newline at end of file\n"
_COLOURS = {b"-": b"\x1b[31m", b"+": b"\x1b[32m", b"@": b"\x1b[36m", b"=": b"\x1b[1m"}
_RESET = b"\x1b[0m"


def diff(records: Iterable[FileRecord], colour: bool = False) -> Iterator[bytes]:
    """The lines of the whole diff, in the encodings of the files."""
    for record in records:
        if record.status in CHANGES:
            for line in _file(record):
                yield _coloured(line) if colour else line


def _file(record: FileRecord) -> Iterator[bytes]:
    before, after = _LINE.findall(record.before), _LINE.findall(record.after)
    found = list(changes(before, after))
    if found:
        yield b"--- " + _name("a/", record.path)
        yield b"+++ " + _name("b/", record.path)
    for group in hunks(found, CONTEXT):
        yield from _hunk(before, after, group, _heading(record.counted, group))


def _hunk(
    before: list[bytes], after: list[bytes], group: list[Change], heading: str
) -> Iterator[bytes]:
    start = max(group[0].start - CONTEXT, 0)
    end = min(group[-1].end + CONTEXT, len(before))
    new_start = group[0].new_start - (group[0].start - start)
    new_end = group[-1].new_end + (end - group[-1].end)
    ranges = f"@@ -{_range(start, end)} +{_range(new_start, new_end)} @@ {heading}"
    yield ranges.rstrip().encode() + b"\n"
    for change in group:
        yield from _marked(b" ", before[start : change.start])
        yield from _marked(b"-", before[change.start : change.end])
        yield from _marked(b"+", after[change.new_start : change.new_end])
        start = change.end
    yield from _marked(b" ", before[start:end])


def _marked(mark: bytes, lines: list[bytes]) -> Iterator[bytes]:
    for line in lines:
        if line.endswith(b"\n"):
            yield mark + line
        else:
            yield mark + line + b"\n"
            yield _NO_NEWLINE


def _range(start: int, end: int) -> str:
    """As diff writes ranges: from 1, and an empty one by the line before it."""
    length = end - start
    first = start + 1 if length else start
    return str(first) if length == 1 else f"{first},{length}"


def _heading(findings: Iterable[Finding], group: list[Change]) -> str:
    rules: dict[str, None] = {}
    reasons: dict[str, None] = {}
    for finding in findings:
        if any(_made(finding, change) for change in group):
            rules.update(dict.fromkeys(finding.rules))
            if finding.reason:
                reasons[" ".join(finding.reason.split())] = None
    return ": ".join(filter(None, (", ".join(rules), "; ".join(reasons))))


def _made(finding: Finding, change: Change) -> bool:
    first, last = finding.span.line - 1, finding.span.end_line
    if finding.outcome in (Outcome.REWRITTEN, Outcome.REVIEW):
        return first < max(change.end, change.start + 1) and last > change.start
    # A mark stands alone above what it speaks about.
    return finding.outcome is Outcome.FLAGGED and change.start == change.end == first


def _name(prefix: str, path: str) -> bytes:
    name = prefix + path
    if re.search(r'["\\\x00-\x1f\x7f]', name):
        quoted = "".join(map(_quoted, name))
        return f'"{quoted}"\n'.encode(errors="surrogateescape")
    end = "\t\n" if " " in name else "\n"  # else the name would end at the blank
    return (name + end).encode(errors="surrogateescape")


def _quoted(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    if character < " " or character == "\x7f":
        return f"\\{ord(character):03o}"
    return character


def _coloured(line: bytes) -> bytes:
    kind = b"=" if line.startswith((b"--- a/", b"+++ b/")) else line[:1]
    if kind not in _COLOURS:
        return line
    body = line.rstrip(b"\r\n")
    return _COLOURS[kind] + body + _RESET + line[len(body) :]
