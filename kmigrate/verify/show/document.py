"""Verifications as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from typing import Any

from kmigrate.verify.compare import Compared
from kmigrate.verify.observation import Observation
from kmigrate.verify.verification import Verification

FORMAT = 1


def as_json(verifications: Sequence[Verification]) -> str:
    """One JSON document and a newline; `programs` has an entry for each program and backend."""
    document = {"version": FORMAT, "programs": list(map(_program, verifications))}
    return dumps(document, indent=2) + "\n"


def _program(verification: Verification) -> dict[str, Any]:
    comparison, subject = verification.comparison, verification.subject
    return {
        "path": subject.name,
        "from": subject.sources,
        "to": subject.target,
        "backend": verification.backend,
        "verdict": comparison.verdict,
        "reason": verification.reason,
        "names": [_name(compared) for compared in comparison.names],
        "before": _side(verification.before),
        "after": _side(verification.after),
    }


def _name(compared: Compared) -> dict[str, Any]:
    return {
        "name": compared.name,
        "verdict": compared.verdict,
        "reason": compared.reason,
        "proves": compared.proves,
        "max_ulp": compared.max_ulp,
        "max_abs": compared.max_abs,
        "max_rel": compared.max_rel,
        "where": compared.where,
        "before": compared.before,
        "after": compared.after,
    }


def _side(observation: Observation) -> dict[str, Any]:
    failure = observation.failure
    return {
        "status": observation.ending,
        "versions": dict(observation.versions),
        "device": observation.device,
        "notes": list(observation.notes),
        "error": failure
        and {
            "type": failure.type,
            "message": failure.message,
            "line": failure.line,
            "traceback": failure.traceback,
        },
    }
