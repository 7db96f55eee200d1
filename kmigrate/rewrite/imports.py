"""Edits of import statements."""
# ruff: noqa: N802 - LibCST names its hooks after its nodes

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import libcst as cst

from kmigrate.comments import comments
from kmigrate.model import EditImport, ImportedName
from kmigrate.rewrite.gaps import NOTHING, SPACE, Gap, merged
from kmigrate.rewrite.refuse import refuse

Import = cst.Import | cst.ImportFrom


class _ImportEditor(cst.CSTTransformer):
    """Makes an `EditImport` on a statement that keeps at least one name."""

    def __init__(self, edit: EditImport) -> None:
        super().__init__()
        self._edit = edit

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        kept = [alias for alias in self._names(updated_node.names) if alias is not None]
        last = kept[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(names=[*kept[:-1], last])

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        node = _of_module(updated_node, self._edit.module)
        if isinstance(node.names, cst.ImportStar):
            if self._edit.names not in ((), (ImportedName("*"),)):
                refuse("a star import has no names to change")
            return node
        return _with_names(node, node.names, self._names(node.names))

    def _names(self, aliases: Sequence[cst.ImportAlias]) -> list[cst.ImportAlias | None]:
        if not self._edit.names:
            return list(aliases)
        if len(self._edit.names) != len(aliases):
            refuse("the import has another number of names than the edit")
        return [
            None if name is None else _renamed(alias, name)
            for alias, name in zip(aliases, self._edit.names, strict=True)
        ]


def edit_import(text: str, edit: EditImport, newline: str) -> str:
    """The import statement `text` with its module and names edited. Raises Impossible."""
    statement = read_import(text, newline)
    edited = statement.visit(_ImportEditor(edit))
    assert isinstance(edited, cst.Import | cst.ImportFrom)
    result = _render(edited, newline)
    if Counter(comments(text)) - Counter(comments(result)):
        refuse("a comment inside the import would be lost")
    return result


def read_import(text: str, newline: str) -> Import:
    """The import statement in `text`. Raises Impossible when it is none."""
    config = cst.PartialParserConfig(default_newline=newline)
    try:
        line = cst.parse_statement(text, config=config)
    except cst.ParserSyntaxError:
        refuse("LibCST cannot read the import")
    statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
    if not isinstance(statement, cst.Import | cst.ImportFrom):
        refuse("no import stands here")
    if _render(statement, newline) != text:
        refuse("the import does not read back as it is written")
    return statement


def _render(statement: Import, newline: str) -> str:
    return cst.Module(body=[], default_newline=newline).code_for_node(statement)


def _of_module(node: cst.ImportFrom, module: str | None) -> cst.ImportFrom:
    if module is None:
        return node
    match = re.fullmatch(r"(\.*)(.*)", module)
    dots, path = match.groups() if match else ("", module)
    relative = [cst.Dot() for _ in dots]
    return node.with_changes(
        module=_dotted(path) if path else None,
        relative=relative,
        whitespace_after_from=_spaced(node.whitespace_after_from),
        whitespace_before_import=_spaced(node.whitespace_before_import),
    )


def _spaced(gap: cst.SimpleWhitespace) -> cst.SimpleWhitespace:
    """`from.import a` needs no space, `from keras import a` does."""
    return gap if gap.value else SPACE


def _dotted(path: str) -> cst.Attribute | cst.Name:
    first, *parts = path.split(".")
    node: cst.Attribute | cst.Name = cst.Name(first)
    for part in parts:
        node = cst.Attribute(node, cst.Name(part))
    return node


def _renamed(alias: cst.ImportAlias, name: ImportedName) -> cst.ImportAlias:
    if alias.evaluated_name != name.name:
        alias = alias.with_changes(name=_dotted(name.name))
    if alias.evaluated_alias == name.asname:
        return alias
    if name.asname is None:
        return alias.with_changes(asname=None)
    old = alias.asname or cst.AsName(cst.Name("_"))
    return alias.with_changes(asname=old.with_changes(name=cst.Name(name.asname)))


def _with_names(
    node: cst.ImportFrom,
    old: Sequence[cst.ImportAlias],
    names: list[cst.ImportAlias | None],
) -> cst.ImportFrom:
    if None not in names:
        return node.with_changes(names=names)
    opening, gaps = _gaps(node, old)
    trailing_comma = isinstance(old[-1].comma, cst.Comma)
    kept: list[cst.ImportAlias] = []
    between: list[Gap] = [opening]
    for index, (alias, gap) in enumerate(zip(names, gaps, strict=True)):
        if alias is not None:
            kept.append(alias)
            between.append(gap)
        else:
            is_last = index == len(gaps) - 1
            between[-1] = merged(between[-1], gap, opening=not kept, closing=is_last)
    aliases = [
        alias.with_changes(comma=_comma(alias, gap))
        for alias, gap in zip(kept, between[1:], strict=True)
    ]
    if not trailing_comma:
        aliases[-1] = aliases[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
    return _with_brackets(node, aliases, between[0], NOTHING if trailing_comma else between[-1])


def _gaps(node: cst.ImportFrom, names: Sequence[cst.ImportAlias]) -> tuple[Gap, list[Gap]]:
    """What stands before the first name, and behind each with its comma."""
    opening = node.lpar.whitespace_after if node.lpar else NOTHING
    closing = node.rpar.whitespace_before if node.rpar else NOTHING
    gaps = [
        alias.comma.whitespace_after if isinstance(alias.comma, cst.Comma) else closing
        for alias in names
    ]
    return opening, gaps


def _comma(alias: cst.ImportAlias, gap: Gap) -> cst.Comma:
    old = alias.comma
    before = old.whitespace_before if isinstance(old, cst.Comma) else NOTHING
    return cst.Comma(whitespace_before=before, whitespace_after=gap)


def _with_brackets(
    node: cst.ImportFrom, names: Sequence[cst.ImportAlias], opening: Gap, closing: Gap
) -> cst.ImportFrom:
    node = node.with_changes(names=names)
    if node.lpar is None or node.rpar is None:
        return node
    lpar = node.lpar.with_changes(whitespace_after=opening)
    return node.with_changes(lpar=lpar, rpar=node.rpar.with_changes(whitespace_before=closing))
