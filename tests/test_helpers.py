"""Internal helpers of old Keras that programs import, written in plain Python."""

from __future__ import annotations

import pytest
from programs import migrated

from kmigrate.model import Outcome

HELPERS = "from keras.utils.generic_utils import {}\n"
LISTED = "(lambda x: x if isinstance(x, list) else [x])"
ALL = "any(parameter.kind is parameter.VAR_KEYWORD or parameter.name == 'a' for parameter in inspect.signature(f).parameters.values())"


@pytest.mark.parametrize("target", ["keras@3", "tf_keras"])
@pytest.mark.parametrize(
    ("name", "call", "after"),
    [
        ("to_list", "to_list(f(x))", f"{LISTED}(f(x))"),
        ("to_list", "to_list(x) + y", f"{LISTED}(x) + y"),
        ("unpack_singleton", "unpack_singleton(x)", "(lambda x: x[0] if len(x) == 1 else x)(x)"),
    ],
)
def test_a_helper_needs_no_import(target: str, name: str, call: str, after: str) -> None:
    text = "from keras.layers import Dense\n" + HELPERS.format(name) + f"{call}\n"
    result = migrated(text, source="keras@2.2.4", to=target).after
    root = "keras" if target == "keras@3" else "tf_keras"
    assert result == f"from {root}.layers import Dense\n{after}\n"


@pytest.mark.parametrize(
    ("call", "after"),
    [
        ("has_arg(f, 'a')", "'a' in inspect.signature(f).parameters"),
        ("not has_arg(f, 'a')", "not ('a' in inspect.signature(f).parameters)"),
        ("has_arg(f, 'a', accept_all=True)", ALL),
    ],
)
def test_has_arg_asks_inspect(call: str, after: str) -> None:
    text = HELPERS.format("has_arg") + f"x = {call}\n"
    assert migrated(text, source="keras@2.2.4").after == f"import inspect\nx = {after}\n"


def test_a_module_that_is_imported_already_is_used() -> None:
    text = "import inspect\n" + HELPERS.format("has_arg") + "x = has_arg(f, n)\n"
    after = migrated(text, source="keras@2.2.4").after
    assert after == "import inspect\nx = n in inspect.signature(f).parameters\n"


def test_a_name_that_is_taken_is_not_used_for_the_module() -> None:
    text = HELPERS.format("has_arg") + "def g(f, inspect):\n    return has_arg(f, inspect)\n"
    after = migrated(text, source="keras@2.2.4").after or ""
    assert after.startswith("import inspect as inspect_2\n")
    assert "return inspect in inspect_2.signature(f).parameters" in after


def test_what_is_not_known_stays() -> None:
    text = HELPERS.format("has_arg, slice_arrays") + "has_arg(f, 'a', b)\nslice_arrays(x, 1, 2)\n"
    result = migrated(text, source="keras@2.2.4")
    assert result.after == text
    assert all(one.outcome is Outcome.FLAGGED for one in result.findings)


@pytest.mark.parametrize("target", ["keras@3", "tf_keras"])
def test_yaml_of_models_becomes_json(target: str) -> None:
    text = "from keras.models import Sequential, model_from_yaml\n"
    text += "m = Sequential()\nm = model_from_yaml(m.to_yaml())\n"
    after = migrated(text, source="keras@2.2.4", to=target).after or ""
    assert "model_from_yaml" not in after
    assert after.endswith("m = model_from_json(m.to_json())\n")


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("c['batch_input_shape'] = s", "c['input_shape'] = s[1:]"),
        ("c['batch_input_shape'] = (2,) + s", "c['input_shape'] = ((2,) + s)[1:]"),
        ("c['batch_size'] = s", "c['batch_size'] = s"),
        ("d['batch_input_shape'] = s", "d['batch_input_shape'] = s"),
        ("print(c['batch_input_shape'])", "print(c['batch_input_shape'])"),
    ],
)
def test_a_shape_in_the_config_of_a_layer(line: str, after: str) -> None:
    head = "from keras.layers import Dense\nc = Dense(2).get_config()\n"
    result = migrated(head + line, source="keras@2.2.4")
    assert result.after == head + after
    kept = migrated(head + line, source="keras@2.2.4", to="tf_keras").after or ""
    assert kept.endswith(line)


