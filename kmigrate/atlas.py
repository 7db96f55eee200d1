"""Which names a surface has: the snapshots of its versions, asked together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from kmigrate import api
from kmigrate.api import version_key
from kmigrate.model import SURFACES, Surface
from kmigrate.versions import Period, spelled

# TensorFlow 2.16 is where `tf.keras` began to mean Keras 3.
_KERAS3_SINCE = (2, 16)


def surface_of(dialect: str, version: str) -> Surface:
    """The surface that `dialect` is in a version (of TensorFlow, for `tf` and `tf.keras`)."""
    key = version_key(version)
    if dialect == "tf_keras":
        return SURFACES["tf_keras"]
    if dialect == "tf.keras":
        return SURFACES["tf.keras@3" if key >= _KERAS3_SINCE else "tf.keras@2"]
    return SURFACES[f"{dialect}@{key[0] if key else 2}"]


@cache
def versions(surface: Surface) -> tuple[str, ...]:
    """The versions there are snapshots of, the most telling one first.

    Code of Keras 2 is mostly of its last standalone versions, so the newest below 2.4 comes first.
    """
    found = [
        version
        for version in api.available().get(surface.dialect, ())
        if surface_of(surface.dialect, version) == surface
    ]
    is_standalone = surface.dialect == "keras" and surface.api == "keras2"
    return tuple(
        sorted(
            found,
            key=lambda version: (
                not is_standalone or version_key(version) < (2, 4),
                version_key(version),
            ),
            reverse=True,
        )
    )


class Atlas:
    """The snapshots of one surface, loaded as they are needed."""

    def __init__(self, surface: Surface, only: str = "", first: str = "") -> None:
        self.surface = surface
        self.only = only
        known = sorted(versions(surface), key=lambda version: version != first)
        self._versions = (only,) if only else tuple(known)
        self._loaded: list[api.Snapshot] = []
        self._holding: dict[str, api.Snapshot | None] = {}

    def snapshots(self) -> Iterator[api.Snapshot]:
        """The snapshots in order, each read when it is first needed."""
        yield from self._loaded
        while len(self._loaded) < len(self._versions):
            version = self._versions[len(self._loaded)]
            self._loaded.append(api.load(self.surface.dialect, version))
            yield self._loaded[-1]

    def holding(self, path: str) -> api.Snapshot | None:
        """The first snapshot that has `path`, as a symbol, a method or a module."""
        if path not in self._holding:
            found = (snapshot for snapshot in self.snapshots() if snapshot.has(path))
            self._holding[path] = next(found, None)
        return self._holding[path]

    def has(self, path: str) -> bool:
        """Is `path` a symbol, a method or a module of the surface?"""
        return not path or self.holding(path) is not None

    def canonical(self, path: str) -> str | None:
        """The public name of what `path` stands for."""
        snapshot = self.holding(path)
        return snapshot.canonical(path) if snapshot else None

    def public(self, path: str) -> str:
        """`path`, or the public name of what stands under this private one.

        `tensorflow.python.keras` has the modules of the standalone package, which no snapshot of
        the public `tf.keras` shows.
        """
        is_public = self.has(path) or self.is_module(path.rpartition(".")[0])
        if is_public or self.surface.api != "keras2" or self.surface.dialect == "keras":
            return path
        standalone = atlas(SURFACES["keras@2"]).canonical(path)
        return standalone if standalone and self.has(standalone) else path

    def inherited(self, path: str) -> Iterator[str]:
        """`path` by its public name, and as a member of the bases of the class that it is of."""
        yield self.canonical(path) or path
        owner, _, member = path.rpartition(".")
        snapshot = self.holding(owner) if owner else None
        for base in snapshot.bases(owner) if snapshot else ():
            yield from self.inherited(f"{base}.{member}")

    def ancestors(self, path: str) -> Iterator[str]:
        """The classes that the class `path` inherits from."""
        snapshot = self.holding(path)
        for base in snapshot.bases(path) if snapshot else ():
            yield base
            yield from self.ancestors(base)

    def is_module(self, path: str) -> bool:
        """Is `path` a module of the surface?"""
        if not path:
            return True
        snapshot = self.holding(path)
        return snapshot is not None and snapshot.is_module(path)

    def kind(self, path: str) -> str | None:
        """What `path` is: module, class, function, value, method, attribute; None when unknown."""
        snapshot = self.holding(path)
        return snapshot.kind(path) if snapshot else None

    def star(self, module: str) -> frozenset[str]:
        """The names that a star import of `module` brings in any version."""
        names: set[str] = set()
        for snapshot in self.snapshots():
            if snapshot.is_module(module):
                names.update(snapshot.star(module))
        return frozenset(names)


def atlas(surface: Surface, only: str | None = None, first: str = "") -> Atlas:
    """The atlas of a surface; of one version `only`, or asking the version `first` before others."""
    is_usual = only or first == versions(surface)[0]
    return _atlas(surface, only or "", "" if is_usual else first)


@cache
def _atlas(surface: Surface, only: str, first: str) -> Atlas:
    return Atlas(surface, only, first)


def likeliest(surface: Surface, period: Period) -> str:
    """The snapshot that stands for the versions of a period."""
    inside = (version for version in versions(surface) if period.contains(version))
    return next(inside, None) or nearest(surface, spelled(period.low))


def by_likelihood(surface: Surface, periods: Iterable[Period]) -> list[Period]:
    """The periods, those of the most telling snapshots first."""
    known = versions(surface)
    return sorted(
        periods,
        key=lambda one: next((n for n, v in enumerate(known) if one.contains(v)), len(known)),
    )


def nearest(surface: Surface, version: str | None) -> str:
    """The snapshot that stands for `version` of a surface: the newest one not above it.

    One of the same line, where there is any: TensorFlow 2.4 is nearer to 2.15 than to 1.15.
    """
    known = sorted(versions(surface), key=version_key)
    if not version:
        return known[-1]
    wanted = version_key(version)
    alike = [one for one in known if _line(surface, version_key(one)) == _line(surface, wanted)]
    pool = alike if alike and len(wanted) > 1 else known
    below = [one for one in pool if version_key(one)[: len(wanted)] <= wanted]
    return below[-1] if below else pool[0]


def _line(surface: Surface, version: tuple[int, ...]) -> tuple[int, bool]:
    """Versions that grew out of each other: Keras 2.4 was the Keras of TensorFlow, and no more 2.3."""
    return version[0] if version else 0, surface.dialect == "keras" and version >= (2, 4)
