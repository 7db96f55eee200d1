"""Find the interpreter of a version, and uv, which finds or fetches what is not found here."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from kmigrate.api import version_key
from kmigrate.verify.envs.environment import EnvironmentProblem

_QUICK_SECONDS = 20.0
_OLDEST_OF_UV = (3, 8)  # that it can fetch
_RELEASE = re.compile(r"[0-9.]+")  # not 3.13.0t, 3.14-dev, pypy3.10
# uv reads none of pip's settings. Where a person has told pip of a mirror, uv is told as well.
_PIP_SETTINGS = {
    "PIP_INDEX_URL": "UV_DEFAULT_INDEX",
    "PIP_EXTRA_INDEX_URL": "UV_INDEX",
    "PIP_FIND_LINKS": "UV_FIND_LINKS",
}


def uv_command() -> list[str]:
    """How uv is called. Raises EnvironmentProblem where it is not installed."""
    if importlib.util.find_spec("uv") is not None:
        return [sys.executable, "-m", "uv"]
    program = shutil.which("uv")
    if program is None:
        raise EnvironmentProblem("building an environment needs uv: pip install 'kmigrate[verify]'")
    return [program]


def uv_variables() -> dict[str, str]:
    """The process environment for uv: without colours, and without pyenv's shims, over which it stumbles."""
    variables = dict(os.environ)
    for name in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "FORCE_COLOR", "CLICOLOR_FORCE"):
        variables.pop(name, None)
    root = pyenv_root()
    if root is not None:
        shims = str(root / "shims")
        parts = variables.get("PATH", "").split(os.pathsep)
        variables["PATH"] = os.pathsep.join(part for part in parts if part.rstrip("/") != shims)
    if not any(name in variables for name in _PIP_SETTINGS.values()):
        variables |= {uv: variables[pip] for pip, uv in _PIP_SETTINGS.items() if pip in variables}
    return variables


def find_interpreter(version: str) -> Path | None:
    """An installed interpreter of that version, as 3.7 or 3.7.16, that needs no search by uv."""
    wanted = version_key(version)
    if sys.version_info[: len(wanted)] == wanted:
        # The one below a virtual environment, which may be thrown away before what is built on it.
        return Path(getattr(sys, "_base_executable", sys.executable))
    return _pyenv_interpreter(wanted)


def _pyenv_interpreter(wanted: tuple[int, ...]) -> Path | None:
    root = pyenv_root()
    if root is None or not (root / "versions").is_dir():
        return None
    fitting = [
        (version_key(folder.name), python)
        for folder in (root / "versions").iterdir()
        if _RELEASE.fullmatch(folder.name) and version_key(folder.name)[: len(wanted)] == wanted
        for python in (folder / "bin" / "python", folder / "python.exe")
        if os.access(python, os.X_OK)
    ]
    return max(fitting)[1] if fitting else None


def pyenv_root() -> Path | None:
    """The folder that pyenv keeps its versions in."""
    if given := os.environ.get("PYENV_ROOT"):
        return Path(given)
    program = shutil.which("pyenv")
    if program is not None:
        printed = _printed([program, "root"])
        if printed:
            return Path(printed)
    usual = Path(os.path.expanduser("~/.pyenv"))  # noqa: PTH111 (never raises)
    return usual if usual.is_dir() else None


def _printed(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=_QUICK_SECONDS,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def advice(version: str) -> str:
    """What to do where neither this machine nor uv has the interpreter."""
    is_fetched = version_key(version)[:2] >= _OLDEST_OF_UV
    ways = [f"pyenv install {version}"] if pyenv_root() is not None or not is_fetched else []
    if is_fetched:
        ways.append(f"uv python install {version}")
    return (
        f"install Python {version} ({' or '.join(ways)}), or name an interpreter of yours in "
        "pyproject.toml: [tool.kmigrate.envs.NAME] with interpreter = ..."
    )
