"""New texts in the quotes that the code around them has."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from kmigrate.model import Edit, EditCall, FillTemplate
from kmigrate.text import SourceText

_Edit = TypeVar("_Edit", bound=Edit)
_LITERAL = re.compile(r"(?<![\w'\"\\])(['\"])([^'\"\\\n]+)\1(?!['\"])")


def requoted(edit: _Edit, source: SourceText) -> _Edit:
    """The edit with the literals that it brings in the quotes of its call, else of the file."""
    if isinstance(edit, FillTemplate):
        return replace(edit, template=_in_its_quotes(edit.template, edit, source))
    if isinstance(edit, EditCall):
        values = tuple((index, _in_its_quotes(text, edit, source)) for index, text in edit.values)
        append = tuple((name, _in_its_quotes(text, edit, source)) for name, text in edit.append)
        return replace(edit, values=values, append=append)
    return edit


def _in_its_quotes(text: str, edit: EditCall | FillTemplate, source: SourceText) -> str:
    if not _LITERAL.search(text):
        return text
    before = source.slice(edit.span)
    used = {found[1] for found in _LITERAL.finditer(before)}
    mark = used.pop() if len(used) == 1 else _usual(source.text)

    def written(found: re.Match[str]) -> str:
        is_own = not mark or found[0] in before
        return found[0] if is_own else f"{mark}{found[2]}{mark}"

    return _LITERAL.sub(written, text)


@lru_cache(maxsize=64)
def _usual(text: str) -> str:
    """The quotes that most literals have; "" where there are none."""
    marks = [found[1] for found in _LITERAL.finditer(text)]
    return max(sorted(set(marks)), key=marks.count, default="")
