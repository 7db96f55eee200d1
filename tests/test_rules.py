"""What the shipped rules make of the calls that real code is full of."""

import pytest

from kmigrate.migrate import migrate, resolve_direction
from kmigrate.model import Finding, Options, Outcome

K = "from keras import backend as K\n"
LAYERS = "from keras import layers\n"
MODEL = "from keras.models import Sequential\nmodel = Sequential()\n"


def migrated(text: str, source: str, target: str) -> tuple[str, tuple[Finding, ...]]:
    options = Options(sources=(source,), target=target)
    result = migrate(text, options, resolve_direction(options, {}, {}))
    assert result.after is not None, result.error
    return result.after, result.findings


def last_line(text: str, source: str, target: str) -> str:
    return migrated(text + "\n", source, target)[0].splitlines()[-1]


def rules_of(text: str, source: str, target: str, outcome: Outcome) -> set[str]:
    findings = migrated(text + "\n", source, target)[1]
    return {rule for found in findings if found.outcome is outcome for rule in found.rules}


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("K.flatten(x)", "keras.ops.reshape(x, (-1,))"),
        ("K.sum(x, axis=1, keepdims=True)", "keras.ops.sum(x, axis=1, keepdims=True)"),
        ("K.concatenate([a, b])", "keras.ops.concatenate([a, b], axis=-1)"),
        ("K.expand_dims(x)", "keras.ops.expand_dims(x, axis=-1)"),
        ("K.expand_dims(x, 0)", "keras.ops.expand_dims(x, 0)"),
        ("K.argmax(x)", "keras.ops.argmax(x, axis=-1)"),
        ("K.cumsum(x)", "keras.ops.cumsum(x, axis=0)"),
        ("K.sqrt(x)", "keras.ops.sqrt(keras.ops.maximum(x, 0.0))"),
        ("K.hard_sigmoid(x)", "keras.ops.clip(0.2 * x + 0.5, 0.0, 1.0)"),
        ("K.hard_sigmoid(x + 1)", "keras.ops.clip(0.2 * (x + 1) + 0.5, 0.0, 1.0)"),
        ("K.relu(x)", "keras.ops.relu(x)"),
        ("K.relu(x, alpha=0.1)", "keras.activations.relu(x, negative_slope=0.1)"),
        ("K.relu(x, max_value=6)", "keras.ops.relu6(x)"),
        ("K.relu(x, max_value=1)", "keras.activations.relu(x, max_value=1)"),
        ("K.clip(x, 0, 1)", "keras.ops.clip(x, 0, 1)"),
        ("K.clip(x, K.epsilon(), None)", "keras.ops.maximum(x, K.epsilon())"),
        ("K.clip(x, None, 1)", "keras.ops.minimum(x, 1)"),
        ("K.gather(w, i)", "keras.ops.take(w, i, axis=0)"),
        ("K.repeat(x, 3)", "keras.ops.repeat(keras.ops.expand_dims(x, 1), 3, axis=1)"),
        ("K.permute_dimensions(x, (0, 2, 1))", "keras.ops.transpose(x, (0, 2, 1))"),
        ("K.in_top_k(p, t, 5)", "keras.ops.in_top_k(predictions=p, targets=t, k=5)"),
        ("K.pow(x, 2)", "keras.ops.power(x, 2)"),
        ("K.pow(x, a=2)", "keras.ops.power(x, x2=2)"),
        ("K.int_shape(x)[1:]", "tuple(x.shape)[1:]"),
        ("K.arange(5)", "keras.ops.arange(5, dtype='int32')"),
        ("K.pool2d(x, (2, 2))", "keras.ops.max_pool(x, (2, 2), (1, 1), 'valid', None)"),
        ("K.get_value(v)", "keras.ops.convert_to_numpy(v)"),
        ("K.set_value(v, 3)", "v.assign(3)"),
        ("K.mean(K.square(a - b), axis=-1)", "keras.ops.mean(keras.ops.square(a - b), axis=-1)"),
        ("K.epsilon()", "K.epsilon()"),
    ],
)
def test_backend_to_ops(call: str, expected: str) -> None:
    assert last_line(f"import keras\n{K}y = {call}", "keras@2", "keras@3") == f"y = {expected}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("K.flatten(x)", "tf.reshape(x, [-1])"),
        ("K.sum(x, axis=1)", "tf.reduce_sum(x, axis=1)"),
        ("K.concatenate([a, b])", "tf.concat([a, b], axis=-1)"),
        ("K.any(x, axis=1)", 'tf.reduce_any(tf.cast(x, "bool"), axis=1)'),
        ("K.repeat_elements(x, 2, axis=1)", "tf.repeat(x, 2, axis=1)"),
        ("K.reverse(x, 1)", "tf.reverse(x, [1])"),
        ("K.one_hot(i, 3)", "tf.one_hot(i, 3)"),
        ("K.get_value(v)", "v.numpy()"),
    ],
)
def test_backend_to_raw_tensorflow(call: str, expected: str) -> None:
    text = f"import tensorflow as tf\n{K}y = {call}"
    assert last_line(text, "keras@2", "tf") == f"y = {expected}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("tf.reduce_mean(x, axis=1, name='m')", "keras.ops.mean(x, axis=1)"),
        ("tf.concat([a, b], -1)", "keras.ops.concatenate([a, b], -1)"),
        ("tf.transpose(x, perm=[1, 0])", "keras.ops.transpose(x, axes=[1, 0])"),
        ("tf.argmax(x)", "keras.ops.argmax(x, axis=0)"),
        ("tf.gather(x, i)", "keras.ops.take(x, i, axis=0)"),
        ("tf.nn.gelu(x)", "keras.ops.gelu(x, approximate=False)"),
        ("tf.range(5)", "keras.ops.arange(5)"),
        ("tf.clip_by_value(x, 0, 1)", "keras.ops.clip(x, 0, 1)"),
        ("tf.matmul(a, b)", "keras.ops.matmul(a, b)"),
        (
            "tf.matmul(a, b, transpose_b=True)",
            "keras.ops.matmul(a, keras.ops.swapaxes(b, -1, -2))",
        ),
        ("tf.identity(x)", "keras.ops.copy(x)"),
        ("tf.nn.leaky_relu(x, alpha=0.3)", "keras.ops.leaky_relu(x, negative_slope=0.3)"),
    ],
)
def test_raw_tensorflow_to_ops(call: str, expected: str) -> None:
    text = f"import keras\nimport tensorflow as tf\ny = {call}"
    assert last_line(text, "tf@2", "keras@3") == f"y = {expected}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            "layers.Convolution2D(8, 3, 3, border_mode='same', subsample=(2, 2))",
            "layers.Conv2D(8, (3, 3), padding='same', strides=(2, 2))",
        ),
        (
            "layers.Convolution2D(8, nb_row=3, nb_col=5, dim_ordering='th')",
            "layers.Conv2D(8, kernel_size=(3, 5), data_format='channels_first')",
        ),
        ("layers.MaxPooling2D(dim_ordering='default')", "layers.MaxPooling2D(data_format=None)"),
        (
            "layers.Dense(output_dim=3, init='one')",
            "layers.Dense(units=3, kernel_initializer='one')",
        ),
        ("layers.Dense(3, 'one')", "layers.Dense(3, kernel_initializer='one')"),
        ("layers.Dropout(p=0.5)", "layers.Dropout(rate=0.5)"),
        (
            "layers.LSTM(4, inner_activation='sigmoid', input_dim=2, input_length=7)",
            "layers.LSTM(4, recurrent_activation='sigmoid', input_shape=(7, 2))",
        ),
        (
            "layers.LSTM(4, inner_activation='sigmoid', input_dim=2)",
            "layers.LSTM(4, recurrent_activation='sigmoid', input_shape=(None, 2))",
        ),
        ("layers.BatchNormalization(mode=0, axis=1)", "layers.BatchNormalization(axis=1)"),
        ("layers.Embedding(9, 2, input_length=4)", "layers.Embedding(9, 2, input_shape=(4,))"),
        ("layers.TimeDistributedDense(3)", "layers.Dense(3)"),
        ("layers.merge([a, b])", "layers.add([a, b])"),
        (
            "layers.merge([a, b], mode='concat', concat_axis=1)",
            "layers.concatenate([a, b], axis=1)",
        ),
        ("layers.merge([a, b], mode='ave')", "layers.average([a, b])"),
        ("layers.BatchNormalization(mode=0)(x)", "layers.BatchNormalization()(x)"),
        (
            "layers.BatchNormalization(mode=2, axis=1)(x)",
            "layers.BatchNormalization(axis=1)(x, training=True)",
        ),
        (
            "layers.BatchNormalization(mode=m)(x)",
            "layers.BatchNormalization()(x, training=m == 2 or None)",
        ),
        (
            "layers.LSTM(3, consume_less=mode, inner_activation='sigmoid')",
            "layers.LSTM(3, implementation={'cpu': 0, 'mem': 1, 'gpu': 2}.get(mode, mode), "
            "recurrent_activation='sigmoid')",
        ),
        (
            "layers.ZeroPadding2D(dim_ordering=o.d)",
            'layers.ZeroPadding2D(data_format={"tf": "channels_last", "th": "channels_first", '
            '"default": None}.get(o.d, o.d))',
        ),
        ("layers.Embedding(9, 2, dropout=0.2)", "layers.Embedding(9, 2)"),
        ("layers.Embedding(x.max() + 1, 2)", "layers.Embedding(int(x.max() + 1), 2)"),
        ("layers.Embedding(len(x), 2)", "layers.Embedding(len(x), 2)"),
        ("layers.Dense(output_dim=np.prod(s))", "layers.Dense(units=int(np.prod(s)))"),
        ("layers.Dense(x.shape[1])", "layers.Dense(x.shape[1])"),
        ("layers.RepeatVector(np.max(n))", "layers.RepeatVector(int(np.max(n)))"),
    ],
)
def test_keras1_layers(call: str, expected: str) -> None:
    assert last_line(f"{LAYERS}y = {call}", "keras@1", "keras@3") == f"y = {expected}"


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        ("layers.BatchNormalization(mode=1)(x)", "layers.BatchNormalization.mode_other"),
        ("layers.BatchNormalization(mode=2)", "layers.BatchNormalization.mode_of_batches"),
        ("layers.BatchNormalization(mode=2)(f(x))", "layers.BatchNormalization.mode_of_batches"),
        ("layers.BatchNormalization(mode=f())(x)", "layers.BatchNormalization.mode_named"),
        ("layers.Dense(3, batch_input_shape=(1, 2))", "layers.batch_input_shape"),
        ("layers.LSTM(3, forget_bias_init='zero')", "layers.recurrent.forget_bias_init_other"),
        ("layers.merge([a, b], mode=f)", "layers.merge"),
        ("layers.ZeroPadding2D(dim_ordering=f())", "layers.ZeroPadding2D"),
        ("layers.Highway()", "layers.Highway"),
        ("layers.Merge([a, b])", "layers.Merge.called"),
    ],
)
def test_keras1_layers_without_an_equivalent(call: str, rule: str) -> None:
    text = f"{LAYERS}y = {call}"
    assert rule in rules_of(text, "keras@1", "keras@3", Outcome.FLAGGED)
    assert last_line(text, "keras@1", "keras@3") == f"y = {call}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("layers.LeakyReLU(alpha=0.1)", "layers.LeakyReLU(negative_slope=0.1)"),
        ("layers.LeakyReLU(0.1)", "layers.LeakyReLU(0.1)"),
        ("layers.ThresholdedReLU(theta=0.5)", "layers.ReLU(threshold=0.5)"),
        ("layers.BatchNormalization(fused=True)", "layers.BatchNormalization()"),
        ("layers.Conv2D(8, (3, 3), padding='same')", "layers.Conv2D(8, (3, 3), padding='same')"),
        ("layers.Dense(3, input_dim=4)", "layers.Dense(3, input_dim=4)"),
    ],
)
def test_keras2_layers(call: str, expected: str) -> None:
    assert last_line(f"{LAYERS}y = {call}", "keras@2", "keras@3") == f"y = {expected}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("model.fit(x, y, nb_epoch=5)", "model.fit(x, y, epochs=5)"),
        (
            "model.fit_generator(g, steps_per_epoch=9, epochs=3, workers=4)",
            "model.fit(g, steps_per_epoch=9, epochs=3)",
        ),
        ("model.predict_generator(generator=g, steps=2)", "model.predict(x=g, steps=2)"),
        ("model.evaluate_generator(g, 5, max_queue_size=3)", "model.evaluate(g, steps=5)"),
        ("model.predict_proba(x)", "model.predict(x)"),
        ("model.to_yaml()", "model.to_json()"),
        (
            "model.reset_states()",
            '[layer.reset_states() for layer in model.layers if getattr(layer, "stateful", False)]',
        ),
    ],
)
def test_model_methods(call: str, expected: str) -> None:
    assert last_line(MODEL + call, "keras@2", "keras@3") == expected


