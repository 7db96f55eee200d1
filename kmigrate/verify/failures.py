"""Exceptions are values: compared by type, then by the reason that they give.

A type is its name and the library that it comes from: a class moves between the modules of a
library, and Keras is one library under all of its names. Of a reason these change from run to run or
with the spelling, and do not count: addresses, file names with their lines, the numbers that
libraries append to names (`dense_1`), names of graph nodes, the prefix of a library's module,
`Call arguments received by ...` and blanks.
"""

from __future__ import annotations

import re

from kmigrate.verify.observation import Failure
from kmigrate.verify.verdict import Compared, Verdict

_ONE_LIBRARY = {"tf_keras": "keras", "keras_core": "keras", "tensorflow_core": "tensorflow"}
_CHANGING = (
    (re.compile(r"\bCall arguments received by .*", re.DOTALL), ""),
    (re.compile(r"\[Op:\w+\]|\{\{node [^}]*\}\}|\[\[[^\]]*\]\]|\bname: \S*"), ""),
    (re.compile(r"\b0x[0-9a-fA-F]+"), "0x"),
    (re.compile(r"\bFile \"[^\"]*\", line \d+(, in \S+)?"), "File"),
    (re.compile(r"(?:/[\w.+-]+)+/([\w.+-]+)"), r"\1"),
    (re.compile(r"\b(?:tensorflow\.)?(?:tf_)?keras(?:\.src)?\.(?:\w+\.)*(\w+)"), r"\1"),
    (re.compile(r"\b([a-z][a-z0-9]*(?:_[a-z][a-z0-9]*)*)_\d+\b"), r"\1"),
    (re.compile(r"\s+"), " "),
)


def family(failure: Failure) -> str:
    """The type with the library that it comes from: `tensorflow.InvalidArgumentError`."""
    library = _ONE_LIBRARY.get(failure.family, failure.family)
    return failure.type if library == "builtins" else f"{library}.{failure.type}"


def reason(failure: Failure) -> str:
    """The message without what changes from run to run."""
    text = failure.message
    for pattern, instead in _CHANGING:
        text = pattern.sub(instead, text)
    return text.strip()


def compare_failures(name: str, before: Failure, after: Failure, *, wording: bool) -> Compared:
    """Compare two exceptions; `wording` says that another reason may be given for the same.

    One type with two reasons may be two mistakes: that is unproven until somebody says that it is
    only worded differently.
    """
    types, reasons = (family(before), family(after)), (reason(before), reason(after))
    if types[0] != types[1]:
        told = [f"{kind} ({why[:200]})" for kind, why in zip(types, reasons, strict=True)]
        said = f"raised {told[0]} against {told[1]}"
        return Compared(name, Verdict.DIFFERENT, said, before=types[0], after=types[1])
    if reasons[0] == reasons[1]:
        said, verdict = f"both raise {types[0]}: {reasons[0][:200]}", Verdict.IDENTICAL
    else:
        said = f"both raise {types[0]}: {reasons[0][:200]!r} against {reasons[1][:200]!r}"
        verdict = Verdict.CLOSE if wording else Verdict.UNPROVEN
    return Compared(name, verdict, said, verdict.same, before=types[0], after=types[1])
