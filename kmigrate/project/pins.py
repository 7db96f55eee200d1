"""The versions that a project pins, read from its requirement files with a tolerant eye."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from kmigrate.versions import joined, key

PACKAGES = {
    "keras": "keras",
    "tensorflow": "tensorflow",
    "tensorflow-cpu": "tensorflow",
    "tensorflow-gpu": "tensorflow",
    "tf-keras": "tf-keras",
}
FILES = (
    "*requirements*.txt",
    "*requirements*.in",
    "requirements/*.txt",
    "requirements/*.in",
    "setup.py",
    "setup.cfg",
    "pyproject.toml",
    "Pipfile",
    "environment*.yml",
    "environment*.yaml",
)
_ROOT_SIGNS = (".git", "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "Pipfile")
_NAME = r"(?<![\w./-])(keras|tf[-_]keras|tensorflow(?:[-_](?:cpu|gpu))?)"
# `keras==2.2.4`, `keras = "2.2.4"` (Pipfile, poetry), `- keras=2.2.4=py36` (conda).
_PIN = re.compile(
    _NAME
    + r"""(?:\[[^\]]*\])?["']?\s*(?:\(\s*)?(===?|~=|=\s*["']?\s*(?:==|~=|\^|~)?)\s*(\d+(?:\.\d+)*)""",
    re.IGNORECASE,
)
_RANGE = re.compile(
    _NAME
    + r"""(?:\[[^\]]*\])?["']?\s*=?\s*["'(]?\s*>=\s*(\d+(?:\.\d+)*)\s*,\s*<\s*(\d+(?:\.\d+)*)""",
    re.IGNORECASE,
)
_LEAST = re.compile(
    _NAME + r"""(?:\[[^\]]*\])?["']?\s*=?\s*["'(]?\s*>=\s*(\d+(?:\.\d+)*)(?!\s*[\d.,]|\s*,)""",
    re.IGNORECASE,
)
# From here on there is no other API of the package to come.
_LAST = {"keras": (3,), "tensorflow": (2, 16), "tf-keras": (2,)}
_COMMENT = re.compile(r"^\s*#.*|\s#.*", re.MULTILINE)


def find_pins(path: Path) -> Mapping[str, str]:
    """The pinned versions by package (`keras`, `tensorflow`, `tf-keras`) around a file or folder.

    Pins of different major versions of a package cancel each other. `>=3.5` tells the API only.
    """
    found: dict[str, list[str]] = {}
    for file in requirement_files(path):
        for package, version in pins_of(_text(file)):
            found.setdefault(package, []).append(version)
    return {
        package: joined([v for v in versions if v[0] != ">"] or versions[:1])
        for package, versions in sorted(found.items())
        if len({_major(version) for version in versions}) == 1
    }


def requirement_files(path: Path) -> list[Path]:
    """The requirement files of the project that a file or folder stands in."""
    return list(_files(_project_root(path)))


def pins_of(text: str) -> Iterator[tuple[str, str]]:
    """The pins in the text of a requirement file of any kind, in no particular order.

    >>> list(pins_of("keras==2.2.4\\ntensorflow>=1.4,<2"))
    [('keras', '2.2.4'), ('tensorflow', '1.4,<2')]
    """
    text = _COMMENT.sub("", text)
    for name, operator, version in _PIN.findall(text):
        yield PACKAGES[_normal(name)], _meant(operator, version)
    for name, low, high in _RANGE.findall(text):
        if _major(low) == _last_major_below(high):
            yield PACKAGES[_normal(name)], f"{low},<{high}"
    for name, low in _LEAST.findall(text):
        package = PACKAGES[_normal(name)]
        if key(low) >= _LAST[package]:
            yield package, f">={low}"


def _meant(operator: str, version: str) -> str:
    """`~=2.2` and `^2.2` are also every later 2.x, `~=2.2.4` every later 2.2.x."""
    if "^" in operator:
        return f"{version},<{_major(version) + 1}"
    if "~" in operator and version.count("."):
        head, _, last = version.rpartition(".")[0].rpartition(".")
        return f"{version},<{head + '.' if head else ''}{int(last) + 1}"
    return version


def _normal(name: str) -> str:
    return name.lower().replace("_", "-")


def _major(version: str) -> int:
    return int(version.lstrip(">=").split(".")[0])


def _last_major_below(version: str) -> int:
    """The major version of the releases just below: 1 for `2` and `2.0`, 2 for `2.3`."""
    major, *rest = version.split(".")
    return int(major) if any(int(part) for part in rest) else int(major) - 1


def _project_root(path: Path) -> Path:
    folder = start_folder(path)
    for candidate in (folder, *folder.parents):
        if any((candidate / sign).exists() for sign in _ROOT_SIGNS):
            return candidate
    return folder


def start_folder(path: Path) -> Path:
    """The folder to look around from: `path` or where it stands, though it may not exist."""
    absolute = Path(os.path.realpath(path))
    try:
        return absolute if absolute.is_dir() else absolute.parent
    except OSError:  # such a name cannot exist
        return absolute.parent


def _files(root: Path) -> Iterator[Path]:
    for pattern in FILES:
        yield from sorted(root.glob(pattern))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
