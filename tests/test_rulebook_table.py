"""Lookups in the table, on a small table of our own."""

import pytest

from kmigrate.rulebook.facts import covers
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
)
from kmigrate.rulebook.table import Table, argument_in, hub_argument, load_table, names_in

CONV = SymbolRow(
    "layers.Conv",
    {"keras1": ("layers.Convolution",), "keras2": ("layers.Conv", "layers.Conv2")},
    "why",
    args={"filters": {"keras1": "nb_filter"}},
)
SUM = SymbolRow(
    "backend.sum",
    {"keras2": ("backend.sum",), "keras3": ("ops.sum",), "tf": ("reduce_sum",)},
    "why",
)
FIT = SymbolRow(
    "models.Model.fit_generator",
    {"keras2": ("models.Model.fit_generator",), "keras3": ("models.Model.fit",)},
    "why",
    unproven="review",
    sources=("keras1", "keras2"),
)
FLATTEN = RewriteRow(
    "backend.flatten", ("keras2",), "backend.flatten(x)", (Case(to={"tf": "{x}"}),), "why"
)
SAVE = RewriteRow(
    "models.Model.save",
    ("keras2",),
    "models.Model.save(path)",
    (Case(unchanged=True),),
    "why",
    method=True,
    also=("engine.Network.save",),
)


def argument(rule: str, on: tuple[str, ...], unproven: str = "") -> ArgumentRow:
    return ArgumentRow(
        rule, ("keras1",), ("keras3",), on, "nb_epoch", "why", rename="epochs", unproven=unproven
    )


def flag(rule: str, *symbols: str, unproven: str = "") -> FlagRow:
    return FlagRow(rule, ("keras2",), ("keras3",), symbols, "message", "why", unproven)


TABLE = Table(
    Rows(
        symbols=(CONV, SUM, FIT),
        rewrites=(FLATTEN, SAVE),
        arguments=(
            argument("exact", ("layers.Conv",)),
            argument("all", ("layers.*",)),
            argument("fit", ("models.Model.fit",), unproven="review"),
        ),
        flags=(
            flag("short", "backend.*"),
            flag("long", "backend.keras.*"),
            flag("named", "backend.gradients"),
            flag("classes", "models.Sequential.predict_classes", "layers.Gone", unproven="flag"),
        ),
        accepts=(
            AcceptsRow("keras3", ("layers.*",), ("name",), "why"),
            AcceptsRow("keras3", ("layers.Conv",), ("groups",), "why"),
        ),
        attributes=(AttributesRow("keras3", ("layers.Layer",), ("name", "built"), "why"),),
        modules=(ModuleRow("modules.np", "utils.np_utils", {"keras3": "utils"}, "why"),),
    )
)


def test_a_symbol_by_any_of_its_names() -> None:
    assert TABLE.symbol_row("keras2", "layers.Conv2") is CONV
    assert TABLE.symbol_row("keras1", "layers.Convolution") is CONV
    assert TABLE.symbol_row("keras1", "layers.Conv") is None
    assert TABLE.symbol_row("tf1", "reduce_sum") is SUM


def test_a_row_with_sources_is_a_one_way_street() -> None:
    assert TABLE.symbol_row("keras2", "models.Model.fit_generator") is FIT
    assert TABLE.symbol_row("keras3", "models.Model.fit") is None


@pytest.mark.parametrize(
    ("row", "api", "names"),
    [
        (CONV, "keras3", ("layers.Conv", "layers.Conv2")),
        (SUM, "keras1", ("backend.sum",)),
        (SUM, "tf1", ("reduce_sum",)),
        (CONV, "tf", ()),
    ],
)
def test_unnamed_apis_take_the_nearest_name(
    row: SymbolRow, api: str, names: tuple[str, ...]
) -> None:
    assert names_in(row, api) == names


def test_arguments_there_and_back() -> None:
    assert argument_in(CONV, "filters", "keras1") == "nb_filter"
    assert argument_in(CONV, "filters", "keras3") == "filters"
    assert hub_argument(CONV, "nb_filter", "keras1") == "filters"
    assert hub_argument(CONV, "nb_filter", "keras2") == "nb_filter"


