"""All twelve directions of the design, as one table, at the level of imports and of symbols."""

from dataclasses import dataclass

import pytest
from programs import migrated, tally

ROOTS = {"keras": "keras", "tf.keras": "tensorflow.keras", "tf_keras": "tf_keras"}
OPS = "ops.sum(ops.transpose(y, (1, 0)))"
RAW = "tf.reduce_sum(tf.transpose(y, (1, 0)))"
BACKEND = "K.sum(K.permute_dimensions(y, (1, 0)))"
AS_ROOT = "keras.ops.sum(keras.ops.transpose(y, (1, 0)))"
AS_K = "import {root}.backend as K"
AS_OPS = "from {root} import ops"
AS_TF = "import tensorflow as tf"


def program(dialect: str, imports: list[str], last: str, home: str = "layers") -> str:
    """The same network and operation, in one dialect; `imports` come first."""
    root = ROOTS[dialect]
    lines = [
        *imports,
        "from {root} import layers",
        f"from {{root}}.{home} import Dense as D, Activation",
        "from {root}.models import Sequential",
        "m = Sequential([D(3), layers.Conv2D(3, (3, 3)), keras.layers.Flatten()])",
        f"x = {last}",
    ]
    return "\n".join(lines).replace("{root}", root) + "\n"


def old_program(keras: str, dialect: str, home: str = "layers") -> str:
    return program(dialect, [keras, AS_K], BACKEND, home)


def new_program(keras: str, dialect: str) -> str:
    return program(dialect, [keras, AS_OPS], OPS)


PROGRAMS = {
    "keras@1": old_program("import keras", "keras", "layers.core"),
    "keras@2": old_program("import keras", "keras", "layers.core"),
    "keras@3": new_program("import keras", "keras"),
    "tf.keras@2": old_program("from tensorflow import keras", "tf.keras"),
    "tf.keras@3": new_program("from tensorflow import keras", "tf.keras"),
    "tf_keras": old_program("import tf_keras as keras", "tf_keras"),
}
PROGRAMS["keras@1"] = PROGRAMS["keras@1"].replace("Conv2D(3, (3, 3))", "Convolution2D(3, 3, 3)")


@dataclass(frozen=True)
class Direction:
    """A direction of the table, and what the program of its source becomes."""

    source: str
    target: str
    keras: str  # how the library is imported
    backend: str  # how the operations are, "" where they go through `keras`
    last: str

    @property
    def after(self) -> str:
        into = self.source if self.target == "tf" else self.target
        dialect = into.partition("@")[0]
        imports = [self.keras, *filter(None, [self.backend])]
        stays_old = self.target == "tf" and self.source in ("keras@1", "keras@2")
        text = program(dialect, imports, self.last, "layers.core" if stays_old else "layers")
        if stays_old and self.source == "keras@1":
            return text.replace("Conv2D(3, (3, 3))", "Convolution2D(3, 3, 3)")
        return text


K1, K2, K3, T2, T3, TK = "keras@1", "keras@2", "keras@3", "tf.keras@2", "tf.keras@3", "tf_keras"
FROM_TF = "from tensorflow import keras"
TABLE = [
    Direction(K1, K3, "import keras", "", AS_ROOT),
    Direction(K1, T2, FROM_TF, AS_K, BACKEND),
    Direction(K1, T3, FROM_TF, "", AS_ROOT),
    Direction(K1, TK, "import tf_keras as keras", AS_K, BACKEND),
    Direction(K1, "tf", "import keras", AS_TF, RAW),
    Direction(K2, K3, "import keras", "", AS_ROOT),
    Direction(K2, T2, FROM_TF, AS_K, BACKEND),
    Direction(K2, T3, FROM_TF, "", AS_ROOT),
    Direction(K2, TK, "import tf_keras as keras", AS_K, BACKEND),
    Direction(K2, "tf", "import keras", AS_TF, RAW),
    Direction(K3, K3, "import keras", AS_OPS, OPS),
    Direction(K3, T2, FROM_TF, AS_TF, RAW),
    Direction(K3, T3, FROM_TF, AS_OPS, OPS),
    Direction(K3, TK, "import tf_keras as keras", AS_TF, RAW),
    Direction(K3, "tf", "import keras", AS_TF, RAW),
    Direction(T2, K3, "import keras", "", AS_ROOT),
    Direction(T2, T3, FROM_TF, "", AS_ROOT),
    Direction(T2, TK, "import tf_keras as keras", AS_K, BACKEND),
    Direction(T2, "tf", FROM_TF, AS_TF, RAW),
    Direction(T3, K3, "import keras", AS_OPS, OPS),
    Direction(T3, T2, FROM_TF, AS_TF, RAW),
    Direction(T3, TK, "import tf_keras as keras", AS_TF, RAW),
    Direction(T3, "tf", FROM_TF, AS_TF, RAW),
    Direction(TK, K3, "import keras", "", AS_ROOT),
    Direction(TK, T2, "import tensorflow.keras as keras", AS_K, BACKEND),
    Direction(TK, T3, "import tensorflow.keras as keras", "", AS_ROOT),
    Direction(TK, "tf", "import tf_keras as keras", AS_TF, RAW),
]


