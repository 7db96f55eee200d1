"""`keras.json`: the settings of Keras that a project carries with it."""

from __future__ import annotations

import re

from kmigrate.model import Outcome
from kmigrate.project.manifests.known import known
from kmigrate.report.record import Pin

_PAIR = re.compile(r'"(?P<key>\w+)"(?P<colon>\s*:\s*)"(?P<value>\w+)"')


def keras_json(text: str, safe_only: bool = False) -> tuple[str, list[Pin]]:
    """The text with settings of today, and what was done; `safe_only` leaves what asks for a look."""
    settings, pins, parts, position = known()["settings"], list[Pin](), list[str](), 0
    for found in _PAIR.finditer(text):
        setting = settings.get(found["key"], {})
        pin = _pin(text, found, setting, safe_only)
        if pin is None:
            continue
        pins.append(pin)
        if pin.after:
            parts += [text[position : found.start()], pin.after]
            position = found.end()
    return "".join([*parts, text[position:]]), pins


def _pin(
    text: str, found: re.Match[str], setting: dict[str, dict[str, str]], safe_only: bool
) -> Pin | None:
    value, line = found["value"], text.count("\n", 0, found.start()) + 1
    if reason := setting.get("flag", {}).get(value, ""):
        return Pin(line, Outcome.FLAGGED, found[0], reason=reason)
    new, reason = setting.get("values", {}).get(value), setting.get("review", {}).get(value, "")
    if new is None:
        return None
    if f'"{setting["becomes"]}"' in text:
        said = f"`{setting['becomes']}` beside it is what counts; delete this one"
        return Pin(line, Outcome.KEPT, found[0], reason=said)
    if reason and safe_only:
        return Pin(line, Outcome.FLAGGED, found[0], reason=reason)
    after = f'"{setting["becomes"]}"{found["colon"]}"{new}"'
    outcome = Outcome.REVIEW if reason else Outcome.REWRITTEN
    return Pin(line, outcome, found[0], after, reason)
