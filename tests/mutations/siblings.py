"""Functions and classes that a rule could name by mistake: beside the right one, called alike."""

from __future__ import annotations

from functools import cache

from kmigrate.api import Signature, Snapshot
from kmigrate.dialects import locate, qualified
from kmigrate.model import SURFACES
from kmigrate.rulebook.census import atlases

# What people do mix up. Each stands for the other where a snapshot has both in one module.
PAIRS = """
sum mean, reduce_sum reduce_mean, max min, reduce_max reduce_min, any all, reduce_any reduce_all,
prod sum, reduce_prod reduce_sum, sqrt square, log log1p, exp expm1, floor ceil, round rint,
argmax argmin, sin cos, tan tanh, sigmoid hard_sigmoid, concatenate stack, concat stack,
zeros ones, zeros_like ones_like, maximum minimum, relu elu, relu6 relu, softplus softsign,
cumsum cumprod, abs sign, equal not_equal, greater greater_equal, less less_equal, add subtract,
multiply divide, std var, reduce_std reduce_variance, squeeze expand_dims, dot matmul,
max_pool average_pool, MaxPooling1D AveragePooling1D, MaxPooling2D AveragePooling2D,
MaxPooling3D AveragePooling3D, GlobalMaxPooling1D GlobalAveragePooling1D,
GlobalMaxPooling2D GlobalAveragePooling2D, Add Multiply, Maximum Minimum, LSTM GRU,
Conv2D Conv2DTranspose, Conv1D SeparableConv1D, GaussianNoise GaussianDropout,
mean_squared_error mean_absolute_error, hinge squared_hinge, binary_crossentropy
categorical_crossentropy, kl_divergence poisson, GlorotUniform GlorotNormal, HeUniform HeNormal,
LecunUniform LecunNormal, RandomNormal TruncatedNormal, Zeros Ones, L1 L2, MaxNorm NonNeg,
SGD RMSprop, Adam Adamax, Adagrad Adadelta, Embedding Dense
"""


@cache
def sibling(name: str, api: str) -> tuple[str, ...]:
    """Other things in the module of a qualified name that take the same arguments: at most two.

    The first is the one that people mix it up with, if there is one.
    """
    located = locate(name)
    if located is None:
        return ()
    dialect, path = located
    found = [
        qualified(dialect, other)
        for snapshot in _snapshots(dialect, api)
        for other in _beside(snapshot, path)
    ]
    return tuple(dict.fromkeys(found))[:2]


@cache
def sibling_path(api: str, path: str) -> tuple[str, ...]:
    """The same by the path below the root of an API."""
    for atlas in atlases(api):
        for snapshot in atlas.snapshots():
            if snapshot.has(path):
                return tuple(_beside(snapshot, path))[:2]
    return ()


def _snapshots(dialect: str, api: str) -> list[Snapshot]:
    """The snapshots in which a template for `api` finds the names of `dialect`, the newest first."""
    surfaces = [s for s in SURFACES.values() if s.dialect == dialect]
    surfaces.sort(key=lambda surface: surface.api != api)
    known = [atlas for surface in surfaces for atlas in atlases(surface.api)]
    found = [s for atlas in dict.fromkeys(known) for s in reversed(list(atlas.snapshots()))]
    return [s for s in found if s.surface == dialect] or found


def _beside(snapshot: Snapshot, path: str) -> list[str]:
    module, _, name = path.rpartition(".")
    signature, kind = snapshot.signature(path), snapshot.kind(path)
    if signature is None or kind not in ("function", "class"):
        return []
    names = {other.rpartition(".")[2] for other in _names(snapshot, module)}
    alike = [
        other
        for other in sorted(names)
        if snapshot.kind(f"{module}.{other}" if module else other) == kind
        and snapshot.canonical(f"{module}.{other}" if module else other) != snapshot.canonical(path)
        and _is_alike(signature, snapshot.signature(f"{module}.{other}" if module else other))
    ]
    chosen = [*(other for other in _mixed_up(name) if other in alike), *_nearest(name, alike)]
    return [f"{module}.{other}" if module else other for other in dict.fromkeys(chosen)]


@cache
def _names(snapshot: Snapshot, module: str) -> tuple[str, ...]:
    return tuple(path for path in snapshot.names() if path.rpartition(".")[0] == module)


def _is_alike(one: Signature, other: Signature | None) -> bool:
    """Whether a call of one is a call of the other: required arguments may be called otherwise."""
    if other is None:
        return False
    shapes = [
        [(p.kind, "" if p.is_required else p.name, p.default) for p in side.parameters]
        for side in (one, other)
    ]
    return shapes[0] == shapes[1]


def _mixed_up(name: str) -> list[str]:
    pairs = [pair.split() for pair in PAIRS.replace("\n", " ").split(",")]
    return [*(b for a, b in pairs if a == name), *(a for a, b in pairs if b == name)]


def _nearest(name: str, names: list[str]) -> list[str]:
    """Those that sort next to the name: a rule of the alphabet, so that runs choose alike."""
    above = [other for other in names if other > name and not other.startswith("_")]
    return above[:1] or [other for other in names if not other.startswith("_")][:1]
