"""Files as bytes and texts: PEP 263, byte order marks, and no newline ever translated."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from kmigrate.model import Unreadable
from kmigrate.notebook import SUFFIX, Notebook

_BREAK = re.compile(rb"\r\n|\r|\n")
_EXACT = frozenset({"utf-8", "utf-8-sig", "iso-8859-1", "ascii", "us-ascii"})


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text and the encoding that gives its bytes back (`utf-8-sig` stands for a mark)."""

    text: str
    encoding: str

    def encode(self, text: str) -> bytes:
        """The bytes of another text in this file's encoding.

        Raises Unreadable for a character that the encoding does not have.
        """
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            character = text[error.start]
            reason = f"{character!r} does not exist in the declared encoding {self.encoding}"
            raise Unreadable(f"{reason}; declare utf-8", *_place(text, error.start)) from None


def decode(data: bytes) -> Decoded:
    """The text of a Python file. Raises Unreadable with the reason and the place."""
    if (nul := data.find(b"\0")) >= 0:
        raise Unreadable("NUL bytes are not Python; is this a text file?", *_place(data, nul))
    encoding = _declared(data)
    try:
        decoded = Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        what = f"byte 0x{data[error.start]:02x} is not {encoding}"
        advice = (
            "declare the encoding on the first line (# -*- coding: latin-1 -*-) or save as utf-8"
        )
        raise Unreadable(f"{what}; {advice}", *_place(data, error.start)) from None
    except (LookupError, UnicodeError, ValueError):
        raise Unreadable(f"{encoding} is not an encoding of texts; save as utf-8", 1) from None
    if encoding not in _EXACT and not _gives_back(decoded, data):
        raise Unreadable(f"{encoding} does not give the same bytes back; save as utf-8", 1)
    return decoded


def document(data: bytes, path: str) -> Decoded | Notebook:
    """What a file holds, by its name. Raises Unreadable with the reason and the place."""
    if not path.endswith(SUFFIX):
        return decode(data)
    try:
        return Notebook(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Unreadable("a notebook is utf-8", *_place(data, error.start)) from None


def _declared(data: bytes) -> str:
    head = data.split(b"\n", 2)[:2] if b"\r" not in data[:1000] else _BREAK.split(data, 2)[:2]
    lines = io.BytesIO(b"\n".join(head) + b"\n")
    try:
        return tokenize.detect_encoding(lines.readline)[0]
    except SyntaxError as error:
        raise Unreadable(
            f"{error.msg or error}; declare an encoding that Python knows", 1
        ) from None


def _gives_back(decoded: Decoded, data: bytes) -> bool:
    try:
        return decoded.text.encode(decoded.encoding) == data
    except UnicodeError:
        return False


def _place(data: bytes | str, offset: int) -> tuple[int, int]:
    before = data[:offset].encode("utf-8") if isinstance(data, str) else data[:offset]
    lines = _BREAK.split(before)
    return len(lines), len(lines[-1]) + 1
