"""What a rule says is its own: a reason that many rows share was thought of for none of them."""

from collections import Counter
from collections.abc import Iterator

from kmigrate.rulebook.rows import ArgumentRow, FlagRow, NamedRow, RewriteRow, SymbolRow, in_order
from kmigrate.rulebook.table import load_table

MOST = 0.05


def texts(row: object) -> Iterator[str]:
    match row:
        case FlagRow():
            yield row.message
        case ArgumentRow():
            yield from (row.flag, row.note)
        case SymbolRow():
            yield row.note
        case RewriteRow():
            yield row.note
            for case in row.cases:
                yield from (case.flag, case.note)


def plain(row: object) -> set[str]:
    return {" ".join(text.lower().split()).rstrip(".") for text in texts(row) if text}


def sharing(rows: list[NamedRow]) -> list[str]:
    """The rows with a text that another has too."""
    count = Counter(text for row in rows for text in plain(row))
    return [row.id for row in rows if any(count[text] > 1 for text in plain(row))]


def talking() -> list[NamedRow]:
    rows = [row for row in in_order(load_table().rows) if plain(row)]
    return [row for row in rows if isinstance(row, NamedRow)]


def test_few_rows_share_a_text() -> None:
    rows = talking()
    assert len(rows) > 400
    shared = sharing(rows)
    assert len(shared) <= MOST * len(rows), f"give these a text of their own: {shared}"


def test_a_shared_text_is_seen() -> None:
    flags = [row for row in talking() if isinstance(row, FlagRow)]
    one, two = flags[:2]
    copy = FlagRow("copy", one.sources, one.targets, ("x",), f" {one.message.upper()} ", one.why)
    assert sharing([one, two]) == []
    assert sharing([one, two, copy]) == [one.id, "copy"]
