"""Which files hold requirements, and how each kind is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kmigrate.project.manifests.items import Item
from kmigrate.project.manifests.lines import environment_yml, requirements_txt, setup_cfg
from kmigrate.project.manifests.setup_py import setup_py
from kmigrate.project.manifests.toml import toml

Reader = Callable[[str], Iterable[Item]]
SETUP = "setup.py"
KERAS_JSON = "keras.json"
_TEXT = re.compile(r"(?:.*requirements.*|constraints.*)\.(?:txt|in)")
_NAMED: dict[str, Reader] = {
    "setup.cfg": setup_cfg,
    "pyproject.toml": toml,
    "Pipfile": toml,
    SETUP: setup_py,
}
_CONDA = re.compile(r"environment.*\.ya?ml")
_FOLDER = "requirements"


def reader(name: str, folder: str) -> Reader | None:
    """How a file of that name, in a folder of that name, is read."""
    if name in _NAMED:
        return _NAMED[name]
    if _CONDA.fullmatch(name):
        return environment_yml
    is_list = _TEXT.fullmatch(name) or (folder == _FOLDER and name.endswith((".txt", ".in")))
    return requirements_txt if is_list else None


def is_manifest(name: str, folder: str) -> bool:
    """Is it a file of requirements or settings, and no Python?"""
    return name == KERAS_JSON or (name != SETUP and reader(name, folder) is not None)


def is_environment(name: str) -> bool:
    """Does it describe what is installed, rather than what a package needs?"""
    return name not in ("setup.cfg", "pyproject.toml", SETUP)
