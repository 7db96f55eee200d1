"""What an import shim gives under the names of Keras 3, where another Keras has not got them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kmigrate.atlas import atlas
from kmigrate.dialects import locate, qualified
from kmigrate.match.importing import below
from kmigrate.model import Direction, Surface
from kmigrate.rulebook.table import Table


@dataclass(frozen=True, slots=True)
class StandIns:
    """Qualified names of the target with those that take their place; `also` has all the others."""

    also: Surface
    by_name: Mapping[str, str]
    given: frozenset[str]  # modules, and members of what a stand-in makes: no rule speaks of them

    def holder(self, name: str) -> str:
        """The module or function whose own import must give `name`; "" where any import may."""
        found = (one for one in self.by_name if below(name, one) is not None)
        return max(found, key=len, default="")

    def is_given(self, name: str) -> bool:
        """Is the name there because its row says so, and not by any other rule?"""
        return name in self.given

    def there(self, name: str) -> str:
        """The qualified name in the other Keras of a name of the target."""
        holder = self.holder(name)
        if holder:
            return self.by_name[holder] + name[len(holder) :]
        located = locate(name)
        return qualified(self.also.dialect, located[1]) if located else name


def stand_ins(table: Table, direction: Direction) -> StandIns:
    """The stand-ins for a direction that has another Keras beside its target."""
    assert direction.also is not None
    dialects = {direction.also.api: direction.also.dialect, "tf": "tf"}
    rows = [row for row in table.beside if row.api in dialects]
    goal, dialect = atlas(direction.target), direction.target.dialect
    modules = {row.path for row in rows if goal.is_module(row.path)}
    others = {row.path for row in rows} - modules
    members = {path for path in others if path.rpartition(".")[0] in others}
    return StandIns(
        direction.also,
        {qualified(dialect, row.path): qualified(dialects[row.api], row.stand_in) for row in rows},
        frozenset(qualified(dialect, path) for path in modules | members),
    )
