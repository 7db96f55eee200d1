"""From one API to another and back is the same program, wherever every rule involved is invertible."""

from itertools import permutations

import pytest
from round_trips import Side, Trip, merged, of_rows, of_snapshot, travel

SIDES = (
    Side("keras@2", "2.3.1"),
    Side("keras@3", "3.15.1"),
    Side("tf.keras@2", "2.15.1"),
    Side("tf.keras@3", "2.21.0"),
    Side("tf_keras", "2.21.0"),
    Side("tf@2", "2.21.0"),
)
KERAS2, KERAS3, *_ = SIDES
PAIRS = [
    pytest.param(*pair, id=" ".join(side.surface for side in pair))
    for pair in permutations(SIDES, 2)
]


def lost(trips: list[Trip]) -> list[str]:
    """What should have come back as it was."""
    shared = merged(trips)
    return [
        f"{trip.start} -> {trip.middle} -> {trip.end}"
        for trip in trips
        if not trip.reason and trip.middle not in shared and trip.start != trip.end
    ]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_what_the_table_maps_comes_back(one: Side, other: Side) -> None:
    trips = travel(one, other, of_rows(one))
    assert lost(trips) == []
    came_back = sum(not trip.reason and trip.start == trip.end for trip in trips)
    is_one_way = other.dialect == "tf" and one.surface[-1] != "3"  # only keras.ops come from there
    assert came_back == 0 if is_one_way else came_back > 140


@pytest.mark.slow
@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_everything_public_comes_back(one: Side, other: Side) -> None:
    assert lost(travel(one, other, of_snapshot(one))) == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("keras.layers.Dense(units=8, activation='relu')", ""),
        ("keras.layers.LeakyReLU(alpha=value)", ""),
        ("keras.layers.CuDNNLSTM(8)", "one of several names"),
        ("keras.backend.exp(x)", "comes back as raw TensorFlow"),
        ("keras.backend.flatten(x)", "no inverse"),
        ("keras.layers.ThresholdedReLU()", "that of another thing"),
        ("keras.layers.Merge()", "no inverse"),
    ],
)
def test_why_something_may_not_come_back(line: str, told: str) -> None:
    (trip,) = travel(KERAS2, KERAS3, [line])
    assert told in trip.reason and bool(told) is bool(trip.reason)


def test_a_loss_is_seen() -> None:
    """What comes back with another argument, or as another thing, is told."""
    lines = ["keras.layers.LeakyReLU(alpha=a)", "keras.layers.Dense(units=b)"]
    assert lost(travel(KERAS2, KERAS3, lines)) == []
    kept, mixed = travel(KERAS2, KERAS3, lines)
    kept.back, mixed.back = mixed.back, kept.back
    assert len(lost([kept, mixed])) == 2
