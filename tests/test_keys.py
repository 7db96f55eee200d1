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


@pytest.mark.parametrize(
    ("metric", "advice"),
    [
        ("logcosh", "keras.metrics.LogCoshError"),
        ("kullback_leibler_divergence", "keras.metrics.KLDivergence"),
        ("cosine", "cosine_similarity"),
    ],
)
def test_a_name_that_no_metric_has_any_more_is_flagged(metric: str, advice: str) -> None:
    text = f"from keras.models import Sequential\nm = Sequential()\nm.compile('sgd', 'mse', metrics=['mae', '{metric}'])\n"
    result = migrated(text, source="keras@2.2.4")
    assert result.after == text
    assert [one.rules for one in result.findings if advice in one.reason] == [
        (f"metrics.named.{metric}",)
    ]


LAYERS = "from keras.layers import Dense\nDense(1, name='out')\n"


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "for k in ['acc', 'loss']:\n    h.history[k]",
            "for k in ['{}', 'loss']:\n    h.history[k]",
        ),
        ("[h.history['val_' + k] for k in ('acc',)]", "[h.history['val_' + k] for k in ('{}',)]"),
        ("for i, k in enumerate(['acc']):\n    h.history[k]",) * 2,
        (
            "for k, t in [('acc', 'acc')]:\n    h.history[k]",
            "for k, t in [('{}', 'acc')]:\n    h.history[k]",
        ),
        ("k = 'acc'\nh.history[f'val_{{k}}']", "k = '{}'\nh.history[f'val_{{k}}']"),
        ("def f(h, k='acc'):\n    return h.history[k]",) * 2,
        ("def f(h, k):\n    return h.history.get(k)\nf(h, 'acc')",) * 2,
        ("h.history['val_out_acc']", "h.history['val_out_{}']"),
        ("h.history[name + '_acc']", "h.history[name + '_{}']"),
        ("h.history['val_%s_acc' % name]", "h.history['val_%s_{}' % name]"),
    ],
)
def test_keys_by_way_of_a_name_and_of_outputs(text: str, after: str) -> None:
    before = COMPILED.format("'accuracy'") + LAYERS
    text = text.replace("{{", "{").replace("}}", "}")
    if after.startswith(("for i", "def")):
        after = after.replace("'acc'", "'{}'")
    expected = after.replace("{}", "accuracy").replace("{{", "{").replace("}}", "}")
    assert migrated(before + text, source="keras@2.2.4").after == before + expected


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("for k in ['acc', 'loss']:\n    mine[k] = h.history[k]", True),
        ("for k in ['acc', 'loss']:\n    if k == 'acc':\n        h.history[k]", True),
        ("for k in ['acc', 'loss']:\n    mine[k]", False),
        ("h.history['top_k_acc']", False),
        ("h.history['val_top_acc']", False),
        ("def f(k):\n    return h.history[k]\ndef g(k='acc'):\n    return k", False),
    ],
)
def test_a_text_that_is_no_key_alone_stays(text: str, flagged: bool) -> None:
    result = migrated(COMPILED.format("'accuracy'") + LAYERS + text, source="keras@2.2.4")
    assert result.after == COMPILED.format("'accuracy'") + LAYERS + text
    told = [one for one in result.findings if one.outcome == "flagged"]
    assert bool(told) is flagged


@pytest.mark.parametrize("line", ["plt.legend(['acc', 'val_acc'])", "f(lines, ['acc'])"])
def test_a_legend_names_no_metric(line: str) -> None:
    before = COMPILED.format("'accuracy'") + line + "\nh.history[{}]"
    after = migrated(before.format("'acc'"), source="keras@2.2.4").after
    assert after == before.format("'accuracy'")
    metric = "from keras.models import Model\nm.compile('sgd', 'mse', ['acc'])\nh.history['acc']"
    assert migrated(metric, source="keras@2.2.4", to="tf_keras").after == metric.replace(
        "from keras", "from tf_keras"
    )
