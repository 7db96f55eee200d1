"""The table of the values that were compared, with what is alike folded into a line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kmigrate.verify.compare import Compared, Verdict
from kmigrate.verify.show.paint import Paint, wrapped

HEAD = ("name", "verdict", "max ulp", "max abs", "max rel", "where, before -> after")
# More of a verdict are folded.
LISTED = {Verdict.IDENTICAL: 5, Verdict.CLOSE: 5, Verdict.MISSING: 5, Verdict.UNPROVEN: 5}
MOST = 20
NAME_WIDTH = 28


def table(names: Sequence[Compared], paint: Paint, verbose: bool) -> Iterator[str]:
    """The rows; what differs comes first, and identical values become one line."""
    shown = list(names) if verbose else _chosen(names)
    rows = [HEAD, *map(_cells, shown)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    widths[0] = min(widths[0], NAME_WIDTH)
    if shown:
        head = _line(HEAD, widths)
        yield paint(
            "dim", head if len(head) <= paint.width - 2 else _line((*HEAD[:-1], ""), widths)
        )
    for compared, cells in zip(shown, rows[1:], strict=True):
        yield from _row(compared, cells, widths, paint)
    yield from _folded(names, shown, paint)


def _chosen(names: Sequence[Compared]) -> list[Compared]:
    groups: dict[Verdict, list[Compared]] = {}
    for compared in names:
        groups.setdefault(compared.verdict, []).append(compared)
    chosen: list[Compared] = []
    for verdict, group in groups.items():
        limit = LISTED.get(verdict, MOST)
        if verdict is Verdict.IDENTICAL:
            chosen += group if len(group) <= limit else []
        elif verdict is Verdict.CLOSE:
            chosen += sorted(group, key=lambda each: -(each.max_rel or 0.0))[:limit]
        else:
            chosen += group[:limit]
    kept = {id(compared) for compared in chosen}
    listed = [compared for compared in names if id(compared) in kept]
    return sorted(listed, key=lambda compared: compared.verdict.same)


def _folded(names: Sequence[Compared], shown: Sequence[Compared], paint: Paint) -> Iterator[str]:
    """`37 values identical`: what the table leaves out."""
    left: dict[Verdict, int] = {}
    kept = {id(compared) for compared in shown}
    for compared in names:
        if id(compared) not in kept:
            left[compared.verdict] = left.get(compared.verdict, 0) + 1
    for verdict, count in left.items():
        more = "more " if any(compared.verdict is verdict for compared in shown) else ""
        values = "value" if count == 1 else "values"
        yield paint.verdict(verdict, f"{count} {more}{values} {verdict}")


def _cells(compared: Compared) -> tuple[str, ...]:
    numbers = [
        "" if value is None else f"{value:.2g}" if isinstance(value, float) else _count(value)
        for value in (compared.max_ulp, compared.max_abs, compared.max_rel)
    ]
    return (compared.name, compared.verdict.value, *numbers, _remark(compared))


def _count(value: int) -> str:
    return str(value) if value < 100_000 else f"{value:.1e}"


def _remark(compared: Compared) -> str:
    """The first place that differs with both values, or why there is none."""
    if compared.where is None or not compared.before:
        return compared.reason
    place = f"[{', '.join(map(str, compared.where))}] " if compared.where else ""
    values = f"{place}{compared.before} -> {compared.after}"
    plain = compared.reason in ("", "values differ")
    return values if plain else f"{values}; {compared.reason}"


def _row(
    compared: Compared, cells: Sequence[str], widths: Sequence[int], paint: Paint
) -> Iterator[str]:
    """One line where all fits; else the name, or the remark, has a line of its own."""
    name, *rest, remark = cells
    if len(name) > widths[0]:
        yield name
        name = ""
    fits = len(_line((name, *rest, remark), widths)) <= paint.width - 2
    yield _line((name, *rest, remark if fits else ""), widths, compared, paint)
    if not fits:
        yield from wrapped(remark, paint.width - 2, "    ")


def _line(
    cells: Sequence[str],
    widths: Sequence[int],
    compared: Compared | None = None,
    paint: Paint | None = None,
) -> str:
    *columns, remark = cells
    padded = [
        cell.ljust(width) if number < 2 else cell.rjust(width)
        for number, (cell, width) in enumerate(zip(columns, widths, strict=True))
    ]
    if compared and paint:
        padded[1] = paint.verdict(compared.verdict, padded[1])
    return "  ".join([*padded, remark]).rstrip()
