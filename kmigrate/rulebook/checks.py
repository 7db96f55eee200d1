"""What may stand at a key of a rule: each check gives the normalised value, or raises RuleError."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

APIS = ("keras1", "keras2", "keras3", "tf1", "tf")
# An older API is spelled as its successor unless a row says otherwise.
_SUCCESSOR = {"keras1": "keras2", "tf1": "tf"}

Plain = dict[str, Any]
Check = Callable[[object, str], Any]


class RuleError(ValueError):
    """A row that is not written as rows.py says."""


def text(value: object, where: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value:
        raise RuleError(f"{where}: expected a text, found {value!r}")
    return value


def texts(value: object, where: str) -> list[str]:
    """Texts, or one alone."""
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise RuleError(f"{where}: expected texts, found {value!r}")
    return [text(item, where) for item in values]


def apis(value: object, where: str) -> list[str]:
    """At least one API, or one alone."""
    names = [_api(item, where) for item in texts(value, where)]
    if not names:
        raise RuleError(f"{where}: names no API")
    return names


def _api(name: str, where: str) -> str:
    if name not in APIS:
        raise RuleError(f"{where}: {name!r} is none of the APIs {', '.join(APIS)}")
    return name


def flag(value: object, where: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise RuleError(f"{where}: expected true or false, found {value!r}")
    return value


def true(value: object, where: str) -> bool:
    """True, where the key stands at all."""
    if value is not True:
        raise RuleError(f"{where}: expected true or nothing, found {value!r}")
    return True


def literal(value: object, where: str) -> str | int | float | bool:
    """A literal that TOML can write."""
    if not isinstance(value, str | int | float | bool):
        raise RuleError(f"{where}: expected a literal, found {value!r}")
    return value


def literal_or_none(value: object, where: str) -> str | int | float | bool | None:
    """A literal; "None" is None."""
    return None if value == "None" else literal(value, where)


def literals(value: object, where: str) -> object:
    """A literal, or several of which one is meant."""
    several = [value] if not isinstance(value, list) else value
    found = [literal_or_none(item, where) for item in several]
    return found if isinstance(value, list) else found[0]


def one_of(*words: str) -> Check:
    """One of the words."""

    def read(value: object, where: str) -> str:
        if value not in words:
            raise RuleError(f"{where}: {value!r} is none of {', '.join(words)}")
        return str(value)

    return read


def some_of(*words: str) -> Check:
    """Some of the words, or one alone."""
    check = one_of(*words)

    def read(value: object, where: str) -> list[str]:
        return [check(item, where) for item in texts(value, where)]

    return read


def table_of(check: Check) -> Check:
    """A table with any keys."""

    def read(value: object, where: str) -> Plain:
        if not isinstance(value, dict):
            raise RuleError(f"{where}: expected a table, found {value!r}")
        return {key: check(item, f"{where}.{key}") for key, item in value.items()}

    return read


def by_api(check: Check, *more: str) -> Check:
    """A table with APIs, or one of `more`, as keys."""

    def read(value: object, where: str) -> Plain:
        table: Plain = table_of(check)(value, where)
        for name in table:
            if name not in more:
                _api(name, where)
        return table

    return read


def inherited(check: Check) -> Check:
    """As `by_api`; what is said of an API holds for its forerunner too."""

    def read(value: object, where: str) -> Plain:
        table: Plain = by_api(check)(value, where)
        for older, newer in _SUCCESSOR.items():
            if newer in table:
                table.setdefault(older, table[newer])
        return table

    return read


def record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """A table with these keys and no others."""

    def read(value: object, where: str) -> Plain:
        if not isinstance(value, dict):
            raise RuleError(f"{where}: expected a table, found {value!r}")
        unknown = sorted(set(value) - set(fields))
        if unknown:
            raise RuleError(f"{where}: unknown key {unknown[0]!r}")
        missing = [key for key in required if key not in value]
        if missing:
            raise RuleError(f"{where}: {missing[0]!r} is missing")
        return {key: fields[key](item, f"{where}.{key}") for key, item in value.items()}

    return read
