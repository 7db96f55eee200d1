"""A TOML document of rules as plain, checked and normalised rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

APIS = ("keras1", "keras2", "keras3", "tf1", "tf")
# An older API is spelled as its successor unless a row says otherwise.
_SUCCESSOR = {"keras1": "keras2", "tf1": "tf"}

Plain = dict[str, Any]
Check = Callable[[object, str], Any]


class RuleError(ValueError):
    """A row that is not written as rows.py says."""


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value:
        raise RuleError(f"{where}: expected a text, found {value!r}")
    return value


def _texts(value: object, where: str) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list):
        raise RuleError(f"{where}: expected texts, found {value!r}")
    return [_text(item, where) for item in values]


def _apis(value: object, where: str) -> list[str]:
    return [_api(item, where) for item in _texts(value, where)]


def _api(name: str, where: str) -> str:
    if name not in APIS:
        raise RuleError(f"{where}: {name!r} is none of the APIs {', '.join(APIS)}")
    return name


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise RuleError(f"{where}: expected true or false, found {value!r}")
    return value


def _literal(value: object, where: str) -> str | int | float | bool:
    if not isinstance(value, str | int | float | bool):
        raise RuleError(f"{where}: expected a _literal, found {value!r}")
    return value


def _literal_or_none(value: object, where: str) -> str | int | float | bool | None:
    return None if value == "None" else _literal(value, where)


def _table_of(check: Check) -> Check:
    def read(value: object, where: str) -> Plain:
        if not isinstance(value, dict):
            raise RuleError(f"{where}: expected a table, found {value!r}")
        return {key: check(item, f"{where}.{key}") for key, item in value.items()}

    return read


def _by_api(check: Check) -> Check:
    def read(value: object, where: str) -> Plain:
        table: Plain = _table_of(check)(value, where)
        for name in table:
            _api(name, where)
        return table

    return read


def _inherited(check: Check) -> Check:
    def read(value: object, where: str) -> Plain:
        table: Plain = _by_api(check)(value, where)
        for older, newer in _SUCCESSOR.items():
            if newer in table:
                table.setdefault(older, table[newer])
        return table

    return read


def _record(fields: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
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


_WHEN = _record(
    {
        "absent": _texts,
        "present": _texts,
        "literal": _texts,
        "equals": _table_of(_literal_or_none),
        "differs": _table_of(_literal_or_none),
        "other_suffix": _table_of(_texts),
        "computed": _texts,
        "scalar": _texts,
        "within": _texts,
        "positional": _texts,
        "contains": _table_of(_literal_or_none),
        "followed": _text,
        "fractional": _texts,
    }
)
_CASE_FIELDS: dict[str, Check] = {
    "to": _by_api(_text),
    "when": _WHEN,
    "unchanged": _flag,
    "flag": _text,
    "note": _text,
    "compared": _table_of(_text),
}
_CASE = _record(_CASE_FIELDS)


def _cases(value: object, where: str) -> list[Plain]:
    if not isinstance(value, list):
        raise RuleError(f"{where}: expected [[rewrite.case]] tables")
    return [_CASE(item, f"{where}[{number}]") for number, item in enumerate(value)]


_SAMPLES = _table_of(_texts)
_FIELDS: dict[str, Check] = {
    "symbol": _record(
        {
            "id": _text,
            **dict.fromkeys(APIS, _texts),
            "from": _apis,
            "args": _table_of(_inherited(_text)),
            "values": _table_of(_table_of(_inherited(_literal_or_none))),
            "explicit": _texts,
            "defaults": _table_of(_by_api(_text)),
            "ignore_defaults": _texts,
            "unproven": _text,
            "note": _text,
            "note_to": _apis,
            "samples": _SAMPLES,
            "why": _text,
        },
        ("id", "why"),
    ),
    "rewrite": _record(
        {
            "id": _text,
            "from": _apis,
            "call": _text,
            "method": _text,
            "also": _texts,
            "to": _by_api(_text),
            "when": _WHEN,
            "case": _cases,
            "unproven": _text,
            "note": _text,
            "samples": _SAMPLES,
            "unrun": _text,
            "why": _text,
        },
        ("id", "from", "why"),
    ),
    "argument": _record(
        {
            "id": _text,
            "from": _apis,
            "to": _apis,
            "on": _texts,
            "argument": _text,
            "drop": _flag,
            "rename": _text,
            "value": _text,
            "flag": _text,
            "when": _WHEN,
            "dialects": _texts,
            "unproven": _text,
            "note": _text,
            "why": _text,
        },
        ("id", "from", "to", "on", "argument", "why"),
    ),
    "flag": _record(
        {
            "id": _text,
            "from": _apis,
            "to": _apis,
            "symbols": _texts,
            "message": _text,
            "unproven": _text,
            "if_missing": _flag,
            "calls": _flag,
            "after": _text,
            "when": _WHEN,
            "dialects": _texts,
            "why": _text,
        },
        ("id", "from", "to", "symbols", "message", "why"),
    ),
    "accepts": _record(
        {"api": _text, "on": _texts, "keywords": _texts, "why": _text},
        ("api", "on", "keywords", "why"),
    ),
    "returns": _record(
        {"symbols": _texts, "class": _text, "why": _text}, ("symbols", "class", "why")
    ),
    "module": _record(
        {"id": _text, "path": _text, "to": _by_api(_text), "why": _text},
        ("id", "path", "to", "why"),
    ),
}
TABLES = tuple(_FIELDS)


def parse(document: Mapping[str, Any], file: str) -> dict[str, list[Plain]]:
    """The rows of one file, by table. Raises RuleError with the file and the row's id."""
    rows: dict[str, list[Plain]] = {}
    for table, entries in document.items():
        if table not in _FIELDS:
            raise RuleError(f"{file}: unknown table [[{table}]]")
        if not isinstance(entries, list):
            raise RuleError(f"{file}: [{table}] must be written [[{table}]]")
        rows[table] = [_row(table, entry, file, number) for number, entry in enumerate(entries)]
    return rows


