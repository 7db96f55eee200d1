"""The laws: the shipped table keeps them, and each planted crime is found."""

from collections.abc import Mapping

import pytest

from kmigrate.rulebook.clashes import exclusive
from kmigrate.rulebook.laws import violations
from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import (
    AcceptsRow,
    ArgumentRow,
    AttributesRow,
    Case,
    FlagRow,
    ModuleRow,
    RewriteRow,
    Rows,
    SymbolRow,
    When,
)

WHY = "https://github.com/keras-team/keras"


def test_the_shipped_table_is_lawful() -> None:
    assert violations(read_rows()) == []


def symbol(
    names: Mapping[str, tuple[str, ...]],
    rule: str = "x",
    args: Mapping[str, Mapping[str, str]] | None = None,
    explicit: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    defaults: Mapping[str, Mapping[str, str]] | None = None,
) -> Rows:
    row = SymbolRow(
        rule,
        names,
        WHY,
        args=args or {},
        explicit=explicit,
        sources=sources,
        defaults=defaults or {},
    )
    return Rows(symbols=(row,))


def rewrite(call: str, template: str, *, when: When | None = None, api: str = "keras3") -> Rows:
    case = Case(to={api: template}, when=when or When())
    return Rows(rewrites=(RewriteRow("x", ("keras2",), call, (case,), WHY),))


def argument(
    rule: str,
    name: str,
    on: str = "layers.Dense",
    *,
    rename: str = "",
    value: str = "",
    when: When | None = None,
) -> ArgumentRow:
    return ArgumentRow(
        rule,
        ("keras2",),
        ("keras3",),
        (on,),
        name,
        WHY,
        drop=not rename,
        rename=rename,
        value=value,
        when=when or When(),
    )


SQUARE = {"keras2": ("backend.square",), "keras3": ("ops.square",)}
FLATTEN = "keras.ops.reshape({x}, (-1,))"

LAWFUL = [
    symbol(SQUARE),
    rewrite("backend.flatten(x)", FLATTEN),
    rewrite("backend.bias_add(x, bias)", "keras.ops.add({x}, {bias})"),
    rewrite("backend.random_normal(shape, ...)", "keras.random.normal({shape}, ...)"),
    Rows(arguments=(argument("x", "units", rename="units"),)),
]

