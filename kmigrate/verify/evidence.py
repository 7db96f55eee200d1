"""Run what the rules rewrite, before and after, and keep the verdicts in `rules/evidence/`.

Usage: KMIGRATE_ENVS=FOLDER python -m kmigrate.verify.evidence. Directions out of an environment
whose interpreter is not at hand keep what is on record.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kmigrate.api import rules_dir
from kmigrate.model import SURFACES
from kmigrate.rulebook.evidence import load_evidence
from kmigrate.rulebook.read import read_rows
from kmigrate.rulebook.rows import RewriteRow, SymbolRow
from kmigrate.verify.cases import Spoke, Sweep, fired, sweep, translate
from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.fixtures import DIALECTS, Fixture, load_fixtures
from kmigrate.verify.ledger import Entries, Entry, ledger, write
from kmigrate.verify.observation import Ending, Leaf, Observation
from kmigrate.verify.recording import interpreters
from kmigrate.verify.run import Program, Setting, run

# The surfaces that answer for their API, and the environment of each.
SOURCES = {
    "keras@1": "keras@1",
    "keras@2": "keras@2",
    "tf_keras": "modern",
    "keras@3": "modern",
    "tf.keras@3": "modern",
    "tf@2": "modern",
}
TARGETS = ("tf_keras", "keras@3", "tf@2")
_CASE = re.compile(r"^c(\d+)")


def sweeps() -> list[Sweep]:
    """Every row that has samples, in every direction in which it speaks."""
    rows = read_rows()
    sampled: list[SymbolRow | RewriteRow] = [*rows.symbols, *rows.rewrites]
    found = [
        sweep(row, source, target)
        for row in sampled
        if row.samples
        for source in SOURCES
        for target in TARGETS
        if SURFACES[source].api != SURFACES[target].api or source == "tf.keras@3"
    ]
    return [entry for entry in found if entry is not None]


def add_sweeps(entries: Entries, found: Iterable[Sweep], pythons: Mapping[str, str]) -> None:
    """Run the sweeps and count their cases for every rule that spoke in them."""
    runnable = [entry for entry in found if SOURCES[entry.source] in pythons]
    befores: dict[str, Observation] = {}
    for environment in sorted(set(SOURCES.values()) & pythons.keys()):
        mine = [entry for entry in runnable if SOURCES[entry.source] == environment]
        befores |= _observe({_key(entry): entry.before for entry in mine}, pythons[environment])
    afters = _observe({_key(entry): entry.after for entry in runnable}, pythons["modern"])
    for entry in runnable:
        before, after = befores[_key(entry)], afters[_key(entry)]
        direction = _direction(entry.source, entry.target)
        left, right = _by_case(before), _by_case(after)
        for case, title in enumerate(entry.titles):
            if _raised(left.get(case, {})) or not entry.rules[case]:
                continue
            compared = _compare_case(left.get(case, {}), right.get(case, {}))
            for rule, template in entry.rules[case]:
                entries[rule, direction].add(title, compared, before, after, template)


def add_fixtures(entries: Entries, fixtures: Iterable[Fixture], pythons: Mapping[str, str]) -> None:
    """Run what each fixture becomes, and count it for every rule that spoke in it."""
    chosen, texts = {}, {}
    for fixture in fixtures:
        for source, target in fixture.pairs("numeric"):
            if DIALECTS[target].environment != "modern":
                continue
            result = translate(
                fixture.programs[source], DIALECTS[source].surface, DIALECTS[target].surface
            )
            rules = {spoke for _, found in fired(result) for spoke in found}
            if rules and result.after is not None:
                key = f"{fixture.name} {source} {target}"
                chosen[key], texts[key] = (fixture, source, target, rules), result.after
    afters = _observe(texts, pythons["modern"])
    for key, (fixture, source, target, rules) in chosen.items():
        before = _mentioned(fixture.recorded[source], fixture.programs[source])
        after = afters[key]
        compared = compare(before, after, fixture.tolerances)
        direction = _direction(DIALECTS[source].surface, DIALECTS[target].surface)
        if compared.verdict is Verdict.FAILED:  # it does not say which of the rules is to blame
            print(f"{key}: {compared.reason}", file=sys.stderr)
            continue
        for rule, templates in _by_rule(rules).items():
            entry = entries[rule, direction]
            title = f"fixture {fixture.name}/{source}.py"
            entry.add(title, compared, before, after, *templates)
            if compared.verdict.same:
                entry.fixtures.add(fixture.name)


def _by_rule(spoken: Iterable[Spoke]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for rule, template in spoken:
        found[rule].add(template)
    return found


def _observe(texts: Mapping[str, str], python: str) -> dict[str, Observation]:
    programs = [Program(key, text, Path("sweep.py")) for key, text in texts.items()]
    observed = run(programs, Setting(python, variables={"KERAS_BACKEND": "tensorflow"}))
    return {key: _mentioned(observation, texts[key]) for key, observation in observed.items()}


def _mentioned(observation: Observation, text: str) -> Observation:
    """The observation without the versions of libraries that only others in its process use."""
    versions = {
        name: version
        for name, version in observation.versions.items()
        if name == "tensorflow" or re.search(rf"\b{name}\b", text)
    }
    return replace(observation, versions=versions)


def _key(entry: Sweep) -> str:
    return f"{entry.row} {entry.source} {entry.target}"


def _direction(source: str, target: str) -> str:
    return f"{SURFACES[source].api}->{SURFACES[target].api}"


def _by_case(observation: Observation) -> dict[int, dict[str, Leaf]]:
    cases: dict[int, dict[str, Leaf]] = defaultdict(dict)
    for name, leaf in observation.values.items():
        match = _CASE.match(name)
        if match:
            cases[int(match[1])][name] = leaf
    return cases


def _raised(leaves: Mapping[str, Leaf]) -> str:
    """What was raised in place of a value; a case without a value counts as well."""
    texts = [text for leaf in leaves.values() for text in leaf.texts if text]
    found = next((text for text in texts if text.startswith("raised ")), "")
    return found or ("" if leaves else "no value")


def _compare_case(before: Mapping[str, Leaf], after: Mapping[str, Leaf]) -> Comparison:
    raised = _raised(after)
    if raised:
        return Comparison(Verdict.FAILED, f"after: {raised}")
    left, right = (Observation(Ending.FINISHED, leaves, True) for leaves in (before, after))
    return compare(left, right)


def main() -> int:
    """Regenerate the ledger; print the count of each verdict."""
    pythons = interpreters()
    if "modern" not in pythons:
        print("needs TensorFlow, Keras and tf_keras: install kmigrate[verify]", file=sys.stderr)
        return 2
    entries: Entries = defaultdict(Entry)
    add_sweeps(entries, sweeps(), pythons)
    add_fixtures(entries, load_fixtures(), pythons)
    apis = [(SURFACES[name].api, place in pythons) for name, place in SOURCES.items()]
    absent = {api for api, _ in apis} - {api for api, is_here in apis if is_here}
    found = ledger(entries, load_evidence(), absent)
    write(found, rules_dir() / "evidence")
    counts: dict[str, int] = defaultdict(int)
    for directions in found.values():
        for document in directions.values():
            counts[document["verdict"]] += 1
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
