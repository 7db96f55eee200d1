"""Edits into text: the ranges they name change, every other byte stays."""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Sequence

from kmigrate.comments import comments
from kmigrate.model import Edit, EditCall, EditImport, FillTemplate, Respell, Span
from kmigrate.rewrite.patches import Patch, nested, simple_patch
from kmigrate.rewrite.places import Place, Places
from kmigrate.rewrite.refuse import Impossible, Refused
from kmigrate.rewrite.statements import import_patches, vanishes
from kmigrate.text import SourceText

_EXACT_INSIDE_F_STRINGS = sys.version_info >= (3, 12)


def apply(source: SourceText, edits: Sequence[Edit], tree: ast.Module | None = None) -> str:
    """The text with the edits made.

    `tree` is the parsed text, where the caller has it. Raises Refused, with the span of the edit,
    for one that cannot be made.
    """
    if not edits:
        return source.text
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _Splicer(source, Places(source, tree)).spliced(edits)


class _Splicer:
    def __init__(self, source: SourceText, places: Places) -> None:
        self._source = source
        self._places = places

    def spliced(self, edits: Sequence[Edit]) -> str:
        removed = frozenset(
            edit.span
            for edit in edits
            if isinstance(edit, EditImport) and vanishes(edit) and not edit.after
        )
        patches = [patch for edit in dict.fromkeys(edits) for patch in self._patches(edit, removed)]
        whole, *ordered = nested(patches)
        for patch in reversed(ordered):
            if patch.edit is not None:
                patch.text = self._result(patch, patch.edit)
        return self._joined(whole) + self._source.text[whole.end :]

    def _patches(self, edit: Edit, removed: frozenset[Span]) -> list[Patch]:
        if isinstance(edit, EditImport):
            try:
                return import_patches(self._source, edit, self._places, removed)
            except Impossible as reason:
                raise Refused(str(reason), edit.span) from None
        if isinstance(edit, EditCall | FillTemplate):
            self._hold_call(edit)
        elif isinstance(edit, Respell):
            self._hold_name(edit)
        return [simple_patch(self._source, edit)]

    def _hold_call(self, edit: EditCall | FillTemplate) -> None:
        if self._places.inside_f_string(edit.span):
            raise Refused("the call stands inside an f-string", edit.span)

    def _hold_name(self, edit: Respell) -> None:
        text = self._source.slice(edit.span)
        if "#" in text and comments(text):
            raise Refused("a comment inside the name would be lost", edit.span)
        place = None if _EXACT_INSIDE_F_STRINGS else self._places.inside_f_string(edit.span)
        if place and not _spells(text, place):
            raise Refused("the place inside the f-string is not exact", edit.span)

    def _joined(self, patch: Patch) -> str:
        """The range of the patch, with what became of its children."""
        pieces, last = [], patch.start
        for child in patch.children:
            pieces += [self._source.text[last : child.start], child.text]
            last = child.end
        return "".join([*pieces, self._source.text[last : patch.end]])

    def _result(self, patch: Patch, edit: EditCall | FillTemplate) -> str:
        try:
            return self._edited(patch, edit, self._joined(patch))
        except Impossible as reason:
            raise Refused(str(reason), patch.span) from None
        except RecursionError:
            raise Refused("the expression is nested too deeply", patch.span) from None

    def _edited(self, patch: Patch, edit: EditCall | FillTemplate, text: str) -> str:
        from kmigrate.rewrite.calls import edit_call
        from kmigrate.rewrite.holes import Grip
        from kmigrate.rewrite.templates import fill_template

        newline = self._source.newline_at(patch.span.line)
        indent = self._source.indentation(patch.span.line) + "    "
        if isinstance(edit, EditCall):
            return edit_call(text, edit, newline, indent)
        result, grip = fill_template(text, edit, newline, indent)
        if grip is Grip.ATOM or self._has_brackets(patch):
            return result
        place = self._places.place(patch.span)
        if grip is Grip.NUMBER:
            return f"({result})" if place is None or place.is_dotted else result
        is_bare = grip is Grip.LOOSE and place is not None and place.is_open
        return result if is_bare else f"({result})"

    def _has_brackets(self, patch: Patch) -> bool:
        text = self._source.text
        return text[patch.start - 1 : patch.start] == "(" and text[patch.end : patch.end + 1] == ")"


def _spells(text: str, place: Place) -> bool:
    return "".join(text.split()) == ast.unparse(place.node)