@pytest.mark.parametrize(
    ("loss", "is_flagged"),
    [("own", True), ("lambda y, p: y - p", True), ("'mse'", False), ("given", False)],
)
def test_labels_of_an_own_loss_keep_their_dtype(loss: str, is_flagged: bool) -> None:
    text = f"{MODEL}def own(y, p):\n    return y - p\nmodel.compile('sgd', loss={loss})"
    rule = "losses.labels_as_they_are"
    assert (rule in rules_of(text, "keras@2", "tf_keras", Outcome.FLAGGED)) is is_flagged
    assert rule not in rules_of(text, "tf.keras@2", "tf_keras", Outcome.FLAGGED)


def test_kernels_of_theano_are_turned() -> None:
    text = "from keras.utils.layer_utils import convert_all_kernels_in_model\nconvert_all_kernels_in_model(m)"
    line = last_line(text, "keras@1", "keras@3")
    assert line.startswith("[layer.kernel.assign(flip(layer.kernel, tuple(range(")
    assert " for layer in m.layers if type(layer).__name__ in (" in line


def test_a_model_is_plotted_with_the_names_that_were_the_default() -> None:
    text = "from keras.utils.visualize_util import plot\nplot(m, 'm.png')"
    expected = "plot_model(m, 'm.png', show_layer_names=True, dpi=96)"
    assert last_line(text, "keras@1", "keras@3") == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("validation_data=(a, b), nb_val_samples=n", "validation_data=(a, b)"),
        ("validation_data=pair, nb_val_samples=n", "validation_data=pair"),
        (
            "validation_data=d.flow(a, batch_size=o.size), nb_val_samples=n",
            "validation_data=d.flow(a, batch_size=o.size), validation_steps=-(-n // o.size)",
        ),
    ],
)
def test_samples_are_counted_only_of_a_generator(given: str, expected: str) -> None:
    text = f"{MODEL}pair = (a, b)\nmodel.fit_generator(g, {given})"
    assert last_line(text, "keras@1", "keras@3") == f"model.fit(g, {expected})"


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (
            "model.fit_generator(g, samples_per_epoch=9)",
            "models.Model.fit_generator.samples_per_epoch",
        ),
        ("model.save_weights(path)", "models.Model.save_weights.path"),
        ("model.save_weights(paths[0], True)", "models.Model.save_weights.path"),
        ("unknown.save_weights(options['path'])", "models.Model.save_weights.path"),
        ("model.to_yaml", "models.yaml"),
    ],
)
def test_model_methods_without_an_equivalent(call: str, rule: str) -> None:
    assert rule in rules_of(MODEL + call, "keras@2", "keras@3", Outcome.FLAGGED)
    assert last_line(MODEL + call, "keras@2", "keras@3") == call


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("optimizers.Adam(lr=0.1)", "optimizers.Adam(learning_rate=0.1)"),
        ("optimizers.Adam(lr=0.1, epsilon=None)", "optimizers.Adam(learning_rate=0.1)"),
        (
            "optimizers.SGD(lr=0.1, decay=1e-6)",
            "optimizers.SGD(learning_rate="
            "optimizers.schedules.InverseTimeDecay(0.1, decay_steps=1, decay_rate=1e-6))",
        ),
        (
            "optimizers.SGD(decay=1e-6)",
            "optimizers.SGD(learning_rate="
            "optimizers.schedules.InverseTimeDecay(0.01, decay_steps=1, decay_rate=1e-6))",
        ),
        ("optimizers.Adadelta()", "optimizers.Adadelta(learning_rate=1.0)"),
    ],
)
def test_optimizers(call: str, expected: str) -> None:
    text = f"from keras import optimizers\ny = {call}"
    assert last_line(text, "keras@2", "keras@3") == f"y = {expected}"


