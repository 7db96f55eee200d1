"""Writing: edits of names, calls and imports made in a text, the rest byte-identical."""

from kmigrate.rewrite.refuse import Refused
from kmigrate.rewrite.splice import apply

__all__ = ["Refused", "apply"]
