"""Trees that nobody wishes for: every file is named or migrated, and nothing raises."""

import json
import os
import signal
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Grow, Run

from kmigrate.project import decide, pool, run
from kmigrate.project.write import overwrite
from kmigrate.report.record import FileRecord

BEFORE = "from tensorflow.keras.layers import Dense\n\nlayer = Dense(3)\n"
AFTER = "from keras.layers import Dense\n\nlayer = Dense(3)\n"

BROKEN: dict[str, str | bytes] = {
    "nul.py": b"import keras\0\n",
    "wrong.py": b"import keras\nx = '\xe9'\n",
    "unknown.py": b"# coding: klingon\nimport keras\n",
    "python2.py": "import keras\nprint 'x'\n",
    "syntax.py": "import keras\ndef f(:\n",
    "deep.py": f"import keras\nx = {'(' * 3000}1{')' * 3000}\n",
    "tabs.py": "import keras\nif 1:\n\tx = 1\n        y = 2\n",
}


def test_what_cannot_be_read_is_named_and_the_rest_is_migrated(grow: Grow, kmigrate: Run) -> None:
    tree = grow({**BROKEN, "folder.py/inner.py": BEFORE, "good.py": BEFORE})
    (tree / "dangling.py").symlink_to("nowhere.py")
    ran = kmigrate("apply", ".")
    assert ran.code == 2
    assert "Traceback" not in ran.err
    named = {line.split(":")[0] for line in ran.err.splitlines()}
    assert named == {*BROKEN, "dangling.py"}
    assert (tree / "good.py").read_text() == AFTER
    assert (tree / "folder.py" / "inner.py").read_text() == AFTER
    for name, content in BROKEN.items():
        data = content if isinstance(content, bytes) else content.encode()
        assert (tree / name).read_bytes() == data


def test_thousands_of_joins_are_migrated_or_named(grow: Grow, kmigrate: Run) -> None:
    joined = "x = " + " + ".join(["a"] * 5000) + "\n"
    strings = "x = (\n" + "    'a'\n" * 5000 + ")\n"
    tree = grow({"joined.py": BEFORE + joined, "strings.py": BEFORE + strings, "good.py": BEFORE})
    ran = kmigrate("apply", ".")
    assert (tree / "good.py").read_text() == AFTER
    assert (tree / "strings.py").read_text() == AFTER + strings
    if (tree / "joined.py").read_text() == BEFORE + joined:
        assert ran.code == 2
        assert ran.err.startswith("joined.py: ")


ENCODED = {
    "latin.py": ("# -*- coding: latin-1 -*-\n{}# \xe9\n", "latin-1"),
    "japanese.py": ("# coding: euc-jp\n{}# \N{HIRAGANA LETTER A}\n", "euc-jp"),
    "mark.py": ("\N{ZERO WIDTH NO-BREAK SPACE}{}# \xe9\n", "utf-8"),
    "crlf.py": ("{}\r\n", "utf-8"),
    "mixed.py": ("# a\r\n# b\r{}# c\x0c\r\n\x0c\n\t", "utf-8"),
    "no_newline.py": ("{}x = 1", "utf-8"),
}


@pytest.mark.parametrize("name", ENCODED)
def test_bytes_around_a_change_survive(grow: Grow, kmigrate: Run, name: str) -> None:
    template, encoding = ENCODED[name]
    tree = grow({name: template.format(BEFORE).encode(encoding)})
    ran = kmigrate("apply", name)
    assert ran.code == 0, ran.err
    assert (tree / name).read_bytes() == template.format(AFTER).encode(encoding)


def test_a_long_file_is_migrated(grow: Grow, kmigrate: Run) -> None:
    body = "".join(f"x{number} = {'y' * 80!r}\n" for number in range(60_000))
    tree = grow({"long.py": BEFORE + body})
    assert (tree / "long.py").stat().st_size > 5_000_000
    assert kmigrate("apply", "long.py", "--verbose").code == 0
    assert (tree / "long.py").read_text() == AFTER + body


def test_mode_and_links_survive(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"run.py": BEFORE, "real.txt": BEFORE})
    (tree / "run.py").chmod(0o755)
    (tree / "link.py").symlink_to("real.txt")
    assert kmigrate("apply", ".").code == 0
    assert stat.S_IMODE((tree / "run.py").stat().st_mode) == 0o755
    assert (tree / "link.py").is_symlink()
    assert (tree / "real.txt").read_text() == AFTER


