"""Keras 3 moved too: what is written for one of its versions exists there, or it says what is needed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from programs import run

from kmigrate.api import Snapshot, load, version_key
from kmigrate.atlas import atlas, versions
from kmigrate.match.calls import bind
from kmigrate.match.templates import pattern_of
from kmigrate.model import SURFACES, Outcome, Result
from kmigrate.rulebook.rows import Case, Literal, RewriteRow, one_of
from kmigrate.rulebook.table import call_path, load_table, names_in

KERAS3 = SURFACES["keras@3"]
OLDEST, *_, NEWEST = sorted(versions(KERAS3), key=version_key)
SOURCES = {
    "keras1": ("keras@1", "keras"),
    "keras2": ("keras@2", "keras"),
    "tf": ("tf@2", "tensorflow"),
}


def written(value: Literal) -> str:
    return "None" if value == "None" else repr(value)


def call_of(row: RewriteRow, case: Case, root: str) -> str:
    """A call that the case is about: what its template captures, and what its conditions ask for."""
    given: dict[str, str] = {}
    for name, default in pattern_of(row.call).captures:
        if "{" + name + "}" in "".join(case.to.values()) and name not in case.when.absent:
            given[name] = "1" if name in case.when.literal else "value"
        if default is None and name not in given and name not in case.when.absent:
            given[name] = "value"
    given |= {name: written(one_of(some)[0]) for name, some in case.when.equals.items()}
    return (
        f"{root}.{call_path(row)}({', '.join(f'{name}={value}' for name, value in given.items())})"
    )


@cache
def program(api: str) -> str:
    """Every call that a rule rewrites for Keras 3, and every symbol of a row, one a line."""
    surface, root = SOURCES[api]
    has = atlas(SURFACES[surface]).has
    table = load_table()
    lines = [f"import {root}"]
    for row in table.rows.rewrites:
        for case in row.cases if api in row.sources and not row.method else ():
            if "keras3" in case.to and not case.when.within:
                lines.append(f"x = {call_of(row, case, root)}")
    for symbol in table.rows.symbols:
        if not symbol.sources or api in symbol.sources:
            lines += [f"x = {root}.{name}" for name in names_in(symbol, api) if has(name)]
    return "\n".join(lines) + "\n"


@cache
def migrated(api: str, version: str) -> Result:
    return run(program(api), source=SOURCES[api][0], keras_version=version)


def wrong(text: str, snapshot: Snapshot) -> Iterator[str]:
    """The names and calls of Keras in a text that the snapshot has not."""
    for node in ast.walk(ast.parse(text)):
        called = node.func if isinstance(node, ast.Call) else node
        if not isinstance(called, ast.Attribute) or not ast.unparse(called).startswith("keras."):
            continue
        path = ast.unparse(called).removeprefix("keras.")
        if "(" in path:
            continue  # a method of what a call gives
        if not snapshot.has(path):
            yield path
        signature = snapshot.signature(path)
        if isinstance(node, ast.Call) and signature is not None:
            bound = bind(node, signature)
            unknown = {} if signature.accepts_any_keyword else bound.extra
            if bound.problem or unknown:
                yield f"{ast.unparse(node)}: {bound.problem or ', '.join(unknown)}"


@pytest.mark.parametrize("version", versions(KERAS3))
@pytest.mark.parametrize("api", SOURCES)
def test_what_is_written_exists_in_the_version_asked_for(api: str, version: str) -> None:
    result = migrated(api, version)
    assert result.after is not None, result.error
    left = {
        finding.span.line
        for finding in result.findings
        if finding.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED)
    }
    lines = result.after.splitlines()
    added = len(lines) - len(program(api).splitlines())
    assert added >= 0
    changed = [line for number, line in enumerate(lines, 1 - added) if number not in left]
    assert len(changed) > 20
    assert list(wrong("\n".join(changed), load("keras", version))) == []


def needs(result: Result) -> set[str]:
    return {one.symbol for one in result.findings if "needs a Keras after" in one.reason}


def test_an_older_keras_3_lacks_what_a_newer_one_has() -> None:
    for api in SOURCES:
        assert needs(migrated(api, NEWEST)) == set()
    assert "keras.backend.l2_normalize" in needs(migrated("keras2", OLDEST))
    assert "keras.backend.l2_normalize" in needs(migrated("keras2", "3.5"))
    assert "keras.backend.random_binomial" not in needs(migrated("keras2", "3.5"))


def said(text: str, **more: Any) -> list[str]:
    return [one.reason for one in run(text, **more).findings if one.outcome is Outcome.FLAGGED]


def test_code_of_keras_3_itself_says_what_it_needs() -> None:
    text = "import keras\nx = keras.ops.logdet(y)\nz = keras.ops.normalize(y, epsilon=0.1)\n"
    assert said(text, source="keras@3", keras_version="3.15") == []
    assert said(text, source="keras@3", keras_version="3.5") == [
        "`ops.logdet` needs a Keras after 3.5: 3.10 has it",
        "`epsilon` of `ops.normalize` needs a Keras after 3.5: 3.10 has it",
    ]


def test_the_same_holds_of_tensorflow() -> None:
    text = "import keras\nx = keras.ops.log2(y)\n"
    (reason,) = said(text, source="keras@3", to="tf.keras", tf_version="1.15")
    assert reason == "`experimental.numpy.log2` needs a TensorFlow after 1.15: 2.15 has it"
    assert said(text, source="keras@3", to="tf.keras", tf_version="2.15") == []
