"""What is planned for the imports of a module, and how qualified names lie to one another."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kmigrate.dialects import locate, qualified
from kmigrate.scan.scopes import Binding, ImportStatement

QUALIFIED = re.compile(r"(?<![\w.'\"])(?:keras|tensorflow|tf_keras|inspect|math)(?:\.\w+)+")


@dataclass(eq=False, slots=True)
class Imported:
    """One imported name: what it stands for before and after, and whether anything needs it."""

    binding: Binding
    before: str  # the qualified name of the whole alias: `keras.layers.core` for `import keras.layers.core`
    after: str  # "" when the target has none; then the name stays as it is
    is_frozen: bool = False
    is_shim: bool = False  # one of several imports that give the name, by what is installed
    is_lost: bool = False  # the target has it no more, and code that stays uses it
    is_idle: bool = False  # the target has it no more, and nothing here names it
    is_pinned: bool = False  # the local name must stay: others import it, or code kept it
    uses: int = 0
    spelled: int = 0  # uses that are still written through it
    local: str = ""

    @property
    def is_alive(self) -> bool:
        """Does anything still need the imported name? What nothing uses stays where it is there."""
        is_unused = not self.uses and not self.is_idle
        return self.is_frozen or self.is_pinned or is_unused or self.spelled > 0

    @property
    def leads_past_root(self) -> bool:
        """Is the name of `import tensorflow.keras` that of a package above the library's own root?"""
        located = locate(self.before)
        root = qualified(located[0], "") if located else ""
        return "." in root and self.binding.name == root.partition(".")[0] != self.after


@dataclass(slots=True)
class Star:
    """A star import: its module before and after, its uses, and those still written through it."""

    before: str
    after: str
    uses: int = 0
    spelled: int = 0
    is_needed: bool = False  # it may give names that nothing else explains

    @property
    def is_alive(self) -> bool:
        """Does anything still need the star?"""
        return self.is_needed or not self.uses or self.spelled > 0


@dataclass(slots=True)
class Addition:
    """A new import: `from module import name as local`, or `import name as local`."""

    module: str
    name: str
    local: str

    @property
    def statement(self) -> str:
        """The statement as it is written."""
        leaf = self.name
        alias = "" if self.local == leaf else f" as {self.local}"
        return (
            f"from {self.module} import {leaf}{alias}" if self.module else f"import {leaf}{alias}"
        )


@dataclass(eq=False, slots=True)
class StatementPlan:
    """What becomes of one import statement."""

    statement: ImportStatement
    names: list[Imported] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)


def below(name: str, base: str) -> str | None:
    """What stands behind `base` in `name`: `.sum` for `keras.ops.sum` below `keras.ops`."""
    if not base:
        return None
    if name == base:
        return ""
    return name[len(base) :] if name.startswith(base + ".") else None


def path_of(name: str) -> str:
    """The path of a qualified name below the root of its dialect."""
    located = locate(name)
    return located[1] if located else name


def root_of(name: str) -> str:
    """The root of a qualified name's dialect."""
    located = locate(name)
    return qualified(located[0], "") if located else ""


def below_in_api(name: str, base: str) -> str | None:
    """As `below`, by the paths in the API: an import shim names it in several dialects."""
    if "tf" in {located[0] for located in (locate(name), locate(base)) if located}:
        return None
    path, under = path_of(name), path_of(base)
    return f".{path}" if not under else below(path, under)


def import_form(name: str, as_symbol: bool, from_root: bool) -> tuple[str, str, str]:
    """(module, leaf, rest): `from module import leaf`, written `leaf` + `rest` in the code."""
    located = locate(name)
    assert located is not None
    dialect, path = located
    root = qualified(dialect, "")
    parent, _, leaf = path.rpartition(".")
    if as_symbol and path:
        return (f"{root}.{parent}" if parent else root), leaf, ""
    if dialect == "tf" or from_root or not parent:
        module, _, top = root.rpartition(".")
        return module, top, f".{path}" if path else ""
    above, _, last = parent.rpartition(".")
    return (f"{root}.{above}" if above else root), last, f".{leaf}"
