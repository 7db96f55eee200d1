"""Run the programs of a collection in a condition, training cut short, and keep what came of each."""

from __future__ import annotations

import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from kmigrate.model import Unreadable
from kmigrate.project.beside import data_in
from kmigrate.project.graph import program as program_in
from kmigrate.verify.compare import SAME_VALUES, Comparison, compare
from kmigrate.verify.envs import EnvironmentProblem
from kmigrate.verify.observation import Ending, Observation
from kmigrate.verify.run import Limits, Program, Setting, run
from kmigrate.verify.subject import libraries
from realworld.catalogue import MODERN, Source
from realworld.causes import cause
from realworld.conditions import Condition, PreparationProblem, Prepared
from realworld.fetch import FetchProblem, fetch, unpack
from realworld.overlays import overlay
from realworld.places import flagged, spoken_lines, traced
from realworld.programs import Collection
from realworld.repositories import unpack_commit
from realworld.results import tree_digest
from realworld.workshop import interpreter

INSIDE = Path(__file__).resolve().parents[2] / "kmigrate" / "verify" / "inside"
FINISHED = str(Ending.FINISHED)


@dataclass(frozen=True)
class Ran:
    """What became of one program in one condition."""

    program: str
    ending: str
    error: str = ""
    cause: str = ""
    where: str = ""  # whether kmigrate had spoken of the place
    outcome: str = ""
    verdict: str = ""  # of the verifier, with the weights of before
    reason: str = ""

    @property
    def finished(self) -> bool:
        return self.ending == FINISHED