def test_binary_accuracy_is_averaged_over_the_last_axis() -> None:
    text = "import keras\ny = keras.metrics.binary_accuracy(a, y_pred=b, threshold=0.3)"
    call = "keras.metrics.binary_accuracy(a, b, threshold=0.3)"
    assert last_line(text, "keras@2", "keras@3") == f"y = keras.ops.mean({call}, axis=-1)"
    reference = "from keras import metrics\ny = metrics.binary_accuracy"
    assert last_line(reference, "keras@2", "keras@3") == "y = metrics.binary_accuracy"


@pytest.mark.parametrize(
    ("call", "flagged"),
    [("(x, 0)", True), ("(x, axis=0)", True), ("(x)", False), ("(x, axis=1)", False)],
)
def test_normalize_along_the_first_axis_is_flagged(call: str, flagged: bool) -> None:
    text = f"from keras.utils import normalize\ny = normalize{call}"
    found = rules_of(text, "keras@2", "keras@3", Outcome.FLAGGED)
    assert ("utils.normalize.axis" in found) is flagged
    assert last_line(text, "keras@2", "keras@3") == f"y = normalize{call}"


def test_the_state_of_an_optimizer_is_read_otherwise() -> None:
    text = "from keras.optimizers import SGD\nopt = SGD()\ny = opt.get_weights()"
    found = rules_of(text, "keras@2", "keras@3", Outcome.FLAGGED)
    assert "optimizers.Optimizer.weights" in found


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("add_weight('w', (3,))", "add_weight(name='w', shape=(3,))"),
        ("add_weight('w', shape=(3,))", "add_weight(name='w', shape=(3,))"),
        ("add_weight('w')", "add_weight(name='w')"),
        ("add_weight(name='w', shape=(3,))", "add_weight(name='w', shape=(3,))"),
    ],
)
def test_weights_are_named_by_keyword(call: str, expected: str) -> None:
    text = f"from keras.layers import Layer\nclass Mine(Layer):\n    def build(self):\n        self.{call}"
    assert last_line(text, "keras@2", "keras@3").strip() == f"self.{expected}"


