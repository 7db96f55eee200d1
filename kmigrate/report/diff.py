"""A unified diff that `git apply` takes, each hunk with its rules, how far they are proven, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from kmigrate.model import Direction, Finding, Outcome
from kmigrate.report.align import Change, changes, hunks
from kmigrate.report.cells import by_cell
from kmigrate.report.findings import first_sentence, one_line, own_rules
from kmigrate.report.pins import moved
from kmigrate.report.record import CHANGES, FileRecord
from kmigrate.report.verdicts import verdict

CONTEXT = 3
WIDTH = 110
_CHANGES = (Outcome.REWRITTEN, Outcome.REVIEW)
_TOLD = (Outcome.REVIEW, Outcome.FLAGGED)
_LINE = re.compile(rb"[^\n]*\n|[^\n]+")  # git ends lines at LF only
_NO_NEWLINE = b"\\ No newline at end of file\n"
_COLOURS = {b"-": b"\x1b[31m", b"+": b"\x1b[32m", b"@": b"\x1b[36m", b"=": b"\x1b[1m"}
_RESET = b"\x1b[0m"


def diff(
    records: Iterable[FileRecord], direction: Direction, colour: bool = False
) -> Iterator[bytes]:
    """The lines of the whole diff, in the encodings of the files."""
    for record in records:
        if record.status in CHANGES:
            for line in (line for part in by_cell(record) for line in _file(part, direction)):
                yield _coloured(line) if colour else line


def _file(record: FileRecord, direction: Direction) -> Iterator[bytes]:
    before, after = _LINE.findall(record.before), _LINE.findall(record.after)
    found = list(changes(before, after))
    if found:
        yield b"--- " + _name("a/", record.path)
        yield b"+++ " + _name("b/", record.path)
    for group in hunks(found, CONTEXT):
        heading = _heading(record.counted, group, direction) or _of_imports(after, group)
        heading = heading or ("pins" if any(moved(record)) else "")
        yield from _hunk(before, after, group, heading)


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


def _heading(findings: Iterable[Finding], group: list[Change], direction: Direction) -> str:
    """`backend.sum, backend.mean and 2 more (close, 2 ulp): what to check`, fit for one line."""
    near = [f for f in findings if any(_overlaps(f, change) for change in group)]
    # A flagged name is respelled or marked at most, so it made the hunk where nothing else did.
    made = [f for f in near if f.outcome in _CHANGES]
    made = made or [f for f in near if f.outcome is Outcome.FLAGGED]
    made.sort(key=lambda finding: finding.outcome not in _TOLD)
    rules = own_rules(rule for finding in made for rule in finding.rules)
    reasons = Counter(first_sentence(f.reason) for f in made if f.outcome in _TOLD and f.reason)
    reason = min(reasons, key=lambda told: reasons[told], default="")  # the rarest tells most
    told = verdict(made, direction)
    room = WIDTH - len(told)
    named = _listed(rules, room // 2 if reason else room) + (f" ({told})" if told else "")
    return ": ".join(filter(None, (named, one_line(reason, max(WIDTH - len(named) - 2, 40)))))


def _of_imports(after: list[bytes], group: list[Change]) -> str:
    new = [line for change in group for line in after[change.new_start : change.new_end]]
    is_import = all(line.lstrip().startswith((b"import ", b"from ")) for line in new)
    return "imports that the changes below need" if new and is_import else ""


def _listed(rules: list[str], width: int) -> str:
    """As many as fit in the width, at least one."""
    shown = [
        rule for n, rule in enumerate(rules) if not n or len(", ".join(rules[: n + 1])) <= width
    ]
    more = len(rules) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")


def _overlaps(finding: Finding, change: Change) -> bool:
    first, last = finding.span.line - 1, finding.span.end_line
    return first < max(change.end, change.start + 1) and last > change.start


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
