"""The schema that editors use says what the parser says."""

import json
import tomllib
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kmigrate.api import rules_dir
from kmigrate.rulebook.claims import NAME as CLAIMS
from kmigrate.rulebook.parse import TABLES, RuleError, parse

SCHEMA = json.loads((rules_dir() / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
FILES = sorted(file for file in rules_dir().glob("*.toml") if file.name != CLAIMS)

ROW = {"id": "x", "why": "https://example.org"}
CALL = {**ROW, "from": ["keras2"], "call": "f(x)", "to": {"keras3": "g({x})"}}
ARGUMENT = {**ROW, "from": "keras1", "to": "keras2", "on": "f", "argument": "a", "drop": True}
FLAG = {**ROW, "from": "keras1", "to": "keras2", "symbols": "f", "message": "m"}


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_shipped_files_follow_the_schema(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#:schema ./schema.json\n")
    VALIDATOR.validate(tomllib.loads(text))


def test_the_schema_is_a_schema_of_the_same_tables() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert tuple(SCHEMA["properties"]) == TABLES


@pytest.mark.parametrize(
    ("document", "is_good"),
    [
        ({"symbol": [{**ROW, "keras2": "f"}]}, True),
        ({"symbol": [{**ROW, "keras2": ["f", "g"], "args": {"a": {"tf": "b"}}}]}, True),
        ({"symbol": [{**ROW, "keras2": "f", "values": {"a": {"b": {"tf": 1}}}}]}, True),
        ({"symbol": [{**ROW, "keras4": "f"}]}, False),
        ({"symbol": [{"id": "x", "keras2": "f"}]}, False),
        ({"symbol": {**ROW, "keras2": "f"}}, False),
        ({"symbols": []}, False),
        ({"rewrite": [CALL]}, True),
        ({"rewrite": [{**CALL, "method": "A.f(x)"}]}, False),
        ({"rewrite": [{**CALL, "case": [{"flag": "y"}]}]}, False),
        ({"rewrite": [{**CALL, "when": {"equals": {"a": "None"}, "absent": "b"}}]}, True),
        ({"rewrite": [{**CALL, "when": {"given": "b"}}]}, False),
        ({"argument": [ARGUMENT]}, True),
        ({"argument": [{**ARGUMENT, "rename": "b"}]}, False),
        ({"argument": [{**ARGUMENT, "value": "b"}]}, False),
        ({"argument": [{**ARGUMENT, "to": "keras9"}]}, False),
        ({"flag": [FLAG]}, True),
        ({"flag": [{**FLAG, "message": ""}]}, False),
        ({"accepts": [{"api": "tf", "on": "f", "keywords": ["a"], "why": "https://x"}]}, True),
        ({"module": [{**ROW, "path": "a", "to": {"keras3": "b"}}]}, True),
        ({"module": [{**ROW, "path": "a", "to": {"keras": "b"}}]}, False),
    ],
)
def test_schema_and_parser_agree(document: dict[str, Any], is_good: bool) -> None:
    assert VALIDATOR.is_valid(document) is is_good
    if is_good:
        assert parse(document, "a.toml")
    else:
        with pytest.raises(RuleError):
            parse(document, "a.toml")
