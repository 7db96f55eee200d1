"""Which answer `kmigrate explain` gives, in which form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kmigrate.report.summary import Line

FORMATS = ("text", "json", "markdown")


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands on the command line; `subject` is a symbol, or with `claims` the id of one."""

    subject: str | None = None
    everything: bool = False
    claims: bool = False
    format: str = "text"


def explained(asked: Asked) -> str | Iterable[Line]:
    """The answer. Raises ValueError, with a way on, for what cannot be answered."""
    if asked.format not in FORMATS:
        raise ValueError(f"--format {asked.format}: choose one of {', '.join(FORMATS)}")
    if asked.claims:
        if asked.everything:
            raise ValueError("--all and --claims are two tables; ask for one")
        return _claims(asked)
    if asked.everything:
        if asked.subject is not None:
            raise ValueError(f"--all takes no symbol; leave out --all to explain {asked.subject}")
        return _everything(asked.format)
    if asked.subject is None:
        raise ValueError("explain needs a symbol as in code (K.mean), or --all, or --claims")
    return _symbol(asked.subject, asked.format)


def _symbol(symbol: str, form: str) -> str | Iterable[Line]:
    from kmigrate.report.explain import explain, explain_json

    if form == "markdown":
        raise ValueError("--format markdown is for --all and --claims; a symbol has text and json")
    return explain(symbol) if form == "text" else explain_json(symbol)


def _everything(form: str) -> str:
    from kmigrate.report.equivalence import as_json, as_markdown, as_text

    return {"text": as_text, "json": as_json, "markdown": as_markdown}[form]()


def _claims(asked: Asked) -> str | Iterable[Line]:
    from kmigrate.report.claims import chosen_claims, claim_lines, claims_json, claims_markdown

    found = chosen_claims(asked.subject)
    if asked.format == "text":
        return claim_lines(found)
    return claims_json(found) if asked.format == "json" else claims_markdown(found)
