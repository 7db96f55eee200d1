"""Environments by name: which there are, how they are built, where they stand. uv is a fake one here."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.verify.envs import Environment, EnvironmentProblem, build, find, known, place
from kmigrate.verify.envs.environment import environments
from kmigrate.verify.envs.interpreters import advice
from kmigrate.verify.envs.known import built_in
from kmigrate.verify.envs.place import State, python_in, state
from kmigrate.verify.envs.resolve import resolve
from kmigrate.verify.fixtures import DIALECTS
from kmigrate.verify.sides import BACKENDS

building = sys.modules["kmigrate.verify.envs.build"]
OLD = Environment("old", "3.7", ("keras==2.2.4",), {"KERAS_BACKEND": "tensorflow"})
pytestmark = pytest.mark.skipif(os.name == "nt", reason="the fake uv makes POSIX environments")


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no environments or interpreters of the person at the keyboard."""
    monkeypatch.setattr(place, "cache_folder", lambda: tmp_path / "cache")
    monkeypatch.delenv("KMIGRATE_ENVS", raising=False)
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    return tmp_path / "cache" / "envs"


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[str]]:
    """Put the fake uv in place of uv; what it was asked so far."""
    log = tmp_path / "uv.log"
    fake = Path(__file__).with_name("fake_uv.py")
    monkeypatch.setattr(building, "uv_command", lambda: [sys.executable, str(fake), str(log)])
    return lambda: log.read_text().splitlines() if log.exists() else []


def test_the_table_has_what_the_fixtures_and_backends_need() -> None:
    needed = {dialect.environment for dialect in DIALECTS.values()}
    needed |= {f"keras@3-{backend}" for backend in BACKENDS if backend != "tensorflow"}
    assert needed <= built_in().keys()
    for name, environment in built_in().items():
        assert environment.why, name
        assert environment.trains, name
        assert any("==" in pin for pin in environment.pins), name


def test_the_place_depends_on_what_is_built_and_on_nothing_else() -> None:
    assert replace(OLD, pins=("keras==2.3.1",)).digest != OLD.digest
    assert replace(OLD, python="3.6").digest != OLD.digest
    assert replace(OLD, why="!", variables={}).digest == OLD.digest


def test_building_asks_uv_once_and_tells_of_it(cache: Path, asked: Callable[[], list[str]]) -> None:
    told: list[str] = []
    python = build("old", told.append, {"old": OLD})
    assert python == cache / f"old-{OLD.digest}" / "bin" / "python"
    assert python.exists()
    venv, install = asked()
    assert venv.startswith("venv --relocatable --python 3.7 ")
    assert install.endswith(" keras==2.2.4")
    assert told == ["Python 3.7: uv looks for one or fetches it", "Resolved 2 packages in 1ms"]
    assert build("old", told.append, {"old": OLD}) == python
    assert len(asked()) == 2


def test_a_changed_pin_makes_it_outdated_until_it_is_built_again(
    asked: Callable[[], list[str]],
) -> None:
    new = replace(OLD, pins=("keras==2.3.1",))
    assert state(OLD) is State.MISSING
    first = build("old", project={"old": OLD})
    assert (state(OLD), state(new)) == (State.BUILT, State.OUTDATED)
    assert find("old", {"old": new}) is None
    second = build("old", project={"old": new})
    assert first != second
    assert state(new) is State.BUILT
    assert [line.split()[-1] for line in asked()[1::2]] == ["keras==2.2.4", "keras==2.3.1"]


def test_one_whose_interpreter_is_gone_is_built_again(asked: Callable[[], list[str]]) -> None:
    python = build("old", project={"old": OLD})
    python.unlink()
    python.symlink_to("/gone/python")
    assert state(OLD) is State.MISSING
    assert build("old", project={"old": OLD}).exists()
    assert len(asked()) == 4


