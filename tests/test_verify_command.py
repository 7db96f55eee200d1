"""`kmigrate verify`: what it says, and what it returns.

The quick tests run beside a `keras` of our own that is nothing but numpy; the slow ones run the
fixtures on TensorFlow.
"""

from __future__ import annotations

import io
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kmigrate.migrate import migrate
from kmigrate.model import Options, Result
from kmigrate.project import decide
from kmigrate.project.verification import execute
from kmigrate.verify import command
from kmigrate.verify.fixtures import DIALECTS, PLANTED, load_fixtures
from kmigrate.verify.recording import interpreters
from kmigrate.verify.request import Request

pytest.importorskip("numpy")
PROGRAM = """\
import numpy as np
from keras import backend as K

y = K.flatten(np.arange(6.0).reshape(2, 3) / 7)
outputs = ["y"]
"""


def verified(path: Path, *, source: str = "keras@2", target: str = "keras", **options: Any) -> Any:
    """The exit code, and the JSON document where there is one."""
    python = sys.executable
    settings: dict[str, Any] = {"before_python": python, "after_python": python} | options
    out = io.StringIO()
    request = Request((path,), Options((source,), target), json=True, **settings)
    code = execute(request, out)
    return code, json.loads(out.getvalue())["programs"][0] if out.getvalue() else None


@pytest.fixture
def program(tmp_path: Path, numpy_keras: Path) -> Path:
    path = tmp_path / "program.py"
    path.write_text(PROGRAM)
    return path


def test_same(program: Path) -> None:
    code, document = verified(program)
    assert (code, document["verdict"], document["to"]) == (0, "identical", "keras@3")
    (name,) = document["names"]
    assert (name["name"], name["verdict"], name["max_ulp"]) == ("y", "identical", 0)
    assert document["before"]["versions"].keys() >= {"python", "numpy"}
    assert document["after"]["device"].startswith("CPU")


def test_text_names_the_verdict_the_versions_and_the_device(program: Path) -> None:
    out = io.StringIO()
    python = sys.executable
    options = Options(("keras@2",), "keras")
    request = Request((program,), options, before_python=python, after_python=python)
    assert execute(request, out) == 0
    head, _, columns, row, _, both = out.getvalue().splitlines()
    assert head.endswith("program.py, to keras@3: identical")
    assert columns.split()[:2] == ["name", "verdict"]
    assert row.split() == ["y", "identical", "0", "0", "0"]
    assert both.startswith("  both    python 3.")
    assert " on CPU" in both


