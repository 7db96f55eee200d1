"""`--also tf_keras`: one text for Keras 3 and tf_keras, chosen by an import shim."""

from __future__ import annotations

import json
from typing import Any

import pytest
from conftest import Grow, Run
from programs import migrated, run

from kmigrate.migrate import resolve_direction
from kmigrate.model import Options, Outcome, Result
from kmigrate.shims import TEST
from kmigrate.verify.fixtures import DIALECTS, PLANTED, Fixture, load_fixtures

FIXTURES = load_fixtures()
K = "from keras import backend as K\n"
BEFORE = """\
from keras import backend as K
from keras.layers.core import Dense
import numpy as np
from keras.optimizers import Adam


def rmse(truth, guess):
    return K.sqrt(K.mean(K.square(guess - truth), axis=-1))


model.compile(Adam(lr=1e-3), loss=rmse)
y = Dense(3)
"""
AFTER = f"""\
import os

if {TEST}:
    from tensorflow import sqrt
    from tf_keras import backend as ops
    from tf_keras.layers import Dense
    from tf_keras.optimizers import Adam
else:
    from keras.ops import sqrt
    from keras import ops
    from keras.layers import Dense
    from keras.optimizers import Adam

import numpy as np


def rmse(truth, guess):
    return sqrt(ops.maximum(ops.mean(ops.square(guess - truth), axis=-1), 0.0))


model.compile(Adam(learning_rate=1e-3), loss=rmse)
y = Dense(3)
"""


def both(text: str, **more: Any) -> Result:
    return migrated(text, also="tf_keras", **more)


def body(result: Result) -> str:
    """What stands behind the imports."""
    assert result.after is not None
    imports, _, rest = result.after.rpartition("import ")
    return (rest.partition("\n")[2] if imports else rest).strip()


def test_a_module_runs_on_both() -> None:
    assert both(BEFORE).after == AFTER


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("K.flatten(x)", "ops.reshape(x, (-1,))"),
        ("K.permute_dimensions(x, (0, 2, 1))", "transpose(x, (0, 2, 1))"),
        ("K.gather(x, i)", "take(x, i, axis=0)"),
        ("K.pow(x, 2)", "power(x, 2)"),
        ("K.random_normal(s)", "normal(s)"),
        ("K.epsilon()", "K.epsilon()"),
        ("K.int_shape(x), K.epsilon()", "tuple(x.shape), K.epsilon()"),
        ("K.get_value(v)", "convert_to_numpy(v)"),
        ("K.eval(x)", "convert_to_numpy(x)"),
    ],
)
def test_a_function_of_the_backend_has_a_form_that_runs_on_both(before: str, after: str) -> None:
    result = both(f"{K}y = {before}\n")
    assert body(result) == f"y = {after}"
    assert Outcome.FLAGGED not in {finding.outcome for finding in result.findings}


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        ("keras.backend.dtype(x)", "write both, and choose by"),
        ("keras.backend.get_session()", "session"),
        (
            "keras.metrics.binary_accuracy(a, b)",
            "keras.ops.mean(keras.metrics.binary_accuracy(a, b)",
        ),
        ("keras.layers.LeakyReLU(alpha=0.3)", "`keras.layers.LeakyReLU(alpha=0.3)` that of"),
        ("keras.activations.hard_sigmoid(x)", "keras.ops.clip(0.2 *"),
    ],
)
def test_what_has_no_form_for_both_is_flagged_with_both(call: str, advice: str) -> None:
    source = "keras@3" if "hard_sigmoid" in call else "keras@2"
    text = f"import keras\ny = {call}\n"
    alone = run(text, source=source).findings
    result = both(text, source=source)
    flagged = [one for one in result.findings if one.outcome is Outcome.FLAGGED]
    assert [one.before for one in flagged] == [call.partition("(")[0]]
    assert body(result) == f"y = {call}"
    if "session" not in call:
        assert Outcome.FLAGGED not in {one.outcome for one in alone}
        assert flagged[0].rules[0] == "derived.both"
    assert advice in flagged[0].reason


@pytest.mark.parametrize(
    "name", ["layers.RandomShear", "losses.Dice", "ops.median", "optimizers.Muon", "random.beta"]
)
def test_what_only_keras_3_has_is_flagged(name: str) -> None:
    text = f"import keras\ny = keras.{name}\n"
    findings = both(text, source="keras@3").findings
    assert [one.outcome for one in findings][1:] == [Outcome.FLAGGED]
    assert run(text, source="keras@3").findings[1].outcome is Outcome.KEPT


def test_what_a_shim_gives_is_not_reached_through_the_package() -> None:
    text = "import keras\ny = keras.ops.mean(x), keras.ops.sqrt(x), keras.layers.Dense(1)\n"
    result = both(text, source="keras@3")
    assert body(result) == "y = ops.mean(x), sqrt(x), keras.layers.Dense(1)"
    assert run(text, source="keras@3").after == text


