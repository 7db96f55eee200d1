"""Run sweeps on both sides and compare every way in which a call was fed and run."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path

from kmigrate.verify.cases import INSIDE, Spoke, Sweep
from kmigrate.verify.compare import Comparison, Verdict, compare
from kmigrate.verify.observation import Ending, Leaf, Observation
from kmigrate.verify.run import Program, Setting, run
from kmigrate.verify.sweep.calls import Call

OWN = "own"
CONTROL = "control"
SHARE = 150  # programs that are worth the start of a process
_NAME = re.compile(r"(c\d+:\w+:\w+:\w+:\w+)(.*)", re.DOTALL)

Leaves = Mapping[str, Leaf]


@dataclass(frozen=True, slots=True)
class Trial:
    """One call, fed in one way, run in one mode on both sides.

    `dtype`, `values` and `shape` are `own` where the sample is fed as it stands. `answer` stands
    for what both sides gave where that proves nothing by itself (a constant, a whole number).
    """

    call: Call
    source: str
    spoke: tuple[Spoke, ...]
    mode: str
    dtype: str
    values: str
    shape: str
    compared: Comparison
    answer: str = ""

    @property
    def is_proof(self) -> bool:
        """Whether agreement here shows something."""
        return self.compared.verdict.same

    @property
    def has_failed(self) -> bool:
        """Whether both sides were run and did not agree."""
        return not self.is_proof and self.compared.verdict is not Verdict.UNPROVEN

    @property
    def title(self) -> str:
        """The call, and what is special about how it was fed and run."""
        special = (self.mode != "eager" and self.mode, *(self.dtype, self.values, self.shape))
        told = ", ".join(str(one) for one in special if one and one != OWN)
        return f"{self.call.title} [{told}]" if told else self.call.title


@dataclass(frozen=True, slots=True)
class Job:
    """Programs for one interpreter and backend."""

    python: str
    backend: str
    texts: Mapping[str, str]
    share: int = SHARE


def observe(jobs: Iterable[Job], workers: int = 0) -> dict[str, Observation]:
    """Run all the programs, several processes at a time; observations by the keys of the texts."""
    shares = [share for job in jobs for share in _shares(job)]
    found: dict[str, Observation] = {}
    with ThreadPoolExecutor(workers or os.cpu_count() or 1) as pool:
        for observed in pool.map(_run, shares):
            found |= observed
    return found


def trials_of(sweep: Sweep, before: Observation, after: Observation) -> Iterator[Trial]:
    """Every way in which both sides were run; where the original raises, there is nothing to keep.

    A mode that the other side does not know at all (torch compiles nothing here) is none of them.
    """
    left, right = _by_name(before), _by_name(after)
    modes = {name.split(":")[1] for name in right or left}
    for name, leaves in left.items():
        index, mode, dtype, values, shape = name.split(":")
        number = int(index[1:])
        call, spoke = sweep.calls[number], sweep.rules[number]
        if mode in modes - {CONTROL} and not _raised(leaves):
            compared = _compared(leaves, right.get(name, {}))
            is_open = compared.verdict is Verdict.UNPROVEN and mode != "gradient"
            answer = _answer(leaves) if is_open else ""
            fed = (mode, dtype, values, shape)
            yield Trial(call, sweep.source, spoke, *fed, compared, answer)


def controls_of(before: Observation, after: Observation) -> Iterator[tuple[str, Comparison]]:
    """The wrong results that were planted on the other side, each against the right one.

    Where the sides differ as it is, a mistake may well put that right, and is none.
    """
    left, right = _by_name(before), _by_name(after)
    for name, leaves in right.items():
        index, mode, mistake = name.split(":")[:3]
        original, rewritten = (
            side.get(f"{index}:eager:{OWN}:{OWN}:{OWN}", {}) for side in (left, right)
        )
        if mode == CONTROL and original and _compared(original, rewritten).verdict.same:
            yield mistake, _compared(original, leaves)


def _shares(job: Job) -> Iterator[Job]:
    """The programs in as many parts as are worth a process of their own."""
    keys = list(job.texts)
    count = max(1, round(len(keys) / job.share))
    for first in range(count):
        yield Job(job.python, job.backend, {key: job.texts[key] for key in keys[first::count]})


def _run(job: Job) -> dict[str, Observation]:
    programs = [Program(key, text, Path("sweep.py")) for key, text in job.texts.items()]
    with as_file(files("kmigrate.verify")) as folder:
        variables = {"KERAS_BACKEND": job.backend, INSIDE: str(folder)}
        return run(programs, Setting(job.python, variables=variables))


def _by_name(observation: Observation) -> dict[str, dict[str, Leaf]]:
    """The leaves of each output, under what tells them apart within it."""
    found: dict[str, dict[str, Leaf]] = defaultdict(dict)
    for name, leaf in observation.values.items():
        match = _NAME.fullmatch(name)
        if match:
            found[match[1]][match[2]] = leaf
    return found


def _raised(leaves: Leaves) -> str:
    """What was raised in place of a value; a case without a value counts as well."""
    texts: Sequence[str] = [text for leaf in leaves.values() for text in leaf.texts if text]
    found = next((text for text in texts if text.startswith("raised ")), "")
    return found or ("" if leaves else "no value")


def _answer(leaves: Leaves) -> str:
    """What was given, as a text; "" where nothing was, or nothing that can be compared."""
    if any(leaf.kind == "other" or 0 in (leaf.shape or ()) for leaf in leaves.values()):
        return ""
    return repr([(leaf.kind, leaf.shape, leaf.data, leaf.digest) for leaf in leaves.values()])


def _compared(before: Leaves, after: Leaves) -> Comparison:
    return _compare(tuple(before.items()), tuple(after.items()))


@lru_cache(maxsize=1 << 16)
def _compare(
    before: tuple[tuple[str, Leaf], ...], after: tuple[tuple[str, Leaf], ...]
) -> Comparison:
    raised = _raised(dict(after))
    if raised:
        return Comparison(Verdict.FAILED, raised)
    left, right = (Observation(Ending.FINISHED, dict(side), True) for side in (before, after))
    return compare(left, right)
