"""Arguments that go, come and change places: how the call stands afterwards."""

from __future__ import annotations

import pytest
from rewriting import EditOf, applied, call, unchanged

VERTICAL = """\
model.fit(
    gen(a, b),  # the data
    epochs=10,  # as many
    workers=4,  # this many
    verbose=1,
)
"""

CASES: dict[str, tuple[str, list[EditOf], str]] = {
    "dropping the only argument": ("f( a , )\n", [call("f(...)", drop=(0,))], "f()\n"),
    "dropping the first, the middle and the last": (
        "f(a, b, c, d, e,)\n",
        [call("f(...)", drop=(0, 2, 4))],
        "f(b, d,)\n",
    ),
    "dropping in wrapped lines": (
        "f(a, b,\n  c, d,\n  e, g)\n",
        [call("f(...)", drop=(1, 2))],
        "f(a,\n  d,\n  e, g)\n",
    ),
    "dropping the last of its line": (
        "f(a,\n  b)\n",
        [call("f(...)", drop=(1,))],
        "f(a)\n",
    ),
    "dropping the first of its line": (
        "f(a,\n  b)\n",
        [call("f(...)", drop=(0,))],
        "f(b)\n",
    ),
    "dropping one of a line each": (
        "f(\n    a,\n    b,\n    c\n)\n",
        [call("f(...)", drop=(2,))],
        "f(\n    a,\n    b\n)\n",
    ),
    "dropping a line with its comment": (
        VERTICAL,
        [call("model.fit(...)", drop=(2,))],
        VERTICAL.replace("workers=4,  ", ""),
    ),
    "dropping the first line with its comment": (
        VERTICAL,
        [call("model.fit(...)", drop=(0,))],
        VERTICAL.replace("gen(a, b),  ", ""),
    ),
    "dropping the last lines with their comments": (
        VERTICAL,
        [call("model.fit(...)", drop=(2, 3))],
        VERTICAL.replace("workers=4,  ", "").replace("    verbose=1,\n", ""),
    ),
    "dropping all lines with their comments": (
        "f(\n    a,  # 1\n    # 2\n)\n",
        [call("f(...)", drop=(0,))],
        "f(  # 1\n    # 2\n)\n",
    ),
    "dropping a value with a comment inside": (
        "f(a, [1,  # one\n      2], c)\n",
        [call("f(...)", drop=(1,))],
        "f(  # one\n    a, c)\n",
    ),
    "dropping before the comma on another line": (
        "f(a  # 1\n  , b  # 2\n  , c)\n",
        [call("f(...)", drop=(1,))],
        "f(  # 2\n    a  # 1\n  , c)\n",
    ),
    "appending": ("f(a)\n", [call("f(...)", append=(("k", "1"), ("l", "2")))], "f(a, k=1, l=2)\n"),
    "appending to nothing": ("f( )\n", [call("f(...)", append=(("k", "1"),))], "f( k=1)\n"),
    "appending behind a trailing comma": (
        "f(a,)\n",
        [call("f(...)", append=(("k", "1"),))],
        "f(a, k=1,)\n",
    ),
    "appending a line": (
        VERTICAL,
        [call("model.fit(...)", append=(("k", "1"),))],
        VERTICAL.replace("verbose=1,\n", "verbose=1,\n    k=1,\n"),
    ),
    "appending a line behind a comment": (
        "f(\n    a=1,\n    b=2  # two\n    # end\n)\n",
        [call("f(...)", append=(("k", "1"),))],
        "f(\n    a=1,\n    b=2,  # two\n    k=1\n    # end\n)\n",
    ),
    "appending where lines are aligned": (
        "Dense(10,\n      name='a')\n",
        [call("Dense(...)", append=(("k", "1"),))],
        "Dense(10,\n      name='a',\n      k=1)\n",
    ),
    "appending where lines are filled": (
        "Conv(3, 4,\n     name='a', b=1)\n",
        [call("Conv(...)", append=(("k", "1"),))],
        "Conv(3, 4,\n     name='a', b=1, k=1)\n",
    ),
    "appending behind * and **": (
        "f(*a, **b)\n",
        [call("f(...)", append=(("k", "1"),))],
        "f(*a, **b, k=1)\n",
    ),
    "* and ** stay while others change": (
        "f(a, * b, c=1, **d)\n",
        [call("f(...)", rename=((2, "e"),), values=((1, "B"),))],
        "f(a, * B, e=1, **d)\n",
    ),
    "a generator alone": (
        "f(x for x in y)\n",
        [call("f(...)", callee="g")],
        "g(x for x in y)\n",
    ),
    "a generator no longer alone": (
        "f(x for x in y)\n",
        [call("f(...)", append=(("k", "1"),))],
        "f((x for x in y), k=1)\n",
    ),
    "a generator alone gets a keyword": (
        "f(\n    x for x in y\n)\n",
        [call("f(...)", rename=((0, "k"),))],
        "f(k=(\n    x for x in y\n))\n",
    ),
    "a generator alone goes": ("f(x for x in y)\n", [call("f(...)", drop=(0,))], "f()\n"),
    "a generator with brackets of its own": (
        "f((x for x in y))\n",
        [call("f(...)", callee="g")],
        "g((x for x in y))\n",
    ),
    "an order": (
        "f(a, b, c=1)\n",
        [call("f(...)", order=(1, 0, 2))],
        "f(b, a, c=1)\n",
    ),
    "an order with comments": (
        VERTICAL,
        [call("model.fit(...)", order=(0, 3, 1, 2))],
        "model.fit(\n    gen(a, b),  # the data\n    verbose=1,\n    epochs=10,  # as many\n"
        "    workers=4,  # this many\n)\n",
    ),
    "an order that puts the last comment elsewhere": (
        "f(\n    # on a\n    a=1,  # 1\n    # on b\n    b=2,  # 2\n    # end\n)\n",
        [call("f(...)", order=(1, 0))],
        "f(\n    # on a\n    # on b\n    b=2,  # 2\n    a=1,  # 1\n    # end\n)\n",
    ),
    "an order, a drop, a keyword, a value and one more": (
        "f(a, b, c=1, d=2)\n",
        [
            call(
                "f(...)",
                order=(2, 1, 3),
                drop=(0,),
                rename=((1, "b"), (2, None)),
                values=((3, "None"),),
                append=(("e", "0"),),
            )
        ],
        "f(1, b=b, d=None, e=0)\n",
    ),
    "a backslash": (
        "x = f \\\n  (a, \\\n   b)\n",
        [call("f(...)", drop=(0,))],
        "x = f \\\n  (b)\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_made(case: str) -> None:
    before, edits, after = CASES[case]
    assert applied(before, *edits) == after
    assert applied(before, *reversed(edits)) == after


@pytest.mark.parametrize("case", CASES)
def test_twin_that_changes_nothing(case: str) -> None:
    before, edits, _ = CASES[case]
    assert unchanged(before, *edits) == before