CRIMES = [
    (
        symbol({"keras2": ("backend.square", "backend.sqare"), "keras3": ("ops.square",)}),
        "`backend.sqare` is in no snapshot",
    ),
    (symbol({"keras2": ("backend.square",), "keras3": ("ops.sqare",)}), "none of its names"),
    (symbol({"keras2": ("losses.mse",), "keras3": ("losses.mse",)}), "`losses.mean_squared_error`"),
    (symbol(SQUARE, args={"y": {"keras3": "y"}}), "no API has the argument `y`"),
    (symbol(SQUARE, args={"x": {"keras2": "z"}}), "`z` is no argument in keras2"),
    (symbol(SQUARE, explicit=("axis",)), "no API has the argument `axis`"),
    (
        symbol(
            {"keras2": ("backend.concatenate",), "keras3": ("ops.concatenate",)},
            args={"tensors": {"keras3": "xs"}},
        ),
        "the default of `axis` differs between keras2 and keras3",
    ),
    (symbol(SQUARE, defaults={"x": {"keras1": "0"}}), "the default of `x` is not explicit"),
    (Rows(symbols=(SymbolRow("x", SQUARE, "TBA"),)), "`why` is no source"),
    (rewrite("backend.flaten(x)", FLATTEN), "`backend.flaten` is in no snapshot"),
    (rewrite("backend.flatten(y)", "keras.ops.reshape({y}, (-1,))"), "`y` is no argument"),
    (
        rewrite("backend.flatten(x)", "keras.ops.reshape({y}, (-1,))"),
        "`{y}`, which is not captured",
    ),
    (rewrite("backend.flatten(x)", "keras.ops.reshape({x}, (-1,)"), "does not parse"),
    (rewrite("backend.flatten(x)", "keras.ops.reshap({x}, (-1,))"), "names `keras.ops.reshap`"),
    (rewrite("backend.flatten(x)", "keras.ops.reshape({x}, shape=(-1,))"), "takes no `shape`"),
    (rewrite("backend.flatten(x)", "keras.ops.ravel({x}, 1)"), "fewer positional arguments"),
    (rewrite("backend.flatten(x)", "keras.ops.ravel({x}, ...)"), "forwards what the call does not"),
    (rewrite("backend.flatten(x)", FLATTEN, when=When(absent=("y",))), "names `y`, which is no"),
    (Rows(arguments=(argument("x", "unit"),)), "`unit` is an argument of none"),
    (Rows(arguments=(argument("x", "units", rename="unitz"),)), "`unitz` is no argument in keras3"),
    (Rows(arguments=(argument("x", "units", rename="units", value="{value"),)), "does not parse"),
    (
        Rows(arguments=(argument("x", "units", rename="units", value="{use_bias}"),)),
        "`{use_bias}`, which may be absent",
    ),
    (
        Rows(arguments=(argument("x", "units", rename="units", value="keras.ops.nope"),)),
        "names `keras.ops.nope`",
    ),
    (Rows(arguments=(argument("x", "units"), argument("y", "units"))), "same argument as y"),
    (
        Rows(arguments=(argument("x", "activation"), argument("y", "activation", on="layers.*"))),
        "same argument as y",
    ),
    (
        Rows(flags=(FlagRow("x", ("keras2",), ("keras3",), ("layers.Nope",), "m", WHY),)),
        "`layers.Nope` is in no snapshot",
    ),
    (Rows(modules=(ModuleRow("x", "utils.nope", {"keras3": "utils"}, WHY),)), "has the module"),
    (Rows(modules=(ModuleRow("x", "utils.np_utils", {"keras3": "nope"}, WHY),)), "has no module"),
    (Rows(accepts=(AcceptsRow("keras3", ("layers.Nope",), ("a",), WHY),)), "has no such symbol"),
    (
        Rows(attributes=(AttributesRow("keras3", ("layers.Nope",), ("a",), WHY),)),
        "has no such class",
    ),
    (
        Rows(attributes=(AttributesRow("keras3", ("layers.Layer",), ("losses",), WHY),)),
        "keras3 shows `losses`",
    ),
    (
        Rows(symbols=(*symbol(SQUARE).symbols, *symbol(SQUARE).symbols)),
        "2 rows have this id",
    ),
    (
        Rows(symbols=(*symbol(SQUARE).symbols, *symbol(SQUARE, "y").symbols)),
        "`backend.square` in keras2 belongs to x too",
    ),
    (
        Rows(
            symbols=symbol(SQUARE).symbols,
            rewrites=rewrite("backend.square(x)", "keras.ops.square({x})").rewrites,
        ),
        "x says what `backend.square` is in keras3",
    ),
    (
        Rows(
            symbols=symbol(
                {"keras2": ("layers.LSTM",), "keras3": ("layers.GRU",)}, sources=("keras2",)
            ).symbols,
            rewrites=rewrite("layers.GRU(units)", "keras.layers.LSTM({units})").rewrites,
        ),
        "writes `keras.layers.LSTM`, which the table changes again",
    ),
]


@pytest.mark.parametrize("rows", LAWFUL)
def test_lawful_rows(rows: Rows) -> None:
    assert violations(rows) == []


@pytest.mark.parametrize(("rows", "found"), CRIMES, ids=[found for _, found in CRIMES])
def test_planted_crimes(rows: Rows, found: str) -> None:
    assert any(found in text for text in violations(rows)), violations(rows)


@pytest.mark.parametrize(
    ("one", "other", "never"),
    [
        (When(), When(), False),
        (When(absent=("a",)), When(present=("a",)), True),
        (When(absent=("a",)), When(equals={"a": 1}), True),
        (When(absent=("a",)), When(present=("b",)), False),
        (When(equals={"a": 1}), When(equals={"a": 2}), True),
        (When(equals={"a": 1}), When(equals={"a": 1}), False),
        (When(equals={"a": 1}), When(equals={"a": True}), True),
        (When(equals={"a": 1}), When(differs={"a": 1}), True),
        (When(equals={"a": 1}), When(differs={"a": 2}), False),
        (When(equals={"a": [1, 2]}), When(equals={"a": [3, 4]}), True),
        (When(equals={"a": [1, 2]}), When(equals={"a": [2, 3]}), False),
        (When(equals={"a": [1, 2]}), When(differs={"a": [1, 2, 3]}), True),
        (When(equals={"a": [1, 2]}), When(differs={"a": 1}), False),
    ],
)
def test_conditions_that_no_call_can_meet_together(one: When, other: When, never: bool) -> None:
    assert exclusive(one, other) is never
    assert exclusive(other, one) is never
