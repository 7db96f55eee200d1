"""How the two sides of a comparison run: which interpreter, which Keras, which backend."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from kmigrate.model import Surface
from kmigrate.verify.request import Request
from kmigrate.verify.run import Program, Setting
from kmigrate.verify.subject import CannotRunError, Subject

BACKENDS = ("tensorflow", "jax", "torch")
INSTALL = (
    "verify runs the code and needs {missing}: pip install 'kmigrate[verify]', or name "
    "interpreters that have it with --before-python and --after-python"
)


@dataclass(frozen=True, slots=True)
class Sides:
    """The settings of both sides; `backend` is "" where Keras chooses its own.

    `needed` are the modules that this interpreter must have, where no other one was named.
    """

    before: Setting
    after: Setting
    backend: str = ""
    needed: tuple[str, ...] = ()


def sides(subject: Subject, request: Request) -> Iterator[Sides]:
    """How to run a subject, once for each backend that was asked for.

    Keras 2 code runs on tf_keras, unless an interpreter of its own is named. Raises
    CannotRunError with the reason when a side has nothing to run on.
    """
    old_python = _interpreter(request.before_python)
    target = subject.direction.target if subject.direction else None
    before = _setting(old_python, _names_keras2(subject))
    for backend in request.backend or ("",):
        new_python = _interpreter(request.after_python) or _backend_python(backend)
        after = _setting(new_python, target is not None and _is_keras2(target))
        if backend:
            after = replace(after, variables={"KERAS_BACKEND": backend})
        needed = ["numpy"] if None in (old_python, new_python) else []
        for python, program, side in (
            (old_python, subject.before, before),
            (new_python, subject.after, after),
        ):
            if python is None:
                needed += _libraries(program) + ["tf_keras"] * side.stand_in
        yield Sides(before, after, backend, tuple(dict.fromkeys(needed)))


def _setting(python: str | None, is_keras2: bool) -> Setting:
    return Setting(python or sys.executable, stand_in=is_keras2 and python is None)


def require(pair: Sides) -> None:
    """Raise CannotRunError unless the modules that are needed here are installed."""
    missing = [name for name in pair.needed if importlib.util.find_spec(name) is None]
    if missing:
        raise CannotRunError(INSTALL.format(missing=" and ".join(missing)))


def _libraries(program: Program) -> list[str]:
    return ["tensorflow", "keras"] if program.extras.get("libraries") else []


def _names_keras2(subject: Subject) -> bool:
    if subject.direction is None or "keras" not in subject.before.extras.get("libraries", ()):
        return False
    likeliest = [surfaces[0] for surfaces in subject.direction.candidates.values() if surfaces]
    return any(map(_is_keras2, likeliest))


def _is_keras2(surface: Surface) -> bool:
    return surface.dialect in ("keras", "tf.keras") and surface.api != "keras3"


def _interpreter(given: str | None) -> str | None:
    """The interpreter of a path or of an environment's name."""
    if given is None or os.sep in given:
        return given
    return _environment(given) or given


def _environment(name: str) -> str | None:
    folder = os.environ.get("KMIGRATE_ENVS")
    python = Path(folder or "", name, "bin", "python")
    return str(python) if folder and python.exists() else None


def _backend_python(backend: str) -> str | None:
    """The interpreter that has the backend; None for this one."""
    if not backend:
        return None
    if backend not in BACKENDS:
        raise CannotRunError(f"--backend {backend}: Keras 3 has {', '.join(BACKENDS)}")
    if importlib.util.find_spec(backend) is not None:
        return None
    name = "modern" if backend == "tensorflow" else f"keras@3-{backend}"
    python = _environment(name)
    if python is None:
        raise CannotRunError(
            f"--backend {backend}: {backend} is not installed here and there is no environment "
            f"{name}; build it with `kmigrate envs`, or name an interpreter with --after-python"
        )
    return python
