"""The pages of the reference say what the table and the ledger say, and can be read on a screen."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run

from kmigrate.api import rules_dir
from kmigrate.report import reference
from kmigrate.report.entries import dtypes, entry, named
from kmigrate.report.equivalence import as_markdown
from kmigrate.report.pages import address, page_for, page_of, pages
from kmigrate.rulebook.evidence import load_evidence
from kmigrate.rulebook.rows import NamedRow, SymbolRow
from kmigrate.rulebook.table import load_table

FOLDER = rules_dir() / "reference"
LIMIT = 512_000  # what GitHub shows as a page rather than as a file
ANCHOR = re.compile(r'^### <a id="([^"]+)"></a>(.+)$', re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return dict(reference.documents())


def test_the_pages_are_current(made: dict[str, str]) -> None:
    committed = {file.name: file.read_text("utf-8") for file in FOLDER.glob("*.md")}
    stale = [name for name in {*made, *committed} if made.get(name) != committed.get(name)]
    assert stale == [], "run python -m kmigrate.report.reference"


def test_every_rule_has_its_section_once(made: dict[str, str]) -> None:
    found = [rule for text in made.values() for rule, _ in ANCHOR.findall(text)]
    assert sorted(found) == sorted(load_table().all_ids)
    for name, text in made.items():
        for rule, title in ANCHOR.findall(text):
            row = load_table().by_id(rule)
            assert row is not None and title == rule
            assert address(row) == f"rules/reference/{name}#{rule}"


def plain(text: str) -> str:
    return " ".join(text.replace("\\|", "|").split())


def said(row: NamedRow) -> Iterator[str]:
    """What a person must find in the section of a rule."""
    yield row.why
    for name in ("note", "flag", "message", "argument", "rename", "value", "default", "call"):
        yield getattr(row, name, "")
    if isinstance(row, SymbolRow):
        yield from (name for names in row.names.values() for name in names)
        yield from (name for spelled in row.args.values() for name in spelled.values())
    for case in getattr(row, "cases", ()):
        yield from (case.note, case.flag, *case.to.values())
    for limits in (getattr(row, "since", {}), getattr(row, "until", {})):
        yield from (f"{version} of {api}" for api, version in limits.items())
    for record in load_evidence().get(row.id, {}).values():
        yield f"**{record['verdict']}**"


def test_every_section_says_all_that_its_rule_says(made: dict[str, str]) -> None:
    sections = {
        rule: plain(part)
        for text in made.values()
        for part in re.split(r"^(?=### )|^## ", text, flags=re.MULTILINE)
        for rule, _ in ANCHOR.findall(part)
    }
    for rule, section in sections.items():
        row = load_table().by_id(rule)
        assert row is not None
        assert [text for text in said(row) if plain(text) not in section] == [], rule


def test_pages_are_no_larger_than_what_is_shown(made: dict[str, str]) -> None:
    sizes = {name: len(text.encode()) for name, text in made.items()}
    assert [name for name, size in sizes.items() if size > LIMIT] == []


def test_links_lead_somewhere(made: dict[str, str]) -> None:
    for text in made.values():
        for link in LINK.findall(text):
            assert (FOLDER / link).is_file(), link


def test_most_rules_have_a_page_of_their_kind() -> None:
    rows = [load_table().by_id(rule) for rule in load_table().all_ids]
    last = [row.id for row in rows if row is not None and page_of(row) is pages()[-1]]
    assert 0 < len(last) < len(rows) / 50


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("layers.Dense", "layers"),
        ("tensorflow.layers.dense", "tf1"),
        ("engine.training.Model.fit", "models"),
        ("engine.topology.Layer", "layers"),
        ("objectives.mse", "losses"),
        ("layersand.more", None),
    ],
)
def test_the_longest_prefix_has_the_name(name: str, page: str | None) -> None:
    found = page_for(name)
    assert (found.name if found else None) == page


def test_derived_names_are_marked(made: dict[str, str]) -> None:
    _, _, derived = made["layers.md"].partition("\n## Derived\n")
    assert "`layers.Dense`" in derived
    _, _, derived = made["backend.md"].partition("\n## Derived\n")
    (line,) = [line for line in derived.splitlines() if line.startswith("**Keras 2 to Keras 3**")]
    assert "`backend.flatten`" not in line


def test_a_rewrite_in_words() -> None:
    row = load_table().by_id("backend.flatten")
    assert row is not None
    text = entry(row)
    assert "`backend.flatten(x)`" in text
    assert "| Keras 3 | `keras.ops.reshape(" in text
    assert "**identical**" in text or "**close**" in text


def test_dtypes_and_apis_are_short() -> None:
    assert dtypes(["int8", "bool", "float64", "float16"]) == "bool, float16/64, int8"
    assert named(["tf", "keras3", "keras1"]) == "Keras 1, 3, TF"


def test_the_command_writes_all_of_it(tmp_path: Path, made: dict[str, str]) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    (folder / "gone.md").write_text("", encoding="utf-8")
    reference.write(folder)
    assert {file.name: file.read_text("utf-8") for file in folder.iterdir()} == made
    assert (tmp_path / "EQUIVALENCE.md").read_text("utf-8") == as_markdown()


def test_a_rule_and_a_symbol_lead_to_their_page(kmigrate: Run) -> None:
    place = "rules/reference/backend.md#backend.flatten"
    assert f"page: {place}" in kmigrate("rules", "backend.flatten").text
    assert place in kmigrate("explain", "K.flatten").text
