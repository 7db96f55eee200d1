"""What an import shim gives under the names of Keras 3, where another Keras has not got them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kmigrate.dialects import locate, qualified
from kmigrate.match.importing import below
from kmigrate.model import Direction, Surface
from kmigrate.rulebook.table import Table


@dataclass(frozen=True, slots=True)
class StandIns:
    """Qualified names of the target with those that take their place; `also` has all the others."""

    also: Surface
    by_name: Mapping[str, str]
    modules: frozenset[str]

    def holder(self, name: str) -> str:
        """The module or function whose own import must give `name`; "" where any import may."""
        found = (one for one in self.by_name if below(name, one) is not None)
        return max(found, key=len, default="")

    def is_module(self, name: str) -> bool:
        """Is it a module that another one stands in for?"""
        return name in self.modules

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
    rows = [row for row in table.rows.beside if row.api in dialects]
    names = [qualified(direction.target.dialect, row.path) for row in rows]
    return StandIns(
        direction.also,
        {
            name: qualified(dialects[row.api], row.stand_in)
            for name, row in zip(names, rows, strict=True)
        },
        frozenset(name for name in names if any(other.startswith(name + ".") for other in names)),
    )
