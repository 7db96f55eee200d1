"""The schema that editors use says what the parser says."""

import json
import tomllib
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from kmigrate.api import rules_dir
from kmigrate.rulebook.checks import RuleError
from kmigrate.rulebook.claims import NAME as CLAIMS
from kmigrate.rulebook.parse import TABLES, parse
from kmigrate.rulebook.rows import Case, Row, When

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


MINIMAL: dict[str, dict[str, Any]] = {
    "symbol": {**ROW, "keras2": "f"},
    "rewrite": CALL,
    "argument": ARGUMENT,
    "flag": FLAG,
    "accepts": {"api": "tf", "on": "f", "keywords": ["a"], "why": "https://x"},
    "attributes": {"api": "tf", "on": "A", "names": ["a"], "why": "https://x"},
    "returns": {"symbols": "f", "class": "A", "why": "https://x"},
    "module": {**ROW, "path": "a", "to": {"keras3": "b"}},
    "beside": {"path": "a", "api": "tf", "stand_in": "b", "why": "https://x"},
}
# One of each sort of value that some key takes, and of each sort that none does.
VALUES: list[Any] = [
    *("", "x", "keras1", "tf.keras", "review", "flag", "index", "f(x)"),
    *(True, False, 0, 1.5, [], [1], {}, {"x": 1}, {"x": [1]}, {"x": {"y": {"tf": []}}}),
    *({"tf.keras": "x"}, {"tf.keras": ""}),
    *(["x"], ["tf", "keras3"], ["keras"], ["index"], {"tf": "x"}, {"x": "y"}, {"x": ["y"]}),
    *({"x": {"tf": "y"}}, {"x": {"y": {"tf": 1}}}, {"x": True}, {"absent": "x"}, {"absent": 1}),
    *({"equals": {"x": 1}}, {"equals": "x"}, {"other_suffix": {"x": ".h5"}}, {"within": "index"}),
    *({"within": ["x"]}, [{"to": {"tf": "x"}}], [{"unchanged": True}], [{"flag": "x"}], [{}]),
    *(
        [{"unchanged": False}],
        [{"to": {"tf": "x"}, "flag": "x"}],
        [{"to": {"tf": "x"}, "compared": {"x": "y"}}],
    ),
    *([{"to": {"tf": "x"}, "typo": "x"}], [{"to": {"tf": "x"}, "note": ""}], [{"when": {}}]),
]
KEYS = sorted(
    {key for table in TABLES for key in SCHEMA["properties"][table]["items"]["properties"]}
    | set(SCHEMA["$defs"]["when"]["properties"])
    | {one.name for row in get_args(Row) for one in fields(row)}
    | {"typo"}
)


def is_parsed(document: dict[str, Any]) -> bool:
    try:
        parse(document, "a.toml")
    except RuleError:
        return False
    return True


@pytest.mark.parametrize("table", TABLES)
def test_schema_and_parser_agree_on_every_key_and_value(table: str) -> None:
    documents = [{table: [{**MINIMAL[table], key: value}]} for key in KEYS for value in VALUES]
    documents += [
        {table: [{k: v for k, v in MINIMAL[table].items() if k != key}]} for key in MINIMAL[table]
    ]
    apart = [one for one in documents if VALIDATOR.is_valid(one) is not is_parsed(one)]
    assert apart == []
    assert len({is_parsed(one) for one in documents}) == 2


@pytest.mark.parametrize("key", sorted(SCHEMA["$defs"]["when"]["properties"]))
def test_schema_and_parser_agree_on_every_condition(key: str) -> None:
    documents = [{"rewrite": [{**CALL, "when": {key: value}}]} for value in VALUES]
    apart = [one for one in documents if VALIDATOR.is_valid(one) is not is_parsed(one)]
    assert apart == []


WRITTEN = {"sources": "from", "targets": "to", "returned": "class", "cases": "case", "names": "tf"}


@pytest.mark.parametrize("row", get_args(Row), ids=lambda row: row.__name__)
def test_every_field_of_a_row_can_be_written(row: type) -> None:
    table = row.__name__.removesuffix("Row").lower()
    known = SCHEMA["properties"][table]["items"]["properties"]
    unknown = [one.name for one in fields(row) if not {one.name, WRITTEN.get(one.name)} & {*known}]
    assert unknown == []


@pytest.mark.parametrize(("part", "schema"), [(When, "when"), (Case, "case")])
def test_every_field_of_a_part_can_be_written(part: type, schema: str) -> None:
    case = SCHEMA["properties"]["rewrite"]["items"]["properties"]["case"]["items"]
    known = (case if schema == "case" else SCHEMA["$defs"][schema])["properties"]
    assert {one.name for one in fields(part)} == set(known)


def described(schema: dict[str, Any]) -> list[str]:
    return [key for key, one in schema["properties"].items() if "description" not in one]


def test_editors_have_a_word_for_every_key() -> None:
    tables = [SCHEMA["properties"][table]["items"] for table in TABLES]
    assert [key for one in (*tables, SCHEMA["$defs"]["when"]) for key in described(one)] == []


def test_the_schema_is_written_in_one_form() -> None:
    text = (rules_dir() / "schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(SCHEMA, indent=1) + "\n"
