"""A mutant: the table with one thing wrong in one row."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from kmigrate.rulebook.evidence import PROOF, load_evidence
from kmigrate.rulebook.rows import ArgumentRow, RewriteRow, Rows, SymbolRow

Row = SymbolRow | RewriteRow | ArgumentRow
AnyOf = TypeVar("AnyOf", SymbolRow, RewriteRow, ArgumentRow)


@dataclass(frozen=True, slots=True)
class Touched:
    """A direction, by API, in which the mutant writes something else; `template` as it was."""

    source: str
    target: str
    template: str = ""


@dataclass(frozen=True, slots=True)
class Mutant:
    """`row` is the right one and `wrong` what stands in its place; None takes the row away.

    `beside` is another row and what stands in its place, where two exchange something. `alike`
    says why right and wrong write the same program, where the snapshots know it.
    """

    operator: str
    what: str
    row: Row
    wrong: Row | None
    touched: Sequence[Touched]
    alike: str = ""
    beside: tuple[Row, Row] | None = None

    @property
    def id(self) -> str:
        """How reports and `survivors.toml` call it."""
        return f"{self.row.id} {self.operator}: {self.what}"

    @property
    def is_claimed(self) -> bool:
        """Whether the ledger calls what is mutated proven anywhere; else it is a review."""
        records = load_evidence().get(self.row.id, {})
        return any(
            record["verdict"] in PROOF
            and (not place.template or place.template in record.get("templates", ()))
            for place in self.touched
            if (record := records.get(f"{place.source}->{place.target}"))
        )

    def put_into(self, rows: Rows) -> Rows:
        """The table with the mutant in it."""
        return replace(
            rows,
            symbols=tuple(self._changed(rows.symbols, SymbolRow)),
            rewrites=tuple(self._changed(rows.rewrites, RewriteRow)),
            arguments=tuple(self._changed(rows.arguments, ArgumentRow)),
        )

    def _changed(self, rows: Iterable[AnyOf], kind: type[AnyOf]) -> Iterator[AnyOf]:
        for row in rows:
            new = self._instead_of(row)
            if isinstance(new, kind):
                yield new

    def _instead_of(self, row: Row) -> Row | None:
        if row.id == self.row.id:
            return self.wrong
        return self.beside[1] if self.beside and row.id == self.beside[0].id else row


def some(mutants: Iterable[Mutant], count: int, seed: int) -> list[Mutant]:
    """`count` of the mutants, from every family and operator in turns; the seed says which.

    A row that is added to the table changes little of the choice.
    """
    strata: dict[tuple[str, str], list[Mutant]] = defaultdict(list)
    for mutant in sorted(mutants, key=lambda each: _lot(each.id, seed)):
        strata[mutant.row.id.partition(".")[0], mutant.operator].append(mutant)
    ordered = sorted(strata, key=lambda stratum: _lot(" ".join(stratum), seed))
    turns = max(map(len, strata.values()), default=0)
    chosen = [
        strata[stratum][turn]
        for turn in range(turns)
        for stratum in ordered
        if turn < len(strata[stratum])
    ]
    return chosen[:count]


def _lot(text: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {text}".encode()).hexdigest()