def test_a_link_out_of_the_tree_is_not_written_through(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"in/a.py": BEFORE, "out.py": BEFORE})
    (tree / "in" / "far.py").symlink_to("../out.py")
    ran = kmigrate("apply", "in")
    assert ran.code == 0
    assert (tree / "out.py").read_text() == BEFORE
    assert "in/far.py: a link out of the given tree" in ran.text


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_an_unreadable_file_is_named(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"closed.py": BEFORE, "good.py": BEFORE})
    (tree / "closed.py").chmod(0)
    ran = kmigrate("apply", ".")
    assert ran.code == 2
    assert ran.err.startswith("closed.py: Permission denied")
    assert (tree / "good.py").read_text() == AFTER


Meanwhile = Callable[[Path], object]


def spoil_before_writing(monkeypatch: pytest.MonkeyPatch, spoil: Callable[[], object]) -> None:
    """Let something happen between the decision about all files and the first write."""
    records = decide.Decision.records

    def late(decision: decide.Decision) -> object:
        decided = records(decision)
        spoil()
        return decided

    monkeypatch.setattr(decide.Decision, "records", late)


@pytest.mark.parametrize(
    ("meanwhile", "word"),
    [
        (lambda path: path.unlink(), "No such file"),
        (lambda path: path.write_text("theirs = 1\n"), "changed on disk"),
    ],
)
def test_a_file_that_vanished_or_changed_meanwhile_is_named(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch, meanwhile: Meanwhile, word: str
) -> None:
    tree = grow({"a.py": BEFORE, "b.py": BEFORE})
    spoil_before_writing(monkeypatch, lambda: meanwhile(tree / "a.py"))
    ran = kmigrate("apply", ".")
    assert ran.code == 2
    assert ran.err.startswith("a.py: ")
    assert word in ran.err
    assert (tree / "b.py").read_text() == AFTER


def test_ctrl_c_before_the_first_write_writes_nothing(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow({"a.py": BEFORE, "b.py": BEFORE})
    # A shell starts its background jobs deaf to it.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    spoil_before_writing(monkeypatch, lambda: signal.raise_signal(signal.SIGINT))
    ran = kmigrate("apply", ".")
    signal.signal(signal.SIGINT, heard)
    assert (ran.code, ran.err) == (130, "kmigrate: interrupted; nothing was written\n")
    assert {path.name: path.read_text() for path in tree.iterdir()} == {
        "a.py": BEFORE,
        "b.py": BEFORE,
    }


def test_ctrl_c_between_writes_says_what_was_done(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow({"a.py": BEFORE, "b.py": BEFORE, "c.py": BEFORE, "d.py": "x = 1\n"})
    written = run._written

    def stop_at_b(*arguments: object) -> FileRecord:
        if (tree / "a.py").read_text() == AFTER:
            raise KeyboardInterrupt
        return written(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(run, "_written", stop_at_b)
    ran = kmigrate("apply", ".")
    assert ran.code == 130
    assert ran.err.splitlines()[1:] == ["written: a.py", "not written: b.py", "not written: c.py"]
    assert sorted(path.name for path in tree.iterdir()) == ["a.py", "b.py", "c.py", "d.py"]


def test_ctrl_c_right_behind_a_write_counts_it(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow({"a.py": BEFORE, "b.py": BEFORE})

    def stop_behind(*arguments: object) -> None:
        overwrite(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "overwrite", stop_behind)
    ran = kmigrate("apply", ".")
    assert ran.err.splitlines()[1:] == ["written: a.py", "not written: b.py"]


def test_results_do_not_depend_on_the_number_of_workers(
    grow: Grow, kmigrate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "SHARE", 1)
    files = {f"f{number:02}.py": BEFORE + f"x = {number}\n" for number in range(20)}
    grow({**files, "g.py": "import keras\ndef f(:\n"})
    one = kmigrate("check", ".", "--format", "json", "--jobs", "1")
    two = kmigrate("check", ".", "--format", "json", "--jobs", "2")
    assert one == two
    assert [file["path"] for file in json.loads(one.out)["files"]] == [*sorted(files), "g.py"]
