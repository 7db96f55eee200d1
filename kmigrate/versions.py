"""Versions as stretches of a surface's life: what `2.2`, a pin and a row's `since` say of each other."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from kmigrate.api import version_key
from kmigrate.model import Surface

Key = tuple[int, ...]
TF_KERAS = "tf.keras"

# The Keras that a TensorFlow has as `tf.keras`, from that TensorFlow on: `tf.keras.__version__` of
# TF 1.15 is 2.2.4-tf; TF 2.0 took the defaults of Keras 2.3; from 2.16 on the least that it requires.
_KERAS_OF: tuple[tuple[Key, Key], ...] = (
    ((1,), (2,)),
    ((1, 13), (2, 2, 4)),
    ((2,), (2, 3)),
    ((2, 3), (2, 4)),
    *(((2, minor), (2, minor)) for minor in range(5, 16)),
    ((2, 16), (3,)),
    ((2, 18), (3, 5)),
    ((2, 20), (3, 10)),
    ((2, 21), (3, 15)),
)
_LIVES = {"tf.keras@2": "1,<2.16", "tf.keras@3": "2.16,<3", "tf_keras": "2.14,<3"}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The versions from `low` up to, but not with, `high`."""

    low: Key
    high: Key

    def contains(self, version: str) -> bool:
        """Is the version one of these?"""
        return self.low <= key(version) < self.high

    def cut(self, at: Iterable[Key]) -> tuple[Period, ...]:
        """The pieces between the versions that lie inside."""
        inside = sorted({one for one in at if self.low < one < self.high})
        lows, highs = (self.low, *inside), (*inside, self.high)
        return tuple(map(Period, lows, highs))

    def overlaps(self, other: Period) -> bool:
        """Have the two a version in common?"""
        return self.low < other.high and other.low < self.high


def key(version: str) -> Key:
    """A version to compare by, where `2.0` is `2`."""
    numbers = version_key(version)
    while numbers and not numbers[-1]:
        numbers = numbers[:-1]
    return numbers


def period(version: str) -> Period:
    """What a text says: `2.2` is every 2.2.x, `2.2,<2.4` all below 2.4, "" every version."""
    numbers = version_key(version)
    if not numbers:
        return Period((), (1_000_000,))
    below = re.search(r"<\s*([\d.]+)", version)
    return Period(key(version), key(below[1]) if below else (*numbers[:-1], numbers[-1] + 1))


def joined(versions: Iterable[str]) -> str:
    """The versions between the lowest and the highest of several, written as a pin says it."""
    texts = list(dict.fromkeys(versions))
    if len(texts) == 1:
        return texts[0]
    low, high = min(map(period, texts)).low, max(period(text).high for text in texts)
    return f"{spelled(low)},<{spelled(high)}"


def spelled(version: Key) -> str:
    """The version as text."""
    return ".".join(map(str, version if len(version) > 1 else (*version, 0)))


def life(surface: Surface) -> Period:
    """All versions of a surface; those of `tf.keras` and `tf` are TensorFlow's."""
    return period(_LIVES.get(surface.name, surface.name.partition("@")[2]))


def tensorflow_with(keras: Key) -> Key:
    """The first TensorFlow whose `tf.keras` is that Keras or a later one."""
    return next((tf for tf, its_keras in _KERAS_OF if its_keras >= keras), (1_000_000,))
