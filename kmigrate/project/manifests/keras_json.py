"""`keras.json`: the settings of Keras that a project carries with it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmigrate.model import Outcome
from kmigrate.report.record import Pin

NAME = "keras.json"
_ORDERING = re.compile(r'"image_dim_ordering"(\s*:\s*)"(tf|th)"')
_BACKEND = re.compile(r'"backend"\s*:\s*"(theano|cntk)"')
_FORMATS = {"tf": "channels_last", "th": "channels_first"}
_TH = (
    "the ordering `th` is `channels_first`: on the CPU TensorFlow has no such convolutions, so "
    "prefer `channels_last` with inputs and weights transposed"
)
_GONE = (
    'no Keras has this backend any more, and Keras 3 stops at it: write `"backend": "tensorflow"`'
)


def keras_json(text: str) -> tuple[str, list[Pin]]:
    """The text with settings of today, and what was done."""
    pins = list(_backend(text))
    if found := _ORDERING.search(text):
        line, before = _line(text, found.start()), found[0]
        if '"image_data_format"' in text:
            reason = "`image_data_format` beside it is what counts; delete this one"
            return text, [*pins, Pin(line, Outcome.KEPT, before, reason=reason)]
        after = f'"image_data_format"{found[1]}"{_FORMATS[found[2]]}"'
        text = text[: found.start()] + after + text[found.end() :]
        is_th = found[2] == "th"
        outcome = Outcome.REVIEW if is_th else Outcome.REWRITTEN
        pins.append(Pin(line, outcome, before, after, _TH if is_th else ""))
    return text, pins


def _backend(text: str) -> Iterator[Pin]:
    if found := _BACKEND.search(text):
        yield Pin(_line(text, found.start()), Outcome.FLAGGED, found[0], reason=_GONE)


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
