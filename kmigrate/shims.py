"""The import shim of code that runs on two Kerases: `TF_USE_LEGACY_KERAS` chooses, as in TensorFlow.

What stands behind `else` is the code's own; what stands before it is derived from that each time.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from kmigrate.comments import MARKED
from kmigrate.dialects import locate, qualified
from kmigrate.model import Direction, Unreadable
from kmigrate.text import SourceText

TEST = 'os.environ.get("TF_USE_LEGACY_KERAS") in ("true", "True", "1")'
_TEST = ast.dump(ast.parse(TEST, mode="eval").body)


@dataclass(frozen=True, slots=True)
class Roots:
    """Where the target's names are in the other Keras; `stand_ins` are qualified names.

    TensorFlow itself gives `tf.keras` of either one, so that only a stand-in needs a shim there.
    """

    target: str
    also: str
    stand_ins: Mapping[str, str]

    def there(self, name: str) -> str:
        """The qualified name in the other Keras."""
        dialect = "tf.keras" if self.target == "tf.keras" else self.also
        holders = (one for one in self.stand_ins if name == one or name.startswith(one + "."))
        if holder := max(holders, key=len, default=""):
            name = self.stand_ins[holder] + name[len(holder) :]
        located = locate(name)
        is_keras = located is not None and located[0] in (self.target, self.also)
        return qualified(dialect, located[1]) if located and is_keras else name


def roots(direction: Direction, stand_ins: Mapping[str, str]) -> Roots:
    """The roots of a direction that has another Keras beside its target."""
    assert direction.also is not None
    return Roots(direction.target.dialect, direction.also.dialect, stand_ins)


def without_shims(tree: ast.Module) -> ast.Module:
    """The tree as if only the target's imports stood there."""
    for node in ast.walk(tree):
        for body in _bodies(node):
            body[:] = [plain for statement in body for plain in _plain(statement)]
    return tree


def _plain(statement: ast.stmt) -> list[ast.stmt]:
    return _unwrapped(statement) if _is_shim(statement) else [statement]


def _unwrapped(statement: ast.stmt) -> list[ast.stmt]:
    assert isinstance(statement, ast.If)
    return statement.orelse


def _is_shim(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.If)
        and ast.dump(statement.test) == _TEST
        and bool(statement.orelse)
        and all(isinstance(one, _IMPORT) for one in statement.body)
        and all(isinstance(one, (*_IMPORT, ast.Pass)) for one in statement.orelse)
    )


_IMPORT = (ast.Import, ast.ImportFrom)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "orelse", "finalbody"):
        body = getattr(node, name, None)
        if isinstance(body, list):
            yield body


def has_shims(text: str) -> bool:
    """Was the text written for two Kerases?"""
    return TEST in text


def bare_imports(text: str, where: Roots, kept: frozenset[str]) -> set[int]:
    """The lines of the imports that no shim has yet and that `with_shims` would give one."""
    return _Writer(SourceText(text), where, kept).bare()


def with_shims(text: str, where: Roots, kept: frozenset[str]) -> str:
    """The text with each import of the target behind a shim, but for the statements in `kept`.

    Raises Unreadable with a sentence where an import shares its line with other code.
    """
    writer = _Writer(SourceText(text), where, kept)
    return writer.write()


