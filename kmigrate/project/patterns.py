"""The patterns of a `.gitignore`, asked quickly: most entries are spoken of by none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_PLAIN = re.compile(r"[\w.,@%+~-]+")
_GROUP = re.compile(r"\(\?P<\w+>")


class Level:
    """The patterns that stand in one folder and speak about everything below it.

    Compiling and trying them all costs more than reading the files. So `name`, `name/` and `*.end`
    are looked up, the others are joined into one, and pathspec judges by those that may apply.
    """

    def __init__(self, folder: Path, patterns: Iterable[str]) -> None:
        self.base = folder.as_posix().rstrip("/") + "/"
        regex = _regex_of()
        self._lines = [line for line in patterns if regex(line)]
        self._names: dict[str, list[int]] = {}
        self._endings: dict[str, list[int]] = {}
        self._others: list[int] = []
        for number, line in enumerate(self._lines):
            self._sort(number, line.strip().removeprefix("!").removesuffix("/"))
        self._all_endings = tuple(self._endings)
        self._specs: dict[tuple[int, ...], GitIgnoreSpec] = {}

    def _sort(self, number: int, text: str) -> None:
        if _PLAIN.fullmatch(text):
            self._names.setdefault(text, []).append(number)
        elif text[:1] == "*" and _PLAIN.fullmatch(text[1:]):
            self._endings.setdefault(text[1:], []).append(number)
        else:
            self._others.append(number)

    def verdict(self, path: str, is_folder: bool) -> bool | None:
        """Whether `path` is ignored (None: not mentioned)."""
        if not path.startswith(self.base):
            return None
        relative = path[len(self.base) :] + ("/" if is_folder else "")
        candidates = self._candidates(path.rpartition("/")[2], relative)
        if not candidates:
            return None
        return self._spec(tuple(sorted(candidates))).check_file(relative).include

    def _candidates(self, name: str, relative: str) -> list[int]:
        found = list(self._names.get(name, ()))
        if self._all_endings and name.endswith(self._all_endings):
            for ending, numbers in self._endings.items():
                found += numbers if name.endswith(ending) else ()
        if self._joined is not None and self._joined.match(relative):
            found += self._others
        return found

    @cached_property
    def _joined(self) -> re.Pattern[str] | None:
        """One pattern for whatever any of the others speaks of, also the negated ones."""
        regex = _regex_of()
        texts = [_GROUP.sub("(?:", regex(self._lines[number])) for number in self._others]
        return re.compile("|".join(f"(?:{text})" for text in texts)) if texts else None

    def _spec(self, numbers: tuple[int, ...]) -> GitIgnoreSpec:
        if numbers not in self._specs:
            from pathspec import GitIgnoreSpec

            lines = [self._lines[number] for number in numbers]
            self._specs[numbers] = GitIgnoreSpec.from_lines(lines)
        return self._specs[numbers]


Levels = tuple[Level, ...]


def _regex_of() -> Callable[[str], str]:
    """What pathspec makes of a line; nothing of a comment or a line that git would not take."""
    from pathspec import GitIgnoreSpec

    kind = type(GitIgnoreSpec.from_lines(["x"]).patterns[0])

    def regex(line: str) -> str:
        try:
            return str(kind.pattern_to_regex(line)[0] or "")
        except ValueError:
            return ""

    return regex


def is_ignored(path: str, is_folder: bool, levels: Sequence[Level]) -> bool:
    """The nearest level that mentions the entry decides."""
    for each in reversed(levels):
        verdict = each.verdict(path, is_folder)
        if verdict is not None:
            return verdict
    return False
