import random
import subprocess
from pathlib import Path

import pytest
from conftest import Grow

from kmigrate.direction import resolve_direction
from kmigrate.migrate import migrate
from kmigrate.model import Finding, Options, Outcome, Span, Status
from kmigrate.report.align import changes
from kmigrate.report.diff import diff
from kmigrate.report.proof import proof
from kmigrate.report.record import FileRecord

KERAS_2_TO_3 = resolve_direction(Options(sources=("keras@2",)), {}, {})


def changed(path: str, before: bytes, after: bytes, *findings: Finding) -> FileRecord:
    return FileRecord(path, Status.WOULD_CHANGE, findings=findings, before=before, after=after)


def found(line: int, outcome: Outcome, rule: str, reason: str = "") -> Finding:
    return Finding(Span(line, 0, line, 1), "keras.x", outcome, (rule,), reason)


def text_of(*records: FileRecord) -> str:
    return b"".join(diff(records, KERAS_2_TO_3)).decode()


def git_apply(tree: Path, patch: bytes) -> None:
    subprocess.run(["git", "apply", "-"], input=patch, cwd=tree, check=True, timeout=60)


PAIRS = {
    "plain.py": (b"a\nb\nc\n", b"a\nB\nc\n"),
    "no final newline.py": (b"a\nb", b"a\nB"),
    "newline gained.py": (b"a\nb", b"a\nB\n"),
    "newline lost.py": (b"a\nb\n", b"a\nB"),
    "crlf.py": (b"a\r\nb\r\nc\r\n", b"a\r\nB\r\nc\r\n"),
    "mixed.py": (b"a\r\nb\rc\nd\x0ce\n", b"a\r\nb\rC\nd\x0ce\n"),
    "latin.py": (b"# coding: latin-1\n# \xe9\nx\n", b"# coding: latin-1\n# \xe9\ny\n"),
    "mark.py": (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfA\nb\n"),
    "emptied.py": (b"a\n", b""),
    "filled.py": (b"", b"a\n"),
    "grown.py": (b"a\nb\n", b"x\na\nb\ny\n"),
    "d/ir/with blank.py": (b"a\n", b"b\n"),
    'quo"te\\back.py': (b"a\n", b"b\n"),
    "\N{GREEK SMALL LETTER MU}.py": (b"a\n", b"b\n"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_git_applies_the_diff(grow: Grow, name: str) -> None:
    before, after = PAIRS[name]
    tree = grow({name: before})
    git_apply(tree, b"".join(diff([changed(name, before, after)], KERAS_2_TO_3)))
    assert (tree / name).read_bytes() == after


def test_git_applies_any_diff(grow: Grow) -> None:
    chance = random.Random(7)
    pairs = {}
    for number in range(80):
        before = [b"%d\n" % chance.randrange(8) for _ in range(chance.randrange(60))]
        after = list(before)
        for _ in range(chance.randrange(1, 6)):
            start = chance.randrange(len(after) + 1)
            new = [b"%d\n" % chance.randrange(8) for _ in range(chance.randrange(4))]
            after[start : start + chance.randrange(4)] = new
        pairs[f"f{number}.py"] = (b"".join(before), b"".join(after))
    tree = grow({name: before for name, (before, _) in pairs.items()})
    records = [changed(name, *pair) for name, pair in pairs.items()]
    git_apply(tree, b"".join(diff(records, KERAS_2_TO_3)))
    assert {name: (tree / name).read_bytes() for name in pairs} == {
        name: after for name, (_, after) in pairs.items()
    }


def test_texts_that_hardly_meet_are_still_aligned() -> None:
    before = [b"%d\n" % number for number in range(1000)]
    after = [b"x%d\n" % number for number in range(700)] + before[900:]
    (change,) = changes(before, after)
    assert (change.start, change.end, change.new_start, change.new_end) == (0, 900, 0, 700)


def test_many_small_changes_in_a_long_file_take_little_time() -> None:
    before = [b"x = 1\n" if number % 3 else b"y = %d\n" % number for number in range(120_000)]
    after = [b"z\n" if number % 50 == 0 else line for number, line in enumerate(before)]
    assert len(list(changes(before, after))) == 2400


def test_rules_and_reasons_stand_behind_the_second_signs() -> None:
    lines = b"".join(b"line %d\n" % number for number in range(1, 31))
    after = lines.replace(b"line 3\n", b"three\n").replace(b"line 25\n", b"twenty-five\n")
    text = text_of(
        changed(
            "x.py",
            lines,
            after,
            found(3, Outcome.REVIEW, "backend.flatten", "check\nthe shape"),
            found(3, Outcome.REWRITTEN, "derived.name"),
            found(4, Outcome.KEPT, "kept.rule"),
            found(25, Outcome.REWRITTEN, "layers.core"),
        )
    )
    headers = [line for line in text.splitlines() if line.startswith("@@")]
    ran = proof("backend.flatten", "keras2", "keras3").brief
    assert headers == [
        f"@@ -1,6 +1,6 @@ backend.flatten ({ran}): check the shape",
        "@@ -22,7 +22,7 @@ layers.core (respelled: same object)",
    ]


def heading(line: str, target: str, source: str = "keras@2") -> str:
    """The heading of the only hunk of the diff of one line of code."""
    options = Options(sources=(source,), target=target)
    direction = resolve_direction(options, {}, {})
    before = f"import keras\n{line}\n"
    result = migrate(before, options, direction)
    assert result.after is not None
    record = changed("x.py", before.encode(), result.after.encode(), *result.findings)
    (found,) = [one for one in diff([record], direction) if one.startswith(b"@@")]
    return found.decode().split(" @@ ")[1].rstrip()


def test_a_hunk_says_how_far_it_is_proven() -> None:
    assert heading("keras.backend.flatten(x)", "keras@3") == (
        f"backend.flatten ({proof('backend.flatten', 'keras2', 'keras3').brief})"
    )
    assert heading("keras.backend.sqrt(x)", "keras@3").startswith("backend.sqrt (close, 2 ulp)")
    assert heading("keras.layers.Dense(1)", "tf_keras") == "derived.name (respelled: same object)"


def test_imports_that_no_finding_asks_for_say_what_they_are_for() -> None:
    text = text_of(changed("x.py", b"a\nb\n", b"a\nfrom keras import ops\nb\n"))
    assert "@@ -1,2 +1,3 @@ imports that the changes below need\n" in text


def test_a_flagged_name_that_was_respelled_is_named_where_nothing_else_changed() -> None:
    flag = found(1, Outcome.FLAGGED, "layers.merge", "no such layer")
    kept = found(1, Outcome.KEPT, "kept.rule")
    assert "@@ layers.merge: no such layer\n" in text_of(
        changed("x.py", b"a\n", b"b\n", kept, flag)
    )
    other = found(1, Outcome.REWRITTEN, "layers.core")
    assert "@@ layers.core (respelled: same object)\n" in text_of(
        changed("x.py", b"a\n", b"b\n", flag, other)
    )


def test_headers_stay_short() -> None:
    reasons = ("what to check is this; and more", "what to check is this", "the rarest. Then more")
    many = [
        found(1, Outcome.REVIEW, f"backend.name_{n:02}", reasons[min(n, 2) if n < 3 else 0])
        for n in range(30)
    ]
    respelled = found(1, Outcome.REWRITTEN, "layers.core", "the same under another name")
    text = text_of(changed("x.py", b"a\n", b"b\n", respelled, *many))
    (header,) = [line for line in text.splitlines() if line.startswith("@@")]
    assert header == (
        "@@ -1 +1 @@ backend.name_00, backend.name_01, backend.name_02 and 28 more: the rarest"
    )
    long = found(1, Outcome.REVIEW, "backend.sum", "word " * 200)
    (header,) = [
        line for line in text_of(changed("x.py", b"a\n", b"b\n", long)).splitlines() if "@@" in line
    ]
    assert len(header) <= 130 and header.endswith(" word...")


def test_lines_that_stay_are_never_taken_away_and_put_back() -> None:
    before = [b"a1\n", b"else:\n", b"a2\n", b"\n", b"a3\n", b"a4\n", b"same\n", b"a5\n"]
    after = [line.replace(b"a", b"b") if line[:1] == b"a" else line for line in before]
    record = changed("x.py", b"".join(before), b"".join(after))
    marked = [
        line
        for line in diff([record], KERAS_2_TO_3)
        if line[:1] in b"+-" and line[:3] not in (b"---", b"+++")
    ]
    assert {line[1:] for line in marked if line[:1] == b"-"} == {b"a%d\n" % n for n in range(1, 6)}
    assert len(marked) == 10


def test_a_mark_names_the_flag_that_it_stands_for() -> None:
    flag = found(2, Outcome.FLAGGED, "backend.get_session", "no session")
    text = text_of(changed("x.py", b"a\nb\n", b"a\n# TODO\nb\n", flag))
    assert "@@ -1,2 +1,3 @@ backend.get_session: no session\n" in text


def test_files_that_do_not_change_are_not_in_the_diff() -> None:
    assert text_of(FileRecord("x.py", Status.REFUSED, before=b"a", after=b"")) == ""


def test_colour_only_wraps_lines() -> None:
    record = changed("x.py", b"a\r\n", b"b\r\n")
    coloured = b"".join(diff([record], KERAS_2_TO_3, colour=True))
    assert b"\x1b[31m-a\x1b[0m\r\n" in coloured
    assert b"\x1b[32m+b\x1b[0m\r\n" in coloured
    for code in (b"\x1b[0m", b"\x1b[1m", b"\x1b[31m", b"\x1b[32m", b"\x1b[36m"):
        coloured = coloured.replace(code, b"")
    assert coloured == b"".join(diff([record], KERAS_2_TO_3))
