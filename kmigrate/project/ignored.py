"""Which entries of a folder git, or the person, wants left alone."""

from __future__ import annotations

from pathlib import Path

from kmigrate.project.patterns import Level, Levels

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


def gitignore_of(folder: Path) -> Levels:
    """The level of the folder's own `.gitignore`, if it has a readable one with patterns."""
    try:
        text = (folder / ".gitignore").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return (Level(folder, lines),) if lines else ()


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


def is_skipped_folder(path: str, name: str) -> bool:
    """Caches, version control and builds; a package that is called `build` is none."""
    if name in BUILD_FOLDERS:
        return not Path(path, "__init__.py").exists()
    return name in SKIPPED_FOLDERS or name.endswith(".egg-info")
