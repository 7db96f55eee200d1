"""What a program leaves besides its values: the text that it printed and the files that it wrote.

Stays within the standard library and the syntax of Python 3.6.
"""

import base64
import os
import sys
import zlib
from typing import Any, Dict, Iterator, List

PRINTED_CHARACTERS = 1 << 20
FILE_BYTES = 4 << 20


class Printed(object):
    """Stands in for `sys.stdout` while a program runs, and keeps the first part of what it prints."""

    def __init__(self, wanted: bool) -> None:
        self.wanted = wanted
        self._texts = []  # type: List[str]
        self._left = PRINTED_CHARACTERS
        self._stream = sys.stdout  # type: Any
        if wanted:
            sys.stdout = self

    def write(self, text: str) -> int:
        """Keep the text and let it pass."""
        self._texts.append(text[: self._left])
        self._left -= len(self._texts[-1])
        return int(self._stream.write(text))

    def writelines(self, texts: Any) -> None:
        """The same for many."""
        for text in texts:
            self.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def stop(self) -> None:
        """Give `sys.stdout` back."""
        if self.wanted:
            sys.stdout = self._stream

    def lines(self) -> List[str]:
        """What was printed, with a last line that says so when it was more than is kept."""
        cut = ["(and more than %d characters)" % PRINTED_CHARACTERS] if self._left <= 0 else []
        return "".join(self._texts).split("\n") + cut


def place(files: Dict[str, str]) -> None:
    """Put the files of another program into the working folder."""
    for name, content in files.items():
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(name, "wb") as stream:
            stream.write(zlib.decompress(base64.b64decode(content)))


def take(listed: List[str]) -> Dict[str, str]:
    """The files that a program lists in `files`, and those in the folders among them.

    Raises OSError for one that is not there and ValueError when they are too large to be kept.
    """
    taken, left = {}, FILE_BYTES  # type: Dict[str, str], int
    for name in [inner for name in listed for inner in _inside(name)]:
        with open(name, "rb") as stream:
            content = stream.read(left + 1)
        left -= len(content)
        if left < 0:
            raise ValueError("files hold more than %d MB" % (FILE_BYTES >> 20))
        taken[name.replace(os.sep, "/")] = base64.b64encode(zlib.compress(content, 9)).decode()
    return taken


def _inside(name: str) -> Iterator[str]:
    if not os.path.isdir(name):
        yield name
    for folder, folders, names in os.walk(name):
        folders.sort()
        for inner in sorted(names):
            yield os.path.join(folder, inner)
