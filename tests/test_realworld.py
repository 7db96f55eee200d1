"""What the scoreboard does on its own, without the network and without TensorFlow."""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest
from realworld import fetch, overlays, workshop
from realworld.board import Row, causes, markdown, share, table, text
from realworld.catalogue import MODERN, Catalogue, Package, Source, read_catalogue
from realworld.causes import OTHER, cause, telling_line
from realworld.conditions import CONDITIONS, Condition, Prepared, read_findings, sed_line
from realworld.places import (
    AT_PLACE,
    NOT,
    ON_WAY,
    flagged,
    moved,
    spoken_lines,
    statement_at,
    traced,
)
from realworld.results import Judged, Result, keep, load
from realworld.suite import Failure, Outcome, read_report
from realworld.workshop import Workshop

from kmigrate.verify.envs.known import known

SOURCE = Source("old-layers", "1.0", "ab" * 32)
PACKAGE = Package(SOURCE, "keras@2", ("keras@2",))
PINNED = read_catalogue()


@pytest.mark.parametrize("package", PINNED.packages, ids=lambda package: package.name)
def test_every_row_names_what_exists(package: Package) -> None:
    assert package.environment in known()
    assert {package.environment, MODERN} <= set(PINNED.runners)
    assert PINNED.chosen([package.name]) == (package,), "two rows of one name"
    for source in (package.source, *package.companions):
        assert len(bytes.fromhex(source.sha256)) == 32


def test_an_unknown_package_is_an_error() -> None:
    assert PINNED.chosen([]) == PINNED.packages
    with pytest.raises(KeyError):
        PINNED.chosen(["no-such-package"])


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("import keras\n", "from tensorflow import keras\n"),
        ("import keras  # 2\n", "from tensorflow import keras  # 2\n"),
        ("    import keras.backend as K\n", "    import tensorflow.keras.backend as K\n"),
        ("from keras.layers import keras_x\n", "from tensorflow.keras.layers import keras_x\n"),
        ("from keras_bert import keras\n", "from keras_bert import keras\n"),
        ("x = keras.layers.Dense(2)\n", "x = keras.layers.Dense(2)\n"),
    ],
)
def test_sed_touches_imports(line: str, after: str) -> None:
    assert sed_line(line) == after


def lines(*rows: dict[str, object]) -> list[str]:
    return [json.dumps(row) for row in rows]


def test_a_report_that_breaks_off_is_read() -> None:
    failed = {"outcome": "failed", "error": "ValueError: x", "frames": [["a.py", 3]]}
    report = lines(
        {"test": "good", "phase": "setup", "outcome": "passed"},
        {"test": "good", "phase": "call", "outcome": "passed"},
        {"test": "bad", "phase": "call", **failed},
        {"test": "left", "phase": "call", "outcome": "passed"},
        {"test": "left", "phase": "teardown", **failed},
        {"test": "skipped", "phase": "setup", "outcome": "skipped"},
        {"test": "lost", "phase": "setup", "outcome": "passed"},
    )
    outcome = read_report(report, "it ran longer than 3 s")
    assert (outcome.passed, outcome.skipped) == (("good",), ("skipped",))
    assert [failure.test for failure in outcome.failures] == ["bad", "left"]
    assert outcome.failures[0] == Failure("bad", "ValueError: x", (("a.py", 3),))
    assert outcome.ending == "it ran longer than 3 s"


def test_an_outcome_is_kept_whole(tmp_path: Path) -> None:
    outcome = Outcome(("a",), (Failure("b", "E: x", (("f.py", 2),)),), ("c",), "died")
    file = tmp_path / "results" / "x.json"
    assert load(file) is None
    keep(outcome, file)
    assert load(file) == outcome
    file.write_text("{")
    assert load(file) is None


@pytest.mark.parametrize(
    ("error", "name"),
    [
        ("ModuleNotFoundError: No module named 'keras.engine'", "module of Keras"),
        ("ModuleNotFoundError: No module named 'keras_bert'", "another package"),
        ("ImportError: cannot import name 'Merge' from 'keras.layers'", "name cannot be"),
        ("AttributeError: module 'numpy' has no attribute 'float'", "NumPy or Python"),
        ("AttributeError: module 'keras.backend' has no attribute 'dot'", "name of a module"),
        ("AttributeError: 'Adam' object has no attribute 'lr'", "attribute or method"),
        ("ValueError: A KerasTensor cannot be used as input", "function of TensorFlow"),
        ("TypeError: fit() got an unexpected keyword argument 'nb_epoch'", "argument is gone"),
        ("AssertionError: 1 != 2", "other numbers"),
        ("it ran longer than 300 s", "time limit"),
        ("ValueError: oops", OTHER),
    ],
)
def test_errors_have_causes(error: str, name: str) -> None:
    assert cause(error).startswith(name)


