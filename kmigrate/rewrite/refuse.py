"""The refusal of an edit that cannot be made."""

from __future__ import annotations

from typing import NoReturn

from kmigrate.model import Span


class Refused(Exception):
    """An edit that cannot be made: the reason in a sentence, and the span of the edit."""

    def __init__(self, reason: str, span: Span) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span


class Impossible(Exception):
    """The same before the span is known; `apply` turns it into `Refused`."""


def refuse(reason: str) -> NoReturn:
    """Raise Impossible, as a function so that it can end an expression."""
    raise Impossible(reason)
