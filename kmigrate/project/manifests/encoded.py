"""The bytes of a requirement file as text, whatever wrote them, and back."""

from __future__ import annotations

import codecs

_MARKS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decoded(data: bytes) -> tuple[str, str]:
    """The text, with any byte order mark, and the encoding that gives the same bytes back.

    PowerShell writes `pip freeze > requirements.txt` as UTF-16; Latin 1 reads everything else.
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"
