"""Which entries of a folder git, or the person, wants left alone."""

from __future__ import annotations

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
BUILD_FOLDERS = frozenset({"build", "dist", "_build"})


@dataclass(frozen=True, slots=True)
class Level:
    """The patterns that stand in one folder and speak about everything below it."""

    base: str
    spec: GitIgnoreSpec

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether `path` is ignored (None: not mentioned)."""
        if not path.startswith(self.base):
            return None
        relative = path[len(self.base) :] + ("/" if is_folder else "")
        return self.spec.check_file(relative).include


Levels = tuple[Level, ...]


def level(folder: Path, patterns: Iterable[str]) -> Level:
    """The patterns of a `.gitignore` that stands in `folder`."""
    from pathspec import GitIgnoreSpec

    base = folder.as_posix()
    return Level(base if base.endswith("/") else f"{base}/", GitIgnoreSpec.from_lines(patterns))


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
    """Caches, version control, virtual environments and builds; a package named `build` is none."""
    if name in SKIPPED_FOLDERS or name.endswith(".egg-info"):
        return True
    if name in BUILD_FOLDERS:
        return not Path(path, "__init__.py").exists()
    return Path(path, "pyvenv.cfg").exists()
