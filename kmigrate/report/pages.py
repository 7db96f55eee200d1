"""On which page of the reference each rule stands: `rules/reference/pages.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from kmigrate.api import rules_dir
from kmigrate.dialects import qualified
from kmigrate.rulebook.rows import (
    ArgumentRow,
    FlagRow,
    ModuleRow,
    NamedRow,
    RewriteRow,
    SymbolRow,
)
from kmigrate.rulebook.table import call_path

FOLDER = "reference"
_RAW = ("tf", "tf1")
_BEST_KNOWN = ("keras2", "keras3", "keras1", "tf", "tf1")


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `holds` are prefixes of ids and names."""

    name: str
    title: str
    about: str
    holds: tuple[str, ...]


@cache
def pages() -> tuple[Page, ...]:
    """The pages in their order."""
    text = (rules_dir() / FOLDER / "pages.toml").read_text(encoding="utf-8")
    return tuple(
        Page(one["name"], one["title"], one["about"], tuple(one["holds"]))
        for one in tomllib.loads(text)["page"]
    )


def page_of(row: NamedRow) -> Page:
    """Where a rule stands: by its id, else by what it speaks of, else at the end."""
    return page_for(row.id) or page_for(subject(row)) or pages()[-1]


def page_for(name: str) -> Page | None:
    """The page that holds the longest prefix of a dotted name."""
    found = [
        (len(held), page)
        for page in pages()
        for held in page.holds
        if f"{name}.".startswith(f"{held}.")
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def address(row: NamedRow) -> str:
    """`rules/reference/backend.md#backend.flatten`."""
    return f"rules/{FOLDER}/{page_of(row).name}.md#{row.id}"


def subject(row: NamedRow) -> str:
    """The first name that the rule speaks of; that of raw TensorFlow begins with `tensorflow.`."""
    match row:
        case SymbolRow():
            api = next(api for api in _BEST_KNOWN if api in row.names)
            return spelled(row.names[api][0], (api,))
        case RewriteRow():
            return spelled(call_path(row), row.sources)
        case ArgumentRow():
            return spelled(row.on[0], row.sources)
        case FlagRow():
            return spelled(row.symbols[0], row.sources)
        case ModuleRow():
            return row.path


def spelled(path: str, apis: tuple[str, ...]) -> str:
    """A path as it is, or with `tensorflow.` where only raw TensorFlow has it."""
    return qualified("tf", path) if set(apis) <= set(_RAW) else path