def test_weights_of_keras1_lead_with_the_shape() -> None:
    text = (
        "from keras.layers import Layer\nclass Mine(Layer):\n    def build(self):\n"
        "        self.add_weight((3,), 'zero')"
    )
    after = last_line(text, "keras@1", "keras@3").strip()
    assert after == "self.add_weight(shape=(3,), initializer='zero')"


def test_reading_the_image_order_keeps_its_meaning() -> None:
    after = last_line(f"{K}y = K.image_dim_ordering() == 'th'", "keras@1", "keras@3")
    assert after == "y = K.image_data_format() == 'channels_first'"


def test_the_image_order_alone_keeps_its_words() -> None:
    after = last_line(f"{K}y = K.image_dim_ordering()", "keras@1", "keras@3")
    assert after == 'y = "th" if K.image_data_format() == "channels_first" else "tf"'


NAMED = {
    "adadelta": "Adadelta(learning_rate=1.0)",
    "adagrad": "Adagrad(learning_rate=0.01, initial_accumulator_value=0.0)",
    "adamax": "Adamax(learning_rate=0.002)",
    "nadam": "Nadam(learning_rate=0.002)",
}


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("source", ["keras@1", "keras@2"])
def test_an_optimizer_by_name_is_written_out_with_the_rate_it_had(name: str, source: str) -> None:
    text = f'{MODEL}model.compile(loss="mse", optimizer="{name}")'
    old, epsilon = ("_of_keras1", ", epsilon=1e-08)") if source == "keras@1" else ("", ")")
    assert rules_of(text, source, "keras@3", Outcome.REVIEW) == {f"optimizers.named.{name}{old}"}
    made = NAMED[name].removesuffix(")") + epsilon
    written = f'model.compile(loss="mse", optimizer=optimizers.{made})'
    assert last_line(text, source, "keras@3") == written


