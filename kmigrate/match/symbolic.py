"""What is done to symbolic Keras tensors: raw TensorFlow called on them, and what is taken of them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from functools import cached_property

from kmigrate.dialects import locate, qualified
from kmigrate.match.actions import Action, Template
from kmigrate.match.importing import QUALIFIED
from kmigrate.match.inside import Inside
from kmigrate.match.judge import Judge
from kmigrate.match.sites import Court
from kmigrate.model import Outcome, Surface
from kmigrate.rulebook.facts import covers
from kmigrate.rulebook.rows import FlagRow
from kmigrate.scan import MethodUse, Scan, Use
from kmigrate.scan.scopes import lookup
from kmigrate.scan.tensors import DYNAMIC, TENSOR

_EVERY = qualified("tf", "*")


class Symbolic:
    """Judges one scanned module."""

    def __init__(self, found: Scan, court: Court, target: Surface) -> None:
        self._found = found
        self._court = court
        self._target = target
        self._wrapped: set[ast.Call] = set()  # what stands in a layer that is written around it

    # --- raw TensorFlow ---

    def called(self, use: Use, action: Action) -> Action:
        """The verdict on a use of raw TensorFlow, which cannot stay where it is given a tensor."""
        rows = self._court.table.symbolic("tf", self._target.api)
        own = rows.get(use.names[0])
        row = own or rows.get(_EVERY)
        is_said = action.outcome in (Outcome.FLAGGED, Outcome.UNRESOLVED)
        is_other = row is None or is_said or not _is_raw(use, action) or not self._is_meant
        if row is None or use.call is None or is_other:
            return action
        given = self._found.tensors.given(use.call, use.scope)
        if not given or use.call in self._wrapped:
            return action
        if own is not None:
            return Action().flagged(own.id, own.message)
        kinds = {self._found.tensors.kind(one, use.scope) for one in given}
        written = self._court.raw.given_tensors(use.names[0], use.call, use.attributes)
        is_flagged = written.outcome is Outcome.FLAGGED
        if not (is_flagged or _is_raw(use, written) or DYNAMIC in kinds or self._refuses(written)):
            return written
        if is_flagged and not self._court.raw.survives(use.names[0]):
            return written
        name = written.name if _is_raw(use, written) and written.name else use.names[0]
        return self._in_layer(row, use, name) or Action().flagged(row.id, row.message)

    @cached_property
    def _is_meant(self) -> bool:
        """Does the module use a Keras that it leaves? Else its tensors are another one's."""
        names = (name for use in self._found.uses for name in use.names)
        dialects = ((locate(name) or ("tf",))[0] for name in names if self._court.is_source(name))
        return any(dialect != "tf" for dialect in dialects)

    def _refuses(self, written: Action) -> bool:
        """Does what is written in the target refuse symbolic tensors, too?"""
        texts = [written.name, written.template.text if written.template else ""]
        names = [name for text in texts for name in QUALIFIED.findall(text)]
        paths = [located[1] for name in names if (located := locate(name))]
        patterns = self._court.table.symbolic(self._target.api, self._target.api)
        return any(covers(pattern, path) for pattern in patterns for path in paths)

    def _in_layer(self, row: FlagRow, use: Use, name: str) -> Action | None:
        """The call inside a layer of its own."""
        assert use.call is not None
        inside = Inside(self._found, use.scope)
        template = inside.template(use.call, name, row.instead)
        if template is None:
            return None
        self._wrapped.update(inside.inner)
        return Action(
            outcome=Outcome.REVIEW, rules=(row.id,), reason=row.message, template=template
        )

    # --- what is taken of a tensor ---

    def taken(self, use: MethodUse, judges: Sequence[Judge]) -> tuple[str, Action] | None:
        """What is taken of a tensor, or of a model that gives some, with the verdict.

        None where no row speaks of it.
        """
        ends = {True: f"{use.method}()" if use.call is not None else use.method}
        end = ends.get(use.is_loaded, f"{use.method} =")
        apis = dict.fromkeys(judge.source.api for judge in judges)
        rows = [self._court.table.symbolic(api, self._target.api) for api in apis]
        if not any(path.endswith(f".{end}") for one in rows for path in one):
            return None
        owners = [self._found.tensors.kind(use.node.value, use.scope), *_owners(use, judges)]
        for known in rows:
            proven = (f"{owner}.{end}" for owner in owners if owner)
            path = next((path for path in proven if path in known), f"{TENSOR}.{end}")
            row = known.get(path)
            if row is not None and (row.unproven or not path.startswith(TENSOR) or owners[0]):
                return path.removesuffix(" =").removesuffix("()"), _taking(row, use)
        return None


def _owners(use: MethodUse, judges: Sequence[Judge]) -> Iterator[str]:
    """The public paths of the classes that the receiver is of; a method may do more with its own."""
    own = lookup(use.scope, use.node.value.id) if isinstance(use.node.value, ast.Name) else None
    is_own = (
        own is not None and own.owner is not None and ast.unparse(use.node.value) == own.receiver
    )
    for name in () if is_own else use.classes:
        located = locate(name)
        path = located[1] if located is not None else ""
        yield from (judge.atlas.canonical(path) or path for judge in judges if path)


def _taking(row: FlagRow, use: MethodUse) -> Action:
    has_arguments = use.call is not None and (use.call.args or use.call.keywords)
    if not row.instead or has_arguments or not use.is_loaded:
        return Action(use.method).flagged(row.id, row.message)
    template = Template(row.instead, (("self", -1),), rule=row.instead)
    return Action(outcome=Outcome.REVIEW, rules=(row.id,), reason=row.message, template=template)


def _is_raw(use: Use, action: Action) -> bool:
    """Is it a function of raw TensorFlow, and stays one?"""
    texts = [action.template.text] if action.template else [action.name or use.names[0]]
    located = [locate(text.partition("(")[0]) for text in (*texts, use.names[0])]
    return all(one is not None and one[0] == "tf" for one in located)
