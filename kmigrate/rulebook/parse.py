"""A TOML document of rules as plain, checked and normalised rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

from kmigrate.dialects import DIALECTS
from kmigrate.rulebook.checks import (
    APIS,
    Check,
    Plain,
    RuleError,
    apis,
    by_api,
    flag,
    inherited,
    literal_or_none,
    literals,
    one_of,
    record,
    some_of,
    table_of,
    text,
    texts,
    true,
)
from kmigrate.versions import TF_KERAS


def _whole(fields: Mapping[str, Check]) -> Check:
    return record(fields, tuple(fields))


_WHEN = record(
    {
        "absent": texts,
        "present": texts,
        "literal": texts,
        "equals": table_of(literals),
        "differs": table_of(literals),
        "other_suffix": table_of(texts),
        "computed": texts,
        "scalar": texts,
        "within": some_of("index", "argument", "unpack", "attribute"),
        "positional": texts,
        "contains": table_of(literal_or_none),
        "followed": text,
        "fractional": texts,
        "made_by": table_of(texts),
        "function": texts,
        "plain": texts,
        "beside": texts,
        "numbers": texts,
        "lists": texts,
        "quotient": texts,
        "hidden_end": texts,
        "single": texts,
        "no_dict": table_of(texts),
        "several": texts,
        "flat": texts,
        "inside": texts,
        "alone": texts,
        "again": texts,
    }
)
_CASE_FIELDS: dict[str, Check] = {
    "to": by_api(text),
    "when": _WHEN,
    "unchanged": true,
    "flag": text,
    "note": text,
    "compared": table_of(text),
    "rebinds": flag,
    "heads": flag,
}
_CASE = record(_CASE_FIELDS)


def _cases(value: object, where: str) -> list[Plain]:
    if not isinstance(value, list):
        raise RuleError(f"{where}: expected [[rewrite.case]] tables")
    return [_CASE(item, f"{where}[{number}]") for number, item in enumerate(value)]


_SAMPLES = table_of(texts)
_VERSIONS: dict[str, Check] = dict.fromkeys(("since", "until"), by_api(text, TF_KERAS))
_FIELDS: dict[str, Check] = {
    "symbol": record(
        {
            "id": text,
            **dict.fromkeys(APIS, texts),
            "from": apis,
            "args": table_of(inherited(text)),
            "values": table_of(table_of(inherited(literal_or_none))),
            "explicit": texts,
            "defaults": table_of(by_api(text)),
            "ignore_defaults": texts,
            "unproven": one_of("review", "named", "anywhere"),
            "note": text,
            "note_to": apis,
            "hook": flag,
            "samples": _SAMPLES,
            "why": text,
            **_VERSIONS,
        },
        ("id", "why"),
    ),
    "rewrite": record(
        {
            "id": text,
            "from": apis,
            "call": text,
            "method": text,
            "also": texts,
            "to": by_api(text),
            "when": _WHEN,
            "case": _cases,
            "unproven": one_of("review", "anywhere"),
            "note": text,
            "samples": _SAMPLES,
            "unrun": text,
            "why": text,
            **_VERSIONS,
        },
        ("id", "from", "why"),
    ),
    "argument": record(
        {
            "id": text,
            "from": apis,
            "to": apis,
            "on": texts,
            "argument": text,
            "drop": true,
            "rename": text,
            "value": text,
            "flag": text,
            "when": _WHEN,
            "dialects": some_of(*DIALECTS),
            "default": text,
            "unproven": one_of("review"),
            "if_missing": true,
            "suffix": text,
            "follows": texts,
            "readers": texts,
            "folder": text,
            "placed": texts,
            "above": text,
            "called": text,
            "becomes": text,
            "unless": table_of(text),
            "beside": table_of(text),
            "keys": texts,
            "literals": table_of(text),
            "tuples": true,
            "note": text,
            "why": text,
            **_VERSIONS,
        },
        ("id", "from", "to", "on", "argument", "why"),
    ),
    "flag": record(
        {
            "id": text,
            "from": apis,
            "to": apis,
            "symbols": texts,
            "message": text,
            "unproven": one_of("flag", "anywhere"),
            "if_missing": flag,
            "hook": flag,
            "calls": flag,
            "after": text,
            "when": _WHEN,
            "dialects": some_of(*DIALECTS),
            "shim": flag,
            "passed": flag,
            "around": texts,
            "symbolic": flag,
            "minor": flag,
            "beside": texts,
            "unless": texts,
            "instead": text,
            "why": text,
            **_VERSIONS,
        },
        ("id", "from", "to", "symbols", "message", "why"),
    ),
    "accepts": _whole({"api": one_of(*APIS), "on": texts, "keywords": texts, "why": text}),
    "attributes": _whole({"api": one_of(*APIS), "on": texts, "names": texts, "why": text}),
    "returns": _whole({"symbols": texts, "class": text, "why": text}),
    "module": _whole({"id": text, "path": text, "to": by_api(text), "why": text}),
    "beside": _whole({"path": text, "api": one_of(*APIS), "stand_in": text, "why": text}),
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
    if sum(key in row for key in ("drop", "rename", "flag", "default", "tuples")) != 1:
        raise RuleError(f"{where}: exactly one of 'drop', 'rename', 'flag', 'default', 'tuples'")
    if "value" in row and "rename" not in row:
        raise RuleError(f"{where}: 'value' needs 'rename'")
    return row


_NORMALISE: dict[str, Callable[[Plain, str], Plain]] = {
    "symbol": _symbol,
    "rewrite": _rewrite,
    "argument": _argument,
}
