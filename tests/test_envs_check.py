"""Interpreters that are found without uv, what uv is told, and what makes an environment good."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from kmigrate.verify.envs import Environment, check
from kmigrate.verify.envs.check import judge
from kmigrate.verify.envs.interpreters import find_interpreter, uv_variables
from kmigrate.verify.observation import Ending, Failure, Leaf, Observation

OLD = Environment("old", "3.7", ("keras==2.2.4", "protobuf<3.21"))


@pytest.fixture
def pyenv(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "pyenv"
    for version in ("3.7.9", "3.7.16", "3.8.1", "3.10.2t", "3.6-dev", "pypy3.9-7.3"):
        python = root / "versions" / version / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.touch(mode=0o755)
    (root / "versions" / "3.5.1").mkdir()  # installed halfway
    monkeypatch.setenv("PYENV_ROOT", str(root))
    return root


@pytest.mark.parametrize(
    ("version", "found"),
    [("3.7", "3.7.16"), ("3.7.9", "3.7.9"), ("3.8", "3.8.1")]
    + [(version, None) for version in ("3.1", "3.10", "3.6", "3.9", "3.5", "3.7.1")],
)
def test_the_newest_release_of_pyenv_is_found(pyenv: Path, version: str, found: str | None) -> None:
    wanted = pyenv / "versions" / found / "bin" / "python" if found else None
    assert find_interpreter(version) == wanted


@pytest.mark.usefixtures("pyenv")
def test_our_own_version_is_below_our_own_environment() -> None:
    python = find_interpreter("{}.{}".format(*sys.version_info))
    assert python is not None
    assert python.exists()
    assert not python.is_relative_to(sys.prefix) or sys.prefix == sys.base_prefix


def test_uv_is_spared_the_shims_and_told_what_pip_was_told(
    pyenv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS", "PIP_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", os.pathsep.join([str(pyenv / "shims"), "/usr/bin"]))
    monkeypatch.setenv("VIRTUAL_ENV", "/venv")
    monkeypatch.setenv("PIP_FIND_LINKS", "/wheels")
    told = uv_variables()
    assert (told["PATH"], told["UV_FIND_LINKS"]) == ("/usr/bin", "/wheels")
    assert "VIRTUAL_ENV" not in told
    monkeypatch.setenv("UV_INDEX", "file:///own")
    assert "UV_FIND_LINKS" not in uv_variables()


def observed(trained: Mapping[str, tuple[float, float]], ending: str = "finished") -> Observation:
    values = {
        f"trained[{at}]": Leaf("text", "string", (), texts=(f"{name} {before!r} {after!r}",))
        for at, (name, (before, after)) in enumerate(trained.items())
    }
    failure = Failure("ImportError", "no h5py") if ending == "raised" else None
    return Observation(Ending(ending), values, failure=failure, versions={"keras": "2.2.4"})


@pytest.mark.parametrize(
    ("observation", "unlike", "problems"),
    [
        (observed({"keras": (2.0, 1.0)}), [], []),
        (observed({"keras": (2.0, 1.0)}), ["not as pinned"], ["not as pinned"]),
        (observed({"keras": (1.0, 1.0)}), [], ["keras: training did not lower the loss (1 to 1)"]),
        (observed({"keras": (1.0, float("nan"))}), [], ["did not lower the loss (1 to nan)"]),
        (observed({}), [], ["no Keras is installed in it"]),
        (observed({}, "raised"), [], ["ImportError: no h5py"]),
        (observed({}, "timeout"), [], ["timeout"]),
    ],
)
def test_what_makes_an_environment_good(
    monkeypatch: pytest.MonkeyPatch,
    observation: Observation,
    unlike: list[str],
    problems: list[str],
) -> None:
    monkeypatch.setattr(check, "unlike_pins", lambda environment: unlike)
    found = judge(OLD, observation).problems
    assert len(found) == len(problems)
    assert all(words in problem for problem, words in zip(found, problems, strict=True))
