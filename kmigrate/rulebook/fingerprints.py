"""A short digest of what a row does, by which evidence knows that it is about the row as it stands."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

# Words for the reader, and where a row speaks at all: none of it changes what is computed.
_WORDS = frozenset({"why", "note", "note_to", "unproven", "unrun", "if_missing", "hook"})
# Flags that rows written before them do not have: they count where they are set.
_LATER = frozenset({"tuples", "rebinds", "heads", "symbolic", "minor"})


def fingerprint(row: object) -> str:
    """Ten digits that change with the names, arguments, templates, conditions and samples of a row."""
    text = json.dumps(_told(row), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _told(value: object) -> object:
    """The value without words, and without what is not set, so that new fields change nothing."""
    fields = getattr(value, "__dataclass_fields__", None)
    if fields is not None:
        told = {name: getattr(value, name) for name in fields if name not in _WORDS}
        value = {name: part for name, part in told.items() if part or name not in _LATER}
    if isinstance(value, Mapping):
        kept = {name: _told(part) for name, part in value.items()}
        return {name: part for name, part in kept.items() if part or part in (0, False)}
    return [_told(part) for part in value] if isinstance(value, list | tuple) else value
