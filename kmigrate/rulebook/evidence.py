"""The recorded runs that let a rule call its rewrites proven."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from kmigrate.api import rules_dir
from kmigrate.rulebook.rows import RewriteRow
from kmigrate.rulebook.table import Table

PROOF = frozenset({"identical", "close"})
UNPROVEN = "no recorded run proves this rule yet: compare both sides with `kmigrate verify`"
STALE = "the recorded run is of this rule as it once was: run `kmigrate verify --rules` again"


def load_evidence() -> Mapping[str, Mapping[str, Any]]:
    """Rule id -> {"keras2->keras3": {"verdict": ...}} from `rules/evidence/*.json`."""
    families = sorted(file.stem for file in (rules_dir() / "evidence").glob("*.json"))
    return {rule: ways for family in families for rule, ways in _of_family(family).items()}


@cache
def _of_family(family: str) -> Mapping[str, Mapping[str, Any]]:
    file = rules_dir() / "evidence" / f"{family}.json"
    found: dict[str, dict[str, Any]] = json.loads(file.read_bytes()) if file.is_file() else {}
    return found


def records_of(rule: str) -> Mapping[str, Any]:
    """What is on record for a rule, by direction; reads the file of the rule's family alone."""
    return _of_family(rule.partition(".")[0]).get(rule, {})


def record_of(rule: str, source_api: str, target_api: str) -> Mapping[str, Any]:
    """What is on record for a rule in one direction; empty where nothing is."""
    found: Mapping[str, Any] = records_of(rule).get(f"{source_api}->{target_api}", {})
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
    ran = map(plain, record.get("templates", ()))
    return "" if not template or plain(template) in ran else UNPROVEN


def limits(rule: str, source_api: str, target_api: str) -> str:
    """Where a proven rewrite is known to differ, beyond what it is held to; "" where nowhere."""
    return "; ".join(record_of(rule, source_api, target_api).get("outside", ()))


def violations(table: Table, ledger: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """Where the ledger is older than a rule, or says more than was seen, or a template never ran."""
    for rule, ways in ledger.items():
        for way, record in ways.items():
            yield from (f"{rule} {way}: {told}" for told in _record_violations(table, rule, record))
    ran = {
        (rule, plain(template))
        for rule, ways in ledger.items()
        for record in ways.values()
        for template in record.get("templates", ())
    }
    for row in table.rows.rewrites:
        for text in _claimed(row):
            if (row.id, plain(text)) not in ran:
                yield f"{row.id}: `{text}` never ran: add samples or a fixture, or say why in `unrun`"


def _record_violations(table: Table, rule: str, record: Mapping[str, Any]) -> Iterator[str]:
    if table.by_id(rule) is None:
        yield "it is not in the table"
    elif record.get("rule") != table.fingerprint(rule):
        yield "the ledger is older than the rule: run `kmigrate verify --rules --update`"
    elif record["verdict"] in PROOF and record.get("conditions"):
        yield f"it is called {record['verdict']}, and differences are on record"
    elif record["verdict"] in PROOF and not (record.get("cases") and record.get("modes")):
        yield f"it is called {record['verdict']}, and nothing ran"


def _claimed(row: RewriteRow) -> Iterator[str]:
    """The templates that are written without a word of caution, and can be run."""
    for case in row.cases:
        if not (row.note or case.note or row.unrun):
            yield from case.to.values()


def plain(template: str) -> str:
    """The template, whatever the dialect's name for its library, and with or without further arguments."""
    named = re.sub(r"\b(?:tf_keras|tensorflow\.keras|tf\.keras)\.", "keras.", template)
    named = re.sub(r"\btf\.", "tensorflow.", named)
    return re.sub(r", \.\.\.|\.\.\.(?:, )?", "", named)