def test_a_name_that_a_method_needs_is_imported_once_or_found() -> None:
    text = f'{MODEL}model.compile("adamax", loss="mse")\nmodel.compile("nadam", loss="mse")\n'
    after, _ = migrated(text, "keras@2", "keras@3")
    assert after.count("import optimizers") == 1
    there = "from keras import optimizers as opt\n" + text
    after, _ = migrated(there, "keras@2", "keras@3")
    assert after.count("import") == there.count("import") and "opt.Adamax(" in after


def test_a_method_without_an_import_above_it_is_flagged() -> None:
    text = 'def f(net):\n    net.compile(optimizer="nadam", loss="mse")\n\n\nimport keras'
    assert last_line(text, "keras@2", "keras@3") == "import keras"
    assert rules_of(text, "keras@2", "keras@3", Outcome.FLAGGED) == {"optimizers.named.nadam"}


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_an_optimizer_by_name_that_learns_at_the_same_rate_is_kept(name: str) -> None:
    text = f'{MODEL}model.compile(loss="mse", optimizer="{name}")'
    assert not rules_of(text, "keras@2", "keras@3", Outcome.FLAGGED)
    other = text.replace("from keras", "from tensorflow.keras").replace(name, "adadelta")
    assert not rules_of(other, "tf.keras@2", "keras@3", Outcome.FLAGGED)


