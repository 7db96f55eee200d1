"""Which entries of a folder git, or the person, wants left alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
ENVIRONMENTS = frozenset({".venv", ".tox", ".nox", ".direnv", "site-packages", "node_modules"})
CACHES = frozenset(
    {
        "__pycache__",
        "__pypackages__",
        ".eggs",
        ".hypothesis",
        ".ipynb_checkpoints",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
    }
)
SKIPPED_FOLDERS = VERSION_CONTROL | ENVIRONMENTS | CACHES
ENVIRONMENT_SIGN = "pyvenv.cfg"
BUILD_FOLDERS = frozenset({"build", "dist", "_build"})
_PLAIN = re.compile(r"[\w.,@%+~-]+")
_GROUP = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Level:
    """The patterns that stand in one folder and speak about everything below it.

    Most entries are spoken of by none. `names`, `endings` and `others` find those out quickly.
    """

    base: str
    spec: GitIgnoreSpec
    names: frozenset[str]
    endings: tuple[str, ...]
    others: re.Pattern[str] | None

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether `path` is ignored (None: not mentioned)."""
        if not path.startswith(self.base):
            return None
        relative = path[len(self.base) :] + ("/" if is_folder else "")
        name = path.rpartition("/")[2]
        if name in self.names or name.endswith(self.endings) or self._is_other(relative):
            return self.spec.check_file(relative).include
        return None

    def _is_other(self, relative: str) -> bool:
        return self.others is not None and self.others.match(relative) is not None


Levels = tuple[Level, ...]


def level(folder: Path, patterns: Iterable[str]) -> Level:
    """The patterns of a `.gitignore` that stands in `folder`."""
    from pathspec import GitIgnoreSpec

    lines = list(patterns)
    texts = [line.strip().removeprefix("!").removesuffix("/") for line in lines]
    names = frozenset(text for text in texts if _PLAIN.fullmatch(text))
    endings = tuple(text[1:] for text in texts if text[:1] == "*" and _PLAIN.fullmatch(text[1:]))
    known = {*names, *(f"*{ending}" for ending in endings)}
    rest = [line for line, text in zip(lines, texts, strict=True) if text not in known]
    base = folder.as_posix().rstrip("/") + "/"
    return Level(base, GitIgnoreSpec.from_lines(lines), names, endings, _joined(rest))


def _joined(lines: Sequence[str]) -> re.Pattern[str] | None:
    """One pattern for whatever any of the lines, also the negated ones, speaks of."""
    from pathspec import GitIgnoreSpec

    patterns = [getattr(each, "regex", None) for each in GitIgnoreSpec.from_lines(lines).patterns]
    texts = [_GROUP.sub("(?:", pattern.pattern) for pattern in patterns if pattern is not None]
    return re.compile("|".join(f"(?:{text})" for text in texts)) if texts else None


def gitignore_of(folder: Path) -> Levels:
    """The level of the folder's own `.gitignore`, if it has a readable one with patterns."""
    try:
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return (level(folder, lines),) if lines else ()


def gitignores_above(folder: Path) -> Levels:
    """The levels from the root of the repository down to `folder`, without its own."""
    above: list[Path] = []
    for parent in (folder, *folder.parents):
        if parent != folder:
            above.append(parent)
        if (parent / ".git").exists():
            levels = tuple(found for each in reversed(above) for found in gitignore_of(each))
            # The person named this folder: what ignores it whole does not speak about its files.
            return tuple(each for each in levels if not each.verdict(folder.as_posix(), True))
    return ()


def is_ignored(path: str, is_folder: bool, levels: Sequence[Level]) -> bool:
    """The nearest level that mentions the entry decides."""
    for each in reversed(levels):
        verdict = each.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False


def is_skipped_folder(path: str, name: str) -> bool:
    """Caches, version control and builds; a package that is called `build` is none."""
    if name in BUILD_FOLDERS:
        return not Path(path, "__init__.py").exists()
    return name in SKIPPED_FOLDERS or name.endswith(".egg-info")
