"""Verifications as text for a person and as JSON for a program."""

from kmigrate.verify.show.document import as_json
from kmigrate.verify.show.page import as_text

__all__ = ["as_json", "as_text"]
