"""Rules are read as rows.py says or not at all, and read once."""

import sys
from pathlib import Path

import pytest

from kmigrate.rulebook import read
from kmigrate.rulebook.checks import RuleError
from kmigrate.rulebook.parse import parse
from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import Case, When

WHY = 'why = "https://example.org/source"'


def rules(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "some.toml").write_text(text, encoding="utf-8")
    return folder


def test_symbol_row(tmp_path: Path) -> None:
    text = f"""
[[symbol]]
id = "layers.LeakyReLU"
keras1 = ["layers.LeakyReLU", "layers.Leaky"]
keras2 = "layers.LeakyReLU"
explicit = ["negative_slope"]
defaults.negative_slope = {{ keras1 = "0.3" }}
{WHY}
[symbol.args]
negative_slope = {{ keras2 = "alpha", tf = "slope" }}
[symbol.values.data_format]
channels_last = {{ keras1 = "tf" }}
default = {{ keras1 = "default", keras2 = "None" }}
[symbol.samples]
x = ["float32(2)"]
"""
    (row,) = read_rows(rules(tmp_path / "r", text), tmp_path / "c").symbols
    assert row.names == {
        "keras1": ("layers.LeakyReLU", "layers.Leaky"),
        "keras2": ("layers.LeakyReLU",),
    }
    inherited = {"keras2": "alpha", "keras1": "alpha", "tf": "slope", "tf1": "slope"}
    assert row.args == {"negative_slope": inherited}
    assert row.values["data_format"]["channels_last"] == {"keras1": "tf"}
    assert row.values["data_format"]["default"] == {"keras1": "default", "keras2": None}
    assert row.explicit == ("negative_slope",)
    assert row.defaults == {"negative_slope": {"keras1": "0.3"}}
    assert row.samples == {"x": ("float32(2)",)}


def test_rewrite_with_an_inline_case(tmp_path: Path) -> None:
    text = f"""
[[rewrite]]
id = "backend.flatten"
from = "keras2"
call = "backend.flatten(x)"
to.keras3 = "keras.ops.reshape({{x}}, (-1,))"
{WHY}
"""
    (row,) = read_rows(rules(tmp_path / "r", text), tmp_path / "c").rewrites
    assert row.sources == ("keras2",)
    assert row.cases == (Case(to={"keras3": "keras.ops.reshape({x}, (-1,))"}),)
    assert not row.method


def test_rewrite_with_cases(tmp_path: Path) -> None:
    text = f"""
[[rewrite]]
id = "models.Model.save"
from = ["keras2"]
method = "models.Model.save(filepath, ...)"
also = ["engine.network.Network.save"]
{WHY}
[[rewrite.case]]
when = {{ absent = "mode", equals = {{ axis = "None", other = 1 }} }}
unchanged = true
[[rewrite.case]]
flag = "choose"
"""
    (row,) = read_rows(rules(tmp_path / "r", text), tmp_path / "c").rewrites
    assert row.method
    assert row.call == "models.Model.save(filepath, ...)"
    assert row.also == ("engine.network.Network.save",)
    assert row.cases == (
        Case(when=When(absent=("mode",), equals={"axis": None, "other": 1}), unchanged=True),
        Case(flag="choose"),
    )


def test_the_other_tables(tmp_path: Path) -> None:
    text = f"""
[[argument]]
id = "a"
from = ["keras1"]
to = ["keras2"]
on = "layers.*"
argument = "nb_row"
when = {{ differs = {{ nb_row = 1 }}, other_suffix = {{ path = [".h5"] }} }}
rename = "kernel_size"
value = "({{value}},)"
{WHY}
[[flag]]
id = "f"
from = ["keras1"]
to = ["keras2"]
symbols = ["layers.Gone"]
message = "Use another."
if_missing = true
{WHY}
[[accepts]]
api = "keras3"
on = ["layers.*"]
keywords = ["name"]
{WHY}
[[module]]
id = "m"
path = "utils.np_utils"
to.keras3 = "utils"
{WHY}
"""
    found = read_rows(rules(tmp_path / "r", text), tmp_path / "c")
    assert found.arguments[0].on == ("layers.*",)
    assert found.arguments[0].when == When(differs={"nb_row": 1}, other_suffix={"path": (".h5",)})
    assert found.flags[0].if_missing
    assert found.accepts[0].keywords == ("name",)
    assert found.modules[0].to == {"keras3": "utils"}


