"""What a person reads: the table, what is folded, the place that differs, the frames that failed."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from kmigrate.verify.compare import Compared, Comparison, Verdict
from kmigrate.verify.observation import Ending, Failure, Observation
from kmigrate.verify.run import Program
from kmigrate.verify.show import as_text
from kmigrate.verify.subject import Subject
from kmigrate.verify.verification import Verification

PROGRAM = Program("a.py", "x = 1\ny = f(x)\n", Path("a.py"))
RAN = Observation(
    Ending.FINISHED, versions={"python": "3.11.7", "keras": "3.15.1"}, device="CPU (x86_64)"
)
SAME = Compared("y", Verdict.IDENTICAL, "", True, 0, 0.0, 0.0)
APART = Compared(
    "z", Verdict.DIFFERENT, "values differ", False, 123, 0.5, 0.25, (1, 2), "2.0", "2.5"
)


def verification(*names: Compared, verdict: Verdict = Verdict.IDENTICAL) -> Verification:
    subject = Subject("a.py", PROGRAM, replace(PROGRAM, file=Path("b.py")))
    return Verification(subject, "", Comparison(verdict, "", names), RAN, RAN)


def many(count: int, verdict: Verdict) -> list[Compared]:
    return [replace(SAME, name=f"v{i}", verdict=verdict, max_rel=i * 1e-6) for i in range(count)]


def test_the_first_place_that_differs_is_shown_with_both_values() -> None:
    text = as_text([verification(SAME, APART, verdict=Verdict.DIFFERENT)])
    lines = text.splitlines()
    assert lines[0] == "a.py, against b.py: different"
    assert lines[3].split(maxsplit=5) == [
        *("z", "different", "123", "0.5", "0.25"),
        "[1, 2] 2.0 -> 2.5",
    ]
    assert lines[4].split() == ["y", "identical", "0", "0", "0"], "what differs comes first"


def test_identical_values_are_one_line_and_verbose_lists_them() -> None:
    found = verification(*many(37, Verdict.IDENTICAL), APART, verdict=Verdict.DIFFERENT)
    text = as_text([found])
    assert "\n  37 values identical\n" in text
    assert "v3" not in text
    verbose = as_text([found], verbose=True)
    assert "v36" in verbose
    assert "37 values" not in verbose


def test_a_few_identical_values_are_listed() -> None:
    text = as_text([verification(*many(3, Verdict.IDENTICAL))])
    assert text.count("identical") == 4
    assert "values identical" not in text


def test_of_many_close_values_the_furthest_are_listed() -> None:
    text = as_text([verification(*many(30, Verdict.CLOSE), verdict=Verdict.CLOSE)])
    assert "25 more values close" in text
    assert re.findall(r"v\d+", text) == ["v25", "v26", "v27", "v28", "v29"]


def test_many_different_values_are_cut_and_counted() -> None:
    text = as_text([verification(*many(50, Verdict.DIFFERENT), verdict=Verdict.DIFFERENT)])
    assert "30 more values different" in text


@pytest.mark.parametrize("name", ["y", "a_rather_long_name['of_a_key'][12]['and_another']"])
@pytest.mark.parametrize("value", ["2.0", "-1.234567890123456e-300"])
def test_lines_fit_a_terminal(name: str, value: str) -> None:
    apart = replace(APART, name=name, before=value, after=value)
    text = as_text([verification(SAME, apart, verdict=Verdict.DIFFERENT)])
    assert max(map(len, text.splitlines())) <= 80


def test_colours_only_where_asked() -> None:
    found = verification(SAME, APART, verdict=Verdict.DIFFERENT)
    plain, coloured = as_text([found]), as_text([found], colour=True)
    assert "\x1b" not in plain
    assert "\x1b[31mdifferent\x1b[0m" in coloured
    assert re.sub(r"\x1b\[\d+m", "", coloured).split() == plain.split()


TRACEBACK = """\
  File "{folder}/a.py", line 2, in <module>
    y = f(x)
        ^^^^
  File "/usr/lib/python3.11/site-packages/keras/ops.py", line 9, in f
    raise ValueError("no")
ValueError: no
"""


def failed(ending: Ending, failure: Failure) -> Verification:
    after = Observation(ending, failure=failure, versions=RAN.versions, device=RAN.device)
    return replace(verification(verdict=Verdict.FAILED), after=after)


def test_a_long_message_keeps_its_last_lines_where_the_reason_stands() -> None:
    message = "in user code:\n\n" + "".join(f"  way {n}\n" for n in range(20)) + "TypeError: why"
    found = failed(Ending.RAISED, Failure("TypeError", message, "", 2))
    lines = as_text([found]).splitlines()
    assert "      TypeError: why" in lines
    assert "        way 0" in lines
    assert not any("way 9" in line for line in lines)
    assert any(
        "way 9" in line
        for line in as_text(
            [failed(Ending.RAISED, Failure("TypeError", "x", message, 2))], verbose=True
        ).splitlines()
    )


def test_a_long_remark_is_wrapped_and_its_words_are_whole() -> None:
    why = "raised " + "word " * 40 + "x" * 100
    (entry,) = [Compared("name", Verdict.DIFFERENT, why)]
    text = as_text([verification(entry, verdict=Verdict.DIFFERENT)])
    lines = [line for line in text.splitlines() if "word" in line]
    assert len(lines) > 1
    assert max(map(len, lines)) <= 80
    assert "x" * 100 in text


def test_a_traceback_is_cut_to_the_persons_frames() -> None:
    traceback = TRACEBACK.format(folder=Path.cwd())
    found = failed(Ending.RAISED, Failure("ValueError", "no", traceback, 2))
    text = as_text([found])
    assert "  after raised ValueError: no\n      a.py:2\n          y = f(x)\n" in text
    assert "1 frame of installed packages" in text
    assert "keras/ops.py" not in text
    assert "keras/ops.py" in as_text([found], verbose=True)


def test_the_end_of_what_a_lost_program_printed_is_shown() -> None:
    output = "".join(f"step {i}\n" for i in range(100))
    text = as_text([failed(Ending.TIMEOUT, Failure("interpreter", "ran for 1 s", output))])
    assert "after timeout: ran for 1 s" in text
    assert "step 99" in text
    assert "step 9\n" not in text


def test_what_both_sides_ran_on_is_said_once() -> None:
    text = as_text([verification(SAME), verification(SAME)])
    assert text.count("python 3.11.7, keras 3.15.1, on CPU (x86_64)") == 1
    assert text.endswith("2 comparisons: 2 identical\n")


def test_several_programs_take_a_line_each_when_they_agree() -> None:
    text = as_text([verification(SAME), verification(APART, verdict=Verdict.DIFFERENT)])
    assert text.splitlines()[0] == "a.py, against b.py: identical"
    assert text.splitlines()[2] == "a.py, against b.py: different"
    assert "[1, 2] 2.0 ->" in text
