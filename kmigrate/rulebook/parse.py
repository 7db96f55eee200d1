"""A TOML document of rules as plain, checked and normalised rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from kmigrate.dialects import DIALECTS
from kmigrate.rulebook.checks import APIS, Check, Plain, RuleError
from kmigrate.rulebook.checks import apis as _apis
from kmigrate.rulebook.checks import by_api as _by_api
from kmigrate.rulebook.checks import flag as _flag
from kmigrate.rulebook.checks import inherited as _inherited
from kmigrate.rulebook.checks import literal_or_none as _literal_or_none
from kmigrate.rulebook.checks import literals as _literals
from kmigrate.rulebook.checks import one_of as _one_of
from kmigrate.rulebook.checks import record as _record
from kmigrate.rulebook.checks import some_of as _some_of
from kmigrate.rulebook.checks import table_of as _table_of
from kmigrate.rulebook.checks import text as _text
from kmigrate.rulebook.checks import texts as _texts
from kmigrate.rulebook.checks import true as _true
from kmigrate.versions import TF_KERAS


def _whole(fields: Mapping[str, Check]) -> Check:
    return _record(fields, tuple(fields))


_WHEN = _record(
    {
        "absent": _texts,
        "present": _texts,
        "literal": _texts,
        "equals": _table_of(_literals),
        "differs": _table_of(_literals),
        "other_suffix": _table_of(_texts),
        "computed": _texts,
        "scalar": _texts,
        "numpy": _texts,
        "within": _some_of("index", "argument", "unpack", "attribute"),
        "positional": _texts,
        "contains": _table_of(_literal_or_none),
        "followed": _text,
        "fractional": _texts,
    }
)
_CASE_FIELDS: dict[str, Check] = {
    "to": _by_api(_text),
    "when": _WHEN,
    "unchanged": _true,
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
_VERSIONS: dict[str, Check] = dict.fromkeys(("since", "until"), _by_api(_text, TF_KERAS))
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
            "unproven": _one_of("review"),
            "note": _text,
            "note_to": _apis,
            "hook": _flag,
            "samples": _SAMPLES,
            "why": _text,
            **_VERSIONS,
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
            "unproven": _one_of("review"),
            "note": _text,
            "samples": _SAMPLES,
            "unrun": _text,
            "why": _text,
            **_VERSIONS,
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
            "drop": _true,
            "rename": _text,
            "value": _text,
            "flag": _text,
            "when": _WHEN,
            "dialects": _some_of(*DIALECTS),
            "default": _text,
            "unproven": _one_of("review"),
            "if_missing": _true,
            "suffix": _text,
            "follows": _text,
            "above": _text,
            "unless": _table_of(_text),
            "keys": _texts,
            "note": _text,
            "why": _text,
            **_VERSIONS,
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
            "unproven": _one_of("flag"),
            "if_missing": _flag,
            "hook": _flag,
            "calls": _flag,
            "after": _text,
            "when": _WHEN,
            "dialects": _some_of(*DIALECTS),
            "shim": _flag,
            "why": _text,
            **_VERSIONS,
        },
        ("id", "from", "to", "symbols", "message", "why"),
    ),
    "accepts": _whole({"api": _one_of(*APIS), "on": _texts, "keywords": _texts, "why": _text}),
    "attributes": _whole({"api": _one_of(*APIS), "on": _texts, "names": _texts, "why": _text}),
    "returns": _whole({"symbols": _texts, "class": _text, "why": _text}),
    "module": _whole({"id": _text, "path": _text, "to": _by_api(_text), "why": _text}),
    "beside": _whole({"path": _text, "api": _one_of(*APIS), "stand_in": _text, "why": _text}),
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
    if sum(key in row for key in ("drop", "rename", "flag", "default")) != 1:
        raise RuleError(f"{where}: exactly one of 'drop', 'rename', 'flag', 'default'")
    if "value" in row and "rename" not in row:
        raise RuleError(f"{where}: 'value' needs 'rename'")
    return row


_NORMALISE: dict[str, Callable[[Plain, str], Plain]] = {
    "symbol": _symbol,
    "rewrite": _rewrite,
    "argument": _argument,
}