def test_a_rewrite_that_computes_something_else_is_noticed(
    program: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def planted(*args: Any, **options: Any) -> Result:
        result = migrate(*args, **options)
        assert result.after is not None
        return replace(result, after=result.after.replace("(-1,)", "(3, 2)"))

    monkeypatch.setattr(decide, "migrate", planted)
    code, document = verified(program)
    assert (code, document["verdict"]) == (1, "different")
    assert document["reason"] == "y: shape (6,) against (3, 2)"


def test_values_that_differ_are_shown_where_they_do(program: Path, numpy_keras: Path) -> None:
    (numpy_keras / "ops.py").write_text(
        "def reshape(x, shape):\n    return x.reshape(shape) + (x.reshape(shape) > 0.6)"
    )
    code, document = verified(program)
    (name,) = document["names"]
    assert (code, name["verdict"], name["where"]) == (1, "different", [5])
    assert (float(name["before"]), float(name["after"])) == pytest.approx((5 / 7, 12 / 7))


def test_an_after_that_raises_has_failed(program: Path, numpy_keras: Path) -> None:
    (numpy_keras / "ops.py").write_text("")
    code, document = verified(program)
    assert (code, document["verdict"]) == (1, "failed")
    assert document["after"]["error"]["type"] == "AttributeError"
    assert document["after"]["error"]["line"] == 4


def test_a_before_that_raises_could_not_run(program: Path, numpy_keras: Path) -> None:
    (numpy_keras / "backend.py").write_text("")
    code, document = verified(program)
    assert (code, document["before"]["error"]["type"]) == (2, "AttributeError")


def test_an_endless_program_is_ended(program: Path) -> None:
    program.write_text(PROGRAM + "while True: pass\n")
    code, document = verified(program, time_limit=1)
    assert (code, document["before"]["status"]) == (2, "timeout")


def test_no_outputs_could_not_be_compared(program: Path) -> None:
    program.write_text(PROGRAM.replace('["y"]', "[]"))
    code, document = verified(program)
    assert code == 2
    assert document["reason"].startswith("nothing to compare: neither side has an output")


def test_a_vacuous_agreement_is_not_the_same(program: Path) -> None:
    program.write_text(PROGRAM.replace("/ 7", "* 0"))
    code, document = verified(program)
    assert (code, document["verdict"]) == (1, "unproven")


def test_nothing_to_migrate_runs_nothing(program: Path) -> None:
    program.write_text("raise SystemExit('it ran')")
    code, document = verified(program)
    expected = (0, "identical", "nothing to migrate")
    assert (code, document["verdict"], document["reason"]) == expected


@pytest.mark.parametrize(
    ("text", "target", "reason"),
    [
        (None, "keras", "no such file"),
        ("import keras\nx = (", "keras", "not Python"),
        ("# coding: nonsense\n", "keras", "nonsense"),
        (PROGRAM, "keras@1", "code can come from keras@1, not go there"),
    ],
)
def test_what_cannot_be_migrated_is_said(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    text: str | None,
    target: str,
    reason: str,
) -> None:
    path = tmp_path / "program.py"
    if text is not None:
        path.write_text(text)
    assert verified(path, target=target) == (2, None)
    assert reason in capsys.readouterr().err


def test_a_missing_tensorflow_is_said_with_how_to_install_it(
    program: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == "numpy" or None)
    assert verified(program, before_python=None) == (2, None)
    message = capsys.readouterr().err
    assert "tensorflow and keras and tf_keras: pip install 'kmigrate[verify]'" in message


@pytest.fixture
def modern(monkeypatch: pytest.MonkeyPatch) -> None:
    python = interpreters().get("modern")
    if python is None:
        pytest.skip("needs TensorFlow, Keras 3 and tf_keras")
    monkeypatch.setattr(sys, "executable", python)
    monkeypatch.setattr(command, "require", lambda *settings: None)


LIVE = [
    (fixture, source, target)
    for fixture in load_fixtures()
    for source, target in (
        ("keras2", "keras@3"),
        ("keras2", "tf_keras"),
        ("tfkeras2", "tf.keras@3"),
        ("tf", "keras@3"),
        ("keras3", "tf_keras"),
    )
    if (fixture.name, source, target)
    in {
        ("backend/sqrt", "keras2", "keras@3"),
        ("backend/hard_sigmoid", "tfkeras2", "tf.keras@3"),
        ("layers/deep_imports", "keras2", "keras@3"),
        ("layers/deep_imports", "keras2", "tf_keras"),
        ("layers/conv2d", "keras3", "tf_keras"),
        ("layers/leaky_relu", "keras3", "tf_keras"),
        ("losses/dice", "tfkeras2", "tf.keras@3"),
        ("losses/dice", "keras2", "keras@3"),
        ("models/functional", "keras2", "tf_keras"),
        ("models/fit_generator", "keras2", "keras@3"),
        ("ops/standardize", "tf", "keras@3"),
        ("optimizers/sgd", "keras2", "keras@3"),
    }
]


@pytest.mark.slow
@pytest.mark.usefixtures("modern")
@pytest.mark.parametrize(
    ("fixture", "source", "target"), LIVE, ids=[f"{f.name}-{s}-{t}" for f, s, t in LIVE]
)
def test_live_fixtures_are_the_same(fixture: Any, source: str, target: str) -> None:
    path = fixture.folder / f"{source}.py"
    code, document = verified(
        path,
        source=DIALECTS[source].surface,
        target=target,
        before_python=None,
        after_python=None,
    )
    assert (code, document["reason"]) == (0, "")


@pytest.mark.slow
@pytest.mark.usefixtures("modern")
def test_live_planted_mistake_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    fixture = next(fixture for fixture in load_fixtures() if fixture.name == "backend/hard_sigmoid")

    def planted(*args: Any, **options: Any) -> Result:
        return replace(migrate(*args, **options), after=fixture.programs[PLANTED])

    monkeypatch.setattr(decide, "migrate", planted)
    path = fixture.folder / "keras2.py"
    code, document = verified(path, before_python=None, after_python=None)
    assert (code, document["reason"]) == (1, "y: 24 of 24 values differ")
    assert "tf_keras" in document["before"]["notes"][0]
