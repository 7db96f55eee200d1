"""What a program prints is compared on request, as a person reads it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from kmigrate.cli import main
from kmigrate.verify.compare import compare, compare_leaves
from kmigrate.verify.observation import Observation
from kmigrate.verify.printed import PRINTED, normalised
from kmigrate.verify.run import Program, Setting, run

pytest.importorskip("numpy")


class Case(NamedTuple):
    before: str
    after: str
    verdict: str
    reason: str = ""


CASES = {
    "same": Case("print('loss', 0.5)", "print('loss', 0.5)", "identical"),
    "last-digit": Case("print('loss', 0.5)", "print('loss', 0.50000001)", "close", "float32"),
    "number": Case("print('loss', 0.5)", "print('loss', 0.51)", "different"),
    "count": Case("print(0.5, 3)", "print(0.5, 4)", "different"),
    "longer": Case("print(0.5)", "print(0.5)\nprint('more')", "different", "line 2: ''"),
    "line": Case(
        "print('a')\nprint(1.5)",
        "print('a')\nprint(2.5)",
        "different",
        "line 2: '1.5' against '2.5'",
    ),
    "word": Case("print('a 0.5')", "print('b 0.5')", "different"),
    "pieces": Case("print(0.5)", "import sys\nsys.stdout.writelines(['0', '.5\\n'])", "identical"),
    "words-alone": Case("print('done')", "print('done')", "unproven", "proves nothing"),
    "nothing": Case("", "", "unproven"),
    "colours": Case("print(0.5)", "print('\\x1b[1m0.5\\x1b[0m  ')", "identical"),
    "overwritten": Case("print(0.5)", "print('10%\\r0.5')", "identical"),
    "beyond-what-is-kept": Case(
        "for i in range(2000): print(i / 7)",
        "for i in range(1999): print(i / 7)\nprint(1)",
        "unproven",
        "more was printed",
    ),
}


@cache
def observed() -> Mapping[str, Observation]:
    programs = [
        Program(f"{name} {side}", text, Path("p.py"))
        for name, case in CASES.items()
        for side, text in (("before", case.before), ("after", case.after))
    ]
    return run(programs, Setting(printed=True))


@pytest.mark.parametrize("name", CASES)
def test_printed_text(name: str) -> None:
    before, after = (observed()[f"{name} {side}"] for side in ("before", "after"))
    values = [list(side.values) for side in (before, after)]
    variables = [["i", PRINTED] if name == "beyond-what-is-kept" else [PRINTED]] * 2
    assert values == variables
    result = compare_leaves(PRINTED, before.values[PRINTED], after.values[PRINTED])
    case = CASES[name]
    assert case.reason in result.reason or case.reason in compare(before, after).reason
    if case.verdict == "unproven":
        assert not result.proves
    else:
        assert result.verdict == case.verdict


def test_nothing_is_kept_unasked() -> None:
    values = run([Program("p", "print(0.5)\nx = 1", Path("p.py"))])["p"].values
    assert list(values) == ["x"]


def test_the_command_compares_what_is_printed_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (("before", 1.5), ("after", 2.5)):
        text = f"import numpy as np\nx = np.arange(3.0)\nprint({value})\n"
        (tmp_path / f"{name}.py").write_text(text)
    programs = ["--before", str(tmp_path / "before.py"), "--after", str(tmp_path / "after.py")]
    assert main(["verify", *programs]) == 0
    assert "(printed)" not in capsys.readouterr().out
    assert main(["verify", *programs, "--printed"]) == 1
    assert "line 1: '1.5' against '2.5'" in capsys.readouterr().out


@pytest.mark.parametrize(
    "line",
    [
        "12/12 [==============================] - 0s 3ms/step - loss: 0.5 - accuracy: 0.25",
        "12/12 [==============================] - 1s 94us/sample - loss: 0.5 - accuracy: 0.25",
        "12/12 - 0s - loss: 0.5 - accuracy: 0.25",
        "12/12 - 0s - 3ms/step - loss: 0.5 - accuracy: 0.25",
        "\x1b[1m12/12\x1b[0m \x1b[32m━━━━━━━━━━━━━━━━━━━━\x1b[0m\x1b[37m\x1b[0m \x1b[1m0s\x1b[0m 3ms/step - loss: 0.5 - accuracy: 0.25",
        "\r 1/12 [=>....] - ETA: 0s - loss: 0.9\x08\x08\x08\r12/12 [====] - 2s 1s/step - loss: 0.5 - accuracy: 0.25",
    ],
)
def test_progress_of_training_keeps_its_numbers_alone(line: str) -> None:
    assert normalised(line) == "12/12 - loss: 0.5 - accuracy: 0.25"


@pytest.mark.parametrize("line", ["3/4 of it", "12/12 - done", "took 0s", "", "  two  blanks"])
def test_other_lines_stay_as_they_are(line: str) -> None:
    assert normalised(line) == line
