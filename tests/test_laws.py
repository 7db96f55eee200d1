"""What holds for every program: properties of `migrate` over generated ones."""

from __future__ import annotations

import re

import pytest
from generated import importers, in_dialect, in_keras3, in_root, modules, programs
from hypothesis import HealthCheck, Phase, given, settings
from programs import LEFT, OTHER, hold_findings, run, shown

from kmigrate.check import violations
from kmigrate.dialects import is_library
from kmigrate.migrate import survey
from kmigrate.model import Module, Outcome, Result
from kmigrate.text import SourceText

DIRECTIONS = ("keras@3", "tf.keras@2", "tf_keras", "tf")
quick = settings(
    max_examples=200,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def touched_lines(result: Result) -> set[int]:
    """The lines that a finding with a change stands on, from its first to its last."""
    return {
        line
        for finding in result.findings
        if finding.outcome is not Outcome.KEPT
        for line in range(finding.span.line, finding.span.end_line + 1)
    }


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    """Do the lines of `part` stand in `whole` in this order? The last may have got its ending."""
    remaining = (line.rstrip("\r\n") for line in whole)
    return all(line.rstrip("\r\n") in remaining for line in part)


@pytest.mark.parametrize("target", DIRECTIONS)
@quick
@given(text=programs())
def test_what_is_written_keeps_the_laws(target: str, text: str) -> None:
    result = run(text, to=target)
    assert result.after is not None, result.error
    assert violations(text, result.after) == []
    hold_findings(text, result)
    assert_untouched(text, result)
    again = run(result.after, to=target)
    assert (again.after, again.error) == (result.after, "")


def assert_untouched(text: str, result: Result) -> None:
    """Lines without a finding stand as they were, in order; new lines end as the others do."""
    touched = touched_lines(result)
    lines, after = SourceText(text).lines, SourceText(result.after or "").lines
    untouched = [line for number, line in enumerate(lines, 1) if number not in touched]
    assert is_subsequence(untouched, after)
    newline = "\r\n" if "\r\n" in text else "\n"
    assert all(line.endswith(newline) and not line.endswith("\r" + newline) for line in after[:-1])
    assert bool(touched) or result.after == text


@settings(quick, max_examples=100)
@given(text=programs())
def test_marks_add_lines_and_nothing_else(text: str) -> None:
    result = run(text, mark=True)
    assert result.after is not None, result.error
    lines = SourceText(result.after).lines
    unmarked = [line for line in lines if not line.lstrip().startswith("# TODO(kmigrate ")]
    assert "".join(unmarked) == run(text).after
    assert run(result.after, mark=True).after == result.after


@settings(quick, max_examples=100)
@given(text=programs())
def test_what_is_not_selected_or_ignored_by_comments_stays(text: str) -> None:
    assert run(text, select=("no.such.rule",)).after == text
    lines = SourceText(text).lines
    ignored = "".join(
        re.sub(r"(\r?\n|$)", r"  # kmigrate: ignore\1", line, count=1) for line in lines
    )
    result = run(ignored, to="tf_keras")
    assert result.after == ignored
    assert all(finding.ignored or finding.outcome is Outcome.KEPT for finding in result.findings)


def assert_means_the_same(before: str, result: Result) -> None:
    """Running shows the same things, under their names in Keras 3 or, where reported, as before."""
    assert result.after is not None
    old, new = shown(before), shown(result.after)
    runs = next((n for n, name in enumerate(old) if name.startswith("raised")), len(old))
    old, new = old[:runs], new[:runs]
    assert len(new) == runs, (old, new)
    left = [pair for pair in zip(old, new, strict=True) if pair[1] != in_keras3(pair[0])]
    # A flagged name stands under the target's dialect, and is missing there.
    assert all(other in (one, in_root(one)) for one, other in left), left
    assert not left or any(finding.outcome in LEFT for finding in result.findings), left


@pytest.mark.parametrize("source", ["keras@2", "tf.keras@2", "tf_keras"])
@settings(quick, max_examples=300)
@given(program=programs())
def test_programs_mean_the_same(source: str, program: str) -> None:
    text = in_dialect(program, source.partition("@")[0])
    result = run(text, to="keras@3", source=source)
    if result.after is not None:
        assert_means_the_same(text, result)


def project(offering: str, importing: str) -> tuple[Result, Result]:
    """Two modules migrated together, the second of which imports from the first."""
    offered, wanted = survey(offering, Module(OTHER)), survey(importing, Module("p"))
    exports = {f"{OTHER}.{name}": what for name, what in offered.exports.items()}
    prefix = OTHER + "."
    needed = frozenset(
        one.removeprefix(prefix) for one in wanted.imported if one.startswith(prefix)
    )
    if f"*{OTHER}" in wanted.exports:
        needed |= offered.exports.keys()
    first = run(offering, module=Module(OTHER, needed=needed))
    libraries = {name: what for name, what in exports.items() if is_library(what)}
    return first, run(importing, module=Module("p", exports=libraries))


@settings(quick, max_examples=200)
@given(offering=modules(), importing=importers())
def test_projects_mean_the_same(offering: str, importing: str) -> None:
    assert_project_means_the_same(offering, importing)


def assert_project_means_the_same(offering: str, importing: str) -> None:
    first, second = project(offering, importing)
    assert first.after is not None, first.error
    assert second.after is not None, second.error
    old, new = shown(importing, offering), shown(second.after, first.after)
    runs = next((n for n, name in enumerate(old) if name.startswith("raised")), len(old))
    for before, after in zip(old[:runs], new[:runs], strict=True):
        assert after in (before, in_keras3(before))


@pytest.mark.parametrize(
    "importing",
    [
        "from other_module import *\nshow(K.sum)\nfrom keras import backend as K\n",
        "from other_module import *\nK = k.backend\nshow(K.square(2))\nfrom keras import backend as K\n",
        "from other_module import *\nshow(K.sum)\nK = mine\nshow(K.sum)\n",
        "from other_module import K\nshow(K.sum)\ndef f(): show(K.square)\ncall(f)\n",
    ],
)
def test_projects_that_once_broke_a_law(importing: str) -> None:
    offering = "import keras as k\nfrom keras import backend as K\n"
    assert_project_means_the_same(offering, importing)


# Programs that once broke a law: where they are from, and their text.
ONCE_BROKEN = [
    ("keras@2", "def f(x):\n\tglobal J\n\tshow(J.sum(1))\n"),
    ("keras@2", "from keras import backend as K\nshow(K.sum)\nimport keras as k\n"),
    ("keras@2", "from keras.layers import core\nshow(core)\ndel core\ndef f(): return core\n"),
    (
        "keras@2",
        "from keras import layers\ndef f():\n\tshow(layers.Dense)\n"
        "\tfrom keras.layers import core\n\treturn core.Dense\ncall(f)\n",
    ),
    (
        "keras@2",
        "from keras.layers import core\ndef f():\n\tfrom keras import layers\nlayers.core\n",
    ),
    (
        "keras@2",
        "import keras.layers.core\ndef f():\n\tglobal keras\n\tshow(keras.layers)\ncall(f)\n",
    ),
    (
        "keras@2",
        "from keras.layers.core import *\nfrom keras import backend as K\n"
        "show(K.square(1))\nfrom keras import backend as K\n",
    ),
    (
        "keras@2",
        "from keras.layers.core import *\nif not flag:\n\tK = mine\n"
        "else:\n\tfrom keras import backend as K\nshow(K.sum)\n",
    ),
    (
        "tf.keras@2",
        "import tensorflow.keras.backend as K\nfrom tensorflow.keras.layers import *\n"
        "x = f'{show(K.permute_dimensions(1, (0,)))}'\n",
    ),
    (
        "tf.keras@2",
        "from tensorflow import keras\nimport tensorflow.keras.layers\n"
        "class A(keras.layers.Layer if 0 else Base):\n\tK = keras.backend\n"
        "\timport tensorflow.keras.layers\n"
        "\tdef f(self):\n\t\tself.K = mine\n\t\tshow(self.K.sum)\ncall(A().f)\n",
    ),
]


@pytest.mark.parametrize(("source", "text"), ONCE_BROKEN)
def test_programs_that_once_broke_a_law(source: str, text: str) -> None:
    for target in DIRECTIONS:
        result = run(text, to=target, source=source)
        assert result.after is not None, result.error
        assert violations(text, result.after) == []
        assert run(result.after, to=target, source=source).after == result.after
    assert_means_the_same(text, run(text, source=source))


GOOD = "from keras import backend as K\nshow(K.sum)\ndef f(K): show(K.sum)\ncall(f, mine)\n"


@pytest.mark.parametrize(
    "wrong",
    [
        "from keras import ops\nshow(K.sum)\ndef f(K): show(K.sum)\ncall(f, mine)\n",
        "from keras import ops\nshow(ops.sum)\ndef f(K): show(ops.sum)\ncall(f, mine)\n",
        "from keras import ops\nshow(ops.sum)\ndef f(K): show(K.sum)\n",
        "from keras import ops\nshow(ops.mean)\ndef f(K): show(K.sum)\ncall(f, mine)\n",
        GOOD,
    ],
    ids=["unbound", "shadowed", "not run", "another one", "not reported"],
)
def test_a_wrong_migration_is_noticed(wrong: str) -> None:
    right = run(GOOD)
    assert_means_the_same(GOOD, right)
    with pytest.raises(AssertionError):
        assert_means_the_same(GOOD, Result(GOOD, wrong, ()))
