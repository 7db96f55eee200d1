"""What a person gets who installs kmigrate: the wheel, the pre-commit hooks, the README's words."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

import kmigrate

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", ".pre-commit-hooks.yaml")
LEGACY = "from keras.layers.core import Dense\n\nlayer = Dense(3)\n"
KINDS = ("python", "diff")
HOOKS = """\
repos:
- repo: {repo}
  rev: {rev}
  hooks:
  - id: kmigrate-check
    args: [--from, keras@2]
  - id: kmigrate
    args: [--from, keras@2]
"""


def run(
    *command: str | Path, cwd: Path, expect: int = 0, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **(environment or {})},
    )
    assert done.returncode == expect, f"{done.args}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def commands_of_readme() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return re.findall(r"^python3 -m venv .*$", text, re.MULTILINE)


def test_the_readme_has_two_set_up_commands() -> None:
    use, check = commands_of_readme()
    assert "--into" in use
    assert check.endswith("pytest")
    assert "pip install -e '.[dev]'" in check


def test_the_readme_migrates_the_fixtures(tmp_path: Path) -> None:
    (arguments,) = re.findall(r"\.venv/bin/kmigrate (.*)", commands_of_readme()[0])
    into = tmp_path / "migrated"
    done = kmigrate_command(*shlex.split(arguments.replace("--into migrated", f"--into {into}")))
    assert "+++ b/fixtures/models/fit_generator/keras2.py" in done.stdout
    assert re.search(r"^-.*\bfit_generator\(", done.stdout, re.MULTILINE)
    assert next(into.rglob("keras2.py")).is_file()


def test_the_readme_shows_what_the_tool_does(tmp_path: Path) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    before, shown = (re.findall(rf"```{kind}\n(.*?)```", text, re.DOTALL)[0] for kind in KINDS)
    (tmp_path / "model.py").write_text(before, encoding="utf-8")
    arguments = ("diff", "model.py", "--from", "keras@2")
    printed = kmigrate_command(*arguments, cwd=tmp_path, expect=1).stdout
    assert re.sub(r"(?m)^(@@ .*? @@).*$", r"\1", printed) == shown


def kmigrate_command(
    *arguments: str, cwd: Path = ROOT, expect: int = 0
) -> subprocess.CompletedProcess[str]:
    main = "import sys; from kmigrate.cli import main; sys.exit(main())"
    return run(sys.executable, "-c", main, *arguments, cwd=cwd, expect=expect)


def test_ci_finds_the_test_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    found = re.search(r"grep -E '(.*?)' README\.md", script)
    assert found is not None
    matching = [line for line in commands_of_readme() if re.match(found[1], line)]
    assert matching == [commands_of_readme()[1]]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_the_changelog_knows_the_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert kmigrate.__version__ in text


def test_every_dependency_is_argued() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[<>=]", line)[0] for group in groups for line in group} - {"kmigrate"}
    argued = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert [name for name in sorted(names) if f"`{name}`" not in argued] == []


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without an index: the build backend is one of the development dependencies."""
    source = copy_of_the_project(tmp_path_factory.mktemp("source") / "kmigrate")
    out = tmp_path_factory.mktemp("wheel")
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--wheel-dir", str(out)]
    run(sys.executable, "-m", "pip", "wheel", source, *options, cwd=out)
    (built,) = out.glob("*.whl")
    return built


def copy_of_the_project(to: Path) -> Path:
    """What the wheel is made of, committed or not."""
    skip = shutil.ignore_patterns("__pycache__")
    for name in ("kmigrate", "rules"):
        shutil.copytree(ROOT / name, to / name, ignore=skip)
    for name in SHIPPED:
        shutil.copy2(ROOT / name, to / name)
    return to


@pytest.mark.slow
def test_the_wheel_holds_the_program_and_its_table(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    program = {
        path.relative_to(ROOT)
        for path in (ROOT / "kmigrate").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    table = {
        Path("kmigrate") / path.relative_to(ROOT)
        for path in (ROOT / "rules").rglob("*")
        if path.is_file()
    }
    assert Path("kmigrate/py.typed") in program
    assert len(table) > 10
    assert held == {path.as_posix() for path in program | table}


@pytest.mark.slow
def test_the_installed_wheel_works_in_another_folder(wheel: Path, tmp_path: Path) -> None:
    bin_folder = install(wheel, tmp_path / "venv")
    work = tmp_path / "work"
    work.mkdir()
    (work / "model.py").write_text(LEGACY, encoding="utf-8")
    place = run(bin_folder / "python", "-c", "import kmigrate; print(kmigrate.__file__)", cwd=work)
    assert Path(place.stdout.strip()).is_relative_to(tmp_path / "venv")
    version = run(bin_folder / "kmigrate", "--version", cwd=work)
    assert kmigrate.__version__ in version.stdout
    arguments = ("apply", ".", "--from", "keras@2", "--format", "json")
    done = run(bin_folder / "kmigrate", *arguments, cwd=work)
    assert json.loads(done.stdout)["totals"]["changed"] == 1
    assert "layers.core" not in (work / "model.py").read_text(encoding="utf-8")


def install(wheel: Path, venv: Path) -> Path:
    """The wheel alone in an environment of its own; its dependencies come from this one."""
    run(sys.executable, "-m", "venv", "--without-pip", venv, cwd=venv.parent)
    bin_folder = venv / ("Scripts" if os.name == "nt" else "bin")
    pip = (sys.executable, "-m", "pip", "--python", bin_folder / "python")
    run(*pip, "install", "--no-deps", "--no-index", wheel, cwd=venv.parent)
    purelib = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site_packages = run(bin_folder / "python", "-c", purelib, cwd=venv.parent).stdout.strip()
    borrowed = Path(site_packages) / "borrowed.pth"
    borrowed.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return bin_folder


def git(*arguments: str, cwd: Path) -> str:
    identity = ("-c", "user.name=test", "-c", "user.email=test@example.org")
    return run("git", *identity, *arguments, cwd=cwd).stdout.strip()


def commit_all(folder: Path) -> str:
    git("init", "--quiet", cwd=folder)
    git("add", "--all", cwd=folder)
    git("commit", "--quiet", "--no-verify", "--message", "all", cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder)


@pytest.mark.slow
def test_the_hooks_work_in_pre_commit(tmp_path: Path) -> None:
    repo = copy_of_the_project(tmp_path / "kmigrate")
    rev = commit_all(repo)
    work = tmp_path / "work"
    work.mkdir()
    (work / "model.py").write_text(LEGACY, encoding="utf-8")
    config = HOOKS.format(repo=repo.as_posix(), rev=rev)
    (work / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    commit_all(work)
    pre_commit = (sys.executable, "-m", "pre_commit", "run", "--all-files", "--color=never")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "home")}
    first = run(*pre_commit, cwd=work, expect=1, environment=home).stdout
    assert re.search(r"kmigrate check\.+Failed", first)
    assert re.search(r"kmigrate apply\.+Failed", first)
    assert "files were modified by this hook" in first
    assert "layers.core" not in (work / "model.py").read_text(encoding="utf-8")
    second = run(*pre_commit, cwd=work, environment=home).stdout
    assert re.search(r"kmigrate check\.+Passed", second)
    assert re.search(r"kmigrate apply\.+Passed", second)
