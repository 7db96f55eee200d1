"""The recorded runs that let a rule call its rewrites proven."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from kmigrate.api import rules_dir

PROOF = frozenset({"identical", "close"})
UNPROVEN = "no recorded run proves this rule yet: compare both sides with `kmigrate verify`"
STALE = "the recorded run is of this rule as it once was: run `kmigrate verify --rules` again"


@cache
def load_evidence() -> Mapping[str, Mapping[str, Any]]:
    """Rule id -> {"keras2->keras3": {"verdict": ...}} from `rules/evidence/*.json`."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((rules_dir() / "evidence").glob("*.json")):
        for rule, directions in json.loads(file.read_bytes()).items():
            found.setdefault(rule, {}).update(directions)
    return found


def record_of(rule: str, source_api: str, target_api: str) -> Mapping[str, Any]:
    """What is on record for a rule in one direction; empty where nothing is."""
    found: Mapping[str, Any] = load_evidence().get(rule, {}).get(f"{source_api}->{target_api}", {})
    return found


def doubt(rule: str, fingerprint: str, source_api: str, target_api: str, template: str = "") -> str:
    """Why a rewrite by the rule, and by `template` of it, is not proven; "" where a run proved it.

    A run of a rule with another fingerprint is one of another rule. Each case of a rule writes
    other code: a run of one says nothing of the others.
    """
    record = record_of(rule, source_api, target_api)
    if not record:
        return UNPROVEN
    if record.get("rule") != fingerprint:
        return STALE
    if record["verdict"] not in PROOF:
        return "; ".join(record.get("conditions", ())) or UNPROVEN
    return "" if not template or template in record.get("templates", ()) else UNPROVEN


def limits(rule: str, source_api: str, target_api: str) -> str:
    """Where a proven rewrite is known to differ, beyond what it is held to; "" where nowhere."""
    return "; ".join(record_of(rule, source_api, target_api).get("outside", ()))