ROW = {"id": "x", "why": "https://example.org"}
CALL = {**ROW, "from": ["keras2"], "call": "f(x)"}
ARGUMENT = {**ROW, "from": ["keras1"], "to": ["keras2"], "on": ["f"], "argument": "a"}


@pytest.mark.parametrize(
    ("document", "wrong"),
    [
        ({"symbols": []}, r"a\.toml: unknown table \[\[symbols\]\]"),
        ({"symbol": {"id": "x"}}, r"\[symbol\] must be written \[\[symbol\]\]"),
        (
            {"symbol": [{**ROW, "keras2": "f", "form": 1}]},
            r"a\.toml: \[\[symbol\]\] x: unknown key 'form'",
        ),
        ({"symbol": [{"id": "x", "keras2": "f"}]}, "'why' is missing"),
        ({"symbol": [{"why": "https://x", "keras2": "f"}]}, r"#1: 'id' is missing"),
        ({"symbol": [ROW]}, "names no API"),
        ({"symbol": [{**ROW, "keras2": 3}]}, r"x.keras2: expected texts, found 3"),
        (
            {"symbol": [{**ROW, "keras2": "f", "args": {"a": {"keras9": "b"}}}]},
            "'keras9' is none of the APIs",
        ),
        (
            {"rewrite": [{**CALL, "method": "A.f(x)", "to": {}}]},
            "exactly one of 'call' and 'method'",
        ),
        ({"rewrite": [CALL]}, r"exactly one of 'to' and \[\[rewrite.case\]\]"),
        (
            {"rewrite": [{**CALL, "case": [{"when": {"missing": "x"}, "flag": "y"}]}]},
            "unknown key 'missing'",
        ),
        ({"rewrite": [{**CALL, "case": [{"flag": "y", "unchanged": True}]}]}, "a case is one of"),
        ({"rewrite": [{**CALL, "call": "f(x", "to": {"keras3": "g({x})"}}]}, "is no call"),
        (
            {"argument": [{**ARGUMENT, "drop": True, "rename": "b"}]},
            "exactly one of 'drop', 'rename', 'flag'",
        ),
        ({"argument": [{**ARGUMENT, "drop": True, "value": "b"}]}, "'value' needs 'rename'"),
        ({"argument": [{**ARGUMENT, "drop": "yes"}]}, "expected true or nothing"),
        (
            {"flag": [{**ROW, "from": ["keras1"], "to": ["keras2"], "symbols": ["f"]}]},
            "'message' is missing",
        ),
    ],
)
def test_what_is_not_a_rule(document: dict[str, object], wrong: str) -> None:
    with pytest.raises(RuleError, match=wrong):
        parse(document, "a.toml")


def test_broken_toml_names_the_file(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"some\.toml: Expected"):
        read_rows(rules(tmp_path / "r", "[[symbol"), tmp_path / "c")


FLAG = f"""
[[flag]]
id = "f"
from = ["keras1"]
to = ["keras2"]
symbols = ["layers.Gone"]
message = "MESSAGE"
{WHY}
"""


def test_a_second_reading_comes_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = rules(tmp_path / "r", FLAG), tmp_path / "c"
    first = read_rows(folder, cache)
    monkeypatch.setattr(read, "_parse", lambda files: pytest.fail("parsed again"))
    assert read_rows(folder, cache) == first


def test_a_changed_rule_is_read_anew(tmp_path: Path) -> None:
    folder, cache = rules(tmp_path / "r", FLAG), tmp_path / "c"
    read_rows(folder, cache)
    rules(folder, FLAG.replace("MESSAGE", "Another message."))
    assert read_rows(folder, cache).flags[0].message == "Another message."


def test_without_a_place_for_the_cache(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert read_rows(rules(tmp_path / "r", FLAG), blocked / "c").flags[0].id == "f"


def test_the_cache_stands_in_the_users_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert read.cache_folder() == Path("/somewhere/kmigrate")
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setenv("HOME", "/home/me")
    assert read.cache_folder() == Path("/home/me/Library/Caches/kmigrate")
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", "/local")
    assert read.cache_folder() == Path("/local/kmigrate")
