"""Small programs, migrated and held to what is true of every migration; and run on stand-ins."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import re
import sys
import types
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kmigrate.check import violations
from kmigrate.migrate import migrate, resolve_direction
from kmigrate.model import Finding, Module, Options, Outcome, Result
from kmigrate.text import SourceText

CASES = Path(__file__).parent / "cases"
LIBRARIES = ("keras", "tensorflow", "tf_keras")
OTHER = "other_module"
STAND_INS = (*LIBRARIES, "mine", OTHER)
CHANGED = (Outcome.REWRITTEN, Outcome.REVIEW)
LEFT = (Outcome.FLAGGED, Outcome.UNRESOLVED)


def run(
    text: str,
    to: str = "keras@3",
    source: str = "keras@2",
    module: Module | None = None,
    **more: Any,
) -> Result:
    """Migrate `text` with `--from source` (comma-separated)."""
    options = Options(sources=tuple(source.split(",")), target=to, **more)
    return migrate(text, options, resolve_direction(options, {}, {}), module or Module())


def migrated(text: str, **more: Any) -> Result:
    """As `run`, with the text and its findings held to the laws."""
    result = run(text, **more)
    assert result.after is not None, result.error
    assert violations(text, result.after) == []
    hold_findings(text, result)
    again = run(result.after, **more)
    assert (again.after, again.error) == (result.after, ""), "a second run changes something"
    return result


def hold_findings(text: str, result: Result) -> None:
    """Each finding stands where it says, no place is counted twice, and changes have a finding."""
    source = SourceText(text)
    places = Counter((finding.span, finding.symbol) for finding in result.findings)
    assert [place for place, number in places.items() if number > 1] == []
    for finding in result.findings:
        assert source.slice(finding.span) == finding.before
        assert finding.outcome is Outcome.KEPT or finding.reason, finding
        assert finding.outcome not in LEFT or not finding.after or finding.rules, finding
    assert not result.changed or any(acted_on(result)) or has_marks(text, result)


def acted_on(result: Result) -> Iterator[Finding]:
    """The findings that may have changed something: what is flagged is respelled at most."""
    for finding in result.findings:
        if not finding.ignored and finding.outcome is not Outcome.KEPT:
            yield finding


def has_marks(text: str, result: Result) -> bool:
    return "TODO(kmigrate" in text + (result.after or "")


def tally(result: Result) -> dict[str, int]:
    """How many references were kept, changed and left (flagged or unresolved); no zeros."""
    counted = [finding.outcome for finding in result.findings if not finding.ignored]
    sums = {
        "kept": counted.count(Outcome.KEPT),
        "changed": sum(map(counted.count, CHANGED)),
        "left": sum(map(counted.count, LEFT)),
    }
    assert sum(sums.values()) == len(counted)
    return {name: number for name, number in sums.items() if number}


# --- the programs in cases/*.txt ---


@dataclass(frozen=True)
class Case:
    """A program before and after, and its twin, which must stay; with what is reported of each."""

    name: str
    given: Mapping[str, str]
    before: str
    after: str
    tally: Mapping[str, int]
    twin: str
    twin_tally: Mapping[str, int]

    def __str__(self) -> str:
        return self.name


_HEAD = re.compile(r"^=== (?P<name>[^|\n]*?) *(?:\| (?P<given>.*))?\n", re.MULTILINE)
_PART = re.compile(r"^--- (?P<kind>after|same|twin): *(?P<tally>.*)\n", re.MULTILINE)


def cases(name: str) -> list[Case]:
    """The cases of a file: `=== title | to=D source=D`, the program, and its parts.

    `--- after: kept 1, changed 2` is followed by what it becomes; `--- same: left 1` says that it
    stays as it is; `--- twin: kept 1` is followed by the program that must stay as it is.
    """
    _, *pieces = _HEAD.split((CASES / f"{name}.txt").read_text(encoding="utf-8"))
    return [_case(*pieces[start : start + 3]) for start in range(0, len(pieces), 3)]


def _case(name: str, given: str | None, body: str) -> Case:
    before, *parts = _PART.split(body)
    words = dict(word.split("=", 1) for word in (given or "").split())
    case = Case(name, words, before, before, {}, "", {})
    for kind, counts, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
        sums = {word.split()[0]: int(word.split()[1]) for word in counts.split(",") if word.strip()}
        if kind == "twin":
            case = replace(case, twin=text, twin_tally=sums)
        else:
            case = replace(case, after=text if kind == "after" else before, tally=sums)
    assert len(parts) > 0, name
    return case


# --- running a program on stand-ins for the libraries ---


class StandIn(types.ModuleType):
    """Stands for anything of a library; knows its qualified name, and can be called."""

    __path__: list[str] = []  # noqa: RUF012
    __all__ = ("Dense", "Flatten")

    def __getattr__(self, name: str) -> StandIn:
        if name.startswith("__"):
            raise AttributeError(name)
        return StandIn(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> StandIn:
        return StandIn(f"{self.__name__}()")


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name: str, *_: object) -> importlib.machinery.ModuleSpec | None:
        is_ours = name.partition(".")[0] in STAND_INS
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if is_ours else None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return StandIn(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        return None


@contextmanager
def stand_ins() -> Iterator[None]:
    """Within it, the libraries are stand-ins, whether or not they are installed."""
    real = {name: m for name, m in sys.modules.items() if name.partition(".")[0] in LIBRARIES}
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        for name in real:
            del sys.modules[name]
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name in sys.modules if name.partition(".")[0] in STAND_INS]:
            del sys.modules[name]
        sys.modules.update(real)


def shown(program: str, other: str = "") -> list[str]:
    """Run a program; the names of what it gives to `show`, in order, and what it raises.

    `other` is run first, as the module OTHER, from which the program may import. Both may use `mine`, which stands for anything of its own, `flag` (False), `Base` (a class),
    `decorated`, and `call`, which goes on after an error.
    """
    names: list[str] = []

    def show(thing: object) -> object:
        names.append(getattr(thing, "__name__", repr(thing)))
        return thing

    def call(function: Callable[..., object], *arguments: object) -> None:
        try:
            function(*arguments)
        except Exception as error:
            names.append(f"raised {type(error).__name__}")

    def decorated(argument: object) -> Callable[[object], object]:
        show(argument)
        return lambda function: function

    known = {"show": show, "call": call, "decorated": decorated, "flag": False, "__name__": "p"}
    with stand_ins():
        known = {**known, "mine": StandIn("mine"), "Base": type("Base", (), {})}
        sys.modules[OTHER] = module = types.ModuleType(OTHER)
        module.__dict__.update(known)
        for text, scope in ((other, module.__dict__), (program, known)):
            call(exec, compile(text, "<program>", "exec", dont_inherit=True), scope)
    return names
