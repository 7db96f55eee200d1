"""What layers and programs of other people do inside: phases, sizes that are tensors, saved models."""

from __future__ import annotations

import pytest
from programs import migrated

HEAD = "import keras\nfrom keras import backend as K\n"
CALL = (
    HEAD
    + "def call(self, x, training=None):\n    def noised():\n        return x + 1\n    return {}\n"
)
SAVED = "import keras\nm = keras.Sequential()\nm.compile('sgd', {})\nm.save('a.h5')\n"
LOADED = "import keras\n{}keras.models.load_model('a.h5'{})\n"


def last(text: str, target: str = "keras@3") -> str:
    after = migrated(text, source="keras@2.2.4", to=target).after or text
    return after.rstrip().rpartition("\n")[2].strip()


@pytest.mark.parametrize(
    ("phase", "after"),
    [
        ("K.in_train_phase(noised, x, training=training)", "noised() if training else x"),
        ("K.in_train_phase(x * 2, noised, training)", "(x * 2) if training else noised()"),
        ("K.in_train_phase(lambda: 2, x, training)", "(lambda: 2)() if training else x"),
        ("K.in_test_phase(noised, x, training=training)", "x if training else noised()"),
        ("K.in_train_phase(noised, x)", None),
        ("K.in_train_phase(noised, x, training=None)", None),
        ("K.in_train_phase(self.noised, x, training=training)", None),
    ],
)
def test_a_phase_is_the_training_of_the_call(phase: str, after: str | None) -> None:
    found = migrated(CALL.format(phase), source="keras@2.2.4")
    assert last(CALL.format(phase)) == f"return {after or phase}"
    outcome = "review" if after else "flagged"
    assert [one.outcome for one in found.findings if "_phase" in one.before] == [outcome]


def test_a_name_that_is_a_function_in_one_case_alone_is_not_called() -> None:
    text = CALL.format("K.in_train_phase(noised, x, training)")
    text = text.replace("    def noised():", "    noised = 1\n    def noised():")
    assert "K.in_train_phase(noised, x, training)" in (migrated(text).after or text)


@pytest.mark.parametrize(
    ("size", "after"),
    [
        ("K.arange(n)", "K.arange(0, n)"),
        ("K.arange(n, dtype='int64')", "K.arange(0, n, dtype='int64')"),
        ("K.arange(3)", "K.arange(3)"),
        ("K.arange(1, n)", "K.arange(1, n)"),
        ("K.zeros((n, 2)) + K.eye(2)", "tf.zeros((n, 2)) + K.eye(2)"),
        ("K.ones(K.shape(x))", "tf.ones(K.shape(x))"),
        ("K.zeros((3, 2))", "K.zeros((3, 2))"),
        ("K.abs(K.ones((2, m)))", "K.abs(K.ones((2, m)))"),
    ],
)
def test_a_size_that_is_a_tensor_goes_past_what_tf_keras_compares(size: str, after: str) -> None:
    assert (
        last(f"{HEAD}def f(x):\n    n = K.shape(x)[1]\n    return {size}", "tf_keras")
        == f"return {after}"
    )


@pytest.mark.parametrize(
    ("tiled", "after"),
    [
        ("K.tile(x, [1, n])", "keras.ops.tile(x, [1, n])"),
        (
            "K.tile(x, K.stack([1, n]))",
            "keras.ops.tile(x, keras.ops.unstack(keras.ops.stack([1, n])))",
        ),
        ("K.tile(x, (2, 1))", "keras.ops.tile(x, (2, 1))"),
        ("K.map_fn(f, x, dtype='int32')", "keras.ops.map(f, x)"),
    ],
)
def test_what_keras_ops_take_otherwise(tiled: str, after: str) -> None:
    assert last(f"{HEAD}def f(x, n):\n    return {tiled}") == f"return {after}"


