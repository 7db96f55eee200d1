"""What the table says of APIs beside the rules: what calls take and give, what instances have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property

from kmigrate.rulebook.hooks import hooks
from kmigrate.rulebook.rows import BesideRow
from kmigrate.rulebook.shelf import BESIDE, HOOKS, SYMBOLIC, Shelf, mark


def covers(pattern: str, path: str) -> bool:
    """Does `pattern` (`layers.Dense`, `layers.*` or `*`) speak of `path`?"""
    if not pattern.endswith("*"):
        return pattern == path
    return path.startswith(pattern[:-1])


class Facts:
    """The rows that are no rules, by the names they speak of."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    def accepts(self, api: str, path: str) -> frozenset[str]:
        """Keywords that `path` takes through `**kwargs` in `api`."""
        return frozenset(
            keyword
            for row in self._shelf.under(mark(path)).accepts
            if row.api == api and any(covers(pattern, path) for pattern in row.on)
            for keyword in row.keywords
        )

    def is_attribute(self, api: str, path: str) -> bool:
        """Do instances have `path` (`layers.Dense.kernel`) in `api`, though no snapshot shows it?"""
        owner, _, name = path.rpartition(".")
        rows = self._shelf.under(mark(owner)).attributes
        return any(row.api == api and owner in row.on and name in row.names for row in rows)

    @cached_property
    def hooks(self) -> Mapping[str, bool]:
        """Names of methods that the library calls and rules speak of; true where only renamed."""
        return hooks(self._shelf.under(HOOKS))

    @cached_property
    def taken_of_tensors(self) -> frozenset[str]:
        """The names of attributes and methods of symbolic tensors that rules speak of."""
        paths = (path for row in self._shelf.under(SYMBOLIC).flags for path in row.symbols)
        return frozenset(path.rpartition(".")[2].rstrip("()= ") for path in paths)

    @property
    def beside(self) -> tuple[BesideRow, ...]:
        """What import shims give."""
        return self._shelf.under(BESIDE).beside

    def returned(self, path: str) -> str:
        """The class of what `path` gives or is; "" where no row says."""
        exact, prefixed = self._returns(mark(path))
        found = (row for pattern, row in prefixed if covers(pattern, path))
        return exact.get(path) or next(found, "")

    @cache  # noqa: B019
    def _returns(self, mark: str) -> tuple[Mapping[str, str], list[tuple[str, str]]]:
        rows = self._shelf.under(mark).returns
        said = [(symbol, row.returned) for row in rows for symbol in row.symbols]
        exact = {symbol: returned for symbol, returned in said if not symbol.endswith("*")}
        return exact, [(symbol, returned) for symbol, returned in said if symbol.endswith("*")]
