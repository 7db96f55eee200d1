"""Edits that are refused, and what the refusal says."""

from __future__ import annotations

import re

import pytest
from rewriting import EditOf, applied, call, fill, respell

from kmigrate.model import EditCall, FillTemplate, Respell
from kmigrate.rewrite import Refused
from kmigrate.text import SourceText

CASES: dict[str, tuple[str, list[EditOf], str]] = {
    "keyword before positional": (
        "f(a, b)\n",
        [call("f(...)", rename=((0, "x"),))],
        "a positional argument would stand behind a keyword argument",
    ),
    "keyword before *": (
        "f(a, *b)\n",
        [call("f(...)", rename=((0, "x"),))],
        "an argument before *args cannot become a keyword argument",
    ),
    "positional behind **": (
        "f(**a, b=1)\n",
        [call("f(...)", rename=((1, None),))],
        "a positional argument would stand behind a keyword argument",
    ),
    "* behind **": (
        "f(*a, **b)\n",
        [call("f(...)", order=(1, 0))],
        "a positional argument would stand behind a keyword argument",
    ),
    "a keyword twice": (
        "f(a=1)\n",
        [call("f(...)", append=(("a", "2"),))],
        "the call would have a keyword twice",
    ),
    "a name for * or **": (
        "f(**a)\n",
        [call("f(...)", rename=((0, "x"),))],
        "an argument given by * or ** has no name to change",
    ),
    "more arguments than there are": (
        "f(a)\n",
        [call("f(...)", drop=(1,))],
        "the call has fewer arguments than the edit names",
    ),
    "an order that forgets one": (
        "f(a, b)\n",
        [call("f(...)", order=(1,))],
        "the new order does not name each argument once",
    ),
    "a value that is none": (
        "f(a)\n",
        [call("f(...)", values=((0, "*b"),))],
        "`(*b)` is not an expression",
    ),
    "no call": ("f[a]\n", [call("f[a]", callee="g")], "no call stands here"),
    "half an expression": (
        "f(a, b)\n",
        [call("(a, b", callee="g")],
        "the place does not hold an expression",
    ),
    "a call in an f-string": (
        "f'{g(a)}'\n",
        [call("g(a)", callee="h")],
        "the call stands inside an f-string",
    ),
    "a comment inside a name": (
        "(K  # c\n .a)\n",
        [respell("K  # c\n .a", "b")],
        "a comment inside the name would be lost",
    ),
    "two edits of one name": (
        "K.a\n",
        [respell("K.a", "b"), respell("K.a", "c")],
        "two edits of one place",
    ),
    "two edits of one call": (
        "f(a)\n",
        [call("f(...)", drop=(0,)), call("f(...)", callee="g")],
        "two edits of one place",
    ),
    "overlapping": (
        "a.b.c\n",
        [respell("a.b", "x"), respell("b.c", "y")],
        "two edits of one place",
    ),
    "a name inside a name": (
        "a.b.c\n",
        [respell("a.b", "x"), respell("a.b.c", "y")],
        "two edits of one place",
    ),
    "a capture that is not there": (
        "K.f(a)\n",
        [fill("K.f(...)", "g({y})", x=0)],
        "the template wants `y`, which the call does not have",
    ),
    "an argument that is not there": (
        "K.f(a)\n",
        [fill("K.f(...)", "g({x})", x=1)],
        "the call has fewer arguments than the edit names",
    ),
    "an argument behind *": (
        "K.f(*a)\n",
        [fill("K.f(...)", "g({x})", x=0)],
        "`x` is hidden in an argument given by *",
    ),
    "no object": (
        "f(a)\n",
        [fill("f(...)", "{self}.g({x})", x=0, self_=-1)],
        "the call has no object that it is made on",
    ),
    "a rest that cannot stand there": (
        "K.f(a, b, c)\n",
        [fill("K.f(...)", "g({x}, ...)", x=0, rest=(1, 2), rename=((1, "k"),))],
        "a positional argument would stand behind a keyword argument",
    ),
    "a keyword of the template twice": (
        "K.f(a, k=1)\n",
        [fill("K.f(...)", "g({x}, ..., k=2)", x=0, rest=(1,))],
        "the call would have a keyword twice",
    ),
    "a template that is none": (
        "K.f(a)\n",
        [fill("K.f(...)", "g({x}", x=0)],
        "the template `g({x}` is not an expression",
    ),
    "a default that is none": (
        "K.f(a)\n",
        [fill("K.f(...)", "g({x}, {y})", x=0, y="1 +")],
        "`(1 +)` is not an expression",
    ),
    "a template in an f-string": (
        "f'{K.f(a)}'\n",
        [fill("K.f(a)", "g({x})", x=0)],
        "the call stands inside an f-string",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_refused(case: str) -> None:
    before, edits, reason = CASES[case]
    with pytest.raises(Refused, match=f"^{re.escape(reason)}$") as refusal:
        applied(before, *edits)
    source = SourceText(before)
    assert refusal.value.span in [
        edit.span
        for edit in (make(source) for make in edits)
        if isinstance(edit, Respell | EditCall | FillTemplate)
    ]