@pytest.mark.parametrize(
    ("version", "can_fetch"), [("3.6", False), ("3.7.16", False), ("3.8", True), ("3.11", True)]
)
def test_uv_is_named_only_for_what_it_can_fetch(version: str, *, can_fetch: bool) -> None:
    told = advice(version)
    assert (f"uv python install {version}" in told) == can_fetch
    assert can_fetch or f"pyenv install {version}" in told


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        (
            replace(OLD, python="3.6"),
            ["needs Python 3.6", "No interpreter found", "install Python"],
        ),
        (replace(OLD, pins=("missing",)), ["missing", "no such version", "pins in a.toml"]),
    ],
)
@pytest.mark.usefixtures("asked")
def test_what_cannot_be_built_is_said_and_leaves_nothing(
    cache: Path, environment: Environment, words: list[str]
) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        build("old", project={"old": replace(environment, where="a.toml")})
    assert [word for word in words if word not in str(caught.value)] == []
    assert "\n" not in str(caught.value)
    assert [path.name for path in cache.iterdir() if path.is_dir()] == []


def test_the_cpu_build_of_torch_is_asked_for_where_the_usual_indexes_have_none(
    asked: Callable[[], list[str]],
) -> None:
    torch = replace(OLD, pins=("torch",), torch_backend="cpu")
    build("old", project={"old": torch})
    assert [line.endswith("--torch-backend cpu") for line in asked()] == [False, False, True]


