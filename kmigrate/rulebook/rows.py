"""The rows of the table, as they are written in `rules/*.toml`. Field by field the format of a rule.

A symbol, a rewrite, an argument or a flag may hold for some versions of an API alone: `since = {
keras3 = "3.5" }` from that version on, `until = { keras2 = "2.3" }` below it. Such a row holds only
where each API that it names is the source or the target, the source where both are of one API. What
no row says needs no row: a name, an argument or a default that the snapshots show is known there.

`tf.keras` has TensorFlow's versions, which are translated: TF 1.13 to 1.15 are Keras 2.2.4, TF 2.0
is Keras 2.3, TF 2.3 is 2.4, and from TF 2.5 the numbers are one; TF 2.16 is Keras 3.0. Where the
two went apart, `until = { keras2 = "2.4", "tf.keras" = "2.0" }` says TensorFlow's own version.

Where the version of the source is not known and what a reference becomes depends on it, each piece
of its life is decided alone; where they differ it is a review that names the `--from` to settle it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kmigrate.rulebook.when import Case, Literal, Literals, When, one_of

__all__ = ["Case", "Literal", "Literals", "When", "one_of"]


@dataclass(frozen=True, slots=True)
class SymbolRow:
    """`[[symbol]]`: the same thing under other names, arguments and values. Inverts by itself.

    `names["keras2"]` are its names in that API, the first one being the one to write. Paths are
    relative to the root of the Keras APIs (`layers.Conv2D`, `ops.sum`, `models.Model.fit` for a
    method) and to `tensorflow` for `tf` and `tf1` (`math.reduce_sum`). An API that is not named
    has the thing under the name of the nearest API that is, if its snapshot has that name.
    `args["filters"] = {"keras1": "nb_filter"}`: the argument `filters`, where its name differs;
    `values["data_format"]["channels_last"] = {"keras1": "tf"}`: literals likewise.
    `explicit`: arguments (hub names) whose default differs in a way that changes results: where absent,
    the source's is written out; `ignore_defaults`: where it changes none. `note` makes every rewrite by
    this row a review, `note_to` those to some targets alone. `sources` (written `from`) are the APIs that
    the row leads away from (`Model.fit_generator` becomes `Model.fit`, never back). `hook`: the library
    calls this method, so a `def` of that name in a subclass is renamed too.
    `defaults["reset_after"] = {"keras1": "False"}`: what an API did that had no such argument.
    """

    id: str
    names: Mapping[str, tuple[str, ...]]
    why: str
    args: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Mapping[str, Literal]]] = field(default_factory=dict)
    explicit: tuple[str, ...] = ()
    ignore_defaults: tuple[str, ...] = ()
    # For methods: "review" rewrites a receiver known only by the method's name, "named" one that is
    # called as its class is, too, "anywhere" in a file that names no library, too.
    unproven: str = ""
    note: str = ""
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    defaults: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    note_to: tuple[str, ...] = ()
    hook: bool = False
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)

    def note_for(self, target: str) -> str:
        """What to check after a migration to the API `target`; "" when there is nothing."""
        return self.note if not self.note_to or target in self.note_to else ""


@dataclass(frozen=True, slots=True)
class RewriteRow:
    """`[[rewrite]]`: a call becomes another expression, by the first case that holds.

    `call` is `backend.flatten(x)`: the source name and the parameters the templates capture, by their
    names in the source's signature; `...` as the last one forwards the remaining arguments to the `...`
    of the template. An argument that is given but not captured refuses the call. A parameter may have
    a default (`backend.expand_dims(x, axis=-1)`) for when it is absent. `method` is the same on a
    receiver, which the template calls `{self}`. `also` are other paths of the callee, as in some version.
    `unrun` says why no run can prove a template, where neither samples nor a fixture reach it.
    """

    id: str
    sources: tuple[str, ...]  # written `from`
    call: str
    cases: tuple[Case, ...]
    why: str
    method: bool = False
    also: tuple[str, ...] = ()
    unproven: str = ""
    note: str = ""
    samples: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unrun: str = ""
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArgumentRow:
    """`[[argument]]`: what becomes of one argument of calls whose callee keeps its meaning.

    `on` are source symbols, `layers.*` for every class below. Exactly one of: `drop`; `rename`
    with an optional `value` (over `{value}` and other arguments, which it consumes); `flag`;
    `default`; `tuples`: what generators of the file yield in place of lists. `when` narrows it. The
    row applies where the argument is present, but with `default`, what the source took, where it is
    absent. It is silent where a call of the file gives a literal of `unless` to that argument, and
    where none gives it those of `beside`. `keys` are what the literal is looked up in, and changed,
    too: `logs["acc"]`; without a literal, the argument's name where a value is stored; with `default`
    on `__call__`, the arguments whose functions get that parameter. `literals`, with `rename`:
    what each becomes, alone or in a list, a tuple or a dictionary; one has to be given.
    """

    id: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    on: tuple[str, ...]
    argument: str
    why: str
    drop: bool = False
    rename: str = ""
    value: str = ""
    flag: str = ""
    when: When = field(default_factory=When)
    unproven: str = ""
    note: str = ""
    dialects: tuple[str, ...] = ()  # of the source, where dialects of one API differ
    if_missing: bool = False  # speaks only where the target's signature lacks the argument
    default: str = ""
    suffix: str = ""  # with `flag`: what the path is made to end in, if its end stands there
    follows: tuple[str, ...] = ()  # the rows that do so to paths which the same file loads
    readers: tuple[str, ...] = ()  # with `suffix`: who reads such a path in its old form alone
    folder: str = ""  # with `suffix`: what makes the path's folder, above a statement that saves
    placed: tuple[str, ...] = ()  # with `folder`: ends of paths whose folder had to be there before
    becomes: str = ""  # with `flag`: `steps={value} // {generator.batch_size}`, by what makes that
    above: str = ""  # with `flag`: what is added first, where a statement adds the call alone
    called: str = ""  # with `flag`: what is passed where the call's result is called at once
    unless: Mapping[str, str] = field(default_factory=dict)
    beside: Mapping[str, str] = field(default_factory=dict)
    keys: tuple[str, ...] = ()
    literals: Mapping[str, str] = field(default_factory=dict)
    tuples: bool = False
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FlagRow:
    """`[[flag]]`: no equivalent. `symbols` may end in `.*`; `message` says what to do instead.

    `if_missing`: only where the target lacks the name. `hook`: the library called this method and no more
    does: a `def` of it in a subclass is flagged. With `calls` it warns of what stays, though others may
    change it: calls that meet `when`, with `passed` also the function that is passed on. `after`: of an
    attribute that is set behind a call; `around` those calls it is set as it was then, and back again.
    `symbolic`: of what is taken of a symbolic tensor, or of raw TensorFlow called on one that no rule
    rewrites; `instead` is written where it can be, for review: also for a constant that is gone, and
    for an attribute that can be set on instances (`after = "__init__"`) no more.
    """

    id: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    symbols: tuple[str, ...]
    message: str
    why: str
    unproven: str = ""  # for methods: "flag" speaks on a receiver known only by the method's name
    if_missing: bool = False
    hook: bool = False
    calls: bool = False
    when: When = field(default_factory=When)
    dialects: tuple[str, ...] = ()
    after: str = ""
    shim: bool = False  # tf.keras of the same version keeps it: it is written so, and reviewed
    passed: bool = False
    around: tuple[str, ...] = ()
    symbolic: bool = False
    instead: str = ""
    minor: bool = False  # of numbers alone, and little: told of what is kept, and nothing to do
    beside: tuple[str, ...] = ()  # only where the file gives such an attribute or argument a value
    unless: tuple[str, ...] = ()  # not where the file has a call that begins so: `Dense(1)`
    since: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AcceptsRow:
    """`[[accepts]]`: keywords that a callee takes through `**kwargs`, which no signature shows."""

    api: str
    on: tuple[str, ...]
    keywords: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class AttributesRow:
    """`[[attributes]]`: what instances of classes get as they are made, which no snapshot shows."""

    api: str
    on: tuple[str, ...]
    names: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class ReturnsRow:
    """`[[returns]]`: of which class is what a function gives, or what an attribute of a class is.
    `symbols` are functions (`models.load_model`), attributes (`models.Model.optimizer`), their
    elements (`models.Model.layers[]`) or all below a module; `returned` (written `class`) is the class.
    """

    symbols: tuple[str, ...]
    returned: str
    why: str


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """`[[module]]`: what a module that moved becomes where code uses it as a whole."""

    id: str
    path: str
    to: Mapping[str, str]
    why: str


@dataclass(frozen=True, slots=True)
class BesideRow:
    """`[[beside]]`: for code that runs on Keras 3 and another Keras, what a shim imports there.

    `path` is what the other Keras lacks; `stand_in` takes its name, of the API `api`. Calls go
    through it only where other rows make the same of both.
    """

    path: str
    api: str
    stand_in: str
    why: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The whole table as written."""

    symbols: tuple[SymbolRow, ...] = ()
    rewrites: tuple[RewriteRow, ...] = ()
    arguments: tuple[ArgumentRow, ...] = ()
    flags: tuple[FlagRow, ...] = ()
    accepts: tuple[AcceptsRow, ...] = ()
    modules: tuple[ModuleRow, ...] = ()
    returns: tuple[ReturnsRow, ...] = ()
    beside: tuple[BesideRow, ...] = ()
    attributes: tuple[AttributesRow, ...] = ()


NamedRow = SymbolRow | RewriteRow | ArgumentRow | FlagRow | ModuleRow
NamelessRow = AcceptsRow | ReturnsRow | AttributesRow | BesideRow
Row = NamedRow | NamelessRow


def in_order(rows: Rows) -> tuple[Row, ...]:
    """The rows of all tables, one table after the other."""
    first: tuple[Row, ...] = (*rows.symbols, *rows.rewrites, *rows.arguments, *rows.flags)
    then: tuple[Row, ...] = (*rows.accepts, *rows.modules, *rows.returns)
    return (*first, *then, *rows.attributes, *rows.beside)
