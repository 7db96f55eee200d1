"""One text through `migrate`: what the options select, and what holds a file back."""

from __future__ import annotations

import pytest
from programs import migrated, run, tally

from kmigrate.migrate import mentions, migrate, resolve_direction
from kmigrate.model import Options, Outcome, Unreadable

TEXT = """\
from keras import backend as K
from keras.layers.core import Dense
x = K.flatten(y)
z = K.sum(Dense(3)(x))
K.get_session()
"""
IMPORTS = "from keras import backend as K\nfrom keras import ops\nfrom keras.layers import Dense\n"
SESSION = "K.get_session()\n"


# --- --select and --ignore ---


@pytest.mark.parametrize(
    ("given", "flattens", "sums"),
    [
        ({}, True, True),
        ({"select": ("backend",)}, True, True),
        ({"select": ("backend.flatten",)}, True, False),
        ({"select": ("backend.sum", "backend.flatten")}, True, True),
        ({"select": ("backend.flat",)}, False, False),
        ({"select": ("layers",)}, False, False),
        ({"ignore": ("backend",)}, False, False),
        ({"ignore": ("backend.sum",)}, True, False),
        ({"ignore": ("back",)}, True, True),
        ({"select": ("backend",), "ignore": ("backend.flatten",)}, False, True),
    ],
)
def test_rules_are_selected_by_prefix(
    given: dict[str, tuple[str, ...]], flattens: bool, sums: bool
) -> None:
    lines = (migrated(TEXT, **given).after or "").splitlines()
    assert ("x = ops.reshape(y, (-1,))" in lines) == flattens
    assert ("x = K.flatten(y)" in lines) == (not flattens)
    assert ("z = ops.sum(Dense(3)(x))" in lines) == sums
    assert ("from keras import ops" in lines) == (flattens or sums)
    assert "from keras import backend as K" in lines


def test_derived_names_are_a_group_too() -> None:
    text = "import keras\nx = keras.layers.core.Dense(keras.backend.sum(y))\n"
    after = "import keras\nx = keras.layers.core.Dense(keras.ops.sum(y))\n"
    assert migrated(text, ignore=("derived",)).after == after
    assert migrated(text, select=("backend",)).after == after
    after = "import keras\nx = keras.layers.Dense(keras.backend.sum(y))\n"
    assert migrated(text, select=("derived.name",)).after == after


def test_ignored_findings_say_so_and_do_not_count() -> None:
    result = migrated(TEXT, ignore=("backend",))
    ignored = {rule for finding in result.findings if finding.ignored for rule in finding.rules}
    assert ignored == {"backend.flatten", "backend.sum", "backend.get_session"}
    assert tally(result) == {"kept": 2, "changed": 1}


# --- comments ---


@pytest.mark.parametrize(
    "comment",
    [
        "# kmigrate: ignore",
        "#kmigrate:ignore",
        "# why # kmigrate: ignore",
        "# kmigrate: ignore[backend]",
        "# kmigrate: ignore[backend.flatten]",
        "# kmigrate: ignore[layers, backend.flatten]",
        "# kmigrate: ignore[backend] because",
    ],
)
def test_a_comment_on_the_line_suppresses(comment: str) -> None:
    text = f"import keras\nx = keras.backend.flatten(y)  {comment}\n"
    result = migrated(text + "z = keras.backend.flatten(y)\n")
    assert result.after == text + "z = keras.ops.reshape(y, (-1,))\n"
    assert [finding.ignored for finding in result.findings] == [False, True, False]


@pytest.mark.parametrize(
    "comment",
    [
        "# kmigrate: ignore[layers]",
        "# kmigrate: ignore[backend.flat]",
        "# kmigrate ignore",
        "# ignore",
    ],
)
def test_another_comment_suppresses_nothing(comment: str) -> None:
    text = f"import keras\nx = keras.backend.flatten(y)  {comment}\n"
    after = f"import keras\nx = keras.ops.reshape(y, (-1,))  {comment}\n"
    assert migrated(text).after == after


def test_a_comment_in_a_string_is_none() -> None:
    text = "import keras\nx = '# kmigrate: ignore', keras.backend.sum(y)\n"
    after = "import keras\nx = '# kmigrate: ignore', keras.ops.sum(y)\n"
    assert migrated(text).after == after


@pytest.mark.parametrize("target", ["keras@3", "tf_keras"])
def test_a_comment_on_an_import_leaves_it(target: str) -> None:
    text = "from keras.layers.core import Dense  # kmigrate: ignore\nx = Dense(3)\n"
    result = migrated(text, to=target)
    assert result.after == text
    assert tally(result).get("changed", 0) == 0


@pytest.mark.parametrize(
    "call",
    [
        "keras.backend.flatten(  # kmigrate: ignore\n    y)",
        "keras.backend.flatten(\n    y)  # kmigrate: ignore",
    ],
)
def test_a_comment_on_either_end_of_a_call_suppresses(call: str) -> None:
    text = f"import keras\nx = {call}\n"
    assert migrated(text).after == text