def test_old_helpers_modules() -> None:
    text = "from keras.utils import np_utils\ny = np_utils.to_categorical(y, nb_classes=3)"
    assert last_line(text, "keras@1", "keras@3") == "y = utils.to_categorical(y, num_classes=3)"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("keras.ops.argmax(x)", 'tf.argmax(tf.reshape(x, [-1]), output_type="int32")'),
        ("keras.ops.take(x, i, axis=0)", "tf.gather(x, i, axis=0)"),
        ("keras.layers.LeakyReLU(negative_slope=0.1)", "keras.layers.LeakyReLU(alpha=0.1)"),
    ],
)
def test_the_way_back_to_keras2(call: str, expected: str) -> None:
    text = f"import tensorflow as tf\nimport keras\ny = {call}"
    assert last_line(text, "keras@3", "tf_keras") == f"y = {expected}"


SHIM = """from keras.preprocessing.image import ImageDataGenerator, img_to_array
from keras.preprocessing import text
rows = ImageDataGenerator(rescale=2).flow_from_directory("d")
words = text.Tokenizer(num_words=9)
"""


def test_what_only_tf_keras_keeps_is_written_for_it_and_reviewed() -> None:
    after, findings = migrated(SHIM, "keras@2", "keras@3")
    assert after.splitlines()[:3] == [
        "from keras.preprocessing.image import img_to_array",
        "from tensorflow.keras.preprocessing.image import ImageDataGenerator",
        "from tensorflow.keras.preprocessing import text",
    ]
    outcomes = {finding.before: finding.outcome for finding in findings}
    assert outcomes["ImageDataGenerator"] is Outcome.REVIEW
    assert Outcome.FLAGGED not in outcomes.values()
    for source in ("tf.keras@2", "tf.keras@3"):
        assert migrated(after, source, "keras@3")[0] == after


@pytest.mark.parametrize("target", ["tf.keras@3", "tf_keras"])
def test_a_target_that_has_it_gets_it_under_its_own_name(target: str) -> None:
    after, findings = migrated(SHIM, "keras@2", target)
    assert "keras.preprocessing.image import ImageDataGenerator, img_to_array" in after
    assert {finding.outcome for finding in findings} <= {Outcome.KEPT, Outcome.REWRITTEN}
