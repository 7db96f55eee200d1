"""What the target needs of the packages that a project requires."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from packaging.version import Version

from kmigrate.direction import target_version
from kmigrate.model import Direction, Options
from kmigrate.project.manifests.known import known
from kmigrate.project.manifests.specifier import Need
from kmigrate.versions import key, life, spelled

_TITLES = {"tensorflow": "TensorFlow", "keras": "Keras"}


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs by package, and the packages that another one takes the place of."""

    packages: Mapping[str, Need]
    renamed: Mapping[str, str]
    missing: tuple[str, ...] = ()  # needed, and required nowhere yet
    surplus: tuple[str, ...] = ()  # what another package brings with it, and stands in its way

    @property
    def is_modern(self) -> bool:
        """Is it today's TensorFlow that is needed?"""
        return "tensorflow" in self.packages and not self.packages["tensorflow"].high

    @property
    def python(self) -> tuple[str, str]:
        """The package that asks for the latest Python, with its version, and that Python."""
        asked = [
            (Version(python), f"{title} {first}", python)
            for package, title in _TITLES.items()
            for first, python in known()["python"][package].items()
            if package in self.packages and Version(self.packages[package].low) >= Version(first)
        ]
        return max(asked)[1:] if asked else ("", "0")

    def of(self, package: str) -> tuple[str, Need | None]:
        """The package that is to be required instead of `package`, and what is needed of it."""
        name = self.renamed.get(package, package)
        return name, self.packages.get(name)


def least(package: str) -> str:
    """The first version that belongs to today's Keras."""
    return str(known()["least"][package])


def needs(
    options: Options, direction: Direction, pins: Mapping[str, str], required: Collection[str]
) -> Needs:
    """What the direction needs, where the packages `required` stand in some file of the project."""
    target = direction.target
    written = spelled(key(target_version(options, target, pins))[:2])
    renamed = {"tensorflow-gpu": "tensorflow"}
    surplus: tuple[str, ...] = ()
    has_tensorflow = bool({"tensorflow", "tensorflow-cpu", "tensorflow-gpu"} & set(required))
    if target.dialect == "keras":
        own = _own("keras", written, options.keras_version, *_life(direction))
        packages = {"keras": own}
        if target.api == "keras3":
            packages["tensorflow"] = _tensorflow(options.tf_version)
    elif target.name == "tf.keras@2":
        packages = {
            "tensorflow": _own("tensorflow", written, options.tf_version, *_life(direction))
        }
        surplus = ("keras",) if has_tensorflow else ()
        renamed |= {} if has_tensorflow else {"keras": "tensorflow"}
    else:
        packages = {
            "tensorflow": _tensorflow(options.tf_version),
            "keras": _from("keras", least("keras")),
        }
        renamed |= {} if has_tensorflow else {"keras": "tensorflow"}
    if target.dialect == "tf_keras":
        packages |= _of_tf_keras(options.tf_version, required)
        renamed |= {} if "tf-keras" in required else {"keras": "tf-keras"}
    if "tensorflow" in packages:
        packages["tensorflow-cpu"] = packages["tensorflow"]
    return Needs(packages, renamed, tuple(_missing(direction, required)), surplus)


def _missing(direction: Direction, required: Collection[str]) -> list[str]:
    target = direction.target
    if target.dialect == "tf_keras" and not {"tf-keras", "keras"} & set(required):
        return ["tf-keras"]
    backends = known()["backends"]["names"]
    if target.name == "keras@3" and set(backends).isdisjoint(required):
        return ["tensorflow"]
    return []


def _life(direction: Direction) -> tuple[str, str]:
    whole = life(direction.target)
    return spelled(whole.low), "" if direction.target.api == "keras3" else spelled(whole.high)


def _own(package: str, low: str, asked: str | None, first: str, high: str) -> Need:
    """A version that was asked for holds for what stays too."""
    return Need(package, asked or low, asked or first, high)


def _tensorflow(asked: str | None) -> Need:
    return _from("tensorflow", asked or least("tensorflow"))


def _from(package: str, low: str) -> Need:
    return Need(package, low, low)


def _of_tf_keras(asked: str | None, required: Collection[str]) -> dict[str, Need]:
    """tf_keras has the version of its TensorFlow; a project that requires one has a pair."""
    low = asked or least("tensorflow")
    floor = asked or least("tf-keras" if "tf-keras" in required else "tensorflow")
    return {
        "tf-keras": Need("tf-keras", low, floor),
        "tensorflow": Need("tensorflow", low, floor),
    }
