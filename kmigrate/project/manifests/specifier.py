"""What a requirement allows, asked of `packaging`, and the smallest change that makes it allow a need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_LOWER = re.compile(r"^(\s*)(>=|>)(\s*)[^,\s]+(\s*)$")
_ANY = ("", "*")


@dataclass(frozen=True, slots=True)
class Need:
    """What the target needs of a package.

    `low` is written as the least version, `floor` is the least that may stay, `high` is the first
    version that is too new, or "".
    """

    package: str
    low: str
    floor: str
    high: str = ""


def understood(text: str, style: str) -> SpecifierSet | None:
    """The specifier as PEP 440 says it; None for what is in no known form."""
    try:
        return SpecifierSet(",".join(_as_pep440(part.strip(), style) for part in text.split(",")))
    except InvalidSpecifier:
        return None


def _as_pep440(part: str, style: str) -> str:
    """`^2.2` and `~2.2` of Poetry, `=2.2.4=py36_0` of conda, `2.2.4` of both."""
    if part in _ANY:
        return ""
    if style == "conda":
        found = re.fullmatch(r"={0,2}\s*([\w.*]+)(?:=[\w.*]+)?", part)
        if found is None:
            return part
        prefix = part.startswith("=") and not part.startswith("==") and "*" not in found[1]
        return f"=={found[1]}.*" if prefix and part.count("=") == 1 else f"=={found[1]}"
    if style == "keyed":
        if part[0] in "^~" and not part.startswith("~="):
            return _range(part)
        return f"=={part}" if part[0].isdigit() else part
    return part


def _range(part: str) -> str:
    """`^2.2` is every 2.x from there on, `^0.3` every 0.3.x, `~2.2` every 2.2.x."""
    version = part.lstrip("^~ ")
    numbers = [int(number) if number.isdigit() else -1 for number in version.split(".")]
    if -1 in numbers:
        return part
    last = 0 if part[0] == "^" or len(numbers) == 1 else 1
    if part[0] == "^":
        last = next((n for n, number in enumerate(numbers) if number), 0)
    bound = ".".join(map(str, (*numbers[:last], numbers[last] + 1)))
    return f">={version},<{bound}"


def _telling(allowed: SpecifierSet, *more: str) -> Iterator[Version]:
    """Versions that show where what is allowed begins and ends."""
    texts = [spec.version.removesuffix(".*") for spec in allowed]
    for text in ("0", "1000000", *texts, *more):
        try:
            version = Version(text)
        except InvalidVersion:  # `===` takes any text
            continue
        yield version
        yield Version(".".join(map(str, (*version.release, 1))))


def admits(allowed: SpecifierSet, low: str, high: str = "") -> bool:
    """Is some version from `low` up to `high` allowed?"""
    least, bound = Version(low), Version(high) if high else None
    return any(
        least <= version and (bound is None or version < bound)
        for version in _telling(allowed, low)
        if allowed.contains(version, prereleases=True)
    )


def is_met(allowed: SpecifierSet, need: Need) -> bool:
    """Does it allow something that the target takes, and nothing else?"""
    is_below = any(
        version < Version(need.floor)
        for version in _telling(allowed)
        if allowed.contains(version, prereleases=True)
    )
    is_above = bool(need.high) and admits(allowed, need.high)
    return not is_below and not is_above and admits(allowed, need.floor, need.high)


def moved(text: str, style: str, need: Need) -> str | None:
    """The specifier that meets the need, `text` where it does, None where it is not understood.

    A lower bound moves and what stands beside it stays, unless that forbids the need.
    """
    allowed = understood(text, style)
    if allowed is None:
        return None
    if not len(allowed) or is_met(allowed, need):
        return text
    raised = _raised(text, need)
    if (result := understood(raised, style)) is not None and is_met(result, _asked(need)):
        return raised
    space = " " if re.search(r"[=<>~]\s+\d", text) else ""
    return f">={space}{need.low}" + (f",<{space}{need.high}" if need.high else "")


def _asked(need: Need) -> Need:
    return Need(need.package, need.low, need.low, need.high)


def _raised(text: str, need: Need) -> str:
    parts = text.split(",")
    for number, part in enumerate(parts):
        if found := _LOWER.match(part):
            parts[number] = f"{found[1]}>={found[3]}{need.low}{found[4]}"
            return ",".join(parts)
    return f">={need.low},{text.strip()}"
