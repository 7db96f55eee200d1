"""Versions of the source and the target: how they are said, which rows hold, and what is written."""

import pytest
from programs import run

from kmigrate.atlas import nearest
from kmigrate.direction import resolve_direction
from kmigrate.model import SURFACES, Options, Outcome, Result
from kmigrate.rulebook.dated import violations
from kmigrate.rulebook.eras import Era, holds
from kmigrate.rulebook.rows import ArgumentRow, FlagRow, Rows
from kmigrate.versions import joined, key, period, tensorflow_with

Said = dict[str, str]
TF_VERSIONS = [
    ("2", "1"),
    ("2.2.4", "1.13"),
    ("2.3", "2"),
    ("2.4", "2.3"),
    ("2.5", "2.5"),
    ("3.0", "2.16"),
]


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("2.2", "2.2.4", "2.3"),
        ("2", "2.15.0", "3.0.5"),
        ("2.2.4", "2.2.4", "2.2.5"),
        ("2.2,<2.4", "2.3.1", "2.4"),
        ("2.0", "2", "2.1"),
        ("", "9", ""),
    ],
)
def test_a_text_says_which_versions_it_means(text: str, inside: str, outside: str) -> None:
    assert period(text).contains(inside)
    assert not outside or not period(text).contains(outside)


def test_several_pins_mean_all_between_them() -> None:
    assert joined(["2.2.4", "2.2.4"]) == "2.2.4"
    assert period(joined(["2.3.1", "2.2.4"])) == period("2.2.4,<2.3.2")


@pytest.mark.parametrize(("keras", "tensorflow"), TF_VERSIONS)
def test_tensorflow_has_a_keras(keras: str, tensorflow: str) -> None:
    assert tensorflow_with(key(keras)) == key(tensorflow)


# --- --from, and the pins ---


@pytest.mark.parametrize(
    ("source", "surface", "version"),
    [
        ("keras@2.2.4", "keras@2", "2.2.4"),
        ("keras@1.2", "keras@1", "1.2"),
        ("keras@3.5", "keras@3", "3.5"),
        ("tf.keras@1.15", "tf.keras@2", "1.15"),
        ("tf.keras@1", "tf.keras@2", "1"),
        ("tf.keras@2.15", "tf.keras@2", "2.15"),
        ("tf.keras@2.16", "tf.keras@3", "2.16"),
        ("tf_keras@2.16", "tf_keras", "2.16"),
        ("tf@1.15", "tf@1", "1.15"),
        ("keras@2.2,keras@2.3", "keras@2", "2.2,<2.4"),
        ("keras@2", "keras@2", None),
        ("tf.keras@2", "tf.keras@2", None),
    ],
)
def test_a_source_may_have_a_version(source: str, surface: str, version: str | None) -> None:
    direction = resolve_direction(Options(tuple(source.split(","))), {}, {})
    assert direction.candidates == {SURFACES[surface].dialect: (SURFACES[surface],)}
    assert direction.versions.get(surface) == version


@pytest.mark.parametrize(
    "source", ["keras@4", "keras@4.1", "keras@0.3", "jax@2.2", "keras@new", "tf@3"]
)
def test_a_version_that_never_was_is_said(source: str) -> None:
    with pytest.raises(ValueError, match=f"--from {source}: no such dialect"):
        resolve_direction(Options((source,)), {}, {})


@pytest.mark.parametrize(
    ("source", "pins", "versions"),
    [
        ("auto", {"keras": "2.2.4"}, {"keras@2": "2.2.4"}),
        ("keras", {"keras": "2.2,<3"}, {"keras@2": "2.2,<3"}),
        ("keras@2", {"keras": "2.2.4"}, {"keras@2": "2.2.4"}),
        ("keras@2", {"keras": "3.5"}, {}),
        ("keras@2.3", {"keras": "2.2.4"}, {"keras@2": "2.3"}),
        ("tf.keras", {"tensorflow": "1.15"}, {"tf.keras@2": "1.15"}),
        ("tf_keras", {"tf-keras": "2.16"}, {"tf_keras": "2.16"}),
        ("auto", {}, {}),
    ],
)
def test_a_pin_carries_its_version(source: str, pins: Said, versions: Said) -> None:
    assert resolve_direction(Options((source,)), {}, pins).versions == versions