@dataclass(frozen=True)
class Studio:
    """The folder that keeps downloads, overlays and results, and the mirrors beside it."""

    cache: Path
    mirrors: Path | None = None
    fresh: bool = False

    def results(self, collection: Collection, condition: Condition) -> dict[str, Ran]:
        """By program; nothing that goes wrong gets out."""
        with tempfile.TemporaryDirectory(prefix="realworld-") as scratch:
            tree = Path(scratch).resolve() / "tree"
            try:
                return self._results(collection, condition, tree)
            except (FetchProblem, PreparationProblem, EnvironmentProblem, OSError) as error:
                return {name: Ran(name, "not run", str(error)) for name in collection.programs}

    def _results(self, collection: Collection, condition: Condition, tree: Path) -> dict[str, Ran]:
        modern = interpreter(MODERN)
        self._lay_out(collection, tree, modern)
        start = self._key(collection, tree, interpreter(collection.environment))
        prepared = condition.prepare(collection.package, tree, modern)
        python = interpreter(condition.environment(collection.package))
        key = f"{start}-{self._key(collection, tree, python)}-{condition.name}"
        kept = {name: self._load(key, name) for name in collection.programs}
        missing = [name for name, ran in kept.items() if ran is None]
        for name, ran in self._run(collection, condition, tree, python, prepared, missing, start):
            self._keep(key, ran)
            kept[name] = ran
        return {name: ran for name, ran in kept.items() if ran is not None}

    def _lay_out(self, collection: Collection, tree: Path, modern: Path) -> None:
        tree.mkdir(parents=True)
        if isinstance(collection.origin, Source):
            unpack(fetch(collection.origin, self.cache / "sdists"), tree)
        else:
            unpack_commit(collection.origin, tree, self.cache / "commits", self.mirrors)
        if collection.prepare:
            subprocess.run([str(modern), "-c", collection.prepare], cwd=tree, check=True)

    def _key(self, collection: Collection, tree: Path, python: Path) -> str:
        harness = [file.read_text(encoding="utf-8") for file in sorted(INSIDE.glob("*.py"))]
        told = [tree_digest(tree), str(python), harness, list(collection.pins)]
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]

    def _run(
        self,
        collection: Collection,
        condition: Condition,
        tree: Path,
        python: Path,
        prepared: Prepared,
        names: Sequence[str],
        start: str,
    ) -> Iterator[tuple[str, Ran]]:
        programs = self._programs(collection, condition, tree, python, names, start)
        ready = [each for each in programs.values() if isinstance(each, Program)]
        limits = Limits(seconds=collection.seconds)
        observed = run(ready, Setting(str(python)), limits) if ready else {}
        for name in names:
            unreadable = programs[name]
            if not isinstance(unreadable, Program):
                yield name, unreadable
            elif condition.is_legacy:
                self._remember(start, name, observed[name])
                yield name, judged(name, observed[name], prepared, tree)
            else:
                ran = judged(name, observed[name], prepared, tree)
                yield name, self._compared(ran, observed[name], start, prepared)

    def _compared(self, ran: Ran, after: Observation, start: str, prepared: Prepared) -> Ran:
        """With the verifier's verdict, for what kmigrate migrated."""
        file = self._place(start, ran.program) / "observation.json"
        if prepared.before is None or not file.exists() or not ran.finished:
            return ran
        before = Observation.from_json(json.loads(file.read_text(encoding="utf-8")))
        told = compare(before, after)
        return Ran(**asdict(ran) | {"verdict": in_words(told), "reason": told.reason})

    def _programs(
        self,
        collection: Collection,
        condition: Condition,
        tree: Path,
        python: Path,
        names: Sequence[str],
        start: str,
    ) -> dict[str, Program | Ran]:
        laid = overlay(python, collection.pins, self.cache / "overlays", alone=True)
        programs: dict[str, Program | Ran] = {}
        for name in names:
            file = tree / name
            try:
                text = program_in(file.read_bytes(), str(file))
            except (OSError, Unreadable) as error:
                programs[name] = Ran(name, "not read", str(error))
                continue
            extras = {
                "libraries": libraries([text]) or ["tensorflow"],
                "roots": [str(each) for each in (file.parent, tree, tree / "src")],
                "first": [str(laid)] if laid else [],
                "smoke": True,
                "copies": data_in(file.parent),
            }
            place = self._place(start, name)
            if condition.is_legacy or (place / "weights").is_dir():
                (place / "weights").mkdir(parents=True, exist_ok=True)
                way = "write" if condition.is_legacy else "read"
                extras["carrier"] = {"folder": str(place / "weights"), "way": way}
            programs[name] = Program(name, text, file, extras)
        return programs

    def _place(self, start: str, name: str) -> Path:
        return self.cache / "programs" / start / name.replace("/", "+")

    def _remember(self, start: str, name: str, before: Observation) -> None:
        place = self._place(start, name)
        place.mkdir(parents=True, exist_ok=True)
        file = place / "observation.json"
        file.write_text(json.dumps(before.to_json()), encoding="utf-8")

    def _load(self, key: str, name: str) -> Ran | None:
        try:
            if not self.fresh:
                return Ran(**json.loads(self._file(key, name).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            pass
        return None

    def _keep(self, key: str, ran: Ran) -> None:
        file = self._file(key, ran.program)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(ran), indent=1) + "\n", encoding="utf-8")

    def _file(self, key: str, name: str) -> Path:
        return self.cache / "ran" / key / f"{name.replace('/', '+')}.json"


def in_words(told: Comparison) -> str:
    """The verdict; where nothing differs but the dtypes of values, that is told apart."""
    bad = [one for one in told.names if not one.verdict.same]
    same = bad and all(one.reason.endswith(SAME_VALUES) for one in bad)
    return "the same values, other dtypes" if same else str(told.verdict)


def judged(name: str, seen: Observation, prepared: Prepared, tree: Path) -> Ran:
    """How a program ended, why, and whether kmigrate had said so."""
    if seen.ending is Ending.FINISHED:
        return Ran(name, FINISHED)
    failure = seen.failure
    error = f"{failure.type}: {failure.message}" if failure else str(seen.ending)
    named = Ran(name, str(seen.ending), error, cause(error))
    if prepared.before is None or failure is None:
        return named
    spoken = spoken_lines(prepared.findings, prepared.before, tree)
    frames = traced(failure.traceback, tree.name)
    own = [(file, line) for file, line in frames if (tree / file).exists()]
    if not own and failure.line:
        own = [(name, failure.line)]
    where, outcome = flagged(own, spoken, tree)
    return Ran(**asdict(named) | {"where": where, "outcome": outcome})
