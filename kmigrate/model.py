"""The words of kmigrate as frozen dataclasses. Imports nothing of kmigrate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Outcome(StrEnum):
    """What became of a reference, from the least to the most cautious."""

    KEPT = "kept"
    REWRITTEN = "rewritten"
    REVIEW = "review"
    FLAGGED = "flagged"
    UNRESOLVED = "unresolved"


class Status(StrEnum):
    """What became of a file."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    WOULD_CHANGE = "would-change"
    REFUSED = "refused"
    ERROR = "error"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Surface:
    """An API as one dialect spells it: `keras@2` is the dialect `keras` on the API `keras2`."""

    dialect: str
    api: str

    @property
    def name(self) -> str:
        """How the command line spells the surface."""
        if self.dialect == "tf_keras":
            return "tf_keras"
        return f"{self.dialect}@{self.api[-1] if self.api[-1].isdigit() else '2'}"


SURFACES: Mapping[str, Surface] = {
    surface.name: surface
    for surface in (
        Surface("keras", "keras1"),
        Surface("keras", "keras2"),
        Surface("keras", "keras3"),
        Surface("tf.keras", "keras2"),
        Surface("tf.keras", "keras3"),
        Surface("tf_keras", "keras2"),
        Surface("tf", "tf1"),
        Surface("tf", "tf"),
    )
}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range of a text: lines from 1, columns from 0 in characters (as LibCST counts)."""

    line: int
    column: int
    end_line: int
    end_column: int

    def contains(self, other: Span) -> bool:
        """Does the span hold the other one?"""
        return (self.line, self.column) <= (other.line, other.column) and (
            other.end_line,
            other.end_column,
        ) <= (self.end_line, self.end_column)


class Unreadable(Exception):
    """A text that this Python cannot parse or recurse through. Lines and columns from 1; 0: unknown."""

    def __init__(self, reason: str, line: int = 0, column: int = 0) -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


# --- edits: what `match` asks of `rewrite`. Every name in them is already spelled for the place. ---


@dataclass(frozen=True, slots=True)
class Respell:
    """The name or attribute chain at `span` becomes `text`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class EditCall:
    """The call at `span` keeps its form; single parts of it change.

    Arguments are numbered in the order in which they stand in the text, from 0.
    """

    span: Span
    callee: str | None = None  # None leaves the callee, with the edits inside it
    rename: tuple[tuple[int, str | None], ...] = ()  # argument -> keyword; None: positional
    values: tuple[tuple[int, str], ...] = ()  # argument -> the text of its new value
    drop: tuple[int, ...] = ()
    append: tuple[tuple[str, str], ...] = ()  # (keyword, text), put behind the others
    order: tuple[int, ...] = ()  # the surviving arguments in a new order; empty: as they are


@dataclass(frozen=True, slots=True)
class FillTemplate:
    """The expression at `span` becomes `template` with its `{placeholders}` filled.

    A capture is the number of an argument of the call at `span`, or -1 for the object that the
    method is called on (`f(x).m(...)`: `f(x)`), or the text of a default. `rest` are the arguments
    that stand for `...` in the template, forwarded as they are, some under a new keyword.
    """

    span: Span
    template: str
    captures: tuple[tuple[str, int | str], ...] = ()
    rest: tuple[int, ...] = ()
    rename: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ImportedName:
    """One name of an import statement as it shall stand: `name as asname`."""

    name: str
    asname: str | None = None


@dataclass(frozen=True, slots=True)
class EditImport:
    """The import statement at `span`: its module, its names, and statements of its own behind it.

    `names` has one entry for each imported name, in order; None removes that name. With every name
    removed the statement goes and the first of `after` takes its place (`pass` when there is none
    and the block would be empty). `after` are statements (`import keras`), each on its own line at
    the same indentation.
    """

    span: Span
    module: str | None = None
    names: tuple[ImportedName | None, ...] = ()
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InsertLine:
    """`text` becomes a line of its own above `line`, with that line's indentation."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class RemoveLine:
    """`line` goes, with its line ending."""

    line: int


Edit = Respell | EditCall | FillTemplate | EditImport | InsertLine | RemoveLine


# --- results: what `migrate` gives to `project`, `report` and `cli` ---


@dataclass(frozen=True, slots=True)
class Finding:
    """A reference, the rules that spoke, the outcome, and the reason in a sentence."""

    span: Span
    symbol: str  # the qualified name in the source: "keras.layers.core.Dense"
    outcome: Outcome
    rules: tuple[str, ...] = ()
    reason: str = ""
    before: str = ""
    after: str = ""
    ignored: bool = (
        False  # by `# kmigrate: ignore`, --ignore or --select: never counts towards the exit code
    )
    template: str = ""  # what a call was rewritten by, as `rules/evidence/` records that it ran


@dataclass(frozen=True, slots=True)
class Result:
    """One text, migrated. `after is None`: refused; `error` says why."""

    before: str
    after: str | None
    findings: tuple[Finding, ...] = ()
    error: str = ""
    held_back: str = ""  # the reason why a change that was possible was not made

    @property
    def changed(self) -> bool:
        """Is there a new text?"""
        return self.after is not None and self.after != self.before


@dataclass(frozen=True, slots=True)
class Survey:
    """What one file contributes to the project: names that others can import, and proof of APIs.

    `exports` maps a module-level name to the library name it stands for (`{"K": "keras.backend"}`);
    a name that the project itself imports onward maps to that (`{"K": "mypkg.utils.K"}`), and a
    star import of module `m` stands as `{"*m": "m"}`. Relative imports are absolute here, by
    `Module.name`.
    `imported` are the project names that this file imports from others (`mypkg.utils.K`), which
    must therefore stay importable there. `ruled_out` maps a surface that cannot be meant here to
    the first reference that says so: `{"keras@3": "keras.layers.core (line 3)"}`.
    """

    exports: Mapping[str, str] = field(default_factory=dict)
    imported: frozenset[str] = frozenset()
    ruled_out: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for. `sources` is ("auto",) or names of SURFACES and dialects."""

    sources: tuple[str, ...] = ("auto",)
    target: str = "keras"
    tf_version: str | None = None
    keras_version: str | None = None
    safe_only: bool = False
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    mark: bool = False
    also: str | None = None


@dataclass(frozen=True, slots=True)
class Direction:
    """The surfaces code may come from, by dialect, and the one it goes to.

    `candidates["keras"]` are the surfaces that `import keras` may mean; more than one is ambiguous.
    `ruled_out` are the others of a dialect, asked only for what no candidate knows: what an
    earlier migration left behind. `also` is the other Keras that the code shall run on.
    `versions` say by the names of surfaces which of their versions
    are meant, as far as an option or a pin tells: `2.2` is any 2.2.x, `2.2,<3` a pinned range.
    """

    candidates: Mapping[str, tuple[Surface, ...]]
    target: Surface
    ruled_out: Mapping[str, tuple[Surface, ...]] = field(default_factory=dict)
    also: Surface | None = None
    versions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """Where a text stands in its project: `pkg.utils`, or `pkg` for its `__init__.py`.

    `exports` are the library names that other modules of the project offer, under the qualified
    names by which this module would import them (`{"pkg.utils.K": "keras.backend"}`; for a script
    beside `utils.py` also `{"utils.K": ...}`); `needed` are this module's names others import.
    """

    name: str = ""
    is_package: bool = False
    exports: Mapping[str, str] = field(default_factory=dict)
    needed: frozenset[str] = frozenset()