# --- rows ---


def flag(since: Said | None = None, until: Said | None = None, why: str = "https://x") -> FlagRow:
    apis = ("keras2", "keras3")
    return FlagRow(
        "x", apis, apis, ("layers.LSTM",), "no", why, since=since or {}, until=until or {}
    )


def era(name: str, version: str) -> Era:
    return Era(SURFACES[name], key(version))


@pytest.mark.parametrize(
    ("row", "source", "target", "answer"),
    [
        (flag(), era("keras@2", "2"), era("keras@3", "3"), True),
        (flag(until={"keras2": "2.3"}), era("keras@2", "2.2.4"), era("keras@3", "3.5"), True),
        (flag(until={"keras2": "2.3"}), era("keras@2", "2.3"), era("keras@3", "3.5"), False),
        (flag(until={"keras2": "2.3"}), era("keras@3", "3.5"), era("keras@2", "2.2.4"), True),
        (flag(until={"keras2": "2.3"}), era("keras@3", "3.5"), era("keras@2", "2.3.1"), False),
        (flag(until={"keras2": "2.3"}), era("keras@2", "2.2.4"), era("tf_keras", "2.21"), True),
        (flag(until={"keras2": "2.3"}), era("keras@1", "1.2.2"), era("keras@3", "3.5"), False),
        (flag(until={"keras2": "2.3"}), era("tf.keras@2", "1.15"), era("keras@3", "3.5"), True),
        (flag(until={"keras2": "2.3"}), era("tf.keras@2", "2.0"), era("keras@3", "3.5"), False),
        (flag(until={"keras2": "2.4", "tf.keras": "2.0"}), era("tf.keras@2", "2.0"), era("keras@3", "3"), False),
        (flag(until={"keras2": "2.4", "tf.keras": "2.0"}), era("keras@2", "2.3.1"), era("keras@3", "3"), True),
        (flag(since={"keras3": "3.5"}), era("keras@2", "2.3"), era("keras@3", "3.5"), True),
        (flag(since={"keras3": "3.5"}), era("keras@2", "2.3"), era("keras@3", "3.4"), False),
        (flag(since={"keras3": "3.5"}, until={"keras2": "2.3"}), era("keras@2", "2.3"), era("keras@3", "3.5"), False),
    ],
)  # fmt: skip
def test_a_row_holds_at_its_versions(row: FlagRow, source: Era, target: Era, answer: bool) -> None:
    assert holds(row, source, target) is answer


def default(value: str, until: str) -> ArgumentRow:
    return ArgumentRow(
        "x", ("keras2",), ("keras3",), ("layers.LSTM",), "recurrent_activation",
        "https://x", default=value, until={"keras2": until},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "crime"),
    [
        (flag(until={"keras2": "2.3"}), ""),
        (flag(until={"keras2": "2.9"}, why="https://x/blob/2.9.0/y"), ""),
        (flag(until={"keras2": "2.2.4"}), "neither the snapshots .* nor `why` know of 2.2.4"),
        (flag(until={"keras4": "2.3"}), "`keras4` is none of the APIs"),
        (flag(until={"keras1": "1.2"}), "not about keras1"),
        (flag(until={"keras2": "new"}), "'new' is no version"),
        (flag(until={"keras2": "3.5"}), "no surface has a version 3.5"),
        (flag(since={"keras2": "2.3"}, until={"keras2": "2.3"}), "both since 2.3 and until 2.3"),
        (default("'hard_sigmoid'", "2.3"), ""),
        (default("'sigmoid'", "2.3"), "default of `layers.LSTM` in keras@2 2.2.4 is 'hard_sigmoid'"),
        (default("'hard_sigmoid'", "2.15"), "default of `layers.LSTM` in keras@2 2.3.1 is 'sigmoid'"),
    ],
)  # fmt: skip
def test_versions_agree_with_the_snapshots(row: FlagRow | ArgumentRow, crime: str) -> None:
    rows = Rows(flags=(row,)) if isinstance(row, FlagRow) else Rows(arguments=(row,))
    if crime:
        with pytest.raises(AssertionError, match=crime):
            assert not "; ".join(violations(rows))
    else:
        assert list(violations(rows)) == []


