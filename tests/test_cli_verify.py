from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.model import Options
from kmigrate.verify import command


def test_verify_gets_the_file_the_options_the_pins_and_the_interpreters(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, object] = {}

    def verify(path: Path, options: Options, **rest: object) -> int:
        asked.update(rest, path=path, options=options)
        return 1

    monkeypatch.setattr(command, "verify", verify)
    grow({"x.py": "import keras\n", "requirements.txt": "keras==2.2.4\n"})
    arguments = ["--to", "tf_keras", "--from", "keras@2", "--time-limit", "5", "--format", "json"]
    ran = kmigrate("verify", "x.py", *arguments, "--before-python", "/old/python")
    assert ran.code == 1
    assert asked == {
        "path": Path("x.py"),
        "options": Options(sources=("keras@2",), target="tf_keras"),
        "python_before": "/old/python",
        "python_after": None,
        "time_limit": 5.0,
        "json": True,
        "pins": {"keras": "2.2.4"},
    }


@pytest.mark.parametrize(
    "arguments", ["", "missing.py", "x.py --to pytorch", "x.py --time-limit 0"]
)
def test_what_cannot_be_verified_is_exit_2(grow: Grow, kmigrate: Run, arguments: str) -> None:
    grow({"x.py": "import keras\n"})
    ran = kmigrate("verify", *arguments.split())
    assert ran.code == 2
    assert ran.err.strip()
    assert "Traceback" not in ran.err
