"""What articles say, and what came out when it was run: text, Markdown and JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from kmigrate.report.findings import one_line
from kmigrate.report.markdown import table
from kmigrate.report.summary import Line, Style
from kmigrate.rulebook.claims import CONDITIONAL, FALSE, TRUE, Claim, Run, load_claims, load_found

_STYLES = {TRUE: Style.GOOD, CONDITIONAL: Style.LOOK, FALSE: Style.BAD}
_OBSERVED = 5  # failing checks of a surface that the text lists
_FIXTURES = "fixtures/claims/"


def chosen_claims(name: str | None = None) -> tuple[Claim, ...]:
    """All claims, or the one of that id. Raises ValueError for an id that does not exist."""
    claims = load_claims()
    if name is None:
        return claims
    found = tuple(claim for claim in claims if claim.id == name)
    if not found:
        meant = get_close_matches(name, [claim.id for claim in claims], 3)
        way_on = f"{', '.join(meant)}?" if meant else "kmigrate explain --claims lists them"
        raise ValueError(f"no claim is called {name}; {way_on}")
    return found


def claim_lines(claims: Iterable[Claim]) -> Iterator[Line]:
    """Each claim with its verdict and condition; one alone with all that was observed."""
    claims = tuple(claims)
    for claim in claims:
        style = _STYLES[claim.verdict]
        yield Line(f"{claim.verdict:11}  {claim.id}: {claim.claim}", style)
        if claim.condition:
            yield Line(f"{'':13}{claim.condition}")
        if len(claims) > 1:
            yield Line(f"{'':13}{evidence(claim)}", Style.FAINT)
            continue
        yield Line(f"  said in {claim.source}", Style.FAINT)
        yield Line(f"  run by {_FIXTURES}{claim.fixture}/program.py", Style.FAINT)
        for surface, run in load_found()[claim.id].runs.items():
            yield from _observed(surface, run)


def claims_markdown(claims: Iterable[Claim]) -> str:
    """One table: verdict, claim, condition, where it was seen, source."""
    rows = [
        (claim.verdict, claim.claim, claim.condition, evidence(claim), claim.source)
        for claim in claims
    ]
    return table(("verdict", "claim", "exactly", "seen on", "said in"), rows)


def claims_json(claims: Iterable[Claim]) -> str:
    """One JSON document with a final newline: each claim, and what was observed by surface."""
    rows = [
        {
            "id": claim.id,
            "claim": claim.claim,
            "source": claim.source,
            "verdict": claim.verdict,
            "condition": claim.condition or None,
            "fixture": _FIXTURES + claim.fixture,
            "runs": {
                surface: {
                    "versions": run.versions,
                    "device": run.device,
                    "holds": list(run.holds),
                    "fails": dict(run.fails),
                }
                for surface, run in load_found()[claim.id].runs.items()
            },
        }
        for claim in claims
    ]
    return json.dumps({"version": 1, "claims": rows}, indent=2) + "\n"


def evidence(claim: Claim) -> str:
    """`holds on keras 2.2.4, tf.keras 1.15.5; fails on keras 3.15.1; CPU (x86_64)`."""
    runs = load_found()[claim.id].runs
    sides = {
        "holds on": [on for on, run in runs.items() if not run.fails],
        "holds in part on": [on for on, run in runs.items() if run.fails and run.holds],
        "fails on": [on for on, run in runs.items() if not run.holds],
    }
    told = [
        f"{how} {', '.join(_partly(on, runs[on]) for on in surfaces)}"
        for how, surfaces in sides.items()
        if surfaces
    ]
    return "; ".join([*told, ", ".join(sorted({run.device for run in runs.values()}))])


def _partly(surface: str, run: Run) -> str:
    """`tf.keras 2.15.1`, of TensorFlow that is, and how many checks hold where not all do."""
    version = run.versions.partition(",")[0].rpartition(" ")[2]
    share = f" ({len(run.holds)} of {len(run.holds) + len(run.fails)})"
    return f"{surface.partition('@')[0]} {version}" + (share if run.holds and run.fails else "")


def _observed(surface: str, run: Run) -> Iterator[Line]:
    style = Style.GOOD if not run.fails else Style.LOOK if run.holds else Style.BAD
    total = len(run.holds) + len(run.fails)
    head = f"  {surface:10}  {len(run.holds)} of {total} hold ({run.versions}; {run.device})"
    yield Line(head, style)
    for name, seen in list(run.fails.items())[:_OBSERVED]:
        yield Line(f"{'':14}{name}: {one_line(seen, 160)}")
    if len(run.fails) > _OBSERVED:
        more = len(run.fails) - _OBSERVED
        yield Line(f"{'':14}and {more} more; --format json lists them", Style.FAINT)
