"""A call bound to the signature of what it calls, and re-bound to another one."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kmigrate.api import Signature
from kmigrate.atlas import Atlas
from kmigrate.versions import Period


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as it stands: its number in the order of the text, its keyword, its value."""

    index: int
    value: ast.expr
    keyword: str | None
    stars: int = 0


@dataclass(slots=True)
class BoundCall:
    """Which parameter each argument of a call gives.

    `parameters` maps a parameter's name to its argument; `extra` are keywords that only
    `**kwargs` of the callee can take. `known` are all the parameters there are. `problem` says why the call cannot be bound.
    """

    arguments: list[Argument]
    known: frozenset[str] = frozenset()
    parameters: dict[str, Argument] = field(default_factory=dict)
    extra: dict[str, Argument] = field(default_factory=dict)
    overflow: list[Argument] = field(default_factory=list)
    call: ast.Call | None = None
    rest: str = ""  # the name of `*args` in the signature
    problem: str = ""

    @property
    def hides_positions(self) -> bool:
        """Does `*args` stand in the call?"""
        return any(argument.stars == 1 for argument in self.arguments)

    @property
    def hides_keywords(self) -> bool:
        """Does `**kwargs` stand in the call?"""
        return any(argument.stars == 2 for argument in self.arguments)

    def given(self) -> dict[str, Argument]:
        """The arguments by the parameters or keywords that they give."""
        return {**self.parameters, **self.extra}


def arguments_of(call: ast.Call) -> list[Argument]:
    """The arguments in the order of the text, numbered as LibCST numbers them."""
    found: list[tuple[tuple[int, int], ast.expr, str | None, int]] = []
    for value in call.args:
        position = (value.lineno, value.col_offset)
        is_star = isinstance(value, ast.Starred)
        found.append(
            (position, value.value if isinstance(value, ast.Starred) else value, None, int(is_star))
        )
    for keyword in call.keywords:
        position = (keyword.lineno, keyword.col_offset)
        found.append((position, keyword.value, keyword.arg, 0 if keyword.arg else 2))
    found.sort(key=lambda item: item[0])
    return [
        Argument(index, value, name, stars) for index, (_, value, name, stars) in enumerate(found)
    ]


def bind(call: ast.Call, signature: Signature) -> BoundCall:
    """Bind a call to a signature (without `self`)."""
    names = (parameter.name for parameter in signature.parameters)
    bound = BoundCall(arguments_of(call), frozenset(names), call=call)
    slots = iter(signature.positional)
    rest = (one.name for one in signature.parameters if one.kind == "var_positional")
    bound.rest = next(rest, "")
    for argument in bound.arguments:
        if argument.stars == 1:
            slots = iter(())
        elif argument.stars == 0 and argument.keyword is None:
            slot = next(slots, None)
            if slot is not None:
                bound.parameters[slot.name] = argument
            else:
                bound.overflow.append(argument)
    for argument in bound.arguments:
        if argument.keyword is None:
            continue
        if argument.keyword in bound.parameters:
            bound.problem = f"`{argument.keyword}` is given twice"
        elif signature.find(argument.keyword) is not None:
            bound.parameters[argument.keyword] = argument
        else:
            bound.extra[argument.keyword] = argument
    if bound.overflow and not bound.rest and not bound.hides_positions:
        bound.problem = "more positional arguments than the signature has"
    return bound


def bindings(
    call: ast.Call, atlas: Atlas, path: str, canonical: str
) -> list[tuple[str, BoundCall]]:
    """The call bound to each signature that `path` has had, by the version that has it."""
    found = []
    for snapshot in atlas.snapshots():
        signature = snapshot.signature(path if snapshot.has(path) else canonical)
        if signature is not None:
            found.append((snapshot.version, bind(call, signature)))
    return found


def moved(
    bounds: Iterable[tuple[str, BoundCall]], during: Period, hub: Callable[[str], str]
) -> str:
    """Which positional argument is another one in another version; "" where the versions agree.

    `hub` gives names of one argument the same name; the first one is the same whatever its name.
    """
    fits = [
        (version, bound)
        for version, bound in bounds
        if during.contains(version) and not bound.problem and not bound.extra
    ]
    for (version, first), (other, second) in pairwise(fits):
        names, there = _positional(first), _positional(second)
        for index, (one, two) in enumerate(zip(names, there, strict=False), 1):
            is_moved = one in second.known or two in first.known
            if hub(one) != hub(two) and (index > 1 or is_moved):
                return f"argument {index} is `{one}` in {version} and `{two}` in {other}: pass it by keyword, or say the version with --from"
    return ""


def _positional(bound: BoundCall) -> list[str]:
    return [name for name, argument in bound.parameters.items() if argument.keyword is None]


def positions_kept(
    bound: BoundCall,
    renamed: dict[int, str],
    target: Signature,
    dropped: frozenset[int],
    named: frozenset[int],
) -> Iterator[tuple[int, str | None]]:
    """The keyword of every argument that needs another one, in the order of the text.

    `renamed` gives each bound argument its parameter in the target. A positional argument stays
    one while it and all before it stand where the target has their parameters, and are not `named`.
    """
    slots = [parameter.name for parameter in target.positional]
    place, in_place = 0, True
    for argument in bound.arguments:
        name = renamed.get(argument.index)
        if argument.index in dropped or argument.stars or name is None:
            in_place = in_place and not (argument.keyword is None and argument.stars == 0)
            continue
        if argument.keyword is not None:
            if argument.keyword != name:
                yield argument.index, name
            continue
        if target.accepts_any_positional and not slots:
            continue  # `*args`: the target sorts its positional arguments by itself
        in_place = in_place and argument.index not in named
        in_place = in_place and place < len(slots) and slots[place] == name
        if in_place:
            place += 1
        else:
            yield argument.index, name


def exchanged(
    bound: BoundCall, renames: Sequence[tuple[int, str | None]], text_of: Callable[[ast.expr], str]
) -> frozenset[int]:
    """The arguments that would only change places with another of the same value: `a=1, b=1`."""
    given = {one.keyword: one for one in bound.arguments if one.keyword}
    wanted = {bound.arguments[index].keyword: name for index, name in renames}
    return frozenset(
        index
        for index, name in renames
        if name in given
        and wanted.get(name) == bound.arguments[index].keyword
        and text_of(given[name].value) == text_of(bound.arguments[index].value)
    )
