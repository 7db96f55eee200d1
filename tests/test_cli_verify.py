import sys
from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.model import Options
from kmigrate.project import verification
from kmigrate.verify.request import Request


def test_verify_asks_for_what_the_command_line_says(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Request] = []

    def execute(request: Request) -> int:
        asked.append(request)
        return 1

    monkeypatch.setattr(verification, "execute", execute)
    grow({"x.py": "import keras\n"})
    arguments = ["--to", "tf_keras", "--from", "keras@2", "--time-limit", "5", "--format", "json"]
    ran = kmigrate("verify", "x.py", *arguments, "--before-python", "/old/python")
    assert ran.code == 1
    options = Options(sources=("keras@2",), target="tf_keras")
    assert asked == [
        Request((Path("x.py"),), options, before_python="/old/python", time_limit=5.0, json=True)
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        "",
        "missing.py",
        "x.py --to pytorch",
        "x.py --time-limit 0",
        "--rules no.such.rule",
        "--rules --backend theano",
        "--rules backend.abs --against x.py",
        "--rules backend.abs --after-python no-such-python",
    ],
)
def test_what_cannot_be_verified_is_exit_2(grow: Grow, kmigrate: Run, arguments: str) -> None:
    grow({"x.py": "import keras\n"})
    ran = kmigrate("verify", *arguments.split())
    assert ran.code == 2
    assert ran.err.strip()
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "arguments", [("verify", "a.py", "--from", "keras@2"), ("verify", "--rules")]
)
def test_without_numpy_it_says_what_to_install(
    arguments: tuple[str, ...], grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow({"a.py": "import keras\nx = 1\n"})
    monkeypatch.setitem(sys.modules, "numpy", None)
    ran = kmigrate(*arguments)
    assert (ran.code, "pip install 'kmigrate[verify]'" in ran.err) == (2, True)
    assert "Traceback" not in ran.err