def test_the_error_inside_a_layer_counts() -> None:
    wrapped = (
        "ValueError: Exception encountered when calling F.call().\n\nCannot convert\n\nArguments"
    )
    assert telling_line(wrapped) == "ValueError: Cannot convert"
    loading = (
        "TypeError: Error when deserializing class 'M' using {}.\n\nException encountered: no 'x'"
    )
    assert telling_line(loading) == "no 'x'"
    assert telling_line("AssertionError: 1\nmore") == "AssertionError: 1"
    graph = 'E: in user code:\n\n    File "/tmp/tree/a/b.py", line 5, in call  *\n        f()\n\n    TypeError: no\n\n\n'
    assert telling_line(graph) == "TypeError: no"
    assert traced(graph, "tree") == (("a/b.py", 5),)
    assert traced(graph, "other") == ()


def test_lines_are_followed_through_an_edit() -> None:
    before = ["a", "b", "c", "d"]
    after = ["new", "a", "B1", "B2", "c", "d"]
    assert moved(before, after, 1, 1) == (2, 2)
    assert moved(before, after, 2, 2) == (3, 4)
    assert moved(before, after, 4, 4) == (6, 6)
    assert moved(before, after, 2, 3) == (3, 5)
    assert moved(before, before, 3, 3) == (3, 3)


def test_a_statement_has_all_its_lines() -> None:
    code = "def f(\n    a,\n):\n    return g(\n        a\n    )\n"
    assert statement_at(code, 5) == (4, 6)
    assert statement_at(code, 2) == (1, 3)
    assert statement_at("def broken(", 1) == (1, 1)


