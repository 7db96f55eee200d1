"""The rows, indexed for the questions that `match` asks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from itertools import chain

from kmigrate.rulebook.facts import Facts, covers
from kmigrate.rulebook.fingerprints import fingerprint
from kmigrate.rulebook.rows import (
    ArgumentRow,
    FlagRow,
    ModuleRow,
    NamedRow,
    NamelessRow,
    RewriteRow,
    Rows,
    SymbolRow,
    in_order,
)
from kmigrate.rulebook.shelf import BY_METHOD, DATED, KEYS, SYMBOLIC, Shelf, mark

Holds = Callable[[SymbolRow | FlagRow], bool]

# Where an API is not named, the thing has the name it has in the nearest API that is.
_NEAREST: Mapping[str, tuple[str, ...]] = {
    "keras1": ("keras1", "keras2", "keras3"),
    "keras2": ("keras2", "keras3", "keras1"),
    "keras3": ("keras3", "keras2", "keras1"),
    "tf1": ("tf1", "tf"),
    "tf": ("tf", "tf1"),
}


def _always(row: SymbolRow | FlagRow) -> bool:
    return True


def names_in(row: SymbolRow, api: str) -> tuple[str, ...]:
    """The names of the thing in `api`, the one to write first; empty where the row says none."""
    for near in _NEAREST[api]:
        if near in row.names:
            return row.names[near]
    return ()


def argument_in(row: SymbolRow, hub: str, api: str) -> str:
    """The name in `api` of the argument that the row calls `hub`."""
    return row.args.get(hub, {}).get(api, hub)


def hub_argument(row: SymbolRow, name: str, api: str) -> str:
    """The row's own name of the argument that `api` calls `name`."""
    for hub, spelled in row.args.items():
        if spelled.get(api, hub) == name:
            return hub
    return name


def call_path(row: RewriteRow) -> str:
    """`backend.flatten(x)` is about `backend.flatten`."""
    return row.call.partition("(")[0].strip()


def _by_method(rules: Iterable[tuple[str, str]]) -> dict[str, tuple[tuple[str, str], ...]]:
    """(id, `models.Model.fit`) by `fit`, where the path is that of a method."""
    names: dict[str, list[tuple[str, str]]] = {}
    for rule, path in rules:
        owner, _, name = path.rpartition(".")
        if owner.rpartition(".")[2][:1].isupper():
            names.setdefault(name, []).append((rule, owner))
    return {name: tuple(dict.fromkeys(found)) for name, found in names.items()}


