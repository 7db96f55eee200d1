"""What the files of a project tell about each other: re-exports, needed names, ruled-out APIs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from kmigrate.dialects import is_library
from kmigrate.model import Module, Survey
from kmigrate.project.modules import Modules

_ATTRIBUTE = re.compile(r"\.\s*([A-Za-z_]\w*)")


class Index:
    """The surveys of a project's files (by number), merged."""

    def __init__(self, modules: Modules, surveys: Mapping[int, Survey]) -> None:
        self._modules = modules
        self._surveys = surveys
        self._known: dict[tuple[int, tuple[str, ...]], str] = {}

    def ruled_out(self) -> dict[str, tuple[int, str]]:
        """The surfaces that cannot be meant, each with the first file that says so."""
        found: dict[str, tuple[int, str]] = {}
        for number in sorted(self._surveys):
            for surface, reason in self._surveys[number].ruled_out.items():
                found.setdefault(surface, (number, reason))
        return found

    def offering(self) -> tuple[int, ...]:
        """The files from which others may import a library name, by the surveys there are now."""
        self._known.clear()
        return tuple(
            number
            for number in self._surveys
            if any(map(partial(self._offers, number), self._names(number, frozenset())))
        )

    def _offers(self, number: int, name: str) -> bool:
        return bool(self.library_name(number, (name,)))

    def module(self, number: int, offering: Mapping[str, Sequence[int]]) -> Module:
        """The file's place, with the library names that its imports reach through the project.

        `offering` is the tree of the files that offer some.
        """
        found: dict[str, str] = {}
        for dotted in self._imported(number):
            resolved = self._modules.resolve(number, dotted)
            if resolved and resolved[1]:
                found[dotted] = self.library_name(*resolved)
            else:
                for other, name in self._modules.below(number, dotted, offering):
                    found |= self._public(other, name)
        exports = {dotted: library for dotted, library in found.items() if library}
        return replace(self._modules.module(number), exports=exports)

    def _imported(self, number: int) -> Iterator[str]:
        survey = self._surveys[number]
        for dotted in sorted({name.removesuffix(".*") for name in survey.imported}):
            if not is_library(dotted):
                yield dotted
        yield from (module for module in _stars(survey) if not is_library(module))

    def _public(self, number: int, prefix: str) -> dict[str, str]:
        names = [name for name in self._names(number, frozenset()) if not name.startswith("_")]
        return {f"{prefix}.{name}": self.library_name(number, (name,)) for name in names}

    def _names(self, number: int, seen: frozenset[int]) -> list[str]:
        """The names of a module, with those that its star imports bring in from the project."""
        survey = self._surveys.get(number)
        if survey is None or number in seen:
            return []
        names = [name for name in survey.exports if not name.startswith("*")]
        for star in _stars(survey):
            resolved = self._modules.resolve(number, star)
            if resolved and not resolved[1]:
                names += self._names(resolved[0], seen | {number})
        return names

    def library_name(self, number: int, names: tuple[str, ...]) -> str:
        """The library name behind a name of a module, through any number of re-exports, or ""."""
        key = (number, names)
        if key not in self._known:
            self._known[key] = self._traced(number, names, frozenset())
        return self._known[key]

    def _traced(self, number: int, names: tuple[str, ...], seen: frozenset[tuple[int, str]]) -> str:
        survey, head = self._surveys.get(number), names[0]
        if survey is None or (number, head) in seen:
            return ""
        seen |= {(number, head)}
        if head in survey.exports:
            return self._followed(number, (survey.exports[head], *names[1:]), seen)
        candidates = (self._followed(number, (star, *names), seen) for star in _stars(survey))
        return next((name for name in candidates if name), "")

    def _followed(
        self, number: int, names: tuple[str, ...], seen: frozenset[tuple[int, str]]
    ) -> str:
        dotted = ".".join(names)
        if is_library(dotted):
            return dotted
        resolved = self._modules.resolve(number, dotted)
        if resolved and resolved[1]:
            return self._traced(*resolved, seen)
        return ""

    def needed(self, texts: Mapping[int, str]) -> dict[int, frozenset[str]]:
        """By file, its names that other files import, or may reach as attributes of the module."""
        needed: dict[int, set[str]] = {}
        for number, survey in self._surveys.items():
            stars = _stars(survey)
            for dotted in self._imported(number):
                resolved = self._modules.resolve(number, dotted)
                if resolved and resolved[1]:
                    needed.setdefault(resolved[0], set()).add(resolved[1][0])
                elif resolved:
                    names = set(self._names(resolved[0], frozenset()))
                    used = names if dotted in stars else names & set(_attributes(texts[number]))
                    needed.setdefault(resolved[0], set()).update(used)
        return {number: frozenset(names) for number, names in needed.items()}


def _attributes(text: str) -> list[str]:
    return _ATTRIBUTE.findall(text)


def _stars(survey: Survey) -> list[str]:
    return [target for name, target in survey.exports.items() if name.startswith("*")]
