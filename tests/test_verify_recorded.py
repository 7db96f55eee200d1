"""`--record` on one machine, `--against` on another."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import Grow, Ran, Run

from kmigrate.verify import command
from kmigrate.verify.envs import place

pytest.importorskip("numpy")
PROGRAM = """\
import numpy as np
from keras import backend as K

y = K.flatten(np.arange(6.0).reshape(2, 3) / 7)
outputs = ["y"]
"""
# A keras of our own that is nothing but numpy.
KERAS = {
    "installed/keras/__init__.py": "from keras import backend, ops\n__version__ = '2.2.4'",
    "installed/keras/backend.py": "def flatten(x):\n    return x.reshape(-1)",
    "installed/keras/ops.py": "def reshape(x, shape):\n    return x.reshape(shape)",
}
Verify = Callable[..., Ran]


@pytest.fixture
def verify(grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch) -> Verify:
    """Verify program.py with the given options; this interpreter has what it needs."""
    tree = grow({**KERAS, "program.py": PROGRAM})
    monkeypatch.setenv("PYTHONPATH", str(tree / "installed"))
    monkeypatch.setattr(command, "require", lambda *needed: None)

    def run(*options: str) -> Ran:
        return kmigrate("verify", "program.py", "--from", "keras@2", *options)

    monkeypatch.setattr("kmigrate.verify.sides._names_keras2", lambda subject: False)
    return run


def compared(ran: Ran) -> dict[str, Any]:
    program: dict[str, Any] = json.loads(ran.text)["programs"][0]
    return program


def test_recorded_here_compared_there(verify: Verify) -> None:
    ran = verify("--record", "out.json")
    assert (ran.code, ran.err) == (0, "")
    assert ran.text.startswith("program.py: recorded y in out.json (keras 2.2.4, CPU (")
    document = json.loads(Path("out.json").read_text())
    assert document["format"] == 1
    # The side as it is does not run again: here it could not.
    Path("installed/keras/backend.py").write_text("")
    ran = verify("--against", "out.json")
    assert ran.code == 0
    assert "program.py, to keras@3: identical\n" in ran.text
    said = " ".join(ran.text.split())
    assert " compared with what keras 2.2.4 answered on CPU (" in said
    assert f", recorded {document['date'][:10]}" in said


def test_only_the_side_as_it_is_runs(verify: Verify) -> None:
    Path("installed/keras/ops.py").write_text("raise SystemExit('it was imported')")
    Path("installed/keras/__init__.py").write_text("from keras import backend")
    ran = verify("--record", "out.json", "--format", "json")
    assert ran.code == 0
    (program,) = json.loads(ran.text)["programs"]
    assert (program["path"], program["outputs"]) == ("program.py", ["y"])


def test_what_is_computed_otherwise_there_is_different(verify: Verify) -> None:
    assert verify("--record", "out.json").code == 0
    Path("installed/keras/ops.py").write_text(
        "def reshape(x, shape):\n    return 2 * x.reshape(shape)"
    )
    ran = verify("--against", "out.json", "--format", "json")
    assert (ran.code, compared(ran)["verdict"]) == (1, "different")
    (note,) = compared(ran)["before"]["notes"]
    assert note.startswith("compared with what keras 2.2.4 answered on ")


def test_nothing_to_migrate_is_compared_all_the_same(verify: Verify) -> None:
    Path("program.py").write_text("import numpy as np\nimport keras\ny = np.arange(3.0)\n")
    assert verify("--record", "out.json").code == 0
    ran = verify("--against", "out.json", "--format", "json")
    assert (ran.code, compared(ran)["verdict"], compared(ran)["reason"]) == (0, "identical", "")


def test_a_program_that_fails_is_shown_and_not_recorded(verify: Verify) -> None:
    Path("program.py").write_text(PROGRAM + "raise ValueError('no data')\n")
    ran = verify("--record", "out.json")
    assert ran.code == 2
    assert "nothing was recorded: it did not run to its end" in ran.text
    assert "ValueError: no data" in ran.text
    assert not Path("out.json").exists()


def damage(edit: Callable[[Any], None]) -> Callable[[], None]:
    def damaged() -> None:
        document = json.loads(Path("out.json").read_text())
        edit(document)
        Path("out.json").write_text(json.dumps(document))

    return damaged


@pytest.mark.parametrize(
    ("happens", "words"),
    [
        (lambda: Path("program.py").write_text(PROGRAM + "#\n"), "no record of this program"),
        (lambda: Path("out.json").unlink(), "out.json: No such file"),
        (lambda: Path("out.json").write_text("{"), "out.json: not JSON"),
        (lambda: Path("out.json").write_text("[]"), "out.json: format None"),
        (damage(lambda d: d.update(format=9)), "format 9 where this kmigrate reads 1"),
        (damage(lambda d: d["programs"][0].pop("observation")), "damaged"),
        (
            damage(lambda d: d["programs"][0]["observation"]["values"]["y"].update(data="AAAA")),
            "damaged",
        ),
    ],
)
def test_what_is_not_on_record_is_a_sentence_and_exit_2(
    verify: Verify, happens: Callable[[], object], words: str
) -> None:
    assert verify("--record", "out.json").code == 0
    happens()
    ran = verify("--against", "out.json")
    assert (ran.code, ran.out) == (2, b"")
    assert words in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ("--record a.json --against b.json", "--record runs one side and --against the other"),
        ("--record missing/a.json", "missing/a.json: cannot be written: No such file"),
        ("--before-python nonsense", "nonsense is neither an interpreter nor an environment"),
    ],
)
def test_what_cannot_be_done_is_said(verify: Verify, options: str, words: str) -> None:
    ran = verify(*options.split())
    assert ran.code == 2
    assert words in ran.err


def test_an_environment_of_the_project_gives_interpreter_and_variables(verify: Verify) -> None:
    table = f"[tool.kmigrate.envs.mine]\ninterpreter = '{sys.executable}'\nvariables = {{ MARK = 'x' }}\n"
    Path("pyproject.toml").write_text(table)
    Path("program.py").write_text(
        "import os, keras\nmark = os.environ.get('MARK')\noutputs = ['mark']\n"
    )
    assert verify("--record", "plain.json").code == 0
    assert verify("--record", "mine.json", "--before-python", "mine").code == 0
    marks = [
        json.loads(Path(file).read_text())["programs"][0]["observation"]["values"]["mark"]["texts"]
        for file in ("plain.json", "mine.json")
    ]
    assert marks == [[None], ["x"]]


def test_an_environment_that_is_not_built_is_said(
    verify: Verify, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(place, "cache_folder", lambda: tmp_path)
    monkeypatch.delenv("KMIGRATE_ENVS", raising=False)
    for option in ("--before-python", "--after-python"):
        ran = verify(option, "keras@1")
        said = "kmigrate: environment keras@1 is not built: run `kmigrate envs build keras@1`\n"
        assert (ran.code, ran.out, ran.err) == (2, b"", said)


def test_no_output_is_nothing_to_record(verify: Verify) -> None:
    Path("program.py").write_text("import keras\n")
    ran = verify("--record", "out.json")
    assert (ran.code, ran.err) == (2, "kmigrate: program.py: nothing to record: it has no output\n")
