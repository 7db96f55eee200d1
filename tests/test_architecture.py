"""The house as DESIGN.md draws it: arrows point down, rooms keep to their job, nothing grows."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "kmigrate"
SNAPSHOTS = ROOT / "rules" / "api"

# From the roof to the cellar: a room imports itself and the rooms below it.
ROOMS = (
    "__main__",
    "cli",
    "config",
    "project",
    "report",
    "verify",
    "migrate",
    "marks",
    "shims",
    "selection",
    "direction",
    "check",
    "rewrite",
    "spell",
    "match",
    "scan",
    "rulebook",
    "atlas",
    "versions",
    "api",
    "dialects",
    "notebook",
    "text",
    "comments",
    "model",
    "garbage",
    "__init__",
)
NUMERIC = {"numpy", "tensorflow", "keras", "tf_keras", "jax", "torch"}
MAX_FILE_LINES = 300
MAX_FUNCTION_LINES = 40
MAX_RECIPES = 12

FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(dotted: str) -> str:
    """`kmigrate.scan.names` stands in the room `scan`; `kmigrate` itself is `__init__`."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def dotted_name(path: Path) -> str:
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def is_own_module(dotted: str) -> bool:
    base = ROOT.joinpath(*dotted.split("."))
    return base.is_dir() or base.with_suffix(".py").is_file()


def from_import_targets(node: ast.ImportFrom, package: list[str]) -> Iterator[str]:
    anchor = package[: len(package) - node.level + 1] if node.level else []
    base = ".".join([*anchor, *([node.module] if node.module else [])])
    for alias in node.names:
        member = f"{base}.{alias.name}"
        yield member if base.startswith("kmigrate") and is_own_module(member) else base


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every imported module of a file with its line, also those inside functions."""
    name = dotted_name(path).split(".")
    package = name if path.name == "__init__.py" else name[:-1]
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.lineno, target) for target in from_import_targets(node, package))


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def place(path: Path, line: int) -> str:
    return f"{path.relative_to(ROOT)}:{line}"


def test_every_file_stands_in_a_room() -> None:
    rooms = {room_of(dotted_name(path)) for path in FILES}
    assert {"model", "text"} <= rooms <= set(ROOMS)


def test_arrows_point_down() -> None:
    up = [
        f"{place(path, line)} imports {target}"
        for path in FILES
        for line, target in imports(path)
        if target.split(".")[0] == "kmigrate"
        and ROOMS.index(room_of(dotted_name(path))) > ROOMS.index(room_of(target))
    ]
    assert up == []


def test_only_verify_imports_the_numeric_libraries() -> None:
    strays = [
        f"{place(path, line)} imports {target}"
        for path in FILES
        for line, target in imports(path)
        if target.split(".")[0] in NUMERIC and room_of(dotted_name(path)) != "verify"
    ]
    assert strays == []


def test_only_rewrite_imports_libcst() -> None:
    strays = [
        f"{place(path, line)} imports {target}"
        for path in FILES
        for line, target in imports(path)
        if target.split(".")[0] == "libcst" and room_of(dotted_name(path)) != "rewrite"
    ]
    assert strays == []


def test_code_run_inside_other_interpreters_stands_alone() -> None:
    inside = sorted((PACKAGE / "verify" / "inside").glob("*.py"))
    allowed = (3, 6)
    for path in inside:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=allowed)
        own = [target for _, target in imports(path) if target.split(".")[0] == "kmigrate"]
        assert [target for target in own if not target.startswith("kmigrate.verify.inside.")] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES
    long = [
        f"{place(path, node.lineno)} {node.name}"
        for node in ast.walk(parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


def test_recipes_stay_few() -> None:
    recipes = [
        node.name
        for path in (PACKAGE / "rewrite" / "recipes").glob("*.py")
        for node in parse(path).body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]
    assert len(recipes) <= MAX_RECIPES


@cache
def library_names() -> frozenset[str]:
    """The layer classes and backend functions that no program text may spell out."""
    found: set[str] = set()
    for path in SNAPSHOTS.glob("*.json"):
        text = json.dumps(json.loads(path.read_text(encoding="utf-8")))
        found.update(re.findall(r"\blayers\.([A-Z]\w+[a-z0-9]\w*)", text))
        found.update(re.findall(r"\bbackend\.(\w+_\w+)", text))
    return frozenset(found)


def literals(tree: ast.Module) -> Iterator[ast.Constant]:
    """String literals that are not docstrings."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
            if id(node) in docstrings:
                continue
            yield node


def test_the_program_knows_no_library_symbol() -> None:
    names = library_names()
    assert {"Dense", "Conv2D"} <= names, "the snapshots are not read as they are written"
    spelled = [
        f"{place(path, node.lineno)} {node.value!r}"
        for path in FILES
        if room_of(dotted_name(path)) != "verify"
        for node in literals(parse(path))
        if names & set(re.findall(r"\w+", str(node.value)))
    ]
    assert spelled == []