def _row(table: str, entry: object, file: str, number: int) -> Plain:
    name = entry.get("id", f"#{number + 1}") if isinstance(entry, dict) else f"#{number + 1}"
    where = f"{file}: [[{table}]] {name}"
    row: Plain = _FIELDS[table](entry, where)
    normalise = _NORMALISE.get(table)
    return normalise(row, where) if normalise else row


def _symbol(row: Plain, where: str) -> Plain:
    names = {api: row.pop(api) for api in APIS if api in row}
    if not names:
        raise RuleError(f"{where}: names no API")
    return {**row, "names": names}


def _rewrite(row: Plain, where: str) -> Plain:
    if ("call" in row) == ("method" in row):
        raise RuleError(f"{where}: exactly one of 'call' and 'method'")
    inline = {key: row.pop(key) for key in ("to", "when") if key in row}
    if ("to" in inline) == ("case" in row):
        raise RuleError(f"{where}: exactly one of 'to' and [[rewrite.case]]")
    cases = row.pop("case", None) or [inline]
    for case in cases:
        if sum(key in case for key in ("to", "unchanged", "flag")) != 1:
            raise RuleError(f"{where}: a case is one of 'to', 'unchanged', 'flag'")
    method = row.pop("method", None)
    if method is not None:
        row.update(call=method, method=True)
    if not _is_call(row["call"]):
        raise RuleError(f"{where}: {row['call']!r} is no call of names, defaults and a last `...`")
    return {**row, "cases": cases}


def _is_call(text: str) -> bool:
    try:
        return isinstance(ast.parse(text.replace("...)", ")"), mode="eval").body, ast.Call)
    except SyntaxError:
        return False


def _argument(row: Plain, where: str) -> Plain:
    if sum(key in row for key in ("drop", "rename", "flag")) != 1:
        raise RuleError(f"{where}: exactly one of 'drop', 'rename', 'flag'")
    if "value" in row and "rename" not in row:
        raise RuleError(f"{where}: 'value' needs 'rename'")
    return row


_NORMALISE: dict[str, Callable[[Plain, str], Plain]] = {
    "symbol": _symbol,
    "rewrite": _rewrite,
    "argument": _argument,
}