def test_rewrites_by_source_and_by_other_paths() -> None:
    assert TABLE.rewrites("keras2", "backend.flatten") == (FLATTEN,)
    assert TABLE.rewrites("keras3", "backend.flatten") == ()
    assert TABLE.rewrites("keras2", "engine.Network.save") == (SAVE,)


def test_arguments_by_path_ancestor_and_prefix() -> None:
    def ids(path: str, *ancestors: str) -> list[str]:
        return [row.id for row in TABLE.arguments("keras1", "keras3", path, ancestors)]

    assert ids("layers.Conv") == ["exact", "all"]
    assert ids("layers.Dense") == ["all"]
    assert ids("mine.Conv", "layers.Conv") == ["exact", "all"]
    assert ids("models.Model") == []
    assert TABLE.arguments("keras2", "keras3", "layers.Conv") == ()


def test_an_exact_flag_beats_the_longest_prefix() -> None:
    def rule(path: str) -> str | None:
        row = TABLE.flag("keras2", "keras3", path)
        return row.id if row else None

    assert rule("backend.gradients") == "named"
    assert rule("backend.keras.x") == "long"
    assert rule("backend.x") == "short"
    assert rule("layers.x") is None
    assert TABLE.flag("keras3", "keras2", "backend.gradients") is None


def test_accepted_keywords_add_up() -> None:
    assert TABLE.accepts("keras3", "layers.Conv") == {"name", "groups"}
    assert TABLE.accepts("keras3", "layers.Dense") == {"name"}
    assert TABLE.accepts("keras2", "layers.Conv") == frozenset()


def test_attributes_of_instances_are_paths_by_api() -> None:
    assert TABLE.is_attribute("keras3", "layers.Layer.name")
    assert not TABLE.is_attribute("keras2", "layers.Layer.name")
    assert not TABLE.is_attribute("keras3", "layers.Layer.other")


def test_hooks_say_whether_they_are_only_renamed() -> None:
    assert TABLE.hooks == {}
    renamed = SymbolRow(
        "r", {"keras1": ("A.old",), "keras2": ("A.new",)}, "why", sources=("keras1",), hook=True
    )
    gone = FlagRow("g", ("keras1",), ("keras2",), ("A.gone",), "message", "why", hook=True)
    table = Table(Rows(symbols=(renamed,), flags=(gone,)))
    assert table.hooks == {"old": True, "gone": False}
    assert [table.is_hook(rule) for rule in ("r", "g", "nothing")] == [True, True, False]
    assert not TABLE.is_hook("backend.sum")


def test_modules_and_ids() -> None:
    assert TABLE.module("utils.np_utils", "keras3") == "utils"
    assert TABLE.module("utils.np_utils", "keras2") is None
    assert TABLE.by_id("backend.flatten") is FLATTEN
    assert TABLE.by_id("nothing") is None
    assert TABLE.all_ids[:3] == ("layers.Conv", "backend.sum", "models.Model.fit_generator")


def test_method_names_are_those_that_rules_trust() -> None:
    assert TABLE.method_names("keras2") == {
        "fit_generator": (("models.Model.fit_generator", "models.Model"),),
        "predict_classes": (("classes", "models.Sequential"),),
    }
    assert TABLE.method_names("keras3") == {}
    assert TABLE.telling_arguments("keras1") == {"fit": (("fit", "models.Model"),)}
    assert TABLE.telling_arguments("keras2") == {}


@pytest.mark.parametrize(
    ("pattern", "path", "speaks"),
    [
        ("layers.Dense", "layers.Dense", True),
        ("layers.Dense", "layers.Dense2", False),
        ("layers.*", "layers.Dense", True),
        ("layers.*", "layers", False),
        ("*", "anything", True),
    ],
)
def test_patterns(pattern: str, path: str, speaks: bool) -> None:
    assert covers(pattern, path) is speaks


def test_the_shipped_table_is_loaded_once() -> None:
    assert load_table() is load_table()
    assert len(load_table().all_ids) > 400
