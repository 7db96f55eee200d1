"""The conditions of a row on the arguments of a call, and what one case of a rewrite says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Literal = str | int | float | bool | None
Literals = Literal | Sequence[Literal]


def one_of(literals: Literals) -> Sequence[Literal]:
    """The literals of a condition, which may be one alone."""
    if isinstance(literals, Sequence) and not isinstance(literals, str):
        return literals
    return (literals,)


@dataclass(frozen=True, slots=True)
class When:
    """The closed list of conditions on the arguments of a call; all that are given must hold.

    `differs` holds where the argument is given and is not that literal; `other_suffix` where it is a
    literal text with none of those endings; `contains` where that literal is it or stands in it, as
    in `metrics=["acc"]`. None is written "None" in TOML, which has no null. `followed` is the
    attribute that is taken of the call at once: `astype` in `f(x).astype("int32")`. `fractional`
    holds where any of the arguments is a number with a decimal point, `quotient` where it is a
    division with `/`, or a name that was given one, `made_by` where it is none, and what has such a
    name is called in it, outside `int()`, `again` where a call above was given the same object.
    Several literals are any, or none. `function` holds where the argument is a lambda or what the
    file defines, `plain` where it is certainly no function of the file, `beside` where the file
    calls what has one of these names. `several` holds where the argument is a list or dictionary of
    two or more, `flat` where it is a list with none in it, written out here or behind a name.
    `hidden_end` holds where it is given and no end of a path shows in the file. `single` holds where
    it is a text or a function, `no_dict` where it is certainly no dictionary: a text, a list or a
    tuple of numbers, or what a call of one of these names gives. `inside` holds in the methods of a
    class that is derived from one of these, `alone` where the argument is a dictionary of one,
    written out here.
    """

    absent: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    literal: tuple[str, ...] = ()
    equals: Mapping[str, Literals] = field(default_factory=dict)
    differs: Mapping[str, Literals] = field(default_factory=dict)
    other_suffix: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    computed: tuple[str, ...] = ()  # given, and no literal
    scalar: tuple[str, ...] = ()  # given, and no tuple or list as it stands there
    within: tuple[str, ...] = ()  # it stands at index, argument, unpack, attribute (`a.b =`)
    positional: tuple[str, ...] = ()
    contains: Mapping[str, Literal] = field(default_factory=dict)
    followed: str = ""
    fractional: tuple[str, ...] = ()
    made_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    quotient: tuple[str, ...] = ()
    again: tuple[str, ...] = ()
    function: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()  # a list of numbers, or a name that was given one
    lists: tuple[str, ...] = ()  # a list of such lists
    several: tuple[str, ...] = ()
    flat: tuple[str, ...] = ()
    hidden_end: tuple[str, ...] = ()
    single: tuple[str, ...] = ()
    no_dict: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    inside: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def arguments(self) -> set[str]:
        """The arguments of the call that the conditions look at."""
        return {
            *self.absent,
            *self.present,
            *self.literal,
            *self.positional,
            *self.equals,
            *self.differs,
            *self.other_suffix,
            *self.scalar,
            *self.computed,
            *self.contains,
            *self.fractional,
            *self.made_by,
            *self.function,
            *self.plain,
            *self.numbers,
            *self.lists,
            *self.quotient,
            *self.hidden_end,
            *self.again,
            *self.several,
            *self.flat,
            *self.single,
            *self.no_dict,
            *self.alone,
        }


@dataclass(frozen=True, slots=True)
class Case:
    """One answer of a `[[rewrite]]`: a template by target API, `unchanged`, or a flag's message.

    `compared`: only where the call is compared with these literals alone, which become those.
    `rebinds`: only where the call is a statement, which gives the receiver's name what it becomes.
    `heads`: only where it begins a model of the file, which is called on its outputs at the end.
    """

    to: Mapping[str, str] = field(default_factory=dict)
    when: When = field(default_factory=When)
    unchanged: bool = False
    flag: str = ""
    note: str = ""
    compared: Mapping[str, str] = field(default_factory=dict)
    rebinds: bool = False
    heads: bool = False
