"""Keys of logs and histories: they follow what compile() calls the metric."""

import pytest
from programs import migrated

COMPILED = "from keras.callbacks import ModelCheckpoint\nm.compile('sgd', 'mse', metrics=[{}])\n"


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("h.history['acc']", "h.history['accuracy']"),
        ('h.history["val_acc"]', 'h.history["val_accuracy"]'),
        ("logs.get('acc', 0)", "logs.get('accuracy', 0)"),
        ("'val_acc' in logs", "'val_accuracy' in logs"),
        ("a = h.history\na['acc']", "a = h.history\na['accuracy']"),
        (
            "ModelCheckpoint('{epoch:02d}-{val_acc:.2f}.h5')",
            "ModelCheckpoint('{epoch:02d}-{val_accuracy:.2f}.h5')",
        ),
        ("h.history['loss']", "h.history['loss']"),
        ("other['acc']", "other['acc']"),
        ("print('acc')", "print('acc')"),
        ("x.get('acc')", "x.get('acc')"),
        ("'{val_accuracies}'", "'{val_accuracies}'"),
        ("h.history[f'acc']", "h.history[f'acc']"),
    ],
)
@pytest.mark.parametrize("source", ["keras@2.2.4", "keras@1"])
def test_keys_are_called_as_the_metric_is(line: str, after: str, source: str) -> None:
    before = COMPILED.format("'accuracy'")
    assert migrated(before + line, source=source).after == before + after


@pytest.mark.parametrize("line", ["h.history['acc']", "ModelCheckpoint('a.h5', monitor='val_acc')"])
@pytest.mark.parametrize("metric", ["'acc'", "'mse', 'acc'"])
def test_a_metric_that_is_called_acc_keeps_its_key(line: str, metric: str) -> None:
    before = COMPILED.format(metric) + line
    assert migrated(before, source="keras@2.2.4").after == before


def test_code_of_tf_keras_changes_only_where_compile_says_accuracy() -> None:
    text = COMPILED.replace("keras", "tensorflow.keras") + "h.history['val_acc']"
    for metric, key in (("'accuracy'", "'val_accuracy'"), ("metric", "'val_acc'")):
        assert f"history[{key}]" in (migrated(text.format(metric), source="tf.keras@2").after or "")


@pytest.mark.parametrize(
    ("line", "after"),
    [
        ("h.history['lr']", "h.history['learning_rate']"),
        ("logs.get('lr')", "logs.get('learning_rate')"),
        ("self.history.setdefault('lr', [])", "self.history.setdefault('learning_rate', [])"),
        ("logs.update({'lr': 1, 'x': 2})", "logs.update({'learning_rate': 1, 'x': 2})"),
        (
            "h = DataFrame(m.history)\nh['lr']",
            "h = DataFrame(m.history)\nh['learning_rate']",
        ),
        ("ModelCheckpoint('{lr:.2f}.keras')", "ModelCheckpoint('{learning_rate:.2f}.keras')"),
        (
            "ModelCheckpoint('a.keras')\nprint('{lr}'.format(**logs))",
            "ModelCheckpoint('a.keras')\nprint('{learning_rate}'.format(**logs))",
        ),
        (
            "ModelCheckpoint('a.keras')\nprint('{lr}'.format(lr=1))",
            "ModelCheckpoint('a.keras')\nprint('{lr}'.format(lr=1))",
        ),
        ("history = {'lr': []}\nhistory['lr']", "history = {'lr': []}\nhistory['lr']"),
        ("config['lr']", "config['lr']"),
        ("config.update({'lr': 1})", "config.update({'lr': 1})"),
    ],
)
@pytest.mark.parametrize("source", ["keras@2.2.4", "keras@1"])
def test_the_learning_rate_is_logged_under_its_whole_name(
    line: str, after: str, source: str
) -> None:
    before = COMPILED.format("'accuracy'")
    assert migrated(before + line, source=source).after == before + after


def test_tf_keras_goes_on_logging_lr() -> None:
    text = COMPILED.replace("keras", "tf_keras").format("'accuracy'") + "h.history['lr']"
    old = COMPILED.format("'accuracy'") + "h.history['lr']"
    assert migrated(old, source="keras@2.3.1", to="tf_keras").after == text


REGRESSION = "from keras.callbacks import EarlyStopping\nm.compile('sgd', 'mse', metrics=[{}])\n"


@pytest.mark.parametrize(
    ("metric", "long"),
    [
        ("mae", "mean_absolute_error"),
        ("mse", "mean_squared_error"),
        ("mape", "mean_absolute_percentage_error"),
        ("msle", "mean_squared_logarithmic_error"),
    ],
)
@pytest.mark.parametrize("line", ["h.history['{}']", 'EarlyStopping(monitor="{}")'])
@pytest.mark.parametrize("source", ["keras@2", "keras@2.2.4", "keras@1", "tf.keras@1.15"])
@pytest.mark.parametrize("to", ["keras", "tf_keras"])
def test_a_short_name_in_compile_is_the_key(
    metric: str, long: str, line: str, source: str, to: str
) -> None:
    for start in ("", "val_"):
        before = REGRESSION.format(f"'{metric}'") + line.format(start + long)
        if source.startswith("tf"):
            before = before.replace("from keras", "from tensorflow.keras")
        after = migrated(before, source=source, to=to).after
        assert line.format(start + metric) in (after or "")


@pytest.mark.parametrize(
    "metrics",
    [
        "'mean_absolute_error'",
        "'mae', mean_absolute_error",
        "'mae', keras.losses.mean_absolute_error",
        "'mae', MeanAbsoluteError()",
        "metric",
    ],
)
@pytest.mark.parametrize("line", ["h.history['{}']", 'EarlyStopping(monitor="{}")'])
def test_a_key_that_compile_may_say_stays(metrics: str, line: str) -> None:
    before = REGRESSION.format(metrics) + line.format("mean_absolute_error")
    assert migrated(before, source="keras@2").after == before
