"""`rules/claims.toml`: what articles say, and what was observed of it (`rules/claims.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from kmigrate.api import rules_dir

NAME = "claims.toml"
OBSERVED = "claims.json"
TRUE, FALSE, CONDITIONAL = "true", "false", "conditional"

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Expectation:
    """What would be observed if the claim were true. Names may hold `*`.

    `same`: pairs of values that are the same, bit by bit; `runs`: values that come without an
    exception; `raises`: the type of the exception in place of a value, `*` for any; `shows`: the value itself;
    `like`: a surface on which each of the values `runs` is the same within tolerance, where it is
    a value there at all.
    """

    on: tuple[str, ...] = ()  # surfaces; none: all that the fixture runs on
    same: tuple[tuple[str, str], ...] = ()
    runs: tuple[str, ...] = ()
    raises: Mapping[str, str] = field(default_factory=dict)
    shows: Mapping[str, Value] = field(default_factory=dict)
    like: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an article; `verdict` is what follows from the observations of `fixture`."""

    id: str
    claim: str
    source: str
    fixture: str
    verdict: str
    expect: tuple[Expectation, ...]
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What came out on one surface: the checks that hold, and the others with what was observed."""

    versions: str
    device: str
    holds: Sequence[str] = ()
    fails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """What the recorded runs say of a claim, by surface."""

    verdict: str
    runs: Mapping[str, Run]


def load_claims(file: Path | None = None) -> tuple[Claim, ...]:
    """The claims as written. Raises ValueError for a row that is not one."""
    import tomllib

    document = tomllib.loads((file or rules_dir() / NAME).read_text("utf-8"))
    sources = document.get("sources", {})
    return tuple(_claim(row, sources) for row in document["claim"])


@cache
def load_found(file: Path | None = None) -> Mapping[str, Found]:
    """What was derived from the recorded runs, by claim."""
    document = json.loads((file or rules_dir() / OBSERVED).read_bytes())
    return {
        name: Found(row["verdict"], {on: Run(**run) for on, run in row["runs"].items()})
        for name, row in document.items()
    }


def _claim(row: Mapping[str, Any], sources: Mapping[str, str]) -> Claim:
    try:
        expect = tuple(_expectation(one) for one in row["expect"])
        given = {**row, "source": sources[row["source"]], "expect": expect}
        return Claim(**{"fixture": row["id"], **given})
    except (KeyError, TypeError) as error:
        raise ValueError(f"{NAME}: {row.get('id', 'a claim without an id')}: {error}") from None


def _expectation(row: Mapping[str, Any]) -> Expectation:
    lists: dict[str, Any] = {key: tuple(row.get(key, ())) for key in ("on", "runs")}
    pairs = tuple((one, other) for one, other in row.get("same", ()))
    others = {key: value for key, value in row.items() if key not in ("on", "runs", "same")}
    return Expectation(**lists, same=pairs, **others)
