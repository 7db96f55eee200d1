"""Where code comes from and where it goes: what the options, the pins and the code itself say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kmigrate.api import version_key
from kmigrate.atlas import nearest, surface_of
from kmigrate.dialects import DIALECTS
from kmigrate.model import SURFACES, Direction, Options, Surface
from kmigrate.versions import joined, life

_SOURCE_ONLY = ("keras@1", "tf@1")
_DEFAULT = {"keras": "keras@3", "tf.keras": "tf.keras@3", "tf_keras": "tf_keras", "tf": "tf@2"}
_AUTO = ("keras", "tf.keras", "tf_keras")
# The likeliest first: where readings differ, the first one is acted on and called a review.
_LIKELIEST = (
    "keras@2",
    "keras@1",
    "keras@3",
    "tf.keras@2",
    "tf.keras@3",
    "tf_keras",
    "tf@2",
    "tf@1",
)
_PIN_OF = {"keras": "keras", "tf.keras": "tensorflow", "tf": "tensorflow", "tf_keras": "tf-keras"}


def resolve_direction(
    options: Options, ruled_out: Mapping[str, str], pins: Mapping[str, str]
) -> Direction:
    """The direction of a run. Raises ValueError with a sentence where the options contradict."""
    target = _target(options, pins)
    wanted = _AUTO if options.sources == ("auto",) else options.sources
    candidates: dict[str, list[Surface]] = {}
    told: dict[str, list[str]] = {}
    for name in wanted:
        for surface in _surfaces(name, pins, ruled_out):
            known = candidates.setdefault(surface.dialect, [])
            if surface not in known:
                known.append(surface)
            told.setdefault(surface.name, []).append(_version_in(name, surface, pins))
    return Direction(
        {dialect: _possible(surfaces, ruled_out) for dialect, surfaces in candidates.items()},
        target,
        also=_also(options.also, target),
        versions={name: joined(texts) for name, texts in told.items() if all(texts)},
    )


def _version_in(name: str, surface: Surface, pins: Mapping[str, str]) -> str:
    """The versions of a surface that a word of --from, or else a pin, speaks of; "" for all."""
    _, _, asked = name.partition("@")
    if asked and name not in SURFACES:
        return asked
    pinned = pins.get(_PIN_OF[surface.dialect], "")
    is_meant = version_key(pinned) and surface_of(surface.dialect, pinned) == surface
    return pinned if is_meant else ""


def target_version(options: Options, target: Surface, pins: Mapping[str, str]) -> str:
    """The version of the target that is written for: the one asked for, else a snapshot's."""
    asked = options.keras_version if target.dialect == "keras" else options.tf_version
    pinned = pins.get(_PIN_OF[target.dialect])
    if asked is None and pinned and surface_of(target.dialect, pinned) == target:
        asked = pinned
    return asked if asked and len(version_key(asked)) > 1 else nearest(target, asked)


def _target(options: Options, pins: Mapping[str, str]) -> Surface:
    name = options.target
    if name in _SOURCE_ONLY:
        raise ValueError(f"--to {name}: code can come from {name}, not go there")
    if name not in SURFACES and name not in DIALECTS:
        raise ValueError(f"--to {name}: no such dialect; choose one of {_choices(_SOURCE_ONLY)}")
    dialect = SURFACES[name].dialect if name in SURFACES else name
    flag, version = _asked_version(options, dialect)
    if version and not version_key(version):
        raise ValueError(f"{flag} {version}: not a version")
    if name not in DIALECTS or name == "tf_keras":
        target = SURFACES[name]
        if version and surface_of(dialect, version) != target:
            actual = surface_of(dialect, version).name
            raise ValueError(
                f"--to {name} contradicts {flag} {version}, where {dialect} is {actual}"
            )
        return target
    if version is None and dialect == "tf.keras":
        pinned = pins.get("tensorflow", "")
        version = pinned if version_key(pinned)[:1] == (2,) else None
    target = surface_of(dialect, version) if version else SURFACES[_DEFAULT[dialect]]
    if target.name in _SOURCE_ONLY:
        raise ValueError(f"{flag} {version}: code can come from {target.name}, not go there")
    return target


