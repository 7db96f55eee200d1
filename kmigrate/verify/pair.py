"""Run programs before and after, with the weights of their models carried over, and compare."""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType

from kmigrate.verify.compare import Comparison, compare
from kmigrate.verify.differences import Tolerance
from kmigrate.verify.observation import Observation
from kmigrate.verify.run import Limits, Program, Setting, run


@dataclass(frozen=True, slots=True)
class Pair:
    """A program as it was and as it became; `tolerances` by name or for `*`."""

    id: str
    before: Program
    after: Program
    tolerances: Mapping[str, Tolerance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Paired:
    """What both sides computed, and how that compares."""

    before: Observation
    after: Observation
    comparison: Comparison


class Carriers:
    """Folders in which programs leave the weights of their models for those that come after them.

    On both sides batches then come in order, layers of noise pass their input on, and Keras draws
    its seeds from generators of its own: what is left to differ is the code.
    """

    def __enter__(self) -> Carriers:
        self._folder = tempfile.TemporaryDirectory(prefix="kmigrate-", ignore_cleanup_errors=True)
        self._places: dict[str, Path] = {}
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def before(self, key: str, program: Program) -> Program:
        """The program, told to leave its weights under the key."""
        return self._with(program, key, "write")

    def after(self, key: str, program: Program) -> Program:
        """The program, told to take up the weights under the key."""
        return self._with(program, key, "read")

    def packed(self, key: str) -> dict[str, str]:
        """What was left under the key, as text by name, to be kept beside an observation."""
        files = sorted(self._place(key).iterdir())
        return {file.name: base64.b64encode(file.read_bytes()).decode("ascii") for file in files}

    def unpack(self, key: str, packed: Mapping[str, str]) -> None:
        """Lay what `packed` gave elsewhere under the key."""
        for name, text in packed.items():
            (self._place(key) / Path(name).name).write_bytes(base64.b64decode(text))

    def _with(self, program: Program, key: str, way: str) -> Program:
        carrier = {"folder": str(self._place(key)), "way": way}
        return replace(program, extras={**program.extras, "carrier": carrier})

    def _place(self, key: str) -> Path:
        if key not in self._places:
            self._places[key] = Path(self._folder.name, str(len(self._places)))
            self._places[key].mkdir()
        return self._places[key]


def run_pairs(
    pairs: Sequence[Pair], before: Setting, after: Setting, limits: Limits
) -> dict[str, Paired]:
    """Run the programs before, then those after from the weights that the first ones had."""
    with Carriers() as carriers:
        first = [carriers.before(pair.id, replace(pair.before, id=pair.id)) for pair in pairs]
        left = run(first, before, limits)
        second = [carriers.after(pair.id, replace(pair.after, id=pair.id)) for pair in pairs]
        right = run(second, after, limits)
    return {
        pair.id: Paired(
            left[pair.id], right[pair.id], compare(left[pair.id], right[pair.id], pair.tolerances)
        )
        for pair in pairs
    }
