import os
from pathlib import Path

import pytest
from conftest import Grow
from hypothesis import given, strategies
from pathspec import GitIgnoreSpec

from kmigrate.model import Status
from kmigrate.project.discover import Found, discover
from kmigrate.project.patterns import Level


def shown(found: Found) -> list[str]:
    return [source.shown for source in found.sources]


def test_python_files_and_stubs_in_a_stable_order(grow: Grow) -> None:
    grow({"b.py": "", "a/z.py": "", "a/c.pyi": "", "a/readme.md": "", "a.txt": ""})
    assert shown(discover([Path()])) == ["a/c.pyi", "a/z.py", "b.py"]


def test_the_same_file_is_taken_once(grow: Grow) -> None:
    tree = grow({"a/x.py": "", "b.py": ""})
    paths = [Path("b.py"), tree, Path("a"), tree / "a" / ".." / "b.py"]
    assert shown(discover(paths)) == ["b.py", "a/x.py"]


def test_paths_are_relative_to_the_working_folder_however_they_are_given(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow({"a/x.py": "", "b/y.py": ""})
    monkeypatch.chdir(tree / "a")
    assert shown(discover([tree])) == ["../a/x.py", "../b/y.py"]
    assert shown(discover([Path()])) == ["x.py"]
    assert shown(discover([tree / "b" / "y.py"])) == ["../b/y.py"]


@pytest.mark.parametrize(
    "folder",
    [".git", "node_modules", "__pycache__", ".venv", ".tox", "x.egg-info", "build", "dist"],
)
def test_folders_that_nobody_wrote_are_skipped(grow: Grow, folder: str) -> None:
    grow({f"{folder}/x.py": "", f"{folder}s/x.py": ""})
    assert shown(discover([Path()])) == [f"{folder}s/x.py"]


def test_virtual_environments_of_any_name_are_skipped(grow: Grow) -> None:
    grow({"myenv/pyvenv.cfg": "", "myenv/lib/x.py": "", "a.py": ""})
    assert shown(discover([Path()])) == ["a.py"]


def test_a_package_may_be_called_build(grow: Grow) -> None:
    grow({"build/__init__.py": "", "build/x.py": ""})
    assert shown(discover([Path()])) == ["build/__init__.py", "build/x.py"]


def test_gitignore_of_this_folder_those_below_and_those_above(
    grow: Grow, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = grow(
        {
            ".git/config": "",
            ".gitignore": "*_old.py\n/sub/top.py\ntop.py\n!sub/keep_old.py\nout/\n",
            "sub/.gitignore": "local.py\n!inner_old.py\n",
            "sub/a_old.py": "",
            "sub/keep_old.py": "",
            "sub/inner_old.py": "",
            "sub/local.py": "",
            "sub/out/x.py": "",
            "sub/x.py": "",
            "local.py": "",
            "top.py": "",
        }
    )
    kept = ["sub/inner_old.py", "sub/keep_old.py", "sub/x.py"]
    assert shown(discover([Path()])) == ["local.py", *kept]
    assert shown(discover([Path("sub")])) == kept
    monkeypatch.chdir(tree / "sub")
    assert shown(discover([Path()])) == [name.removeprefix("sub/") for name in kept]


def test_what_is_named_is_taken_though_it_is_ignored(grow: Grow) -> None:
    grow({".git/config": "", ".gitignore": "out/\nx.py\n", "out/a.py": "", "x.py": ""})
    assert shown(discover([Path()])) == []
    assert shown(discover([Path("out"), Path("x.py")])) == ["out/a.py", "x.py"]


def test_lines_that_git_would_not_take_are_passed_over(grow: Grow) -> None:
    grow({".gitignore": "!\n/\n\\\na.py\n", "a.py": "", "b.py": ""})
    assert shown(discover([Path()])) == ["b.py"]


def test_gitignore_above_counts_up_to_the_root_of_the_repository(grow: Grow) -> None:
    grow({".gitignore": "a.py\n", "repo/.git/config": "", "repo/sub/a.py": ""})
    assert shown(discover([Path("repo/sub")])) == ["repo/sub/a.py"]


def test_exclude_reads_like_a_gitignore_of_the_working_folder(grow: Grow) -> None:
    grow({"a/gen/x.py": "", "a/y_pb2.py": "", "a/z.py": "", "gen/w.py": ""})
    found = discover([Path("a"), Path("gen/w.py")], ["gen/", "*_pb2.py"])
    assert shown(found) == ["a/z.py", "gen/w.py"]
    assert shown(discover([Path()], ["/gen"])) == ["a/gen/x.py", "a/y_pb2.py", "a/z.py"]
    found = discover([Path()], ["a"], with_others=True)
    assert shown(found) == ["gen/w.py"]
    assert [source.shown for source in found.others] == ["a/gen/x.py", "a/y_pb2.py", "a/z.py"]


def test_a_folder_named_like_a_module_is_a_folder(grow: Grow) -> None:
    grow({"x.py/inner.py": ""})
    found = discover([Path()])
    assert shown(found) == ["x.py/inner.py"]
    assert found.records == []
    assert shown(discover([Path("x.py")])) == ["x.py/inner.py"]


def test_links_are_followed_once_and_never_out_of_the_tree(grow: Grow) -> None:
    tree = grow({"in/a.py": "", "in/data.txt": "", "out.py": "", "other/b.py": ""})
    (tree / "in" / "again.py").symlink_to("a.py")
    (tree / "in" / "text.py").symlink_to("data.txt")
    (tree / "in" / "far.py").symlink_to("../out.py")
    (tree / "in" / "loop").symlink_to(".")
    (tree / "in" / "elsewhere").symlink_to("../other")
    found = discover([Path("in")])
    assert shown(found) == ["in/a.py", "in/text.py"]
    assert [(record.path, record.status) for record in found.records] == [
        ("in/far.py", Status.SKIPPED)
    ]
    assert found.sources[1].path == str(tree / "in" / "data.txt")


def test_a_link_that_is_named_is_followed(grow: Grow) -> None:
    tree = grow({"in/a.py": "", "out.py": ""})
    (tree / "in" / "far.py").symlink_to("../out.py")
    assert discover([Path("in/far.py")]).sources[0].path == str(tree / "out.py")


def test_dangling_links_missing_paths_and_pipes_are_errors_by_name(grow: Grow) -> None:
    tree = grow({"a.py": ""})
    (tree / "gone.py").symlink_to("nowhere.py")
    (tree / "gone.txt").symlink_to("nowhere.txt")
    os.mkfifo(tree / "pipe.py")
    found = discover([Path(), Path("missing.py"), Path("pipe.py"), Path("gone.py")])
    assert shown(found) == ["a.py"]
    assert {record.status for record in found.records} == {Status.ERROR}
    assert sorted(record.path for record in found.records) == [
        "gone.py",
        "gone.py",
        "missing.py",
        "pipe.py",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may list every folder")
def test_a_folder_that_cannot_be_listed_is_an_error(grow: Grow) -> None:
    tree = grow({"closed/a.py": "", "b.py": ""})
    (tree / "closed").chmod(0)
    found = discover([Path()])
    (tree / "closed").chmod(0o700)
    assert shown(found) == ["b.py"]
    assert [record.path for record in found.records] == ["closed"]


PATTERNS = [
    "*.py", "a.py", "/a.py", "sub/", "sub/a.py", "**/a.py", "sub/**", "s?b", "[ab].py", "!a.py",
    "# a.py", "\\!a.py", "a.py ", "*", "a*", "*b.py", "/sub/*.py", "!/sub/b.py", "x y.py",
]  # fmt: skip
ENTRIES = [("a.py", False), ("b.py", False), ("sub", True), ("sub/a.py", False), ("x y.py", False),
           ("sub/b.py", False), ("sub/deep", True), ("!a.py", False), ("ab.pyi", False)]  # fmt: skip


@given(strategies.lists(strategies.sampled_from(PATTERNS), max_size=6))
def test_the_quick_way_to_match_says_what_pathspec_says(lines: list[str]) -> None:
    """For an entry whose parents are not ignored: the walk does not come to the others."""
    spec = GitIgnoreSpec.from_lines(lines)
    quick = Level(Path("/base"), lines)
    for path, is_folder in ENTRIES:
        parents = [f"{parent.as_posix()}/" for parent in Path(path).parents if parent.name]
        if not any(spec.check_file(parent).include for parent in parents):
            slow = spec.check_file(path + "/" * is_folder).include
            assert bool(quick.verdict(f"/base/{path}", is_folder)) == bool(slow)