def _also(name: str | None, target: Surface) -> Surface | None:
    """The other Keras that the code shall run on. Only one can be had beside Keras 3."""
    if name is None:
        return None
    if name not in SURFACES and name not in DIALECTS:
        raise ValueError(f"--also {name}: no such dialect; --also takes tf_keras")
    if name in (target.name, target.dialect):
        raise ValueError(f"--also {name}: that is what --to {target.name} writes; leave out --also")
    if name != "tf_keras" or target.api != "keras3":
        raise ValueError(
            f"--to {target.name} --also {name}: code can run on Keras 3 and on tf_keras; "
            "give --to keras --also tf_keras, or --to tf.keras --also tf_keras"
        )
    return SURFACES[name]


def _asked_version(options: Options, dialect: str) -> tuple[str, str | None]:
    if dialect == "keras":
        return "--keras-version", options.keras_version
    return "--tf-version", options.tf_version


def _surfaces(
    name: str, pins: Mapping[str, str], ruled_out: Mapping[str, str]
) -> Iterable[Surface]:
    """The surfaces that one word of --from may mean.

    Where the pins moved to Keras 3 before the code did, what the code proves counts.
    """
    if name in SURFACES and name != "tf_keras":
        return (SURFACES[name],)
    dialect, _, version = name.partition("@")
    if dialect in DIALECTS and version_key(version):
        return (_surface_at(name, dialect, version),)
    if name not in DIALECTS:
        raise ValueError(f"--from {name}: no such dialect; choose auto or one of {_choices(())}")
    pinned = pins.get(_PIN_OF.get(name, ""))
    if pinned and version_key(pinned := pinned.lstrip(">=")):
        surface = surface_of(name, pinned)
        if surface.api != "keras3" or surface.name not in ruled_out:
            return (surface,)
    return _all_of(name)


def _surface_at(name: str, dialect: str, version: str) -> Surface:
    """The surface that `keras@2.2.4` is one of."""
    for surface in _all_of(dialect):
        if life(surface).contains(version):
            return surface
    known = ", ".join(surface.name for surface in _all_of(dialect))
    raise ValueError(f"--from {name}: no such dialect; {dialect} may be one of {known}")


def _all_of(dialect: str) -> tuple[Surface, ...]:
    return tuple(SURFACES[name] for name in _LIKELIEST if SURFACES[name].dialect == dialect)


def _possible(surfaces: list[Surface], ruled_out: Mapping[str, str]) -> tuple[Surface, ...]:
    left = tuple(surface for surface in surfaces if surface.name not in ruled_out)
    return left or tuple(surfaces)


def _choices(without: tuple[str, ...]) -> str:
    return ", ".join(name for name in dict.fromkeys((*DIALECTS, *SURFACES)) if name not in without)


def narrowed(options: Options, direction: Direction, ruled_out: Mapping[str, str]) -> Direction:
    """The direction for one file, whose own references rule out surfaces.

    What the file itself proves beats what the rest of a half-migrated project says; a file that
    contradicts every surface may be of any.
    """
    candidates = {}
    for dialect, surfaces in direction.candidates.items():
        possible = [surface for surface in surfaces if surface.name not in ruled_out]
        if not possible and options.sources == ("auto",):
            everything = _all_of(dialect)
            possible = [surface for surface in everything if surface.name not in ruled_out]
            possible = possible or list(everything)
        candidates[dialect] = tuple(possible) or surfaces
    if options.sources != ("auto",):
        return replace(direction, candidates=candidates)
    others = {
        dialect: tuple(surface for surface in _all_of(dialect) if surface not in surfaces)
        for dialect, surfaces in candidates.items()
    }
    return replace(direction, candidates=candidates, ruled_out=others)
