"""Which surfaces the code may come from and where it goes: options, pins, and what code proves."""

import pytest

from kmigrate.api import version_key
from kmigrate.atlas import nearest, surface_of, versions
from kmigrate.direction import narrowed, resolve_direction, target_version
from kmigrate.model import SURFACES, Direction, Options

Pins = dict[str, str]


def resolved(
    to: str = "keras",
    source: str = "auto",
    pins: Pins | None = None,
    ruled_out: Pins | None = None,
    tf: str | None = None,
    keras: str | None = None,
) -> Direction:
    options = Options(tuple(source.split(",")), to, tf_version=tf, keras_version=keras)
    return resolve_direction(options, ruled_out or {}, pins or {})


def sources(direction: Direction) -> dict[str, list[str]]:
    return {
        dialect: [surface.name for surface in surfaces]
        for dialect, surfaces in direction.candidates.items()
    }


@pytest.mark.parametrize(
    ("to", "target"),
    [
        ("keras", "keras@3"),
        ("keras@2", "keras@2"),
        ("keras@3", "keras@3"),
        ("tf.keras", "tf.keras@3"),
        ("tf.keras@2", "tf.keras@2"),
        ("tf.keras@3", "tf.keras@3"),
        ("tf_keras", "tf_keras"),
        ("tf", "tf@2"),
        ("tf@2", "tf@2"),
    ],
)
def test_where_a_name_leads(to: str, target: str) -> None:
    assert resolved(to).target == SURFACES[target]


@pytest.mark.parametrize(
    ("to", "tf", "keras", "target"),
    [
        ("tf.keras", "2.15", None, "tf.keras@2"),
        ("tf.keras", "2.15.1", None, "tf.keras@2"),
        ("tf.keras", "2.16", None, "tf.keras@3"),
        ("tf.keras", "2.21.0", None, "tf.keras@3"),
        ("tf.keras", "1.15", None, "tf.keras@2"),
        ("tf.keras@2", "2.4", None, "tf.keras@2"),
        ("keras", None, "3.5", "keras@3"),
        ("keras", None, "2.3.1", "keras@2"),
        ("keras", "2.15", None, "keras@3"),
        ("tf_keras", "2.21", None, "tf_keras"),
        ("tf", "2.4", None, "tf@2"),
    ],
)
def test_a_version_says_which_api_a_dialect_is(
    to: str, tf: str | None, keras: str | None, target: str
) -> None:
    assert resolved(to, tf=tf, keras=keras).target == SURFACES[target]


@pytest.mark.parametrize(
    ("to", "tf", "keras", "sentence"),
    [
        ("tf.keras@2", "2.21", None, "--to tf.keras@2 contradicts --tf-version 2.21.*tf.keras@3"),
        ("tf.keras@3", "2.15", None, "--to tf.keras@3 contradicts --tf-version 2.15.*tf.keras@2"),
        ("keras@3", None, "2.2.4", "--to keras@3 contradicts --keras-version 2.2.4.*keras@2"),
        ("keras@2", None, "3.5", "--to keras@2 contradicts --keras-version 3.5.*keras@3"),
        ("tf@2", "1.15", None, "--to tf@2 contradicts --tf-version 1.15"),
        ("keras", None, "1.2.2", "--keras-version 1.2.2.*keras@1"),
        ("tf", "1.15", None, "--tf-version 1.15.*tf@1"),
        ("keras@1", None, None, "--to keras@1"),
        ("tf@1", None, None, "--to tf@1"),
        ("jax", None, None, "--to jax: no such dialect.*keras"),
        ("keras@4", None, None, "--to keras@4: no such dialect"),
        ("", None, None, "no such dialect"),
        ("tf.keras", "new", None, "--tf-version new: not a version"),
        ("keras", None, "three", "--keras-version three: not a version"),
    ],
)
def test_a_contradiction_is_said_in_a_sentence(
    to: str, tf: str | None, keras: str | None, sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        resolved(to, tf=tf, keras=keras)


@pytest.mark.parametrize("source", ["jax", "keras@4", "auto@2", "", "keras,jax"])
def test_an_unknown_source_is_said_in_a_sentence(source: str) -> None:
    with pytest.raises(ValueError, match=r"--from .*no such dialect"):
        resolved(source=source)


@pytest.mark.parametrize(
    ("pins", "target"),
    [
        ({"tensorflow": "2.15.1"}, "tf.keras@2"),
        ({"tensorflow": "2.16"}, "tf.keras@3"),
        ({"tensorflow": "1.15"}, "tf.keras@3"),
        ({"tensorflow": "*"}, "tf.keras@3"),
        ({"keras": "2.2.4"}, "tf.keras@3"),
        ({}, "tf.keras@3"),
    ],
)
def test_a_pin_says_which_tf_keras_is_meant(pins: Pins, target: str) -> None:
    assert resolved("tf.keras", pins=pins).target == SURFACES[target]


def test_an_option_is_stronger_than_a_pin() -> None:
    assert resolved("tf.keras", tf="2.21", pins={"tensorflow": "2.15"}).target.name == "tf.keras@3"
    assert resolved("tf.keras@3", pins={"tensorflow": "2.15"}).target.name == "tf.keras@3"


# --- sources ---


def test_by_default_every_keras_is_a_candidate_and_raw_tensorflow_is_none() -> None:
    found = sources(resolved())
    assert found.keys() == {"keras", "tf.keras", "tf_keras"}
    assert sorted(found["keras"]) == ["keras@1", "keras@2", "keras@3"]
    assert sorted(found["tf.keras"]) == ["tf.keras@2", "tf.keras@3"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("keras@1", {"keras": ["keras@1"]}),
        ("keras@2", {"keras": ["keras@2"]}),
        ("tf_keras", {"tf_keras": ["tf_keras"]}),
        ("tf.keras@2", {"tf.keras": ["tf.keras@2"]}),
        ("tf", {"tf": ["tf@2", "tf@1"]}),
        ("tf@1", {"tf": ["tf@1"]}),
        ("keras@2,tf@2", {"keras": ["keras@2"], "tf": ["tf@2"]}),
        ("keras@1,keras@2,keras@1", {"keras": ["keras@1", "keras@2"]}),
    ],
)
def test_only_what_is_given_is_a_source(source: str, expected: dict[str, list[str]]) -> None:
    assert sources(resolved(source=source)) == expected


