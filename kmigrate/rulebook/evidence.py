"""The recorded runs that let a rule call its rewrites proven."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from kmigrate.api import rules_dir

PROOF = frozenset({"identical", "close"})


@cache
def load_evidence() -> Mapping[str, Mapping[str, Any]]:
    """Rule id -> {"keras2->keras3": {"verdict": ...}} from `rules/evidence/*.json`."""
    found: dict[str, dict[str, Any]] = {}
    for file in sorted((rules_dir() / "evidence").glob("*.json")):
        for rule, directions in json.loads(file.read_bytes()).items():
            found.setdefault(rule, {}).update(directions)
    return found


def proves(rule: str, source_api: str, target_api: str, template: str = "") -> bool:
    """Whether a run showed that before and after of this rule, and of `template`, compute the same.

    Each case of a rule writes other code: a run of one says nothing of the others.
    """
    record = load_evidence().get(rule, {}).get(f"{source_api}->{target_api}", {})
    has_run = not template or template in record.get("templates", ())
    return has_run and record.get("verdict") in PROOF
