import pytest
from conftest import Run


def test_the_list_can_be_narrowed(kmigrate: Run) -> None:
    everything = kmigrate("rules").text.splitlines()
    backend = kmigrate("rules", "--family", "backend").text.splitlines()
    assert 100 < len(backend) < len(everything)
    assert all(line.startswith("backend.") for line in backend)
    raw = kmigrate("rules", "--family", "backend", "--api", "tf").text.splitlines()
    assert 0 < len(raw) < len(backend)


def test_every_rule_can_be_shown_with_its_source(kmigrate: Run) -> None:
    from kmigrate.report.rules import one_rule
    from kmigrate.rulebook.table import load_table

    for rule in load_table().all_ids:
        lines = [line.text for line in one_rule(rule)]
        assert lines[0].startswith(f"{rule} (")
        assert any(line.startswith("  source: ") for line in lines)
        assert any(line.startswith("  evidence") for line in lines)


def test_one_rule(kmigrate: Run) -> None:
    text = kmigrate("rules", "backend.flatten").text
    assert "keras3: keras.ops.reshape({x}, (-1,))" in text


@pytest.mark.parametrize(
    ("symbol", "parts"),
    [
        (
            "K.flatten",
            [
                "keras.backend.flatten of keras@1, keras@2 becomes\n",
                "  keras@3     flatten(x) -> keras.ops.reshape({x}, (-1,))\n",
                "  tf.keras@3  flatten(x) -> tensorflow.keras.ops.reshape({x}, (-1,))\n",
                "  tf_keras    tf_keras.backend.flatten\n",
                "  tf@2        flatten(x) -> tensorflow.reshape({x}, [-1])\n",
                "  rule backend.flatten: https://",
                "cases from keras@2)",
            ],
        ),
        (
            "tf.keras.layers.Dense",
            [
                "tensorflow.keras.layers.Dense of tf.keras@2 becomes",
                "  tf_keras    tf_keras.layers.Dense\n",
                "  tf.keras@3  tensorflow.keras.layers.Dense, as it is\n",
                "no raw TensorFlow form",
                "  arguments to keras@3, tf.keras@3\n",
            ],
        ),
        ("keras.utils.np_utils", ["  keras@3     keras.utils\n"]),
        (
            "keras.utils.np_utils.to_categorical",
            ["  keras@3     keras.utils.to_categorical\n", "nb_classes becomes num_classes"],
        ),
        ("K.get_session", ["  keras@3     not changed: ", "rule backend.get_session: "]),
        (
            "tf.reduce_mean",
            ["  keras@3     keras.ops.mean", "  tf_keras    tensorflow.reduce_mean, as"],
        ),
        ("keras.ops.mean", ["keras.ops.mean of keras@3", "  tf@2        tensorflow.reduce_mean"]),
    ],
)
def test_explain_says_what_becomes_of_a_symbol(
    kmigrate: Run, symbol: str, parts: list[str]
) -> None:
    ran = kmigrate("explain", symbol)
    assert ran.code == 0
    for part in parts:
        assert part in ran.text


@pytest.mark.parametrize(
    ("command", "word"),
    [
        ("rules backend.flaten", "backend.flatten"),
        ("rules --family nothing", "families"),
        ("explain Dense", "keras.layers.Dense"),
        ("explain numpy.no_such_name", "none of the libraries"),
        ("explain keras.layers.Dens", "none of the libraries has keras.layers.Dens; did you mean"),
        ("explain keras.layers.Dens", "keras.layers.Dense"),
    ],
)
def test_what_does_not_exist_is_said_with_a_way_on(kmigrate: Run, command: str, word: str) -> None:
    ran = kmigrate(*command.split())
    assert (ran.code, ran.out) == (2, b"")
    assert word in ran.err
    assert ran.err.startswith("kmigrate: ")


def test_evidence_is_told_in_words(kmigrate: Run) -> None:
    text = kmigrate("rules", "backend.flatten").text
    assert "  evidence keras2 -> keras3: identical in " in text
    assert "    after: keras 3" in text
    assert "{'" not in text


def test_every_symbol_that_a_rule_names_can_be_explained(kmigrate: Run) -> None:
    from kmigrate.atlas import atlas
    from kmigrate.model import SURFACES
    from kmigrate.report.explain import explain
    from kmigrate.rulebook.table import call_path, load_table

    paths = {call_path(row) for row in load_table().rows.rewrites if "keras2" in row.sources}
    for path in sorted(paths):
        root = "keras" if atlas(SURFACES["keras@2"]).has(path) else "tf.keras"
        name = f"{root}.{path}".replace("tf.", "tensorflow.")
        (title, *lines) = [line.text for line in explain(f"{root}.{path}")]
        assert title.startswith(f"{name} of {root}@")
        assert len(lines) >= 5
