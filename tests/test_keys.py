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
