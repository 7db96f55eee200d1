"""A table read line by line answers as the whole table does, and builds only what it is asked for."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmigrate.api import available, load
from kmigrate.rulebook import read, shelf
from kmigrate.rulebook.checks import APIS
from kmigrate.rulebook.read import read_rows, read_shelf
from kmigrate.rulebook.rows import Rows, in_order
from kmigrate.rulebook.shelf import Lines, Shelf, mark
from kmigrate.rulebook.table import Table

RULE = """
[[flag]]
id = "f"
from = ["keras1"]
to = ["keras2"]
symbols = ["layers.Gone"]
message = "MESSAGE"
why = "https://example.org/source"
"""


class Whole(Shelf):
    """Every mark is all rows: no index is asked, so none can be wrong."""

    def under(self, mark: str) -> Rows:
        return self.rows


@pytest.fixture(scope="module")
def rows() -> Rows:
    return read_rows()


def names() -> list[str]:
    found = {
        name
        for surface, versions in available().items()
        for version in versions
        for name in load(surface, version).names()
    }
    return sorted(found)


def told(table: Table, name: str) -> Iterator[object]:
    yield table.returned(name)
    yield table.module_row(name)
    for api in APIS:
        yield table.is_attribute(api, name)
        yield table.symbol_row(api, name)
        yield table.rewrites(api, name)
        yield table.accepts(api, name)
        for target in APIS:
            yield table.flag(api, target, name)
            found = table.arguments(api, target, name, ("layers.Layer", "models.Model"))
            yield {row.id: row for row in found}


def spoken_of(rows: Rows) -> set[str]:
    """The names of the table itself, and names below its patterns: methods, modules, ids."""
    found = {name for row in in_order(rows) for name in shelf._names(row)}
    plain = {name.partition("(")[0].replace("*", "Some.thing") for name in found}
    attributes = {f"{on}.{one}" for row in rows.attributes for on in row.on for one in row.names}
    return plain | attributes


def test_a_shelf_and_the_whole_table_say_the_same(
    rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [*sorted(spoken_of(rows)), *names()[::20], "", "nothing", "layers", "*"]
    lines, whole = Table(read_shelf()), Table(Whole(in_order(rows)))
    by_mark = {name: [*told(lines, name)] for name in some}
    monkeypatch.setattr("kmigrate.rulebook.table.mark", lambda name: "")
    assert len(by_mark) > 2000
    assert [name for name in some if by_mark[name] != [*told(whole, name)]] == []


def test_methods_and_ids_are_found_too(rows: Rows) -> None:
    lines, whole = Table(read_shelf()), Table(rows)
    assert lines.all_ids == whole.all_ids
    assert all(lines.by_id(rule) == whole.by_id(rule) for rule in whole.all_ids)
    for api in APIS:
        assert lines.method_names(api) == whole.method_names(api)
        assert lines.telling_arguments(api) == whole.telling_arguments(api)
    assert lines.method_names("keras2")
    dated = [row for row in in_order(rows) if getattr(row, "since", 0) or getattr(row, "until", 0)]
    assert list(in_order(lines.dated)) == dated != []


def test_only_what_is_asked_is_built() -> None:
    built = Lines(read_shelf()._rows.texts)  # type: ignore[attr-defined]
    table = Table(Shelf(built, read_shelf().marks))
    assert table.rewrites("keras2", "backend.flatten")
    assert 0 < len(built._built) < len(built) / 100


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("backend.flatten(x, axis=-1.5)", "backend.flatten"),
        ("layers.core.Dense", "layers.core"),
        ("layers.*", "layers.*"),
        ("applications.RegNet*", "applications.*"),
        ("applications.regnet.*", "applications.regnet"),
        ("reduce_sum", "reduce_sum"),
        ("*", "*"),
    ],
)
def test_marks(name: str, found: str) -> None:
    assert mark(name) == found


def rules(folder: Path, text: str = RULE) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "some.toml").write_text(text, encoding="utf-8")
    return folder


def kept_in(cache: Path) -> Path:
    (file,) = cache.iterdir()
    return file


def spoilt(data: bytes) -> dict[str, bytes]:
    head, _, body = data.partition(b"\n")
    return {
        "empty": b"",
        "head alone": head + b"\n",
        "cut short": data[:-20],
        "one byte": data.replace(b"MESSAGE", b"MASSAGE"),
        "no JSON": b"}" + data,
        "another form": json.dumps({"key": 1}).encode() + b"\n" + body,
        "no text": head + b"\n\xff\xfe",
    }


@pytest.mark.parametrize("how", spoilt(b"\n"))
def test_a_spoilt_cache_is_replaced(tmp_path: Path, how: str) -> None:
    folder, cache = rules(tmp_path / "r"), tmp_path / "c"
    first = read_rows(folder, cache)
    good = kept_in(cache).read_bytes()
    kept_in(cache).write_bytes(spoilt(good)[how])
    assert read_rows(folder, cache) == first
    assert kept_in(cache).read_bytes() == good


def test_another_version_of_the_program_reads_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, cache = rules(tmp_path / "r"), tmp_path / "c"
    read_rows(folder, cache)
    kept = kept_in(cache).read_bytes()
    monkeypatch.setattr(read, "__version__", "99.0")
    read_rows(folder, cache)
    assert b"99.0" in kept_in(cache).read_bytes() and b"99.0" not in kept


def test_two_installations_keep_two_files(tmp_path: Path) -> None:
    cache = tmp_path / "c"
    for name in ("one", "two"):
        read_rows(rules(tmp_path / name), cache)
    assert len(list(cache.iterdir())) == 2


def test_many_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    """Each of them writes, or reads what another wrote; none sees half of it."""
    folder, cache = rules(tmp_path / "r"), tmp_path / "c"
    code = (
        "import sys; from pathlib import Path; from kmigrate.rulebook import read\n"
        "for _ in range(20):\n"
        "    read._load(Path(sys.argv[3]), sys.argv[4])\n"
        "    found = read.read_rows(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "    assert found.flags[0].message == 'MESSAGE'\n"
        "    Path(sys.argv[3]).unlink(missing_ok=True)\n"
    )
    read_rows(folder, cache)
    command = [sys.executable, "-c", code, str(folder), str(cache), str(kept_in(cache)), "key"]
    running = [subprocess.Popen(command) for _ in range(3)]
    assert [process.wait() for process in running] == [0, 0, 0]
    read_rows(folder, cache)
    assert kept_in(cache).read_bytes().count(b"MESSAGE") == 1
