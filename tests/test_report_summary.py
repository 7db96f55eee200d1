from dataclasses import replace

import pytest

from kmigrate.model import SURFACES, Direction, Finding, Outcome, Span, Status
from kmigrate.report.advice import advice
from kmigrate.report.findings import lines
from kmigrate.report.output import rendered
from kmigrate.report.record import FileRecord, RunRecord
from kmigrate.report.summary import summary

DIRECTION = Direction({"keras": (SURFACES["keras@2"],)}, SURFACES["keras@3"])


def found(outcome: Outcome, rule: str, reason: str, line: int = 1) -> Finding:
    return Finding(Span(line, 0, line, 1), "keras.x", outcome, (rule,), reason, "K.x(\n  1)", "y")


def text_of(*records: FileRecord, verbose: bool = False) -> str:
    return rendered(summary(RunRecord(records, DIRECTION), verbose), colour=False)


def advised(*records: FileRecord, marks: bool = False) -> str:
    return rendered(advice(RunRecord(records, DIRECTION), marks), colour=False)


def test_a_quiet_run_is_one_line() -> None:
    assert text_of(FileRecord("a.py"), FileRecord("b.py")) == "2 files, 0 changed; to keras@3\n"


def test_findings_are_grouped_by_reason_and_shortened() -> None:
    flags = [found(Outcome.FLAGGED, "backend.get_session", "no session", n) for n in range(1, 9)]
    others = [found(Outcome.FLAGGED, f"a.r{n}", f"reason {n}", 20 + n) for n in range(20)]
    record = FileRecord("a.py", Status.CHANGED, findings=(*flags, *others))
    text = text_of(record)
    assert "Not changed: no safe equivalent (28)\n  no session  [backend.get_session]\n" in text
    assert "    a.py:1:1, a.py:2:1, a.py:3:1 and 5 more\n" in text
    assert "and 11 more for 11 other reasons; --verbose lists them" in text
    assert "28 references: 28 flagged" in text
    assert "reason 19" in text_of(record, verbose=True)


def test_it_says_which_source_settles_what_is_ambiguous() -> None:
    reason = "written as for keras@2: for keras@1 it is `ops.b`; say which with --from"
    record = FileRecord("a.py", findings=(found(Outcome.REVIEW, "derived.ambiguous", reason),))
    assert "--from keras@1 or --from keras@2 settles 1 reference that may mean either\n" in advised(
        record
    )


@pytest.mark.parametrize("outcome", [Outcome.REVIEW, Outcome.FLAGGED, Outcome.UNRESOLVED])
def test_reasons_that_differ_in_one_name_are_one_group(outcome: Outcome) -> None:
    findings = [found(outcome, f"derived.{n}", f"there is no `x{n}` there", n) for n in range(1, 6)]
    text = text_of(FileRecord("a.py", findings=tuple(findings)))
    assert "  there is no `x1`, `x2`, `x3` and 2 more there  [keras.x]\n" in text


def test_a_summary_of_everything_fits_on_a_screen() -> None:
    findings = [
        found(outcome, f"a.r{n}", f"{outcome} {n}", n) for outcome in Outcome for n in range(1, 30)
    ]
    skipped = [FileRecord(f"{n}.py", Status.SKIPPED, "would mix two Kerases") for n in range(30)]
    records = (FileRecord("a.py", Status.CHANGED, findings=tuple(findings)), *skipped)
    lines = (text_of(*records) + advised(*records)).splitlines()
    assert len(lines) <= 46
    assert sum(len(line) for line in lines) < 4000
    assert len(text_of(*records, verbose=True).splitlines()) > 200


def test_it_says_what_to_run_next() -> None:
    review = found(Outcome.REVIEW, "a.b", "compare")
    flag = found(Outcome.FLAGGED, "a.c", "no session")
    would = FileRecord("a.py", Status.WOULD_CHANGE, findings=(review, flag))
    assert "nothing is written yet" in advised(would)
    assert "kmigrate verify" in advised(would) and "--mark" in advised(would)
    assert "--mark" not in advised(would, marks=True)
    done = FileRecord("a.py", Status.CHANGED, findings=(found(Outcome.REWRITTEN, "a.b", ""),))
    assert advised(done) == "Next\n  look at the diff, then run your tests\n"
    assert advised(FileRecord("a.py", findings=(found(Outcome.KEPT, "", ""),))) == ""


def test_raw_tensorflow_is_a_source_on_request() -> None:
    raw = replace(found(Outcome.KEPT, "", ""), symbol="tensorflow.reduce_sum")
    assert "--from tf migrates raw tf.* too (1 reference" in advised(
        FileRecord("a.py", findings=(raw,))
    )


def test_what_was_held_back_is_said_with_its_file() -> None:
    held = found(Outcome.FLAGGED, "a.b", "held back: would mix")
    text = text_of(FileRecord("a.py", Status.SKIPPED, "would mix", findings=(held, held)))
    assert "Files left alone (1)\n  a.py: would mix (2 changes held back)\n" in text
    assert "no safe equivalent" not in text


def test_files_left_alone_and_failures_are_counted_and_named() -> None:
    text = text_of(
        FileRecord("a.py", Status.SKIPPED, "would mix two Kerases"),
        FileRecord("b.py", Status.ERROR, "broken", 2, 3),
        FileRecord("c.py", Status.WOULD_CHANGE),
    )
    assert "Files left alone (1)\n  a.py: would mix two Kerases\n" in text
    assert "3 files, 1 would change, 1 failed; to keras@3\n" in text


def test_colours_add_nothing_but_colours() -> None:
    run = RunRecord((FileRecord("a.py", Status.SKIPPED, "why [bold]"),), DIRECTION)
    coloured = rendered(summary(run), colour=True)
    assert "\x1b[" in coloured
    assert "why [bold]" in coloured


def test_findings_are_lines_that_editors_understand() -> None:
    flag = found(Outcome.FLAGGED, "backend.get_session", "no\nsession", 3)
    kept = found(Outcome.KEPT, "", "", 1)
    run = RunRecord((FileRecord("a.py", findings=(flag, kept)),), DIRECTION)
    assert list(lines(run)) == ["a.py:3:1: flagged backend.get_session: K.x( 1) -> y: no session"]
    assert len(list(lines(run, verbose=True))) == 2


def test_a_line_for_an_editor_names_what_matters() -> None:
    rules = ("derived.name", "layers.Dense")
    done = replace(found(Outcome.REWRITTEN, "", "the same object"), rules=rules)
    run = RunRecord((FileRecord("a.py", findings=(done,)),), DIRECTION)
    assert list(lines(run)) == ["a.py:1:1: rewritten layers.Dense: K.x( 1) -> y"]
    assert list(lines(run, verbose=True)) == [
        "a.py:1:1: rewritten layers.Dense: K.x( 1) -> y: the same object"
    ]
    named = replace(done, rules=("derived.name",))
    run = RunRecord((FileRecord("a.py", findings=(named,)),), DIRECTION)
    assert list(lines(run)) == ["a.py:1:1: rewritten derived.name: K.x( 1) -> y"]
