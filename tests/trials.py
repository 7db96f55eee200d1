"""Trials made by hand: what a sweep would have seen."""

from __future__ import annotations

from typing import Any

from kmigrate.verify.compare import Compared, Comparison, Verdict
from kmigrate.verify.ledger import Entry
from kmigrate.verify.sweep.calls import Call
from kmigrate.verify.sweep.domain import Claim
from kmigrate.verify.sweep.trials import OWN, Trial

SAME = Comparison(Verdict.IDENTICAL, "", [Compared("c0", Verdict.IDENTICAL, proves=True)])
CLOSE = Comparison(Verdict.CLOSE)
VALUES = Comparison(Verdict.DIFFERENT, "c1: values differ")
DTYPE = Comparison(Verdict.DIFFERENT, ": dtype int32 against float32")
RAISED = Comparison(Verdict.FAILED, "raised TypeError: no such kernel")
NOTHING = Comparison(Verdict.UNPROVEN)
CLAIM = Claim(frozenset({"float32"}), frozenset({2}), "keras3")
X = Call("f(x)", (("x", "float32(2,3)"),), "f(float32(2,3))")


def trial(compared: Comparison = SAME, **fields: Any) -> Trial:
    given = {"mode": "eager", "dtype": OWN, "values": OWN, "shape": OWN, **fields}
    call, source = given.pop("call", X), given.pop("source", "tf_keras")
    return Trial(call, source, (), compared=compared, **given)


def entry_of(*trials: Trial) -> Entry:
    entry = Entry(CLAIM)
    for one in trials:
        entry.add_trial(one, "tf_keras 2.21.0", "keras 3.15.1", "CPU", "g({x})")
    return entry