class Table(Facts):
    """The rows by the names they speak of; each index is built when it is first asked."""

    def __init__(self, rows: Rows | Shelf) -> None:
        super().__init__(rows if isinstance(rows, Shelf) else Shelf(in_order(rows)))

    @property
    def rows(self) -> Rows:
        """All of them."""
        return self._shelf.rows

    @cached_property
    def dated(self) -> Rows:
        """Those that hold for some versions alone."""
        return self._shelf.under(DATED)

    def symbol_row(self, api: str, path: str, holds: Holds = _always) -> SymbolRow | None:
        """The row that has `path` among its names in `api`."""
        return next(filter(holds, reversed(self._symbols(api, mark(path)).get(path, ()))), None)

    def rewrites(self, api: str, path: str) -> tuple[RewriteRow, ...]:
        """The rewrites of calls of `path`, in the order of the table."""
        return tuple(row for row in self._rewrites(mark(path)).get(path, ()) if api in row.sources)

    def arguments(
        self, source_api: str, target_api: str, path: str, mro_paths: Iterable[str] = ()
    ) -> tuple[ArgumentRow, ...]:
        """The rows about arguments of `path`, or of what it inherits them from."""
        paths = (path, *mro_paths)
        found: dict[str, ArgumentRow] = {}
        for one in dict.fromkeys(map(mark, paths)):
            exact, prefixed = self._arguments(source_api, target_api, one)
            found.update((row.id, row) for name in paths for row in exact.get(name, ()))
            for pattern, row in prefixed:
                if any(covers(pattern, name) for name in paths):
                    found[row.id] = row
        return tuple(found.values())

    def flag(
        self, source_api: str, target_api: str, path: str, holds: Holds = _always
    ) -> FlagRow | None:
        """The flag on `path`; an exact one beats the longest `.*` prefix."""
        exact, prefixed = self._flags(source_api, target_api, mark(path))
        covering = (row for pattern, row in prefixed if covers(pattern, path))
        return next(filter(holds, chain(reversed(exact.get(path, ())), covering)), None)

    def warnings(
        self, source_api: str, target_api: str, paths: Iterable[str]
    ) -> tuple[FlagRow, ...]:
        """The flags on calls of any of `paths`, which say what else they mean in the target."""
        found = {
            row.id: row
            for path in paths
            for row in self._warnings(source_api, target_api, mark(path)).get(path, ())
        }
        return tuple(found.values())

    def is_hook(self, rule: str) -> bool:
        """Does the rule speak of a method that the library calls?"""
        row = self.by_id(rule)
        return isinstance(row, SymbolRow | FlagRow) and row.hook

    def module(self, path: str, target_api: str) -> str | None:
        """What the module `path` as a whole becomes."""
        row = self.module_row(path)
        return row.to.get(target_api) if row else None

    def module_row(self, path: str) -> ModuleRow | None:
        """The row of the module `path`."""
        return self._modules(mark(path)).get(path)

    def by_id(self, rule: str) -> NamedRow | None:
        """The row of that id."""
        return self._ids(mark(rule)).get(rule)

    @cache  # noqa: B019 (one table lives as long as the process)
    def fingerprint(self, rule: str) -> str:
        """What tells the row of that id from what it was before a change; "" if there is none."""
        row = self.by_id(rule)
        return fingerprint(row) if row is not None else ""

    @property
    def all_ids(self) -> tuple[str, ...]:
        """The ids of all rows, in the order of the table."""
        return tuple(_by_id(self.rows))

    @cache  # noqa: B019 (one table lives as long as the process)
    def method_names(self, api: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Method names that a rule trusts without a known receiver, with (id, class path)."""
        return _by_method(self._unproven(api))

    @cache  # noqa: B019
    def telling_arguments(self, api: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Methods that an argument alone gives away (`x.fit(nb_epoch=5)`), with (id, class path).

        The argument is that of the row with the id.
        """
        return _by_method(
            (row.id, path)
            for row in self._shelf.under(BY_METHOD).arguments
            if row.unproven and api in row.sources
            for path in row.on
        )

    def _unproven(self, api: str) -> Iterable[tuple[str, str]]:
        rows = self._shelf.under(BY_METHOD)
        for symbol in rows.symbols:
            if symbol.unproven and api in (symbol.sources or (api,)):
                yield from ((symbol.id, name) for name in names_in(symbol, api))
        for rewrite in rows.rewrites:
            if rewrite.unproven and api in rewrite.sources:
                yield from ((rewrite.id, path) for path in (call_path(rewrite), *rewrite.also))
        for flag in rows.flags:
            if (flag.unproven or flag.after) and api in flag.sources:
                yield from ((flag.id, path) for path in flag.symbols)

    @cache  # noqa: B019
    def _symbols(self, api: str, mark: str) -> Mapping[str, list[SymbolRow]]:
        index: dict[str, list[SymbolRow]] = {}
        for row in self._shelf.under(mark).symbols:
            if not row.sources or api in row.sources:
                for name in names_in(row, api):
                    index.setdefault(name, []).append(row)
        return index

    @cache  # noqa: B019
    def _rewrites(self, mark: str) -> Mapping[str, list[RewriteRow]]:
        index: dict[str, list[RewriteRow]] = {}
        for row in self._shelf.under(mark).rewrites:
            for path in (call_path(row), *row.also):
                index.setdefault(path, []).append(row)
        return index

    @cache  # noqa: B019
    def _arguments(
        self, source: str, target: str, mark: str
    ) -> tuple[Mapping[str, list[ArgumentRow]], list[tuple[str, ArgumentRow]]]:
        exact: dict[str, list[ArgumentRow]] = {}
        prefixed = []
        for row in self._shelf.under(mark).arguments:
            if source in row.sources and target in row.targets:
                for pattern in row.on:
                    if pattern.endswith("*"):
                        prefixed.append((pattern, row))
                    else:
                        exact.setdefault(pattern, []).append(row)
        return exact, prefixed

    @cache  # noqa: B019
    def _flags(
        self, source: str, target: str, mark: str
    ) -> tuple[Mapping[str, list[FlagRow]], list[tuple[str, FlagRow]]]:
        spoken = [
            (pattern, row)
            for row in self._shelf.under(mark).flags
            if source in row.sources and target in row.targets
            if not (row.calls or row.after or row.symbolic)
            for pattern in row.symbols
        ]
        exact: dict[str, list[FlagRow]] = {}
        for pattern, row in spoken:
            if not pattern.endswith("*"):
                exact.setdefault(pattern, []).append(row)
        prefixed = [(pattern, row) for pattern, row in spoken if pattern.endswith("*")]
        return exact, sorted(prefixed, key=lambda found: -len(found[0]))

    @cache  # noqa: B019
    def _warnings(self, source: str, target: str, mark: str) -> Mapping[str, list[FlagRow]]:
        index: dict[str, list[FlagRow]] = {}
        for row in self._shelf.under(mark).flags:
            if row.calls and source in row.sources and target in row.targets:
                for path in row.symbols:
                    index.setdefault(path, []).append(row)
        return index

    @cache  # noqa: B019
    def settings(self, source: str, target: str) -> Mapping[str, FlagRow]:
        """The flags on attributes that are set behind a call, by the attribute's name."""
        return {
            path.rpartition(".")[2]: row
            for row in self._shelf.under(BY_METHOD).flags
            if row.after and source in row.sources and target in row.targets
            for path in row.symbols
        }

    @cache  # noqa: B019
    def symbolic(self, source: str, target: str) -> Mapping[str, FlagRow]:
        """The flags on what is done to symbolic tensors, by the path of each."""
        return {
            path: row
            for row in self._shelf.under(SYMBOLIC).flags
            if source in row.sources and target in row.targets
            for path in row.symbols
        }

    @cache  # noqa: B019
    def keyed(self, source: str, target: str) -> tuple[ArgumentRow, ...]:
        """The rows on what stands elsewhere in the file: looked up, yielded, given to instances."""
        rows = self._shelf.under(KEYS).arguments
        return tuple(row for row in rows if source in row.sources and target in row.targets)

    @cache  # noqa: B019
    def _modules(self, mark: str) -> Mapping[str, ModuleRow]:
        return {row.path: row for row in self._shelf.under(mark).modules}

    @cache  # noqa: B019
    def _ids(self, mark: str) -> Mapping[str, NamedRow]:
        return _by_id(self._shelf.under(mark))


def _by_id(rows: Rows) -> Mapping[str, NamedRow]:
    return {row.id: row for row in in_order(rows) if not isinstance(row, NamelessRow)}


@cache
def load_table() -> Table:
    """The table of the rules that ship with kmigrate."""
    from kmigrate.rulebook.read import read_shelf

    return Table(read_shelf())
