"""The judge of the corpus runs must see what is planted for it."""

from pathlib import Path
from typing import Any

from judge import Report, broken_promises, clean_promises, hunks

OLD = "import keras\n\nx = 1\ny = keras.a(x)\n\n\nz = 3\n"


def trees(tmp_path: Path, old: str, new: str) -> tuple[Path, Path]:
    for name, text in (("before", old), ("after", new)):
        (tmp_path / name / "pkg").mkdir(parents=True)
        (tmp_path / name / "pkg" / "m.py").write_text(text, encoding="utf-8")
    return tmp_path / "before", tmp_path / "after"


def report(code: int = 0, status: str = "changed", **totals: int) -> Report:
    finding: dict[str, Any] = {"outcome": "rewritten", "line": 4, "end_line": 4}
    file = {"path": "pkg/m.py", "status": status, "error": None, "findings": [finding]}
    zeros = dict.fromkeys(("kept", "review", "flagged", "unresolved", "errors"), 0)
    counts = {"files": 1, "changed": 1, "references": 2, **zeros, "kept": 1, "rewritten": 1}
    return Report(code, "", 0.0, counts | totals, [file], True)


def test_a_good_run_keeps_every_promise(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD.replace("keras.a", "keras.ops.a"))
    assert broken_promises(before, after, report()) == []


def test_a_stray_change_is_seen(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD.replace("z = 3", "z = 4"))
    (problem,) = broken_promises(before, after, report())
    assert problem.startswith("pkg/m.py:7")


def test_a_new_import_is_no_stray_change(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, "import keras\nfrom keras import ops\n" + OLD[13:])
    assert broken_promises(before, after, report()) == []


def test_a_change_that_is_not_reported_is_seen(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD.replace("keras.a", "keras.b"))
    problems = broken_promises(before, after, report(status="unchanged", changed=0))
    assert problems == ["pkg/m.py was changed and is not reported as changed"]


def test_broken_python_is_seen(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD.replace("keras.a(x)", "keras.a(x"))
    (problem,) = broken_promises(before, after, report())
    assert "does not compile" in problem


def test_wrong_counts_are_seen(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD.replace("keras.a", "keras.b"))
    assert len(broken_promises(before, after, report(references=3))) == 1
    assert len(broken_promises(before, after, report(rewritten=2, references=3))) == 1
    assert len(broken_promises(before, after, report(code=1))) == 1


def test_a_crash_is_seen(tmp_path: Path) -> None:
    (problem,) = broken_promises(tmp_path, tmp_path, Report(1, "Traceback ...", 0.0))
    assert problem.startswith("crashed with 1")


def test_a_word_about_a_clean_tree_is_seen(tmp_path: Path) -> None:
    before, after = trees(tmp_path, OLD, OLD)
    quiet = Report(0, "", 0.0, {"files": 1, "references": 0, "changed": 0}, [], True)
    assert clean_promises(before, after, quiet) == []
    assert clean_promises(before, after, report()) != []
    (after / "pkg" / "m.py").write_text(OLD + "#\n", encoding="utf-8")
    assert clean_promises(before, after, quiet) == ["changed pkg/m.py"]


def test_hunks_name_old_lines(tmp_path: Path) -> None:
    before, after = trees(tmp_path, "a\nb\nc\nd\n", "a\nB\nd\n")
    assert hunks(before, after) == {"pkg/m.py": [(2, 3, ["-b", "-c", "+B"])]}