class _Writer:
    def __init__(self, source: SourceText, where: Roots, kept: frozenset[str]) -> None:
        self._source, self._where, self._kept = source, where, kept
        self._tree = ast.parse(source.text)
        self._os_from = min((one.lineno for one in self._tree.body if _gives_os(one)), default=0)
        self._new: list[tuple[int, int, list[str]]] = []  # first and last line, the new lines

    def write(self) -> str:
        for body in self._all_bodies():
            self._body(body)
        lines = list(self._source.lines)
        for first, last, new in sorted(self._new, reverse=True):
            lines[first - 1 : last] = new
        return "".join(lines)

    def bare(self) -> set[int]:
        """The lines of the imports that need a shim."""
        return {
            line
            for body in self._all_bodies()
            for statement in body
            if self._needs_shim(statement)
            for line in range(statement.lineno, (statement.end_lineno or 0) + 1)
        }

    def _all_bodies(self) -> Iterator[list[ast.stmt]]:
        for node in ast.walk(self._tree):
            if not (isinstance(node, ast.stmt) and _is_shim(node)):
                yield from _bodies(node)

    def _body(self, body: list[ast.stmt]) -> None:
        for is_import, group in groupby(body, lambda one: isinstance(one, _IMPORT)):
            if is_import:
                self._imports(list(group))
            else:
                for statement in filter(_is_shim, group):
                    assert isinstance(statement, ast.If)
                    self._refresh(statement)

    def _imports(self, statements: list[ast.stmt]) -> None:
        """One shim for imports that stand together, at the place of the first of them."""
        needing = [one for one in statements if self._needs_shim(one)]
        runs = [
            list(run)
            for is_needed, run in groupby(statements, lambda one: one in needing)
            if is_needed
        ]
        while runs:
            first, *others = runs
            joined = [run for run in others if not any(map(_is_star, (*first, *run)))]
            self._wrap(first, joined)
            runs = [run for run in others if run not in joined]

    def _needs_shim(self, statement: ast.stmt) -> bool:
        if not isinstance(statement, _IMPORT) or ast.unparse(statement) in self._kept:
            return False
        return list(self._there(statement)) != [ast.unparse(statement)]

    def _wrap(self, group: list[ast.stmt], others: list[list[ast.stmt]]) -> None:
        own, (first, last) = self._own(group)
        indent, end = self._source.indentation(first), self._source.newline_at(first)
        for other in others:
            lines, (start, stop) = self._own(other)
            own += lines
            self._new.append((start, stop, []))
        step = "\t" if indent.endswith("\t") else "    "
        own = [step + line if line.strip() else line for line in own]
        there = self._derived([one for run in (group, *others) for one in run], indent + step, end)
        head = [] if 0 < self._os_from < first else [f"{indent}import os{end}", end]
        foot: list[str] = []
        if not indent:
            if head:
                self._os_from = first
            elif self._source.lines[first - 2].strip():
                head = [end]
            foot = [end] if self._source.lines[last : last + 1] not in ([], [end]) else []
        condition = [f"{indent}if {TEST}:{end}", *there, f"{indent}else:{end}"]
        self._new.append((first, last, [*head, *condition, *own, *foot]))

    def _own(self, group: list[ast.stmt]) -> tuple[list[str], tuple[int, int]]:
        """The lines of statements that stand together, with the marks above them."""
        first, last = group[0].lineno, group[-1].end_lineno or 0
        for statement in group:
            self._check_alone(statement)
        while first > 1 and self._source.lines[first - 2].lstrip().startswith(MARKED):
            first -= 1
        lines = self._source.lines[first - 1 : last]
        if not lines[-1].endswith(("\n", "\r")):
            lines[-1] += self._source.newline_at(first)
        return lines, (first, last)

    def _derived(self, statements: Iterable[ast.stmt], indent: str, end: str) -> list[str]:
        lines = (
            line for one in statements if isinstance(one, _IMPORT) for line in self._there(one)
        )
        return [f"{indent}{line}{end}" for line in dict.fromkeys(lines)]

    def _refresh(self, shim: ast.If) -> None:
        first, last = shim.body[0].lineno, shim.body[-1].end_lineno or 0
        if not any(isinstance(one, _IMPORT) for one in shim.orelse):
            self._new.append((shim.lineno, shim.end_lineno or 0, []))
            return
        indent, end = self._source.indentation(first), self._source.newline_at(first)
        derived = self._derived(shim.orelse, indent, end)
        if derived != self._source.lines[first - 1 : last]:
            self._new.append((first, last, derived))

    def _check_alone(self, statement: ast.stmt) -> None:
        lines = self._source.lines
        before = lines[statement.lineno - 1].encode()[: statement.col_offset]
        after = lines[(statement.end_lineno or 1) - 1].encode()[statement.end_col_offset :]
        if before.strip() or after.strip()[:1] not in (b"", b"#"):
            raise Unreadable(
                "an import of Keras shares its line with other code; give it a line of its own",
                statement.lineno,
            )

    def _there(self, statement: ast.Import | ast.ImportFrom) -> Iterator[str]:
        """The statements that give the same names from the other Keras."""
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                yield self._import(alias)
        elif statement.level or statement.module is None:
            yield ast.unparse(statement)
        else:
            yield from self._from(statement.module, statement.names)

    def _import(self, alias: ast.alias) -> str:
        name, top = self._where.there(alias.name), alias.name.partition(".")[0]
        if alias.asname is None and name.partition(".")[0] != top:
            return f"import {name.partition('.')[0]} as {top}"
        return f"import {name} as {alias.asname}" if alias.asname else f"import {name}"

    def _from(self, module: str, names: Iterable[ast.alias]) -> Iterator[str]:
        found: dict[str, list[str]] = {}
        for alias in names:
            there = self._where.there(f"{module}.{alias.name}")
            parent, _, leaf = there.rpartition(".")
            local = alias.asname or (alias.name if leaf != alias.name else None)
            text = f"{leaf} as {local}" if local else leaf
            found.setdefault(parent, []).append("*" if alias.name == "*" else text)
        for parent, parts in found.items():
            yield f"from {parent} import {', '.join(parts)}"


def _is_star(statement: ast.stmt) -> bool:
    """A star import may hide what was imported before it: it stays where it is."""
    return isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*"


def _gives_os(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Import) and any(
        alias.name == "os" and alias.asname is None for alias in statement.names
    )
