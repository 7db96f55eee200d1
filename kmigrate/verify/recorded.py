"""What programs computed on one machine, written down to be compared on another."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from json import dumps, loads
from pathlib import Path
from typing import Any

from kmigrate import __version__
from kmigrate.verify.observation import Observation
from kmigrate.verify.run import Program
from kmigrate.verify.subject import CannotRunError, Subject

# Raised when what is written today would be misread by what reads it.
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Recorded:
    """An observation from a document; `date` is the day on which it was made."""

    observation: Observation
    date: str

    def recalled(self) -> Observation:
        """The observation with a note that nothing ran here, and what it is."""
        note = (
            f"compared with what {_libraries(self.observation.versions)} answered on "
            f"{self.observation.device}, recorded {self.date}"
        )
        return replace(self.observation, notes=(*self.observation.notes, note))


def write(file: Path, observed: Sequence[tuple[Subject, Observation]]) -> None:
    """Write what the programs as they are computed. Raises CannotRunError where that fails."""
    for subject, observation in observed:
        if not observation.values:
            raise CannotRunError(f"{subject.name}: nothing to record: it has no output")
    document = {
        "format": FORMAT,
        "kmigrate": __version__,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "programs": [_entry(subject, observation) for subject, observation in observed],
    }
    scratch = file.with_name(f".{file.name}.part")
    try:
        scratch.write_text(dumps(document) + "\n", encoding="utf-8")
        scratch.replace(file)
    except OSError as error:
        raise CannotRunError(f"{file}: cannot be written: {error.strerror}") from None


def written(file: Path, observed: Sequence[tuple[Subject, Observation]], *, json: bool) -> str:
    """What was written, as text for a person or as JSON for a program."""
    if json:
        programs = [
            {
                "path": subject.name,
                "versions": dict(observation.versions),
                "device": observation.device,
                "outputs": list(observation.values),
            }
            for subject, observation in observed
        ]
        return (
            dumps({"version": FORMAT, "recorded": str(file), "programs": programs}, indent=2) + "\n"
        )
    return "".join(
        f"{subject.name}: recorded {', '.join(observation.values)} in {file} "
        f"({_libraries(observation.versions)}, {observation.device})\n"
        for subject, observation in observed
    )


def _entry(subject: Subject, observation: Observation) -> dict[str, Any]:
    return {
        "name": subject.name,
        "sha256": fingerprint(subject.before),
        "from": subject.sources,
        "to": subject.target,
        "observation": observation.to_json(),
    }


def read(file: Path) -> dict[str, Recorded]:
    """The observations of a document by the fingerprint of their program.

    Raises CannotRunError with the file and what is wrong with it.
    """
    try:
        document = loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CannotRunError(f"{file}: {error.strerror}") from None
    except ValueError:
        raise CannotRunError(f"{file}: not JSON; name a file that --record wrote") from None
    found = document.get("format") if isinstance(document, dict) else None
    if found != FORMAT:
        raise CannotRunError(
            f"{file}: format {found} where this kmigrate reads {FORMAT}; record it again with --record"
        )
    try:
        entries = document["programs"]
        return {entry["sha256"]: _recorded(entry, document["date"]) for entry in entries}
    except Exception as error:  # whatever a damaged file makes the decoders raise
        raise CannotRunError(f"{file}: damaged ({error}); record it again with --record") from None


def _recorded(entry: Mapping[str, Any], date: str) -> Recorded:
    observation = Observation.from_json(entry["observation"])
    for leaf in observation.values.values():
        if leaf.data:
            leaf.array()
    return Recorded(observation, date[: len("2026-01-01")])


def recall(file: Path, subjects: Sequence[Subject]) -> list[Observation]:
    """What each of the programs computed when it was recorded.

    Raises CannotRunError where one is not on record, or has become another program since.
    """
    recorded = read(file)
    for subject in subjects:
        if fingerprint(subject.before) not in recorded:
            raise CannotRunError(
                f"{subject.name}: {file} has no record of this program; it, or what was asked of it, "
                "is not what it was then: record it again with --record"
            )
    return [recorded[fingerprint(subject.before)].recalled() for subject in subjects]


def fingerprint(program: Program) -> str:
    """What ties an observation to its program: the text and what was asked of it, not the place.

    Modules that the program imports are not part of it, except among the files of a test suite.
    """
    asked = {name: program.extras.get(name) for name in ("call", "smoke")}
    files = program.extras.get("suite", {}).get("files", {})
    parts = [program.text, dumps(asked, sort_keys=True, default=str)]
    parts += [f"{name} {_digest(Path(place))}" for name, place in sorted(files.items())]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _digest(file: Path) -> str:
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise CannotRunError(f"{file}: {error.strerror}") from None


def _libraries(versions: Mapping[str, str]) -> str:
    """`keras 2.2.4 on tensorflow 1.15.5`."""

    def those(names: Sequence[str]) -> str:
        return " and ".join(f"{name} {versions[name]}" for name in names if name in versions)

    parts = those(("keras", "tf_keras")), those(("tensorflow", "jax", "torch"))
    return " on ".join(filter(None, parts)) or those(("python",)) or "the program"
