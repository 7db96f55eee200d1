"""Why a side failed: the person's own frames of the traceback, and the lines that stand there."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Program
from kmigrate.verify.show.paint import Paint

_FRAME = re.compile(
    r'^  File "(?P<file>.+)", line (?P<line>\d+)(?:, in (?P<name>.+))?\n(?:    (?P<code>.*)\n)?',
    re.MULTILINE,
)
_INSTALLED = re.compile(r"(?:site|dist)-packages|/lib/python\d|^<frozen|kmigrate.verify.inside.")
_CELL = re.compile(r"^# In\[(\d+)\]$")
MOST_FRAMES = 8
LAST_LINES = 6


@dataclass(frozen=True, slots=True)
class Frame:
    """One entry of a traceback."""

    file: str
    line: int
    name: str
    code: str


def failure(
    side: str, observation: Observation, program: Program, paint: Paint, verbose: bool
) -> Iterator[str]:
    """What happened, and where in the person's files as that side ran them."""
    failed = observation.failure
    if failed is None or observation.ending is Ending.FINISHED:
        return
    if observation.ending is not Ending.RAISED:
        yield paint("red", f"{side} {observation.ending}: {failed.message}")
        yield from (f"    {line}" for line in failed.traceback.strip().splitlines()[-LAST_LINES:])
        return
    message = failed.message.strip().splitlines() or [""]
    first = textwrap.wrap(f"{side} raised {failed.type}: {message[0]}", paint.width - 6)
    yield from (paint("red", f"{'    ' * (number > 0)}{line}") for number, line in enumerate(first))
    yield from (f"    {line}" for line in _ends(message[1:]))
    if verbose:
        yield from (f"    {line}" for line in failed.traceback.rstrip().splitlines())
        return
    frames = list(_frames(failed.traceback))
    own = [frame for frame in frames if not _INSTALLED.search(frame.file)]
    for frame in own[-MOST_FRAMES:]:
        yield f"    {paint('bold', _place(frame, program))}" + (
            f", in {frame.name}" if frame.name else ""
        )
        if frame.code:
            yield f"        {frame.code}"
    hidden = len(frames) - len(own[-MOST_FRAMES:])
    if hidden:
        plural = "s" if hidden > 1 else ""
        yield paint("dim", f"    {hidden} frame{plural} of installed packages: --verbose shows all")


def _ends(lines: list[str]) -> list[str]:
    """The first lines and the last: TensorFlow tells the way there before the reason."""
    if len(lines) <= LAST_LINES:
        return lines
    filled = [line for line in lines if line.strip()]
    return [*filled[:1], "    ...", *filled[2 - LAST_LINES :]]


def _frames(traceback: str) -> Iterator[Frame]:
    for found in _FRAME.finditer(traceback):
        name = "" if found["name"] in (None, "<module>") else found["name"]
        yield Frame(found["file"], int(found["line"]), name, (found["code"] or "").strip())


def _place(frame: Frame, program: Program) -> str:
    """`model.py:4`, or `notebook.ipynb In[3]:2`."""
    shown = os.path.relpath(frame.file)
    shown = frame.file if shown.startswith(os.pardir) and len(shown) > len(frame.file) else shown
    if frame.file == str(program.file.absolute()):
        lines = program.text.splitlines()[: frame.line]
        for number in range(len(lines) - 1, -1, -1):
            cell = _CELL.match(lines[number])
            if cell:
                return f"{Path(shown).as_posix()} In[{cell[1]}]:{frame.line - number - 1}"
    return f"{Path(shown).as_posix()}:{frame.line}"