# --- --safe-only ---


def test_safe_only_leaves_what_a_person_must_check() -> None:
    text = "import keras\nx = keras.layers.core.LeakyReLU(0.3)\nm = keras.Sequential()\nm.fit_generator(g)\n"
    careful = migrated(text, safe_only=True)
    for finding in careful.findings:
        changed = finding.after or finding.outcome is Outcome.REWRITTEN
        assert not (changed and finding.outcome is Outcome.REVIEW), finding
    reviewed = [f for f in migrated(text).findings if f.outcome is Outcome.REVIEW]
    after = careful.after or ""
    assert all(finding.before in after for finding in reviewed)


def test_safe_only_leaves_names_in_strings() -> None:
    text = "import importlib\nx = importlib.import_module('keras.layers.core')\n"
    assert migrated(text).after != text
    assert migrated(text, safe_only=True).after == text


# --- which API the source is ---


def test_what_the_file_shows_settles_the_source() -> None:
    text = "from keras import backend as K\nx = K.sum(y)\n"
    proof = "from keras.layers.core import Dense\n"
    result = migrated(proof + text, source="auto")
    assert result.after == "from keras.layers import Dense\nfrom keras import ops\nx = ops.sum(y)\n"


def test_code_of_the_target_is_left_alone() -> None:
    text = "import keras\nx = keras.ops.sum(y)\nm = keras.Sequential([keras.layers.Dense(3)])\n"
    for source in ("auto", "keras@3"):
        result = migrated(text, source=source)
        assert (result.after, tally(result)) == (text, {"kept": 4})


def test_another_run_with_the_same_source_finds_nothing_new() -> None:
    text = "import keras\nx = keras.backend.flatten(y)\nz = keras.layers.core.Dense(3)\n"
    again = migrated(migrated(text).after or "")
    assert tally(again) == {"kept": 3}


def test_what_differs_between_possible_sources_is_asked_about() -> None:
    text = "from keras import optimizers\nx = optimizers.Adadelta()\n"
    result = migrated(text, source="auto")
    assert (result.after, tally(result)) == (text, {"kept": 1, "left": 1})
    assert result.findings[-1].outcome is Outcome.UNRESOLVED
    assert "--from" in result.findings[-1].reason
    proof = "from keras.layers.core import Dense\n"
    settled = [migrated(text).after, migrated(proof + text, source="auto").after]
    assert all((after or "").endswith("Adadelta(learning_rate=1.0)\n") for after in settled)
    assert migrated(text, source="keras@3").after == text


# --- what can be read ---


def test_nothing_is_done_to_a_text_without_the_libraries() -> None:
    text = "import numpy as np\nx = np.sum(K.sum(y))\n"
    result = migrated(text)
    assert (result.after, result.findings) == (text, ())


@pytest.mark.parametrize("text", ["", "\n", "# keras", "'keras'", "import keras"])
def test_nearly_empty_texts(text: str) -> None:
    assert migrated(text).after == text


@pytest.mark.parametrize(
    ("text", "line"),
    [("import keras\nprint 1\n", 2), ("import keras\n  x = 1\n", 2), ("keras = (\n", 1)],
)
def test_what_is_no_python_is_refused_with_its_place(text: str, line: int) -> None:
    with pytest.raises(Unreadable, match="not Python") as caught:
        run(text)
    assert caught.value.line == line


@pytest.mark.parametrize(
    "text", ["x = " + "(" * 3000 + ")" * 3000, "x = " + "1 + " * 100_000 + "1"]
)
def test_what_is_nested_too_deeply_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match=r"nested|parenthes"):
        run("import keras\n" + text + "\n")


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"import keras", True),
        (b"import tf_keras", True),
        (b"import tensorflow as tf", True),
        (b"KERAS = 1", False),
        (b"import numpy", False),
        (b"", False),
    ],
)
def test_files_that_mention_no_library_need_not_be_parsed(data: bytes, found: bool) -> None:
    assert mentions(data) == found


def test_migrating_is_pure() -> None:
    options = Options(sources=("keras@2",))
    direction = resolve_direction(options, {}, {})
    assert migrate(TEXT, options, direction) == migrate(TEXT, options, direction)


def test_a_method_that_is_gone_is_said_of_an_unknown_receiver() -> None:
    result = run("from keras import backend as K\ny = thing.get_output_shape_at(-1)\n")
    flagged = [f for f in result.findings if f.outcome is Outcome.FLAGGED]
    assert [(f.symbol.rpartition(".")[2], f.span.line) for f in flagged] == [
        ("get_output_shape_at", 2)
    ]


def test_a_method_known_by_its_name_alone_is_no_review_where_nothing_changes() -> None:
    result = run("from keras import backend as K\nthing.fit_generator(g)\n", to="tf_keras")
    assert not any(f.symbol.endswith("fit_generator") for f in result.findings)