@pytest.mark.parametrize(
    ("loss", "after"),
    [
        ("'mse'", "'mean_squared_error'"),
        ('loss={"a": "mae", "b": "hinge"}', 'loss={"a": "mean_absolute_error", "b": "hinge"}'),
        ("loss=['mse', 'MSE']", "loss=['mean_squared_error', 'mean_squared_error']"),
        ("'mean_squared_error', metrics=['mse']", "'mean_squared_error', metrics=['mse']"),
        ("loss=loss", "loss=loss"),
    ],
)
def test_a_model_that_is_saved_is_compiled_by_long_names(loss: str, after: str) -> None:
    assert f"('sgd', {after})" in (migrated(SAVED.format(loss)).after or SAVED.format(loss))
    unsaved = SAVED.format(loss).replace("m.save", "print")
    assert migrated(unsaved).after == unsaved


@pytest.mark.parametrize(
    ("made", "mode"), [("keras.layers.Lambda(abs)\n", ", safe_mode=False"), ("", "")]
)
def test_a_file_with_a_lambda_loads_as_it_did(made: str, mode: str) -> None:
    assert migrated(LOADED.format(made, "")).after == LOADED.format(made, mode)


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "from keras import backend as K\nK.tf.nn.relu(x)",
            "import tensorflow as tf\ntf.nn.relu(x)",
        ),
        (
            "from keras.backend import tf\ntf.nn.relu(x)",
            "import tensorflow\ntensorflow.nn.relu(x)",
        ),
    ],
)
@pytest.mark.parametrize("to", ["keras@3", "tf_keras"])
def test_tensorflow_behind_keras_is_imported_by_itself(text: str, after: str, to: str) -> None:
    assert migrated(text, source="keras@2.2.4", to=to).after == after


def test_tensorflow_1_behind_keras_is_migrated_or_flagged() -> None:
    text = "from keras import backend as K\nK.tf.log(x)\nK.tf.Session()\n"
    both = migrated(text, source="keras@2.2.4,tf@1", to="tf_keras")
    assert "log(x)" in (both.after or "") and "K.tf.log" not in (both.after or "")
    alone = migrated(text, source="keras@2.2.4", to="tf_keras")
    assert alone.after == both.after


def test_tensorflow_1_is_flagged_beside_a_keras_that_is_only_imported() -> None:
    found = migrated("import tensorflow as tf\nimport keras\ntf.Session().run(x)\ntf.sin(1.0)\n")
    flagged = [one.before for one in found.findings if one.outcome == "flagged"]
    assert flagged == ["tf.Session"]


@pytest.mark.parametrize(("end", "spoken"), [(".h5", True), (".keras", False)])
def test_a_file_that_may_not_load_is_told_by_the_end_of_its_path(end: str, spoken: bool) -> None:
    text = f"import keras\npath = '%f{end}' % x\nkeras.models.load_model(path)\n"
    found = migrated(text, source="keras@2.2.4").findings
    assert any("models.load_model.short_names" in one.rules for one in found) is spoken


@pytest.mark.parametrize(
    ("fit", "after"),
    [
        ("m.fit(x, [0, 1])", "m.fit(x, keras.ops.array([0, 1]))"),
        ("m.fit(x, y=labels)", "m.fit(x, y=keras.ops.array(labels))"),
        ("m.predict(rows)", "m.predict([keras.ops.array(one) for one in rows])"),
        ("m.predict([a, b])", "m.predict([a, b])"),
        ("m.fit(x, [])", "m.fit(x, [])"),
        ("m.fit(x, np.array(labels))", "m.fit(x, np.array(labels))"),
    ],
)
def test_plain_lists_become_arrays(fit: str, after: str) -> None:
    head = "import keras\nm = keras.Sequential()\nlabels = [1, 0]\nrows = [[1.0, 2], [3, 4]]\n"
    assert migrated(head + fit, source="keras@2.2.4").after == head + after


@pytest.mark.parametrize("given", ["generator=g(), steps_per_epoch=3", "g(), steps_per_epoch=3"])
def test_a_generator_is_called_as_fit_calls_it(given: str) -> None:
    before = f"import keras\nm = keras.Sequential()\nm.fit_generator({given})\n"
    after = given.replace("generator=", "x=")
    assert last(before) == f"m.fit({after})"
