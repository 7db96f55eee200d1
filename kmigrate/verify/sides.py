"""How the two sides of a comparison run: which interpreter, which Keras, which backend."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from kmigrate.model import Surface
from kmigrate.verify.envs import EnvironmentProblem, find
from kmigrate.verify.envs.resolve import resolve
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program, Setting
from kmigrate.verify.subject import CannotRunError, Subject

BACKENDS = ("tensorflow", "jax", "torch")
LEGACY = {"TF_USE_LEGACY_KERAS": "1"}  # what the shims of --also ask, and TensorFlow itself
INSTALL = (
    "verify runs the code and needs {missing}: pip install 'kmigrate[verify]', or name "
    "interpreters or environments (`kmigrate envs`) with --before-python and --after-python"
)


@dataclass(frozen=True, slots=True)
class Sides:
    """The settings of both sides; `backend` is "" where Keras chooses its own, or the other Keras.

    `needed` are the modules that this interpreter must have for each, where no other was named.
    """

    before: Setting
    after: Setting
    backend: str = ""
    needed: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


def sides(subject: Subject, request: Request) -> Iterator[Sides]:
    """How to run a subject, once for each backend that was asked for, and on the other Keras.

    Keras 2 code runs on tf_keras, unless an interpreter of its own is named. Raises
    CannotRunError with the reason when a side has nothing to run on.
    """
    old = _named(request.before_python, request)
    target = subject.direction.target if subject.direction else None
    before = old or Setting(sys.executable, stand_in=_names_keras2(subject))
    for backend in request.backend or ("",):
        new = _named(request.after_python, request) or _with_backend(backend, request)
        after = new or Setting(sys.executable, stand_in=target is not None and _is_keras2(target))
        if backend:
            variables = {**(after.variables or {}), "KERAS_BACKEND": backend}
            after = replace(after, variables=variables)
        needed = (
            () if old else _needed(subject.before, before),
            () if new else _needed(subject.after, after, backend),
        )
        before = replace(before, printed=request.printed)
        after = replace(after, printed=request.printed)
        yield Sides(before, after, backend, needed)
    also = subject.direction.also if subject.direction else None
    if also is not None:
        variables = {**(after.variables or {}), **LEGACY}
        needed = (needed[0], () if new else (*needed[1], also.dialect))
        yield Sides(before, replace(after, variables=variables), also.name, needed)


def _needed(program: Program, setting: Setting, backend: str = "") -> tuple[str, ...]:
    return ("numpy", *_libraries(program, backend), *["tf_keras"] * setting.stand_in)


def require(*needed: Sequence[str]) -> None:
    """Raise CannotRunError unless the modules that are needed here are installed."""
    names = dict.fromkeys(name for each in needed for name in each)
    missing = [name for name in names if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRunError(INSTALL.format(missing=" and ".join(missing)))


def _libraries(program: Program, backend: str) -> list[str]:
    mentioned = program.extras.get("libraries", ())
    if not {"tensorflow", "keras", "tf_keras"} & set(mentioned):
        return []
    is_other = backend not in ("", "tensorflow")
    return [backend, "keras"] if is_other else ["tensorflow", "keras"]


def _names_keras2(subject: Subject) -> bool:
    if subject.direction is None or "keras" not in subject.before.extras.get("libraries", ()):
        return False
    likeliest = [surfaces[0] for surfaces in subject.direction.candidates.values() if surfaces]
    return any(map(_is_keras2, likeliest))


def _is_keras2(surface: Surface) -> bool:
    return surface.dialect in ("keras", "tf.keras") and surface.api != "keras3"


def _named(given: str | None, request: Request) -> Setting | None:
    """The setting of a path or of an environment's name."""
    try:
        return None if given is None else resolve(given, request.envs)
    except EnvironmentProblem as problem:
        raise CannotRunError(str(problem)) from None


def _with_backend(backend: str, request: Request) -> Setting | None:
    """The environment that has the backend; None where this interpreter does."""
    if not backend:
        return None
    if backend not in BACKENDS:
        raise CannotRunError(f"--backend {backend}: Keras 3 has {', '.join(BACKENDS)}")
    if importlib.util.find_spec(backend) is not None:
        return None
    name = "modern" if backend == "tensorflow" else f"keras@3-{backend}"
    if find(name, request.envs) is None:
        raise CannotRunError(
            f"--backend {backend}: {backend} is not installed here and the environment {name} is not "
            f"built; run `kmigrate envs build {name}`, or name an interpreter with --after-python"
        )
    return _named(name, request)
