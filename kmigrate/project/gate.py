"""`kmigrate apply --verify`: what was not seen to compute the same is not written."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kmigrate.migrate import held
from kmigrate.model import Status
from kmigrate.project.discover import Found
from kmigrate.project.graph import Graph
from kmigrate.project.programs import Tree, subjects_of
from kmigrate.project.run import Gate
from kmigrate.report.record import FileRecord, RunRecord
from kmigrate.verify.command import verify
from kmigrate.verify.request import Request
from kmigrate.verify.verification import Verification

NOT_RUN = "not verified: no program that was run imports it; see `kmigrate verify --help`"


def gate(request: Request) -> Gate:
    """What holds back the files of a run whose programs do not compute the same as before.

    Files that hang together through imports are one program to Keras: they are written together
    or not at all. The judge raises CannotRunError where nothing could be run.
    """

    def judge(found: Found, record: RunRecord) -> RunRecord:
        if not record.would_change:
            return record
        tree = Tree(found, record, Graph(found.sources))
        verdicts = _verdicts(tree, request)
        files = [
            _judged(file, _objection(tree, number, verdicts))
            if file.status is Status.WOULD_CHANGE
            else file
            for number, file in enumerate(record.files)
        ]
        return replace(record, files=tuple(files))

    return judge


def _verdicts(tree: Tree, request: Request) -> Mapping[int, Sequence[Verification]]:
    """What became of the programs that were run, by the number of their file."""
    numbers = {source.shown: number for number, source in enumerate(tree.found.sources)}
    subjects = [s for s in subjects_of(tree, request) if s.changed]
    able = [subject for subject in subjects if not subject.problem]
    found: dict[int, list[Verification]] = {}
    for verification in verify(able, request) if able else []:
        found.setdefault(numbers[verification.subject.name], []).append(verification)
        if not request.quiet:
            _tell(verification)
    return found


def _tell(verification: Verification) -> None:
    """One line on the error stream: the report of the run is about the files."""
    sys.stderr.write(f"verify: {verification.subject.name}: {_sentence(verification)}\n")


def _sentence(verification: Verification) -> str:
    comparison = verification.comparison
    backend = f" on {verification.backend}" if verification.backend else ""
    reason = f": {comparison.reason}" if comparison.reason else ""
    return f"{comparison.verdict}{backend}{reason}"


def _objection(tree: Tree, number: int, verdicts: Mapping[int, Sequence[Verification]]) -> str:
    """Why a file may not be written, or ""."""
    related = tree.graph.related(number)
    ran = [each for other in sorted(related) for each in verdicts.get(other, ())]
    bad = next((each for each in ran if not each.comparison.verdict.same), None)
    if bad is not None:
        name = tree.found.sources[number].shown
        program = (
            "" if bad.subject.name == name else f"{bad.subject.name}, which belongs with it, is "
        )
        return f"{program}{_sentence(bad)}"
    return "" if ran else NOT_RUN


def _judged(file: FileRecord, objection: str) -> FileRecord:
    if not objection:
        return file
    findings = tuple(held(file.findings, objection))
    return replace(file, status=Status.SKIPPED, error=objection, findings=findings, after=b"")
