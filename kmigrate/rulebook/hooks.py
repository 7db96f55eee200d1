"""Methods that the library calls, and that a person's class may define."""

from __future__ import annotations

from collections.abc import Mapping

from kmigrate.rulebook.rows import Rows


def hooks(rows: Rows) -> Mapping[str, bool]:
    """Names of the methods that the rows call hooks; true where they are only renamed."""
    flags = (path for row in rows.flags if row.hook for path in row.symbols)
    renamed = (
        path
        for row in rows.symbols
        for api, names in row.names.items()
        if row.hook and (not row.sources or api in row.sources)
        for path in names
    )
    found = {path.rpartition(".")[2]: False for path in flags}
    return found | {path.rpartition(".")[2]: True for path in renamed}