def test_a_finding_counts_where_the_test_fails(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    for root, head in ((old, ""), (new, "import keras\n")):
        root.mkdir()
        (root / "a.py").write_text(f"{head}x = 1\ny = f(\n    x)\nz = 3\n")
    finding = {"path": "a.py", "outcome": "flagged", "line": 3, "end_line": 3}
    spoken = spoken_lines([finding, finding | {"outcome": "rewritten", "line": 4}], old, new)
    assert flagged([("a.py", 3)], spoken, new) == (AT_PLACE, "flagged")
    assert flagged([("a.py", 3), ("a.py", 5)], spoken, new) == (ON_WAY, "flagged")
    assert flagged([("a.py", 5)], spoken, new) == (NOT, "")
    assert flagged([], spoken, new) == (NOT, "")


def test_findings_know_their_file() -> None:
    report = {"files": [{"path": "a.py", "findings": [{"line": 2}]}]}
    assert read_findings(json.dumps(report)) == ({"line": 2, "path": "a.py"},)


def board() -> Row:
    tests = ("t.py::a", "t.py::b", "u.py::c")
    broken = Failure("u.py", "ModuleNotFoundError: No module named 'keras.x'")
    judged = (Judged(broken, "module", AT_PLACE, "flagged"),)
    return Row(
        PACKAGE,
        {
            "before": Result(PACKAGE.name, "before", Outcome(tests)),
            "keras": Result(PACKAGE.name, "keras", Outcome(tests[:1], (broken,)), judged),
            "tf_keras": Result(PACKAGE.name, "tf_keras", problem="no uv"),
        },
    )


def test_the_table_counts_what_passed_before() -> None:
    head, row, total = table([board()])
    assert head[2:] == ["before", "keras", "tf_keras"]
    assert row[2:] == ["3/3, 100 %", "1/3, 33 %", "-"]
    assert total[2:] == ["3/3, 100 %", "1/3, 33 %", "0/3, 0 %"]
    assert share(0, 0) == "0"


def test_a_lost_test_has_a_cause() -> None:
    found = {line[2]: line for line in causes([board()], "keras")}
    assert found["module"][1] == "1"
    assert found["module"][3] == f"flagged {AT_PLACE}"
    assert found["not run"][1] == "1"
    assert "no uv" in causes([board()], "tf_keras")[0]


def test_without_the_old_environment_what_passes_anywhere_counts() -> None:
    row = board()
    alone = replace(row, results={**row.results, "before": Result("x", "before", problem="gone")})
    assert alone.counted == {"t.py::a"}
    assert alone.cell("before") == "-"


def test_both_formats_say_the_same() -> None:
    for said in (markdown([board()]), text([board()])):
        assert "old-layers 1.0" in said
        assert "No module named 'keras.x'" in said
        assert "Could not be run" in said


def sdist(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"old-layers-1.0/{name}")
            entry.size = len(content.encode())
            archive.addfile(entry, io.BytesIO(content.encode()))
    return stream.getvalue()


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """What the package index would send, by address."""
    pages: dict[str, bytes] = {}
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple/")
    monkeypatch.setattr(fetch, "_read", pages.__getitem__)
    return pages


def test_an_sdist_is_fetched_once_and_checked(index: dict[str, bytes], tmp_path: Path) -> None:
    content = sdist({"old/__init__.py": "x = 1\n", "tests/__init__.py": ""})
    source = replace(SOURCE, sha256=hashlib.sha256(content).hexdigest())
    page = f'<a href="../../f/other.tar.gz#sha256=00">o</a><a href="../../f/x.tar.gz#sha256={source.sha256}">x</a>'
    index["https://index.example/simple/old-layers/"] = page.encode()
    index["https://index.example/f/x.tar.gz"] = content
    kept = fetch.fetch(source, tmp_path)
    index.clear()
    assert fetch.fetch(source, tmp_path) == kept
    tree = tmp_path / "tree"
    tree.mkdir()
    fetch.unpack_companion(kept, tree)
    assert [path.name for path in tree.iterdir()] == ["old"]
    with pytest.raises(KeyError):
        kept.write_bytes(b"damaged")
        fetch.fetch(source, tmp_path)


def test_another_file_is_refused(index: dict[str, bytes], tmp_path: Path) -> None:
    address = "https://index.example/simple/old-layers/"
    index[address] = b"nothing here"
    with pytest.raises(fetch.FetchProblem, match="no file with the hash"):
        fetch.fetch(SOURCE, tmp_path)
    index[address] = f'<a href="/x.tar.gz#sha256={SOURCE.sha256}">x</a>'.encode()
    index["https://index.example/x.tar.gz"] = b"something else"
    with pytest.raises(fetch.FetchProblem, match="another hash"):
        fetch.fetch(SOURCE, tmp_path)
    assert not list(tmp_path.iterdir())


def test_what_goes_wrong_is_a_result(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def unreachable(source: Source, cache: Path) -> Path:
        raise fetch.FetchProblem("no network")

    monkeypatch.setattr(workshop, "fetch", unreachable)
    monkeypatch.setattr(workshop, "find", lambda name: Path("/python"))
    shop = Workshop(Catalogue((PACKAGE,), {}), tmp_path)
    assert {shop.result(PACKAGE, each).problem for each in CONDITIONS} == {"no network"}
    monkeypatch.setattr(workshop, "find", lambda name: None)
    assert "kmigrate envs build keras@2" in shop.result(PACKAGE, CONDITIONS[0]).problem


def test_a_kept_result_is_not_run_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = tmp_path / "x.tar.gz"
    archive.write_bytes(sdist({"old.py": "x = 1\n"}))
    runs: list[Path] = []

    def suite(python: Path, tree: Path, *rest: object) -> Outcome:
        runs.append(tree)
        return Outcome(("a",))

    monkeypatch.setattr(workshop, "find", lambda name: Path("/python"))
    monkeypatch.setattr(workshop, "fetch", lambda source, cache: archive)
    monkeypatch.setattr(workshop, "overlay", lambda *pins, alone: None)
    monkeypatch.setattr(workshop, "run_suite", suite)
    shop = Workshop(Catalogue((PACKAGE,), {MODERN: ()}), tmp_path / "cache")
    change = iter(("", "", "y = 2\n"))

    def prepare(package: Package, tree: Path, python: Path) -> Prepared:
        (tree / "old.py").write_text("x = 1\n" + next(change))
        return Prepared()

    condition = Condition("same", prepare)
    results = [shop.result(PACKAGE, condition) for _ in range(3)]
    assert {result.outcome.passed for result in results} == {("a",)}
    assert len(runs) == 2


def test_no_pins_need_no_overlay(tmp_path: Path) -> None:
    assert overlays.overlay(Path("/python"), (), tmp_path, alone=True) is None