def test_of_two_builds_at_once_one_waits_for_the_other(
    asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_UV_SECONDS", "0.5")
    told: list[str] = []
    threads = [
        threading.Thread(target=build, args=("old", told.append, {"old": OLD})) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "another build of the same is under way; waiting for it" in told
    assert [line.split()[0] for line in asked()] == ["venv", "pip"]


def test_without_uv_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(EnvironmentProblem, match=r"needs uv: pip install 'kmigrate\[verify\]'"):
        build("old", project={"old": OLD})


def test_given_folders_go_before_built_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: Callable[[], list[str]]
) -> None:
    built = build("old", project={"old": OLD})
    assert find("old", {"old": OLD}) == built
    assert find("theirs") is None
    for name in ("old", "theirs"):
        python = python_in(tmp_path / "given" / name)
        python.parent.mkdir(parents=True)
        python.touch()
    monkeypatch.setenv("KMIGRATE_ENVS", str(tmp_path / "given"))
    assert find("old", {"old": OLD}) == tmp_path / "given" / "old" / "bin" / "python"
    assert find("theirs") == tmp_path / "given" / "theirs" / "bin" / "python"
    assert state(OLD) is State.GIVEN
    assert len(asked()) == 2


@pytest.mark.usefixtures("asked")
def test_a_name_resolves_to_its_interpreter_and_variables() -> None:
    with pytest.raises(
        EnvironmentProblem, match=r"old is not built: run `kmigrate envs build old`"
    ):
        resolve("old", {"old": OLD})
    python = build("old", project={"old": OLD})
    setting = resolve("old", {"old": OLD})
    assert (setting.python, setting.variables) == (str(python), OLD.variables)
    with pytest.raises(EnvironmentProblem, match="built from other pins: run"):
        resolve("old", {"old": replace(OLD, pins=())})


def test_a_path_or_a_command_resolves_to_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "bin" / "python3.7"
    python.parent.mkdir()
    python.touch(mode=0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(python.parent))
    for given in (str(python), "bin/python3.7", "python3.7"):
        assert resolve(given).python == str(python)
        assert resolve(given).variables is None
    with pytest.raises(EnvironmentProblem, match=r"python3.6 is neither .* tf.keras@2, modern"):
        resolve("python3.6")


def test_an_interpreter_of_the_project_is_taken_as_it_is(tmp_path: Path) -> None:
    table = {"theirs": {"interpreter": "env/bin/python"}, "old": {"python": "3.9"}}
    project = environments(tmp_path / "pyproject.toml", "tool.kmigrate.envs", table)
    assert known(project)["keras@2"] == built_in()["keras@2"]
    with pytest.raises(EnvironmentProblem, match=r"python is not there; correct .*pyproject\.toml"):
        resolve("theirs", project)
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert resolve("theirs", project).python == str(python)
    with pytest.raises(EnvironmentProblem, match="there is nothing to build"):
        build("theirs", project=project)


PYPROJECT = """
[tool.kmigrate.envs.old]
python = "3.7"
pins = ["keras==2.2.4"]
variables = { KERAS_BACKEND = "tensorflow" }

[tool.kmigrate.envs."keras@2"]
interpreter = "/gone/python"
"""


def test_the_list_knows_the_state_of_each(
    grow: Grow, kmigrate: Run, asked: Callable[[], list[str]]
) -> None:
    tree = grow({"pyproject.toml": PYPROJECT})
    built = kmigrate("envs", "build", "old")
    assert (built.code, built.text.split(": ")[0]) == (0, "old")
    assert "old: Resolved 2 packages in 1ms\n" in built.err
    assert kmigrate("envs", "build", "old").text.startswith("old: stands already: ")
    listed = json.loads(kmigrate("envs", "--format", "json").text)["environments"]
    states = {each["name"]: each["state"] for each in listed}
    assert states == dict.fromkeys(states, "missing") | {"old": "built"}
    (old,) = [each for each in listed if each["name"] == "old"]
    assert (old["python"], old["pins"]) == ("3.7", ["keras==2.2.4"])
    assert old["where"] == str(tree / "pyproject.toml")
    text = kmigrate("envs").text
    assert text == kmigrate("envs", "list").text
    assert (
        f"old            built    3.7     keras==2.2.4 KERAS_BACKEND=tensorflow\n  {old['interpreter']}\n"
        in text
    )
    assert kmigrate("envs", "path", "old").text == f"{old['interpreter']}\n"
    assert kmigrate("envs", "remove", "old").text == f"removed {old['folder']}\n"
    assert not Path(old["folder"]).exists()
    assert kmigrate("envs", "remove", "old").text == "old: nothing is built\n"
    assert len(asked()) == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("build", "give names, or --all"),
        ("build --all old", "give names, or --all"),
        ("build nonsense", "no environment is named 'nonsense'; there are keras@1, "),
        ("build keras@2", "/gone/python"),
        (
            "build modern",
            "modern needs Python 3.11, which cannot be had here: No interpreter found",
        ),
        ("path modern", "run `kmigrate envs build modern`"),
        ("path keras@2", "/gone/python is not there; correct interpreter in"),
        ("check", "no environment is built; run `kmigrate envs build --all`"),
        ("check old", "run `kmigrate envs build old`"),
        ("remove nonsense", "no environment is named 'nonsense'"),
        ("remove keras@2", "not kmigrate's to delete"),
        ("list --format xml", "format must be text or json"),
    ],
)
def test_what_cannot_be_done_is_a_sentence_and_exit_2(
    grow: Grow,
    kmigrate: Run,
    asked: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    arguments: str,
    words: str,
) -> None:
    monkeypatch.setattr(building, "find_interpreter", lambda version: None)
    grow({"pyproject.toml": PYPROJECT})
    ran = kmigrate("envs", *arguments.split())
    assert ran.code == 2
    assert words in ran.err
    assert "Traceback" not in ran.err
    assert asked() == [] or arguments == "build modern"


def test_all_are_built_though_one_cannot_be(
    grow: Grow, kmigrate: Run, asked: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "find_interpreter", lambda version: None)
    grow({"pyproject.toml": PYPROJECT})
    ran = kmigrate("envs", "build", "--all")
    assert ran.code == 2
    assert "keras@1 needs Python 3.6" in ran.err
    assert {line.split(": ")[0] for line in ran.text.splitlines()} == {"keras@2.3", "old"}
    assert any("keras==2.3.1" in line for line in asked())