# --- what is written ---

LSTM = "from keras import layers\nx = layers.LSTM(8)\n"
OLD = (  # hard_sigmoid as it was: Keras 3 has another function of that name
    "recurrent_activation=keras.Sequential([layers.Rescaling(0.2, 0.5), layers.ReLU(max_value=1.0)])"
)


def outcome(result: Result) -> tuple[Outcome, str]:
    finding = next(one for one in result.findings if one.before.startswith("layers.LSTM("))
    return finding.outcome, finding.reason


@pytest.mark.parametrize("source", ["keras@2.2.4", "keras@2.2", "keras@2.0", "keras@2.2,keras@2.0"])
def test_an_old_default_is_written_out(source: str) -> None:
    result = run(LSTM, source=source)
    assert result.after is not None
    assert result.after.splitlines()[-1] == f"x = layers.LSTM(8, {OLD})"
    assert outcome(result)[0] is Outcome.REWRITTEN


@pytest.mark.parametrize("source", ["keras@2.3", "keras@2.3.1", "keras@2.15", "keras@3"])
def test_a_new_default_needs_no_word(source: str) -> None:
    assert run(LSTM, source=source).findings[-1].outcome is Outcome.KEPT


def test_a_version_that_is_not_known_is_asked_for() -> None:
    for source in ("keras@2", "keras@2.2,keras@2.3"):
        result = run(LSTM, source=source)
        found = (
            outcome(result)
            if result.changed
            else (result.findings[-1].outcome, result.findings[-1].reason)
        )
        assert found[0] is Outcome.REVIEW
        assert found[1].startswith("written as for keras@2.3.1: for keras@2.2.4 with `rec")
        assert "say which with --from" in found[1]


def test_a_given_argument_is_no_default() -> None:
    text = LSTM.replace("8", "8, recurrent_activation='sigmoid'")
    assert run(text, source="keras@2").findings[-1].outcome is Outcome.KEPT


# --- from one version of an API to another ---


def test_a_version_is_migrated_to_another_of_the_same_api() -> None:
    text = "from tensorflow.keras import layers\nx = layers.LSTM(8)\ny = layers.CuDNNLSTM(8)\n"
    result = run(text, source="tf.keras@1.15", to="tf.keras@2", tf_version="2.15")
    after = text.replace("LSTM(8)", "LSTM(8, recurrent_activation='hard_sigmoid')", 1)
    assert result.after == after.replace("CuDNNLSTM(8)", "LSTM(8, recurrent_activation='sigmoid')")


@pytest.mark.parametrize("source", ["tf.keras@2", "tf.keras@2.15", "tf.keras@2.10,tf.keras@2.15"])
def test_a_version_that_is_the_targets_stays(source: str) -> None:
    text = "from tensorflow.keras import layers\nx = layers.LSTM(8)\n"
    assert run(text, source=source, to="tf.keras@2", tf_version="2.15").after == text


def test_what_a_version_gave_up_is_said() -> None:
    text = "from tensorflow import keras\nx = keras.experimental.export_saved_model\n"
    for source in ("tf.keras@2", "tf.keras@1.15"):
        result = run(text, source=source, to="tf.keras@2", tf_version="2.15")
        assert result.findings[-1].outcome is Outcome.FLAGGED


@pytest.mark.parametrize(
    ("surface", "version", "snapshot"),
    [
        ("tf.keras@2", "2.4", "2.15.1"),
        ("tf.keras@2", "1.13", "1.15.5"),
        ("keras@2", "2.3.9", "2.3.1"),
        ("keras@2", "2.6", "2.15.0"),
        ("keras@2", "2", "2.15.0"),
        ("keras@3", "3.7", "3.5.0"),
    ],
)
def test_a_version_has_a_snapshot_of_its_line(surface: str, version: str, snapshot: str) -> None:
    assert nearest(SURFACES[surface], version) == snapshot