@pytest.mark.parametrize(
    ("pins", "dialect", "expected"),
    [
        ({"keras": "1.2.2"}, "keras", ["keras@1"]),
        ({"keras": "2.2.4"}, "keras", ["keras@2"]),
        ({"keras": "3.5"}, "keras", ["keras@3"]),
        ({"tensorflow": "2.15"}, "tf.keras", ["tf.keras@2"]),
        ({"tensorflow": "2.16"}, "tf.keras", ["tf.keras@3"]),
        ({"tf-keras": "2.16"}, "tf_keras", ["tf_keras"]),
    ],
)
def test_pins_prove_the_source(pins: Pins, dialect: str, expected: list[str]) -> None:
    for source in ("auto", dialect):
        assert sources(resolved(source=source, pins=pins))[dialect] == expected


def test_an_exact_source_is_stronger_than_pins_and_proof() -> None:
    pins = {"keras": "3.5"}
    assert sources(resolved(source="keras@2", pins=pins)) == {"keras": ["keras@2"]}
    ruled_out = {"keras@2": "keras.ops (line 1)"}
    assert sources(resolved(source="keras@2", ruled_out=ruled_out)) == {"keras": ["keras@2"]}


def test_code_rules_surfaces_out() -> None:
    ruled_out = {"keras@3": "keras.layers.core (line 3)", "tf.keras@2": "tf.keras.ops (line 1)"}
    found = sources(resolved(ruled_out=ruled_out))
    assert sorted(found["keras"]) == ["keras@1", "keras@2"]
    assert found["tf.keras"] == ["tf.keras@3"]


def test_code_that_rules_out_everything_rules_out_nothing() -> None:
    everything = dict.fromkeys(("keras@1", "keras@2", "keras@3"), "a line")
    assert len(sources(resolved(ruled_out=everything))["keras"]) == 3


# --- one file ---


def of_file(source: str, ruled_out: dict[str, str], pins: Pins | None = None) -> list[str]:
    options = Options(tuple(source.split(",")))
    direction = resolve_direction(options, {}, pins or {})
    return sorted(sources(narrowed(options, direction, ruled_out))["keras"])


def test_a_file_narrows_what_the_project_leaves_open() -> None:
    assert of_file("auto", {"keras@3": "x"}) == ["keras@1", "keras@2"]
    assert of_file("auto", {}) == ["keras@1", "keras@2", "keras@3"]


def test_a_file_of_another_api_beats_the_project_but_not_the_person() -> None:
    old = {"keras@1": "x", "keras@2": "x"}
    assert of_file("auto", old, {"keras": "2.2.4"}) == ["keras@3"]
    assert of_file("keras@2", old) == ["keras@2"]


def test_narrowing_keeps_the_target() -> None:
    direction = resolved("tf_keras")
    assert narrowed(Options(target="tf_keras"), direction, {}).target == direction.target


# --- versions ---


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("2.15.1", (2, 15, 1)),
        ("2.15.1rc0", (2, 15, 1)),
        ("2", (2,)),
        ("2.16.dev1", (2, 16)),
        ("x", ()),
    ],
)
def test_versions_are_compared_by_their_numbers(text: str, key: tuple[int, ...]) -> None:
    assert version_key(text) == key


@pytest.mark.parametrize(
    ("dialect", "version", "surface"),
    [
        ("tf.keras", "2.9", "tf.keras@2"),
        ("tf.keras", "2.100", "tf.keras@3"),
        ("keras", "2.15", "keras@2"),
        ("tf", "1.4", "tf@1"),
        ("tf_keras", "2.16", "tf_keras"),
    ],
)
def test_the_surface_of_a_version(dialect: str, version: str, surface: str) -> None:
    assert surface_of(dialect, version) == SURFACES[surface]


def test_the_snapshot_of_a_version_is_the_newest_not_above_it() -> None:
    keras2 = SURFACES["keras@2"]
    known = sorted(versions(keras2), key=version_key)
    assert nearest(keras2, known[0]) == known[0]
    assert nearest(keras2, "2.0.0") == known[0]
    assert nearest(keras2, known[-1] + ".7") == known[-1]
    assert nearest(keras2, known[1] + ".1") == known[1]
    assert nearest(keras2, None) == known[-1]


def test_the_target_is_held_against_its_pinned_version() -> None:
    keras2 = SURFACES["keras@2"]
    oldest = min(versions(keras2), key=version_key)
    options = Options(target="keras@2")
    assert target_version(options, keras2, {"keras": oldest}) == oldest
    assert target_version(options, keras2, {"keras": "3.5"}) == nearest(keras2, None)
    asked = Options(target="keras@2", keras_version=oldest)
    assert target_version(asked, keras2, {}) == oldest
