"""Who descends from a process, read from a /proc that is made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from kmigrate.verify import descendants
from kmigrate.verify.descendants import Tree, ended, marked, resident_bytes

PAGE = 4096


class Proc:
    """A /proc of processes with a command that tries to be mistaken for the fields behind it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "self").mkdir(parents=True)
        (folder / "uptime").touch()

    def add(self, pid: int, parent: int, *, state: str = "S", pages: int = 1, pss: int = 0) -> None:
        process = self.folder / str(pid)
        process.mkdir(exist_ok=True)
        (process / "stat").write_text(f"{pid} (a) S 1 (b) {state} {parent} 7 7 0\n")
        (process / "statm").write_text(f"900 {pages} 0 0 0 0 0\n")
        (process / "environ").write_bytes(b"A=1\0MARK=%d\0" % parent)
        if pss:
            text = f"55d-7ff ---p 0 00:00 0 [rollup]\nRss: 9 kB\nPss: {pss} kB\n"
            (process / "smaps_rollup").write_text(text)

    def remove(self, pid: int) -> None:
        for file in (self.folder / str(pid)).iterdir():
            file.unlink()
        (self.folder / str(pid)).rmdir()


@pytest.fixture
def proc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Proc:
    monkeypatch.setattr(descendants, "PROC", str(tmp_path / "proc"))
    monkeypatch.setattr(descendants, "_page", lambda: PAGE)
    return Proc(tmp_path / "proc")


def test_children_and_theirs_descend_and_others_do_not(proc: Proc) -> None:
    for pid, parent in ((1, 0), (10, 1), (30, 10), (20, 30), (11, 1), (12, 11)):
        proc.add(pid, parent)
    assert Tree(10).look() == [20, 30]
    assert Tree(12).look() == []


def test_whoever_comes_and_goes_is_noticed(proc: Proc) -> None:
    for pid, parent in ((1, 0), (10, 1), (11, 1)):
        proc.add(pid, parent)
    tree = Tree(10)
    assert tree.look() == []
    proc.add(12, 10)
    assert tree.look() == [12]
    proc.add(13, 12)
    proc.add(12, 10, state="Z")
    assert tree.look() == [12, 13]
    proc.remove(12)
    proc.add(13, 10)
    assert tree.look() == [13]
    proc.remove(11)
    assert tree.look() == [13]
    proc.add(11, 13)  # the number is taken again
    assert tree.look() == [11, 13]


def test_those_of_others_are_asked_once_for_a_while(
    proc: Proc, monkeypatch: pytest.MonkeyPatch
) -> None:
    for pid in range(2, 100):
        proc.add(pid, 1)
    proc.add(100, 50)
    asked: list[int] = []
    parent = descendants._parent

    def ask(pid: int) -> int:
        asked.append(pid)
        return parent(pid)

    monkeypatch.setattr(descendants, "_parent", ask)
    tree = Tree(50)
    for look in range(descendants.AFRESH + 1):
        asked.clear()
        assert tree.look() == [100]
        assert len(asked) == (2 if look % descendants.AFRESH else 99)


def test_what_is_shared_counts_once_when_the_sum_is_too_much(proc: Proc) -> None:
    for pid in (2, 3):
        proc.add(pid, 1, pages=100, pss=200)
    proc.add(4, 1, pages=50)
    assert resident_bytes([2, 3], enough=200 * PAGE) == 200 * PAGE
    assert resident_bytes([2, 3], enough=200 * PAGE - 1) == 400 << 10
    assert resident_bytes([2, 4], enough=0) == (200 << 10) + 50 * PAGE
    assert resident_bytes([5], enough=0) == 0


def test_a_zombie_and_one_that_is_gone_have_ended(proc: Proc) -> None:
    proc.add(2, 1)
    proc.add(3, 1, state="Z")
    assert [ended(pid) for pid in (2, 3, 4)] == [False, True, True]


def test_the_mark_is_a_whole_variable(proc: Proc) -> None:
    proc.add(2, 1)
    proc.add(3, 12)
    assert marked("MARK=1") == [2]


def test_without_proc_nobody_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descendants, "PROC", str(tmp_path / "none"))
    assert (Tree(1).look(), marked("MARK=1")) == ([], [])
    assert resident_bytes([1], enough=1) == 0
    assert Tree(1).end()
