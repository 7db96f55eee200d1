"""`kmigrate verify --rules`: run the rules here and now, and compare with what is on record."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from kmigrate.api import rules_dir
from kmigrate.model import SURFACES
from kmigrate.rulebook.evidence import load_evidence
from kmigrate.rulebook.table import load_table
from kmigrate.verify import evidence
from kmigrate.verify.cases import Sweep
from kmigrate.verify.envs import EnvironmentProblem, find
from kmigrate.verify.envs.resolve import resolve
from kmigrate.verify.fixtures import load_fixtures
from kmigrate.verify.ledger import NONE, Entries, Ledger, ledger, write
from kmigrate.verify.observation import Observation
from kmigrate.verify.recording import interpreters
from kmigrate.verify.subject import NO_NUMPY, has_numpy
from kmigrate.verify.sweep.broken import broken, document_of
from kmigrate.verify.sweep.table import lines

FORMAT = 1


def check_rules(
    ids: Sequence[str],
    *,
    update: bool = False,
    backend: str = evidence.TENSORFLOW,
    after_python: str | None = None,
    record: Path | None = None,
    against: Path | None = None,
) -> int:
    """Run the rules with these ids or prefixes, or all, print a table, and say what to exit with.

    0: everything that the ledger claims of them holds; 1: it does not; 2: it could not be run.
    `update` writes the ledger anew. `record` writes what ran here, also where the other side
    cannot run; `against` takes such a file in place of runs.
    """
    known = load_table().all_ids
    unknown = [one for one in ids if not any(_is_chosen(rule, [one]) for rule in known)]
    if unknown:
        return _refuse(f"no rule is called {', '.join(unknown)}; `kmigrate rules` lists them")
    try:
        pythons = _pythons(backend, after_python)
    except EnvironmentProblem as problem:
        return _refuse(str(problem))
    found = [one for one in evidence.sweeps(_chosen(ids)) if evidence.has_backend(one, backend)]
    try:
        known_runs = _read(against) if against else {}
    except (OSError, ValueError, KeyError) as error:
        return _refuse(f"{against} is no recording of rules: {error}")
    observed = _observed(found, pythons, backend, known_runs)
    if found and not observed:
        return _refuse(f"no interpreter at hand for {backend}: see `kmigrate envs`")
    if record is not None:
        _write(record, observed)
        print(f"{len(observed)} runs written to {record}")
    entries = Entries(backend)
    controls = evidence.add_sweeps(entries, found, pythons, backend, observed)
    if backend == evidence.TENSORFLOW and "modern" in pythons and against is None:
        evidence.add_fixtures(entries, evidence.migrated(load_fixtures(), _chosen(ids)), pythons)
    return _concluded(entries, controls, ids, pythons, backend, update)


def _concluded(
    entries: Entries,
    controls: evidence.Controls,
    ids: Sequence[str],
    pythons: Mapping[str, str],
    backend: str,
    update: bool,
) -> int:
    recorded = load_evidence()
    fresh = ledger(entries, recorded, _absent(pythons), _fingerprints())
    ran = {key for key, entry in entries.items() if entry.verdict != NONE}
    if backend != evidence.TENSORFLOW:
        fresh = _beside(entries, recorded, backend)
    for line in lines(fresh, ran, backend):
        print(line)
    for line in _told(fresh, ran, controls, backend):
        print(line)
    if update:
        kept = {rule: dict(ways) for rule, ways in recorded.items()} if ids else {}
        for rule, ways in fresh.items():
            kept.setdefault(rule, {}).update(ways)
        write(kept, rules_dir() / "evidence")
        return 1 if controls.missed else 0
    unborne = list(broken(fresh, ran, recorded, _fingerprints(), _chosen(ids), backend))
    for line in unborne:
        print(line)
    return 1 if unborne or controls.missed else 0


def _told(
    fresh: Ledger, ran: set[tuple[str, str]], controls: evidence.Controls, backend: str
) -> Iterator[str]:
    """The counts of verdicts, and what became of the planted mistakes."""
    documents = (document_of(fresh, key, backend) for key in ran)
    verdicts = Counter(document["verdict"] for document in documents if document)
    yield (
        ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
        or "nothing ran"
    )
    if controls.run:
        total, families = sum(controls.run.values()), len(controls.run)
        noticed = total - len(controls.missed)
        yield f"{noticed} of {total} planted mistakes in {families} families of rules were noticed"
    yield from (f"not noticed: {missed}" for missed in controls.missed[:20])


def _beside(entries: Entries, recorded: Mapping[str, Mapping[str, Any]], backend: str) -> Ledger:
    """What is on record, with what another backend of Keras 3 did beside it."""
    found: Ledger = {rule: dict(ways) for rule, ways in recorded.items()}
    for (rule, way), entry in entries.items():
        if entry.verdict != NONE and way in found.get(rule, {}):
            full = entry.to_json()
            kept = ("verdict", "max_ulp", "max_abs", "cases", "device", "templates", "conditions")
            short = {name: full[name] for name in kept if name in full}
            short["versions"] = full["versions"]["before" if way.startswith("keras3") else "after"]
            document = dict(found[rule][way])
            document["backends"] = {**document.get("backends", {}), backend: short}
            found[rule][way] = document
    return found


def _observed(
    found: Iterable[Sweep],
    pythons: Mapping[str, str],
    backend: str,
    known_runs: Mapping[str, Observation],
) -> dict[str, Observation]:
    """The runs that are known, and those that can be done here, where both sides come together."""
    wanted = []
    for entry in found:
        both = evidence.sides(entry, backend)
        here = [side.key in known_runs or side.environment in pythons for side in both]
        is_alone = backend != evidence.TENSORFLOW and any(here)
        if all(here) or (is_alone and "modern" not in pythons):
            wanted += [side for side in both if side.key not in known_runs]
    return {**known_runs, **evidence.observations(wanted, pythons)}


def _pythons(backend: str, after_python: str | None) -> dict[str, str]:
    if not has_numpy():
        raise EnvironmentProblem(NO_NUMPY)
    found = interpreters()
    is_tensorflow = backend == evidence.TENSORFLOW
    name = "modern" if is_tensorflow else f"keras@3-{backend}"
    if after_python:
        found[name] = resolve(after_python).python
    elif not is_tensorflow:
        built = find(name)
        found |= {name: str(built)} if built is not None else {}
    return found


def _absent(pythons: Mapping[str, str]) -> set[str]:
    """The APIs whose original sides cannot run here."""
    apis = [(SURFACES[name].api, place in pythons) for name, place in evidence.SOURCES.items()]
    return {api for api, _ in apis} - {api for api, is_here in apis if is_here}


def _fingerprints() -> dict[str, str]:
    table = load_table()
    return {rule: table.fingerprint(rule) for rule in table.all_ids}


def _chosen(ids: Sequence[str]) -> Callable[[str], bool]:
    return lambda rule: not ids or _is_chosen(rule, ids)


def _is_chosen(rule: str, ids: Iterable[str]) -> bool:
    return any(rule == one or rule.startswith(f"{one}.") for one in ids)


def _read(file: Path) -> dict[str, Observation]:
    raw = file.read_bytes()
    document = json.loads(gzip.decompress(raw) if file.suffix == ".gz" else raw)
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']}, and this version reads {FORMAT}")
    return {key: Observation.from_json(record) for key, record in document["runs"].items()}


def _write(file: Path, observed: Mapping[str, Observation]) -> None:
    runs = {key: {"listed": True, **one.to_json()} for key, one in observed.items()}
    text = json.dumps({"format": FORMAT, "runs": runs}).encode()
    file.write_bytes(gzip.compress(text, mtime=0) if file.suffix == ".gz" else text)


def _refuse(sentence: str) -> int:
    print(f"kmigrate: {sentence}", file=sys.stderr)
    return 2
