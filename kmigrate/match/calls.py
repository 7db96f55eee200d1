"""A call bound to the signature of what it calls, and re-bound to another one."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from kmigrate.api import Signature


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
    `**kwargs` of the callee can take. `problem` says why the call cannot be bound.
    """

    arguments: list[Argument]
    parameters: dict[str, Argument] = field(default_factory=dict)
    extra: dict[str, Argument] = field(default_factory=dict)
    overflow: list[Argument] = field(default_factory=list)
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
    bound = BoundCall(arguments_of(call))
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


def positions_kept(
    bound: BoundCall, renamed: dict[int, str], target: Signature, dropped: frozenset[int]
) -> Iterator[tuple[int, str | None]]:
    """The keyword of every argument that needs another one, in the order of the text.

    `renamed` gives each bound argument its parameter in the target. A positional argument stays
    one while it and all before it stand where the target has their parameters.
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
        in_place = in_place and place < len(slots) and slots[place] == name
        if in_place:
            place += 1
        else:
            yield argument.index, name
