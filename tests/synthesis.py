"""Calls made up from the snapshots: every callable of a surface, called in every way that binds."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from binding import RECEIVER

from kmigrate.api import Parameter, Signature, Snapshot
from kmigrate.dialects import locate, qualified
from kmigrate.model import Surface
from kmigrate.rulebook.rows import SymbolRow
from kmigrate.rulebook.table import hub_argument, load_table

# An import of the library, and how its names begin there.
_IMPORTS = {
    "keras": ("import keras", "keras"),
    "tf.keras": ("import tensorflow as tf", "tf.keras"),
    "tf_keras": ("import tf_keras", "tf_keras"),
    "tf": ("import tensorflow as tf", "tf"),
}
MARK = "given_"


@dataclass(frozen=True)
class Argument:
    """One argument of a made-up call: what it gives, by keyword or by position, and its text."""

    parameter: str
    text: str
    keyword: bool = True

    @property
    def written(self) -> str:
        return f"{self.parameter}={self.text}" if self.keyword else self.text


@dataclass(frozen=True)
class Call:
    """A call of `path`, which for a method is that of a receiver proven to be of its class."""

    path: str
    form: str
    arguments: tuple[Argument, ...]
    receiver: str = field(default="", kw_only=True)  # the class; "" for no method

    @property
    def shape(self) -> tuple[object, ...]:
        """What tells it from other calls: not the form that it was made for."""
        return self.path, self.receiver, self.arguments

    def text(self, dialect: str) -> str:
        given = ", ".join(one.written for one in self.arguments)
        callee = (
            f"{RECEIVER}.{self.path.rpartition('.')[2]}"
            if self.receiver
            else spelled(dialect, self.path)
        )
        return f"{callee}({given})"


def spelled(dialect: str, path: str) -> str:
    return f"{_IMPORTS[dialect][1]}.{path}"


def program(calls: Sequence[Call], dialect: str) -> str:
    """A module that makes the calls; the name `r7` is given what the seventh call returns."""
    lines = [_IMPORTS[dialect][0], ""]
    receiver = ""
    for number, call in enumerate(calls):
        if call.receiver != receiver and call.receiver:
            lines.append(f"def f{number}({RECEIVER}: {spelled(dialect, call.receiver)}):")
        receiver = call.receiver
        lines.append(f"{'    ' if receiver else ''}r{number} = {call.text(dialect)}")
    return "\n".join(lines) + "\n"


def callables(snapshot: Snapshot, names: Sequence[str]) -> list[str]:
    """Those of the names that can be called, and are not read as another dialect's."""
    return [
        name
        for name in names
        if snapshot.kind(name) in ("class", "function")
        and locate(qualified(snapshot.surface, name)) == (snapshot.surface, name)
    ]


def calls(snapshot: Snapshot, surface: Surface, path: str) -> Iterator[Call]:
    """The calls of a symbol, and of the methods that it defines."""
    yield from _calls(snapshot, surface, path, "")
    if snapshot.kind(path) == "class":
        for member in snapshot.own_members(path):
            if snapshot.kind(f"{path}.{member}") == "method":
                yield from _calls(snapshot, surface, f"{path}.{member}", path)


def _calls(snapshot: Snapshot, surface: Surface, path: str, receiver: str) -> Iterator[Call]:
    signature = snapshot.signature(path)
    if signature is None:
        return
    for form, arguments in _forms(signature, surface, path):
        yield Call(path, form, tuple(arguments), receiver=receiver)


def _forms(
    signature: Signature, surface: Surface, path: str
) -> Iterator[tuple[str, list[Argument]]]:
    named = [one for one in signature.parameters if not one.kind.startswith("var_")]
    needed = [_given(one, one.kind == "keyword") for one in named if one.is_required]
    yield "required", needed
    if named:
        yield "keywords", [_given(one) for one in named]
        yield "positional", [_given(one, one.kind == "keyword") for one in named]
    for one in named:
        if not one.is_required:
            yield f"{one.name} alone", [*needed, _given(one)]
    for keyword in sorted(_accepted(signature, surface, path)):
        yield f"{keyword} alone", [*needed, Argument(keyword, MARK + keyword)]
    yield from _literal_forms(named, needed, surface, path)


def _given(one: Parameter, keyword: bool = True) -> Argument:
    return Argument(one.name, MARK + one.name, keyword)


def _accepted(signature: Signature, surface: Surface, path: str) -> set[str]:
    """The keywords that the callee takes through `**kwargs`, as the table knows them."""
    if not signature.accepts_any_keyword:
        return set()
    accepted = load_table().accepts(surface.api, path)
    return {keyword for keyword in accepted if signature.find(keyword) is None}


def _literal_forms(
    named: Sequence[Parameter], needed: list[Argument], surface: Surface, path: str
) -> Iterator[tuple[str, list[Argument]]]:
    values = {one.name: _values(one, number, surface, path) for number, one in enumerate(named)}
    for which, form in enumerate(("defaults", "others")):
        given = [
            Argument(one.name, values[one.name][which]) if values[one.name] else _given(one)
            for one in named
            if values[one.name] or one.is_required
        ]
        if any(values.values()):
            yield form, given
    for one in named:
        beside = [argument for argument in needed if argument.parameter != one.name]
        for text in values[one.name][1:]:
            form = f"{one.name}={text}"
            yield form, [*(Argument(a.parameter, a.text) for a in beside), Argument(one.name, text)]


def _values(one: Parameter, number: int, surface: Surface, path: str) -> list[str]:
    """Literals for a parameter: its default, another of its kind, and the words that rows map."""
    words = [repr(word) for word in _words(one.name, surface, path)]
    try:
        default = ast.literal_eval(one.default or "<>")
    except (ValueError, SyntaxError):
        return [words[0], *words] if words else []
    text = str(one.default)
    if isinstance(default, bool):
        return [text, repr(not default), *words]
    if isinstance(default, int | float):
        return [text, repr(type(default)(number + 101)), *words]
    if isinstance(default, tuple) and all(type(part) is int for part in default):
        return [text, repr(tuple(part + number + 101 for part in default)), *words]
    if default is None:
        return [text, str(number + 101), *words]
    return [text, *(words or [text])]


def _words(name: str, surface: Surface, path: str) -> list[object]:
    """The literals of the argument that a row spells otherwise in some API."""
    row: SymbolRow | None = load_table().symbol_row(surface.api, path)
    if row is None:
        return []
    mapped = row.values.get(hub_argument(row, name, surface.api), {})
    return list(dict.fromkeys(spelled.get(surface.api, own) for own, spelled in mapped.items()))
