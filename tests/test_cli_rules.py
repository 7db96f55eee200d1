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
        ("K.flatten", ["keras.ops.reshape({x}, (-1,))", "keras@1, keras@2", "tensorflow.reshape"]),
        ("tf.keras.layers.Dense", ["tf.keras@2", "tf_keras.layers.Dense"]),
        ("keras.utils.np_utils.to_categorical", ["keras.utils.to_categorical"]),
        ("K.get_session", ["flagged", "backend.get_session"]),
        ("tf.reduce_mean", ["keras.ops.mean"]),
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
        ("explain keras.layers.Dens", "none of the libraries"),
    ],
)
def test_what_does_not_exist_is_said_with_a_way_on(kmigrate: Run, command: str, word: str) -> None:
    ran = kmigrate(*command.split())
    assert (ran.code, ran.out) == (2, b"")
    assert word in ran.err
    assert ran.err.startswith("kmigrate: ")
