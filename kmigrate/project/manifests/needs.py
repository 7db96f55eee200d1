"""What the target needs of the packages that a project requires."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from kmigrate.direction import target_version
from kmigrate.model import Direction, Options
from kmigrate.project.manifests.specifier import Need
from kmigrate.versions import key, life, spelled

# TensorFlow 2.16 is the first that brings Keras 3 and has a tf_keras beside it.
TENSORFLOW = "2.16"
_KERAS = "3.0"
BACKENDS = ("tensorflow", "tensorflow-cpu", "theano", "cntk", "cntk-gpu", "jax", "torch")

# What TensorFlow 2.16 and Keras 3 themselves require, from the metadata of their first wheels.
BESIDE = {"numpy": "1.23.5", "h5py": "3.10"}
PYTHON = "3.9"

GONE = {
    "theano": "Theano is no backend of Keras any more; Keras 3 runs on TensorFlow, JAX or PyTorch",
    "cntk": "CNTK is no backend of Keras any more; Keras 3 runs on TensorFlow, JAX or PyTorch",
    "cntk-gpu": "CNTK has no successor; Keras 3 runs on the GPU with TensorFlow, JAX or PyTorch",
}
INSIDE = {
    "keras-applications": "keras_applications",
    "keras-preprocessing": "keras_preprocessing",
}


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

    def of(self, package: str) -> tuple[str, Need | None]:
        """The package that is to be required instead of `package`, and what is needed of it."""
        name = self.renamed.get(package, package)
        return name, self.packages.get(name)


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
            "tensorflow": _own("tensorflow", written, options.tf_version, "2.0", TENSORFLOW)
        }
        surplus = ("keras",) if has_tensorflow else ()
        renamed |= {} if has_tensorflow else {"keras": "tensorflow"}
    else:
        packages = {"tensorflow": _tensorflow(options.tf_version), "keras": _least("keras", _KERAS)}
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
    backends = {*BACKENDS, "tensorflow-gpu", "tf-nightly", "tensorflow-macos"}
    if target.name == "keras@3" and not backends & set(required):
        return ["tensorflow"]
    return []


def _life(direction: Direction) -> tuple[str, str]:
    whole = life(direction.target)
    return spelled(whole.low), "" if direction.target.api == "keras3" else spelled(whole.high)


def _own(package: str, low: str, asked: str | None, first: str, high: str) -> Need:
    """A version that was asked for holds for what stays too."""
    return Need(package, asked or low, asked or first, high)


def _tensorflow(asked: str | None) -> Need:
    return _least("tensorflow", asked or TENSORFLOW)


def _least(package: str, low: str) -> Need:
    return Need(package, low, low)


def _of_tf_keras(asked: str | None, required: Collection[str]) -> dict[str, Need]:
    """tf_keras has the version of its TensorFlow; a project that requires one has a pair."""
    low = asked or TENSORFLOW
    floor = asked or ("2.14" if "tf-keras" in required else TENSORFLOW)
    return {
        "tf-keras": Need("tf-keras", low, floor),
        "tensorflow": Need("tensorflow", low, floor),
    }