def name_of(direction: Direction) -> str:
    return f"{direction.source} to {direction.target}"


@pytest.mark.parametrize("direction", TABLE, ids=name_of)
def test_a_program_in_every_direction(direction: Direction) -> None:
    before = PROGRAMS[direction.source]
    result = migrated(before, to=direction.target, source=direction.source)
    assert result.after == direction.after
    # Six imported names, `Sequential`, `D`, the two layers, two operations and one `Activation`.
    assert sum(tally(result).values()) == 12
    assert tally(result).get("left", 0) == (7 if direction.target == "tf" else 0)


@pytest.mark.parametrize("direction", [one for one in TABLE if one.target in (K3, T3)], ids=name_of)
def test_what_came_out_is_a_program_of_the_target(direction: Direction) -> None:
    text = direction.after
    result = migrated(text, to=direction.target, source=direction.target)
    assert result.after == text
    assert tally(result).keys() == {"kept"}


DIALECTS_OF_RAW = [(K3, "keras.ops.{}"), (T3, "tf.keras.ops.{}"), (T2, "tf.{}"), (TK, "tf.{}")]
RAW_SYMBOLS = [("reduce_sum", "sum"), ("math.reduce_sum", "sum"), ("square", "square")]


@pytest.mark.parametrize(("target", "spelled"), DIALECTS_OF_RAW)
@pytest.mark.parametrize(("raw", "op"), RAW_SYMBOLS)
def test_raw_tensorflow_is_a_source_when_it_is_named(
    target: str, spelled: str, raw: str, op: str
) -> None:
    text = f"import tensorflow as tf\nx = tf.{raw}(y)\n"
    name = spelled.format(raw if spelled == "tf.{}" else op)
    line = "import keras" if target == K3 else "import tensorflow as tf"
    assert migrated(text, to=target, source="tf@2").after == f"{line}\nx = {name}(y)\n"
    for source in (K2, T2, TK):
        assert migrated(text, to=target, source=source).after == text


@pytest.mark.parametrize(
    ("source", "target", "before", "after"),
    [
        (K2, K3, "keras.utils.np_utils.to_categorical", "keras.utils.to_categorical"),
        (K2, T2, "keras.utils.np_utils.to_categorical", "keras.utils.to_categorical"),
        (K2, TK, "keras.engine.topology.Layer", "keras.layers.Layer"),
        (K2, T2, "keras.engine.topology.Layer", "keras.layers.Layer"),
        (K1, K3, "keras.layers.Convolution1D", "keras.layers.Conv1D"),
        (K2, K3, "keras.backend.sum", "keras.ops.sum"),
        (K2, T3, "keras.backend.square", "keras.ops.square"),
        (K2, T2, "keras.backend.square", "keras.backend.square"),
        (K2, K3, "keras.Model", "keras.Model"),
        (K2, K3, "keras.models.Model", "keras.models.Model"),
        (K2, T3, "keras.Sequential", "keras.Sequential"),
        (K2, K3, "keras.losses.mse", "keras.losses.mean_squared_error"),
        (K2, T3, "keras.losses.mean_squared_error", "keras.losses.MSE"),
        (K3, TK, "keras.layers.Dense", "keras.layers.Dense"),
    ],
)
def test_a_symbol_in_a_direction(source: str, target: str, before: str, after: str) -> None:
    head = {"keras": "import keras", "tf_keras": "import tf_keras as keras", "tf.keras": FROM_TF}
    result = migrated(f"import keras\nx = {before}\n", to=target, source=source)
    assert result.after == f"{head[target.partition('@')[0]]}\nx = {after}\n"
