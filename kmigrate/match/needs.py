"""What a version of the target has not yet, or no more: names and arguments of what would be written."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable

from kmigrate.api import Snapshot
from kmigrate.atlas import Atlas, atlas, surface_of, versions
from kmigrate.dialects import locate
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.templates import calls_of
from kmigrate.versions import key

_PACKAGE = {"keras": "Keras", "tf.keras": "TensorFlow", "tf_keras": "tf_keras", "tf": "TensorFlow"}


def missing(goal: Atlas, template: str) -> str:
    """Why a template cannot be written for one version of a target; "" where it can."""
    for name, call in calls_of(template) if goal.only else ():
        located = locate(name)
        known = _place(goal, located[0]) if located is not None else None
        if located is None or known is None:
            continue
        path = located[1]
        snapshot = known.holding(path)
        problem = _unbound(snapshot, path, call) if snapshot else f"`{path}`"
        if problem:
            return needed(known, problem, _takes(path, call))
    return ""


def drifted(goal: Atlas, path: str, call: ast.Call | None) -> str:
    """What code of one API uses that its version asked for has not, and another one has."""
    if not goal.only or not path:
        return ""
    snapshot = goal.holding(path)
    problem = _unbound(snapshot, path, call) if snapshot else f"`{path}`"
    takes = _takes(path, call)
    is_drift = problem and any(takes(one) for one in _relatives(goal.surface))
    return needed(goal, problem, takes) if is_drift else ""


def argument_needed(goal: Atlas, path: str, name: str) -> str:
    """Which other version of the target has the argument `name`, in a sentence; "" when none has."""

    def has(one: Snapshot) -> bool:
        signature = one.signature(path)
        return signature is not None and signature.find(name) is not None

    is_drift = goal.only and any(has(one) for one in _relatives(goal.surface))
    return needed(goal, f"`{name}` of `{path}`", has) if is_drift else ""


def _takes(path: str, call: ast.Call | None) -> Callable[[Snapshot], bool]:
    return lambda other: other.has(path) and not _unbound(other, path, call)


def _place(goal: Atlas, dialect: str) -> Atlas | None:
    """Where the names of a template are looked up: those of Keras in the target's dialect.

    Raw TensorFlow has the version that the target says, None where it says none.
    """
    target = goal.surface
    if dialect != "tf":
        return goal if target.dialect != "tf" else None
    if target.dialect == "tf.keras":
        raw = surface_of("tf", goal.only)
        return atlas(raw, goal.only) if goal.only in versions(raw) else None
    return goal if target.dialect == "tf" else None


def _unbound(snapshot: Snapshot, path: str, call: ast.Call | None) -> str:
    """Which arguments of a call the path does not take; "" when it takes them all."""
    signature = snapshot.signature(path)
    if signature is None or call is None:
        return ""
    given = [value for value in call.args if not isinstance(value, ast.Starred)]
    if len(given) > len(signature.positional) and not signature.accepts_any_positional:
        return f"an argument of `{path}`"
    words = [keyword.arg for keyword in call.keywords if keyword.arg]
    unknown = [word for word in words if not signature.find(word)]
    return "" if signature.accepts_any_keyword or not unknown else f"`{unknown[0]}` of `{path}`"


def needed(goal: Atlas, what: str, has: Callable[[Snapshot], bool]) -> str:
    """A sentence on what the version of a target has not, by the versions that have it."""
    surface, package = goal.surface, _PACKAGE[goal.surface.dialect]
    fitting = sorted({one.version for one in _relatives(surface) if has(one)}, key=key)
    later = next((one for one in fitting if key(one) > key(goal.only)), "")
    if later:
        return f"{what} needs a {package} after {_short(goal.only)}: {_short(later)} has it"
    if fitting:
        return f"{what} is gone: {package} {_short(fitting[-1])} had it last"
    return f"{surface.name} has no {what}"


def _relatives(surface: Surface) -> Iterable[Snapshot]:
    """The snapshots of all versions of a package that speak the same API."""
    for one in SURFACES.values():
        is_api = surface.api == one.api or surface.dialect == "tf"
        if one.dialect == surface.dialect and is_api:
            yield from atlas(one).snapshots()


def _short(version: str) -> str:
    return ".".join(version.split(".")[:2])
