"""What the ledger claims and a run here does not bear out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from kmigrate.rulebook.evidence import PROOF, plain

Ledger = Mapping[str, Mapping[str, Any]]


def broken(
    seen: Ledger,
    ran: Collection[tuple[str, str]],
    claimed: Ledger,
    fingerprints: Mapping[str, str],
    chosen: Callable[[str], bool],
    backend: str,
) -> Iterator[str]:
    """A sentence for each claim about a chosen rule that is out of date, or not what was seen."""
    for rule, ways in claimed.items():
        for way, document in ways.items() if chosen(rule) else ():
            if rule not in fingerprints:
                yield f"{rule} is in the ledger and not in the table"
            elif document.get("rule") != fingerprints[rule]:
                yield f"{rule} {way}: the ledger is older than the rule; run it with --update"
            elif (rule, way) in ran:
                both = (document_of(one, (rule, way), backend) for one in (claimed, seen))
                yield from (f"{rule} {way}: {told}" for told in _less(*both))


def document_of(found: Ledger, key: tuple[str, str], backend: str) -> Mapping[str, Any]:
    """What is said of a rule in a direction, with Keras 3 on the backend."""
    document: Mapping[str, Any] = found.get(key[0], {}).get(key[1], {})
    if backend == "tensorflow":
        return document
    other: Mapping[str, Any] = document.get("backends", {}).get(backend, {})
    return other


def _less(claim: Mapping[str, Any], seen: Mapping[str, Any]) -> Iterator[str]:
    """Close is as good as identical: other processors round in other ways."""
    if claim.get("verdict") not in PROOF:
        return
    if seen["verdict"] not in PROOF:
        told = "; ".join(seen.get("conditions", ()))
        yield f"{claim['verdict']} by the ledger, {seen['verdict']} here: {told}"
    held, shown = (set(map(plain, one.get("templates", ()))) for one in (claim, seen))
    for template in sorted(held - shown):
        yield f"the ledger has it that `{template}` was proven, and it was not"
