"""The commands on small trees: what goes where, and what stays as it was."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest
from conftest import Grow, Run

from kmigrate import __version__, report
from kmigrate.rulebook.read import read_rows

BEFORE = "from tensorflow.keras.layers import Dense\n\nlayer = Dense(3)\n"
AFTER = "from keras.layers import Dense\n\nlayer = Dense(3)\n"
FLAGGED = "from tensorflow.keras import backend as K\n\nsession = K.get_session()\n"
OLD = ("--to", "keras")


def test_apply_writes_and_says_so(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"x.py": BEFORE, "y.py": "z = 1\n"})
    ran = kmigrate("apply", ".")
    assert (tree / "x.py").read_text() == AFTER
    assert "2 files, 1 changed; to keras@3" in ran.text
    assert ran.err == ""
    again = kmigrate("apply", ".")
    assert (again.code, (tree / "x.py").read_text()) == (0, AFTER)
    assert "0 changed" in again.text


@pytest.mark.parametrize("command", ["check", "diff", "apply --dry-run"])
def test_the_others_write_nothing(grow: Grow, kmigrate: Run, command: str) -> None:
    tree = grow({"x.py": BEFORE})
    stamp = (tree / "x.py").stat()
    ran = kmigrate(*command.split(), ".")
    assert (tree / "x.py").stat() == stamp
    assert b"x.py" in ran.out
    assert [path.name for path in tree.iterdir()] == ["x.py"]


def test_the_diff_goes_through_git_apply(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"a/x.py": BEFORE.replace("\n", "\r\n"), "b é.py": BEFORE.rstrip("\n")})
    ran = kmigrate("diff", ".")
    assert b"\x1b" not in ran.out
    assert "2 files, 2 would change" in ran.err
    subprocess.run(["git", "apply"], input=ran.out, cwd=tree, check=True, timeout=60)
    assert (tree / "a" / "x.py").read_bytes() == AFTER.replace("\n", "\r\n").encode()
    assert (tree / "b é.py").read_bytes() == AFTER.rstrip("\n").encode()


def test_check_prints_findings_only(grow: Grow, kmigrate: Run) -> None:
    grow({"x.py": FLAGGED})
    ran = kmigrate("check", ".")
    (line,) = [line for line in ran.text.splitlines() if "flagged" in line]
    assert line.startswith("x.py:3:11: flagged backend.get_session: K.get_session")
    assert all(line.startswith("x.py:") for line in ran.text.splitlines())
    assert ran.err == ""


@pytest.mark.parametrize("command", ["check", "diff", "apply"])
def test_json_follows_the_schema(grow: Grow, kmigrate: Run, command: str) -> None:
    schema = json.loads(Path(report.__file__).with_name("schema.json").read_text())
    grow({"x.py": BEFORE, "y.py": FLAGGED, "broken.py": "import keras\ndef f(:\n"})
    loaded = json.loads(kmigrate(command, ".", "--format", "json", "--quiet").out)
    jsonschema.validate(loaded, schema)
    status = {file["path"]: file["status"] for file in loaded["files"]}
    change = "changed" if command == "apply" else "would-change"
    assert status["x.py"] == change
    assert status["broken.py"] == "error"
    totals = loaded["totals"]
    outcomes = ("kept", "rewritten", "review", "flagged", "unresolved")
    assert sum(totals[name] for name in outcomes) == totals["references"] > 3


@pytest.mark.parametrize("command", ["check", "diff", "apply --dry-run", "check --format json"])
def test_output_goes_to_a_file(grow: Grow, kmigrate: Run, command: str) -> None:
    tree = grow({"x.py": BEFORE})
    direct = kmigrate(*command.split(), "x.py")
    ran = kmigrate(*command.split(), "x.py", "--output", "report")
    assert (ran.code, ran.out) == (direct.code, b"")
    assert (tree / "report").read_bytes() == direct.out


def test_a_report_that_has_no_place_stops_the_run_before_it_writes(
    grow: Grow, kmigrate: Run
) -> None:
    tree = grow({"x.py": BEFORE})
    assert kmigrate("apply", "x.py", "--output", "no/such/folder/report").code == 2
    assert (tree / "x.py").read_text() == BEFORE


def test_quiet_drops_the_summary_but_neither_errors_nor_the_diff(grow: Grow, kmigrate: Run) -> None:
    grow({"x.py": BEFORE, "broken.py": "import keras\ndef f(:\n"})
    ran = kmigrate("diff", ".", "--quiet")
    assert ran.text.startswith("--- a/x.py\n")
    assert ran.err.startswith("broken.py:2:7: ")
    assert ran.err.count("\n") == 1
    assert kmigrate("apply", ".", "--quiet").out == b""


def test_standard_input_becomes_code_on_standard_output(grow: Grow, kmigrate: Run) -> None:
    grow({})
    ran = kmigrate("apply", "-", stdin=b"\xef\xbb\xbf" + BEFORE.replace("\n", "\r\n").encode())
    assert ran.out == b"\xef\xbb\xbf" + AFTER.replace("\n", "\r\n").encode()
    assert "1 file, 1 changed" in ran.err
    quiet = kmigrate("apply", "-", "--quiet", stdin=BEFORE.encode())
    assert (quiet.out, quiet.err, quiet.code) == (AFTER.encode(), "", 0)


@pytest.mark.parametrize("data", [b"import keras\ndef f(:\n", b"keras\0", b"", b"x = 1"])
def test_standard_input_that_cannot_be_migrated_comes_out_as_it_is(
    grow: Grow, kmigrate: Run, data: bytes
) -> None:
    grow({})
    ran = kmigrate("apply", "-", stdin=data)
    assert ran.out == data
    assert ran.code == (2 if b"keras" in data else 0)
    assert ("<stdin>:" in ran.err) == (ran.code == 2)


def test_standard_input_for_the_others(grow: Grow, kmigrate: Run) -> None:
    grow({})
    assert kmigrate("check", "-", stdin=BEFORE.encode()).text.startswith("<stdin>:1:")
    assert kmigrate("diff", "-", stdin=BEFORE.encode()).text.startswith("--- a/<stdin>\n")
    loaded = json.loads(kmigrate("check", "-", "--format", "json", stdin=BEFORE.encode()).out)
    assert loaded["files"][0]["path"] == "<stdin>"
    assert kmigrate("apply", "-", "--dry-run", stdin=b"").code == 2


def test_settings_and_exclusions_of_the_project(grow: Grow, kmigrate: Run) -> None:
    grow(
        {
            "pyproject.toml": "[tool.kmigrate]\nto = 'tf_keras'\nexclude = ['/pkg/old/']\n",
            "pkg/x.py": BEFORE,
            "pkg/old/y.py": BEFORE,
        }
    )
    for path in (".", "pkg"):
        ran = kmigrate("diff", path)
        assert "+from tf_keras.layers import Dense" in ran.text
        assert "old/y.py" not in ran.text
    assert "+from keras.layers" in kmigrate("diff", "pkg/old", "--to", "keras").text


def test_a_name_that_a_module_hands_on_is_migrated_where_it_is_used(
    grow: Grow, kmigrate: Run
) -> None:
    tree = grow(
        {
            "pkg/__init__.py": "",
            "pkg/compat.py": "from tensorflow.keras import backend as K\n",
            "pkg/use.py": "from .compat import K\n\n\ndef f(x):\n    return K.flatten(x)\n",
            "pkg/other.py": "from .elsewhere import K\n\n\ndef f(x):\n    return K.flatten(x)\n",
        }
    )
    assert kmigrate("apply", ".").code in (0, 1)
    assert "K.flatten" not in (tree / "pkg" / "use.py").read_text()
    assert "K.flatten" in (tree / "pkg" / "other.py").read_text()


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "kmigrate", *arguments],
        capture_output=True,
        check=False,
        timeout=120,
        env=os.environ | environment,
    )


def test_the_version_is_said_by_a_new_process() -> None:
    ran = run("--version")
    assert (ran.returncode, ran.stdout.decode()) == (0, f"kmigrate {__version__}\n")


def test_warnings_about_the_code_of_others_never_leak(grow: Grow) -> None:
    grow({"x.py": "import keras\nx = '\\d' is 3\nif x is 'y': pass\n"})
    ran = run("check", ".", PYTHONWARNINGS="error")
    assert (ran.returncode, ran.stderr) == (0, b"")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--select backnd", "--select backnd: no rule or group is called so; did you mean backend"),
        ("--ignore backend.flattn", "did you mean backend.flatten"),
        ("--select backend,xyzzy", "--select xyzzy"),
    ],
)
def test_rules_that_do_not_exist_are_refused(
    grow: Grow, kmigrate: Run, options: str, said: str
) -> None:
    grow({"a.py": BEFORE})
    ran = kmigrate("check", "a.py", *options.split())
    assert (ran.code, ran.out) == (2, b"")
    assert said in ran.err


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_groups_and_derived_rules_can_be_named(grow: Grow, kmigrate: Run, option: str) -> None:
    grow({"a.py": "x = 1\n"})
    ran = kmigrate("check", "a.py", option, "backend,layers,derived.name,derived,backend.flatten")
    assert (ran.code, ran.err) == (0, "")


def test_a_folder_without_python_is_said(grow: Grow, kmigrate: Run) -> None:
    grow({"docs/readme.txt": "keras"})
    ran = kmigrate("check", "docs")
    assert (ran.code, ran.out) == (0, b"")
    assert ran.err == "kmigrate: no Python files in docs\n"


def test_the_summary_stands_below_the_diff(grow: Grow) -> None:
    tree = grow({"a.py": BEFORE})
    command = [sys.executable, "-m", "kmigrate", "diff", "a.py"]
    ran = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tree, check=False, timeout=60
    )
    text = ran.stdout.decode()
    assert 0 <= text.index("--- a/a.py") < text.index("1 file, 1 would change") < text.index("Next")


HEAVY = ("libcst", "rich", "multiprocessing", "pathspec", "tomllib", "kmigrate.verify", "numpy")


@pytest.mark.parametrize(
    ("arguments", "unneeded"),
    [
        ("--version", (*HEAVY, "kmigrate.model")),
        ("check plain.py", HEAVY),
        ("check kept.py", HEAVY),
        ("check keras.py", HEAVY[1:]),
    ],
)
def test_a_small_run_imports_what_it_needs(
    grow: Grow, arguments: str, unneeded: tuple[str, ...]
) -> None:
    kept = "from keras.layers import Dense\n\nlayer = Dense(3)\n"
    tree = grow({"plain.py": "x = 1\n", "kept.py": kept, "keras.py": BEFORE})
    read_rows()  # the cache of the parsed table, which an earlier run leaves
    program = (
        "import sys; from kmigrate.cli import main; main(sys.argv[1:]); "
        "print(*sys.modules, sep='\\n', file=sys.stderr)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program, *arguments.split()],
        capture_output=True, cwd=tree, check=True, timeout=60,
    )  # fmt: skip
    assert not set(unneeded) & set(ran.stderr.decode().split())
