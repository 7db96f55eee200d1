"""One text migrated: read, decide, rewrite, check. Pure, and the only place where they meet."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from kmigrate.atlas import atlas
from kmigrate.check import violations
from kmigrate.dialects import LIBRARIES, is_library, locate, qualified
from kmigrate.direction import narrowed, resolve_direction, target_version
from kmigrate.marks import mark_edits
from kmigrate.match.both import BOTH, BothCourt
from kmigrate.match.matcher import Matcher
from kmigrate.match.proof import impossible
from kmigrate.match.said import Said
from kmigrate.match.site import Filter
from kmigrate.match.sites import Court
from kmigrate.match.standing import stand_ins
from kmigrate.model import (
    SURFACES,
    Direction,
    Edit,
    Finding,
    Module,
    Options,
    Outcome,
    Result,
    Span,
    Survey,
    Unreadable,
)
from kmigrate.rewrite import Refused, apply
from kmigrate.rulebook.table import load_table
from kmigrate.scan import Scan, parse, scan
from kmigrate.selection import ignored_by_comment, ignored_by_option
from kmigrate.shims import Roots, bare_imports, has_shims, roots, with_shims, without_shims
from kmigrate.text import SourceText

__all__ = ["held", "mentions", "migrate", "resolve_direction", "survey"]

# Plain searches take a fifth of the time of one for a pattern; "keras" finds "tf_keras" too.
_MENTIONS = tuple(name.encode() for name in LIBRARIES if name != "tf_keras")
_ATTEMPTS = 50
_SHIMMED: Mapping[str, Any] = {
    "outcome": Outcome.REWRITTEN,
    "rules": (BOTH,),
    "reason": "imported from the one Keras or the other, as TF_USE_LEGACY_KERAS says",
}


def mentions(data: bytes) -> bool:
    """Does a file mention any of the libraries? What does not need not be parsed."""
    return any(name in data for name in _MENTIONS)


@cache
def _star_names(module: str) -> frozenset[str]:
    """The names that a star import of a library module may bring, on any of its surfaces."""
    located = locate(module)
    if located is None:
        return frozenset()
    dialect, path = located
    surfaces = [surface for surface in SURFACES.values() if surface.dialect == dialect]
    return frozenset().union(*(atlas(surface).star(path) for surface in surfaces))


@cache
def _returned(name: str) -> str:
    """The qualified class of what a qualified function gives, or an attribute of a class is."""
    located = locate(name)
    if located is None:
        return ""
    dialect, path = located
    for surface in SURFACES.values():
        if surface.dialect == dialect:
            owner, _, leaf = path.rpartition(".")
            public = f"{atlas(surface).canonical(owner) or owner}.{leaf}" if owner else path
            for candidate in dict.fromkeys((path, public, *atlas(surface).inherited(path))):
                found = load_table().returned(candidate)
                if found:
                    return qualified(dialect, found)
    return ""


@cache
def _method_names() -> frozenset[str]:
    table = load_table()
    apis = {surface.api for surface in SURFACES.values()}
    return (
        frozenset(
            name
            for api in apis
            for names in (table.method_names(api), table.telling_arguments(api))
            for name in names
        )
        | table.taken_of_tensors
    )


class _Recent:
    """The scans of texts just surveyed, which are migrated next; as many as memory is cheap for."""

    LIMIT = 1_000_000  # characters; their trees take about a hundred times that in bytes

    def __init__(self) -> None:
        self._scans: dict[tuple[object, ...], Scan] = {}
        self._size = 0

    def keep(self, key: tuple[object, ...], found: Scan, size: int) -> None:
        if self._size + size <= self.LIMIT:
            self._scans[key] = found
            self._size += size

    def take(self, key: tuple[object, ...], size: int) -> Scan | None:
        found = self._scans.pop(key, None)
        self._size -= size if found is not None else 0
        return found


_RECENT = _Recent()


def _scan(text: str, module: Module, is_last: bool, has_shims: bool) -> Scan:
    key = (text, module.name, module.is_package, tuple(module.exports.items()), has_shims)
    found = _RECENT.take(key, len(text))
    if found is None:
        tree = without_shims(parse(text)) if has_shims else parse(text)
        table, methods = load_table(), _method_names()
        taken = table.taken_of_tensors
        found = scan(tree, module, _star_names, methods, table.hooks, _returned, taken)
    if not is_last:
        _RECENT.keep(key, found, len(text))
    return found


def survey(text: str, module: Module, has_shims: bool = False) -> Survey:
    """What a file offers to others of its project, and which APIs it cannot be written for.

    `has_shims`: it may be written for two Kerases already, of which the first is meant.
    Raises Unreadable where this Python cannot parse it.
    """
    found = _scan(text, module, False, has_shims)
    imported = frozenset(
        name
        for statement in found.walked.imports
        if not is_library(statement.module)
        for name in (binding.imported for binding in statement.bindings)
        if not is_library(name)
    )
    return Survey(found.resolver.module_exports(), imported, impossible(load_table(), found))


def migrate(
    text: str,
    options: Options,
    direction: Direction,
    module: Module = Module(),  # noqa: B008 (frozen)
    path: str = "",
    pins: Mapping[str, str] | None = None,
) -> Result:
    """Migrate one text. Raises Unreadable where this Python cannot parse it."""
    source = SourceText(text)
    found = _scan(text, module, True, direction.also is not None)
    direction = narrowed(options, direction, impossible(load_table(), found))
    refused: dict[Span, str] = {}
    for _ in range(_ATTEMPTS):
        matcher = _matched(found, source, options, direction, module, refused, pins or {})
        reason = _held_back(matcher, direction)
        if reason:
            return Result(text, text, tuple(held(matcher.findings, reason)), held_back=reason)
        edits: list[Edit] = [
            *matcher.edits,
            *mark_edits(source, found, matcher.findings, options.mark),
        ]
        try:
            after = apply(source, edits) if edits else text
            after = _with_shims(after, direction, matcher)
        except Refused as refusal:
            if refusal.span is None or refusal.span in refused:
                return Result(text, None, tuple(matcher.findings), error=refusal.reason)
            refused[refusal.span] = refusal.reason
            continue
        except Unreadable as problem:
            return Result(text, None, tuple(matcher.findings), error=problem.reason)
        broken = violations(text, after) if after != text else []
        if broken:
            return Result(text, None, tuple(matcher.findings), error="; ".join(broken))
        return Result(text, after, tuple(_told(matcher, text, direction)))
    return Result(text, None, tuple(matcher.findings), error="too many edits were refused")


def _matched(
    found: Scan,
    source: SourceText,
    options: Options,
    direction: Direction,
    module: Module,
    refused: Mapping[Span, str],
    pins: Mapping[str, str],
) -> Matcher:
    version = target_version(options, direction.target, pins)
    parents = {chain.call: chain.parent for chain in found.walked.chains if chain.call}
    kind = Court if direction.also is None else BothCourt
    scopes, fed = {chain.root: chain.scope for chain in found.walked.chains}, found.tensors.fed
    said = Said(parents, scopes, found.walked.module.node, fed.written(), fed)
    court = kind(
        load_table(),
        direction,
        version,
        lambda node: source.slice(source.span(node)),
        parents,
        said,
    )
    filters = Filter(
        lambda finding: ignored_by_option(finding, options),
        lambda finding: ignored_by_comment(finding, source),
        options.safe_only,
        refused,
    )
    needed = frozenset(found.walked.module.bindings) if module.is_package else module.needed
    matcher = Matcher(found, source, court, direction.target, needed | _listed(found), filters)
    matcher.match()
    return matcher


def _roots(direction: Direction) -> Roots:
    return roots(direction, stand_ins(load_table(), direction).by_name)


def _with_shims(after: str, direction: Direction, matcher: Matcher) -> str:
    if direction.also is None:
        return after
    return with_shims(after, _roots(direction), matcher.kept_imports)


def _told(matcher: Matcher, text: str, direction: Direction) -> Iterator[Finding]:
    """The findings; an import that is kept and gets its shim is a change.

    What the shim gives is to be checked when it is written, not each time after that.
    """
    if direction.also is None:
        yield from matcher.findings
        return
    lines = bare_imports(text, _roots(direction), matcher.kept_imports)
    is_done = not lines and has_shims(text)
    for finding in matcher.findings:
        if finding.span.line in lines and finding.outcome is Outcome.KEPT:
            yield replace(finding, **_SHIMMED, after=finding.before)
        elif is_done and _is_note(finding):
            yield replace(finding, outcome=Outcome.KEPT, rules=(), reason="")
        else:
            yield finding


def _is_note(finding: Finding) -> bool:
    is_review = finding.outcome is Outcome.REVIEW and finding.rules[:1] == (BOTH,)
    return is_review and not finding.after


def _listed(found: Scan) -> frozenset[str]:
    """The names in `__all__`, which others import."""
    if "__all__" not in found.walked.module.bindings:
        return frozenset()
    tree = found.walked.module.node
    return frozenset(
        part.value
        for statement in (tree.body if isinstance(tree, ast.Module) else ())
        if any(isinstance(node, ast.Name) and node.id == "__all__" for node in ast.walk(statement))
        for part in ast.walk(statement)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )


def _held_back(matcher: Matcher, direction: Direction) -> str:
    """One Keras per program: why a file must stay whole, or ""."""
    target = direction.target
    if target.dialect == "tf" or not matcher.edits:
        return ""
    for finding, dialect in matcher.left:
        mixes = dialect != target.dialect and (target.api == "keras2" or dialect == "tf_keras")
        if mixes and dialect != "tf":
            where = f"line {finding.span.line}: `{finding.before}`"
            return f"the file would mix {dialect} and {target.dialect} ({where} stays as it is)"
    return ""


def held(findings: Iterable[Finding], reason: str) -> Iterator[Finding]:
    """The findings of a file that is left as it is: its changes are flagged with the reason."""
    for finding in findings:
        is_change = finding.outcome in (Outcome.REWRITTEN, Outcome.REVIEW)
        yield (
            replace(finding, outcome=Outcome.FLAGGED, after="", reason=f"held back: {reason}")
            if is_change
            else finding
        )