def test_what_to_check_is_said_once() -> None:
    text = "from keras import ops\ny = ops.argmax(x, axis=-1)\n"
    first = both(text, source="keras@3")
    assert first.after is not None
    assert [one.outcome for one in first.findings] == [Outcome.REWRITTEN, Outcome.REVIEW]
    second = both(first.after, source="keras@3")
    assert {one.outcome for one in second.findings} == {Outcome.KEPT}


def test_tensorflow_gives_tf_keras_of_either() -> None:
    text = "import tensorflow as tf\nfrom tensorflow.keras.layers import Dense\n"
    text += "y = Dense(3), tf.keras.backend.mean(x)\n"
    result = both(text, to="tf.keras", source="tf.keras@2")
    assert result.after is not None
    assert "    from tensorflow.keras import backend as ops\nelse:\n" in result.after
    assert "\nfrom tensorflow.keras.layers import Dense\n" in result.after
    assert "tf_keras" not in result.after
    untouched = text.replace("tf.keras.backend.mean(x)", "tf.nn.relu(x)")
    assert both(untouched, to="tf.keras", source="tf.keras@2").after == untouched


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\ny = np.mean(x)\n",
        "from mine import keras\ny = keras.layers.Dense(1)\n",
        "from keras.layers import Dense  # kmigrate: ignore\ny = Dense(1)\n",
        "try:\n    import keras\nexcept ImportError:\n    from tensorflow import keras\ny = keras.Model\n",
    ],
)
def test_what_needs_no_shim_is_left(text: str) -> None:
    assert both(text, source="keras@3").after == text


@pytest.mark.parametrize("given", [{"ignore": ("derived.both",)}, {"select": ("optimizers",)}])
def test_a_selection_may_leave_out_the_shims(given: dict[str, Any]) -> None:
    text = "from keras.optimizers import Adam\ny = Adam(lr=1)\n"
    assert both(text, **given).after == text.replace("lr=", "learning_rate=")


@pytest.mark.parametrize(
    ("to", "also", "reason"),
    [
        ("keras", "keras", "that is what --to keras@3 writes"),
        ("tf.keras", "tf.keras@3", "that is what --to tf.keras@3 writes"),
        ("keras", "torch", "no such dialect; --also takes tf_keras"),
        ("keras", "tf", "give --to keras --also tf_keras, or"),
        ("tf_keras", "keras", "give --to keras --also tf_keras, or"),
        ("tf.keras@2", "tf_keras", "give --to keras --also tf_keras, or"),
    ],
)
def test_options_that_contradict_are_refused(to: str, also: str, reason: str) -> None:
    with pytest.raises(ValueError, match="--also") as refused:
        resolve_direction(Options(target=to, also=also), {}, {})
    assert reason in str(refused.value)


def test_the_command_line_and_the_project_say_so(grow: Grow, kmigrate: Run) -> None:
    grow({"pyproject.toml": '[tool.kmigrate]\nalso = "tf_keras"\n', "a.py": BEFORE})
    options = ("--from", "keras@2", "--quiet", "--format", "json")
    document = json.loads(kmigrate("check", "a.py", *options).text)
    assert (document["to"], document["also"]) == ("keras@3", "tf_keras")
    totals = document["totals"]
    outcomes = ("kept", "rewritten", "review", "flagged", "unresolved")
    assert totals["references"] == sum(totals[outcome] for outcome in outcomes)
    assert "+    from tf_keras.layers import Dense" in kmigrate("diff", "a.py", *options[:2]).text
    ran = kmigrate("check", "a.py", "--also", "keras")
    assert (ran.code, "leave out --also" in ran.err) == (2, True)


def test_modules_of_a_package_stay_together(grow: Grow, kmigrate: Run) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/compat.py": "import keras\nfrom keras import backend as K\n",
        "pkg/net.py": "from .compat import K, keras\ny = keras.layers.Dense(1), K.sum(x)\n",
    }
    tree = grow(files)
    options = ("--from", "keras@2", "--also", "tf_keras", "--quiet")
    kmigrate("apply", "pkg", *options)
    once = {name: (tree / name).read_text() for name in files}
    assert TEST in once["pkg/compat.py"]
    assert "y = keras.layers.Dense(1), ops.sum(x)\n" in once["pkg/net.py"]
    kmigrate("apply", "pkg", *options)
    assert {name: (tree / name).read_text() for name in files} == once


@pytest.mark.parametrize("fixture", FIXTURES, ids=lambda one: one.name)
def test_every_fixture_keeps_the_laws(fixture: Fixture) -> None:
    newest = [name for name in fixture.programs if name not in (PLANTED, "tf", "keras1")][-1]
    dialect = DIALECTS[newest]
    result = both(fixture.programs[newest], source=dialect.surface)
    assert result.error == ""
