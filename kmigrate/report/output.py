"""Where text goes: standard output as bytes, a file, or a terminal with colours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

if TYPE_CHECKING:
    from kmigrate.report.summary import Line


def has_colour(stream: TextIO) -> bool:
    """A terminal that is not asked to be plain (https://no-color.org)."""
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


class Output:
    """The destination of what was asked for: a file if one is given, written at the end, or a stream."""

    def __init__(self, file: Path | None, stream: TextIO | None = None) -> None:
        self._file = file
        self._stream = stream or sys.stdout
        self._parts: list[bytes] = []

    @property
    def colour(self) -> bool:
        """Whether a person looks at it in colour."""
        return self._file is None and has_colour(self._stream)

    def write(self, data: bytes | str) -> None:
        """Add to the output; nothing appears before `close`."""
        self._parts.append(data.encode(errors="surrogateescape") if isinstance(data, str) else data)

    def close(self) -> None:
        """Raises OSError when the file cannot be written."""
        data = b"".join(self._parts)
        if self._file is not None:
            self._file.write_bytes(data)
            return
        self._stream.flush()
        binary: BinaryIO | None = getattr(self._stream, "buffer", None)
        if binary is not None:
            binary.write(data)
            binary.flush()
        else:
            self._stream.write(data.decode(errors="replace"))


def rendered(lines: Iterable[Line], colour: bool) -> str:
    """The lines as text, through rich where there are colours."""
    if not colour:
        return "".join(f"{line.text}\n" for line in lines)
    from rich.console import Console
    from rich.text import Text

    console = Console(force_terminal=True, highlight=False, soft_wrap=True)
    with console.capture() as capture:
        for line in lines:
            console.print(Text(line.text, style=line.style.value))
    return capture.get()


def complain(message: str) -> None:
    """An error, for a person, on the standard error stream."""
    if has_colour(sys.stderr):
        message = f"\x1b[31m{message}\x1b[0m"
    print(message.encode(errors="backslashreplace").decode(), file=sys.stderr)


def refuse(reason: object) -> int:
    """Say why nothing was done; the exit code."""
    complain(f"kmigrate: {reason}")
    return 2
