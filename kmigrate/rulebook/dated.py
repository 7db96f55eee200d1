"""The laws of `since` and `until`: a version that is one, and that something can be seen to change at."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmigrate.atlas import atlas, versions
from kmigrate.dialects import locate
from kmigrate.model import SURFACES, Surface
from kmigrate.rulebook.checks import APIS
from kmigrate.rulebook.eras import Dated, bounds, is_dated, patterns
from kmigrate.rulebook.rows import ArgumentRow, RewriteRow, Rows, SymbolRow
from kmigrate.rulebook.templates import names_of
from kmigrate.versions import TF_KERAS, Key, key, life, spelled

_VERSION = re.compile(r"\d+(\.\d+)*")


def violations(rows: Rows) -> Iterator[str]:
    """What is wrong with the versions of the rows."""
    every: tuple[Dated, ...] = (*rows.symbols, *rows.rewrites, *rows.arguments, *rows.flags)
    for row in filter(is_dated, every):
        found = list(_words(row))
        yield from (f"{row.id}: {text}" for text in found or _facts(row))


def _words(row: Dated) -> Iterator[str]:
    for name, version in (*row.since.items(), *row.until.items()):
        if name not in (*APIS, TF_KERAS):
            yield f"`{name}` is none of the APIs {', '.join(APIS)}, nor {TF_KERAS}"
        elif name in APIS and name not in _apis(row):
            yield f"it is not about {name}, whose version it names"
        if not _VERSION.fullmatch(version):
            yield f"{version!r} is no version"
    for name in row.since.keys() & row.until.keys():
        if key(row.since[name]) >= key(row.until[name]):
            yield f"no version of {name} is both since {row.since[name]} and until {row.until[name]}"


def _apis(row: Dated) -> set[str]:
    """The APIs that the row leads from or to."""
    if isinstance(row, SymbolRow):
        return set(APIS)
    if isinstance(row, RewriteRow):
        return {*row.sources, *(api for case in row.cases for api in case.to)}
    return {*row.sources, *row.targets}


def _facts(row: Dated) -> Iterator[str]:
    """Each bound is inside the life of a surface, and a snapshot or the source shows the change."""
    surfaces = [one for one in SURFACES.values() if _is_told(row, one)]
    told = {(one, at) for one in surfaces for at in bounds(row, one) or () if at}
    lived = {(one, at) for one, at in told if life(one).low < at < life(one).high}
    for at in sorted({at for _, at in told} - {at for _, at in lived}):
        yield f"no surface has a version {spelled(at)} to change at"
    for surface, at in sorted(lived, key=str):
        if not _shows(row, surface, at) and not _names(row, at):
            yield f"neither the snapshots of {surface.name} nor `why` know of {spelled(at)}"
    if isinstance(row, ArgumentRow) and row.default:
        yield from (text for surface in surfaces for text in _defaults(row, surface))


def _is_told(row: Dated, surface: Surface) -> bool:
    """Does the row say a version of the surface itself, not one that is translated to it?"""
    is_own = TF_KERAS in (*row.since, *row.until)
    return bounds(row, surface) is not None and (surface.dialect != TF_KERAS or is_own)


def _names(row: Dated, at: Key) -> bool:
    """Does the source name the version, as `/blob/2.3.0/` does?"""
    return re.search(rf"(?<![\d.]){re.escape(spelled(at))}(?!\d)", row.why) is not None


def _shows(row: Dated, surface: Surface, at: Key) -> bool:
    """Do the nearest snapshots on both sides differ in something that the row names?"""
    ordered = sorted(versions(surface), key=key)
    before = [version for version in ordered if key(version) < at][-1:]
    after = [version for version in ordered if key(version) >= at][:1]
    return bool(before and after) and _state(row, surface, before[0]) != _state(
        row, surface, after[0]
    )


def _state(row: Dated, surface: Surface, version: str) -> list[object]:
    known = atlas(surface, version)
    found: list[object] = []
    for path in sorted({*patterns(row, surface.api), *_written(row, surface.api)}):
        snapshot = known.holding(path)
        found.append((path, snapshot and snapshot.signature(path), snapshot is None))
    return found


def _written(row: Dated, api: str) -> Iterator[str]:
    """The paths that the templates for an API write."""
    for case in row.cases if isinstance(row, RewriteRow) else ():
        for name in names_of(case.to.get(api, "")):
            located = locate(name)
            if located is not None:
                yield located[1]


def _defaults(row: ArgumentRow, surface: Surface) -> Iterator[str]:
    """What is written out is the default in each version for which the row holds."""
    low, high = bounds(row, surface) or ((), ())
    for version in versions(surface) if surface.api in row.sources else ():
        if low <= key(version) and (not high or key(version) < high):
            for path in row.on:
                snapshot = atlas(surface, version).holding(path)
                found = snapshot.signature(path) if snapshot else None
                parameter = found.find(row.argument) if found else None
                if parameter is not None and parameter.default != row.default:
                    yield f"the default of `{path}` in {surface.name} {version} is {parameter.default}"