def test_hard_sigmoid_is_written_out_where_it_is_called() -> None:
    text = "from keras import activations\nx = activations.hard_sigmoid(y + 1)\n"
    after = migrated(text, source="keras@2.2.4").after or ""
    assert "x = ops.clip(0.2 * (y + 1) + 0.5, 0.0, 1.0)\n" in after
    value = "from keras import activations\nf = activations.hard_sigmoid\n"
    result = migrated(value, source="keras@2.2.4")
    assert result.after == value
    assert Outcome.FLAGGED in {one.outcome for one in result.findings}


@pytest.mark.parametrize("name", ["binary_accuracy", "top_k_categorical_accuracy"])
@pytest.mark.parametrize("head", ["from keras.metrics import {}\n", "from keras import metrics\n"])
def test_a_mean_that_is_written_around_a_metric_is_not_written_twice(name: str, head: str) -> None:
    called = name if "{}" in head else f"metrics.{name}"
    after = migrated(f"{head.format(name)}x = {called}(a, b)\n", source="keras@2.2.4").after or ""
    assert after.count("mean(") == 1


def test_keras_2_3_gives_top_k_for_each_sample_already() -> None:
    text = "from keras.metrics import top_k_categorical_accuracy\nx = top_k_categorical_accuracy(a, b)\n"
    assert migrated(text, source="keras@2.3").after == text


def test_a_function_of_the_backend_that_nothing_calls_is_the_one_its_calls_become() -> None:
    head = "from keras import backend as K\nfrom keras.layers import Dense\n"
    result = migrated(f"{head}Dense(3, activation=K.relu)\n", source="keras@2.2.4")
    assert (result.after or "").endswith("Dense(3, activation=ops.relu)\n")
    assert Outcome.REVIEW in {one.outcome for one in result.findings}
    flagged = migrated(f"{head}Dense(3, activation=K.flatten)\n", source="keras@2.2.4")
    assert (flagged.after or "").endswith("Dense(3, activation=K.flatten)\n")


@pytest.mark.parametrize(("layer", "count"), [("GRU", 1), ("LSTM", 1), ("SimpleRNN", 0)])
def test_an_identity_for_every_gate_is_said(layer: str, count: int) -> None:
    text = f"from keras.layers import {layer}\n{layer}(3, recurrent_initializer='identity')\n"
    result = migrated(text, source="keras@2.3", to="tf_keras")
    assert sum("numpy.tile" in one.reason for one in result.findings) == count


def test_the_reductions_of_2_3_are_those_of_losses() -> None:
    text = "from keras.utils import losses_utils\nx = losses_utils.Reduction.SUM\n"
    after = migrated(text, source="keras@2.3", to="tf_keras").after or ""
    assert "losses_utils" not in after
    assert after.endswith("Reduction.SUM\n")


VALIDATED = """\
from keras.callbacks import Callback
class A(Callback):
    {}
    def on_epoch_end(self, epoch, logs=None):
        x = self.validation_data[0]
"""


@pytest.mark.parametrize("target", ["keras@3", "tf_keras"])
@pytest.mark.parametrize(
    ("line", "count"), [("n = 1", 1), ("def __init__(self, data): self.validation_data = data", 0)]
)
def test_validation_data_that_keras_gave_a_callback(target: str, line: str, count: int) -> None:
    result = migrated(VALIDATED.format(line), source="keras@2.2.4", to=target)
    said = [one for one in result.findings if "validation data" in one.reason]
    assert [one.outcome for one in said] == [Outcome.FLAGGED] * count


def test_batches_are_counted_out_in_place() -> None:
    text = "from keras.engine.training_utils import make_batches\nx = make_batches(f(y), 3)\n"
    after = migrated(text, source="keras@2.2.4").after or ""
    assert "import" not in after
    assert after.endswith("for start in range(0, size, step)])(f(y), 3)\n")
