"""Calls that become other expressions."""

from __future__ import annotations

import pytest
from rewriting import EditOf, applied, call, fill, respell

SQRT = "{x} ** 0.5"
RESHAPE = "ops.reshape({x}, (-1,))"
FIT = "{self}.fit({generator}, ...)"

GENERATOR = """\
history = model.fit_generator(
    flow(x, y),  # the data
    # as many
    epochs=10,
    workers=4,  # this many
    verbose=1,
)  # done
"""

CASES: dict[str, tuple[str, list[EditOf], str]] = {
    "a call": (
        "y = K.flatten(x) + 1\n",
        [fill("K.flatten(...)", RESHAPE, x=0)],
        "y = ops.reshape(x, (-1,)) + 1\n",
    ),
    "from a keyword": (
        "y = K.flatten(x=a + b)\n",
        [fill("K.flatten(...)", RESHAPE, x=0)],
        "y = ops.reshape(a + b, (-1,))\n",
    ),
    "captures in another order": (
        "K.f(a, b)\n",
        [fill("K.f(...)", "ops.g({y}, {x}, k={y})", x=0, y=1)],
        "ops.g(b, a, k=b)\n",
    ),
    "a default": (
        "K.f(a)\n",
        [fill("K.f(...)", "ops.g({x}, {axis}, [{y}])", x=0, axis="-1", y="a or b")],
        "ops.g(a, -1, [a or b])\n",
    ),
    "a default next to an operator": (
        "K.f(a)\n",
        [fill("K.f(...)", "{x} ** {p} + {q}", x=0, p="-1", q="(1 + 2)")],
        "a ** (-1) + (1 + 2)\n",
    ),
    "atoms next to operators stay bare": (
        "K.sqrt(a.b(1)[2]); K.sqrt([1]); K.sqrt((a, b)); K.sqrt('x'); K.sqrt(1); K.sqrt({1: 2})\n",
        [fill("K.sqrt(...)", SQRT, x=0, nth=n) for n in range(6)],
        "a.b(1)[2] ** 0.5; [1] ** 0.5; (a, b) ** 0.5; 'x' ** 0.5; 1 ** 0.5; {1: 2} ** 0.5\n",
    ),
    "others get brackets": (
        "K.sqrt(a + b); K.sqrt(-a); K.sqrt(not a); K.sqrt(lambda: a); K.sqrt(a if b else c)\n",
        [fill("K.sqrt(...)", SQRT, x=0, nth=n) for n in range(5)],
        "(a + b) ** 0.5; (-a) ** 0.5; (not a) ** 0.5; (lambda: a) ** 0.5; (a if b else c) ** 0.5\n",
    ),
    "others keep the brackets they have": (
        "K.sqrt((a + b)); K.sqrt(((a)))\n",
        [fill("K.sqrt(...)", SQRT, x=0, nth=n) for n in range(2)],
        "(a + b) ** 0.5; ((a)) ** 0.5\n",
    ),
    "whole arguments, indices and elements need none": (
        "K.f(a or b)\n",
        [fill("K.f(...)", "g({x}, k={x})[{x}, {x}:][[{x}, ({x}, 1)]]", x=0)],
        "g(a or b, k=a or b)[a or b, (a or b):][[a or b, (a or b, 1)]]\n",
    ),
    "dots": (
        "K.f(a + b); K.f(1); K.f('a'); K.f(a[0])\n",
        [fill("K.f(...)", "{x}.shape", x=0, nth=n) for n in range(4)],
        "(a + b).shape; (1).shape; 'a'.shape; a[0].shape\n",
    ),
    "await, yield and walrus": (
        "async def f():\n    K.f(await a); K.f((yield)); K.f(b := 1)\n",
        [fill("K.f(...)", "g({x} - 1, k={x})", x=0, nth=n) for n in range(3)],
        "async def f():\n    g((await a) - 1, k=await a); g((yield) - 1, k=(yield));"
        " g((b := 1) - 1, k=(b := 1))\n",
    ),
    "a generator": (
        "K.f(x for x in y); K.f(x for x in y)\n",
        [
            fill("K.f(...)", "g({x})", x=0),
            fill("K.f(...)", "g({x}, 1) + {x}", nth=1, x=0),
        ],
        "g(x for x in y); g((x for x in y), 1) + (x for x in y)\n",
    ),
    "the result next to operators and dots": (
        "-K.sqrt(x) * 2; K.sqrt(x).shape; K.sqrt(x)[0]; K.sqrt(x)(1); a = K.sqrt(x)\n",
        [fill("K.sqrt(...)", SQRT, x=0, nth=n) for n in range(5)],
        "-(x ** 0.5) * 2; (x ** 0.5).shape; (x ** 0.5)[0]; (x ** 0.5)(1); a = x ** 0.5\n",
    ),
    "the result in places that take any expression": (
        "f(K.s(x), a=K.s(x), *K.s(x))[K.s(x)]; [K.s(x), (K.s(x), 1)]; {1: K.s(x), **K.s(x)}\n",
        [fill("K.s(...)", "a or {x}", x=0, nth=n) for n in range(8)],
        "f(a or x, a=a or x, *(a or x))[a or x]; [a or x, (a or x, 1)]; {1: (a or x), **(a or x)}\n",
    ),
    "the result in brackets already": (
        "-(K.sqrt(x))\n",
        [fill("K.sqrt(...)", SQRT, x=0)],
        "-(x ** 0.5)\n",
    ),
    "the result in a comprehension": (
        "[K.s(x) for x in K.s(y) if K.s(x)]\n",
        [fill("K.s(...)", "{x} if a else b", x=0, nth=n) for n in range(3)],
        "[x if a else b for x in (y if a else b) if (x if a else b)]\n",
    ),
    "the result as default, decorator and value": (
        "@K.s(1)\ndef f(a=K.s(2), *, b=K.s(3)):\n    return K.s(4)\n",
        [fill("K.s(...)", "a or {x}", x=0, nth=n) for n in range(4)],
        "@(a or 1)\ndef f(a=a or 2, *, b=a or 3):\n    return a or 4\n",
    ),
    "a tuple": (
        "f(K.s(x))\n",
        [fill("K.s(...)", "{x}, 1", x=0)],
        "f((x, 1))\n",
    ),
    "a number": (
        "K.epsilon() + 1; K.epsilon().real\n",
        [fill("K.epsilon(...)", "7", nth=n) for n in range(2)],
        "7 + 1; (7).real\n",
    ),
    "the argument itself": (
        "a * K.f(x + 1); K.f(x + 1); K.f(x := 1)\n",
        [fill("K.f(...)", "{x}", x=0, nth=n) for n in range(3)],
        "a * (x + 1); x + 1; (x := 1)\n",
    ),
    "an attribute": (
        "f(a.b).c = 1\n",
        [fill("f(a.b).c", "{self}.d", self_=-1)],
        "f(a.b).d = 1\n",
    ),
    "an object": (
        "(a + b).fit_generator(g, 1, e=2); await_ = f(x).fit_generator(generator=g)\n",
        [
            fill("(a + b).fit_generator(...)", FIT, self_=-1, generator=0, rest=(1, 2)),
            fill("f(x).fit_generator(...)", FIT, self_=-1, generator=0),
        ],
        "(a + b).fit(g, 1, e=2); await_ = f(x).fit(g)\n",
    ),
    "the rest, some under a new name": (
        "m.fit_generator(g, s=1, * a, t = 2, **k)\n",
        [
            fill(
                "m.fit_generator(...)",
                FIT,
                self_=-1,
                generator=0,
                rest=(1, 2, 3, 4),
                rename=((3, "u"),),
            )
        ],
        "m.fit(g, s=1, * a, u = 2, **k)\n",
    ),
    "a positional rest gets a name": (
        "m.fit_generator(g, 1)\n",
        [fill("m.fit_generator(...)", FIT, self_=-1, generator=0, rest=(1,), rename=((1, "s"),))],
        "m.fit(g, s=1)\n",
    ),
    "no rest": (
        "K.f(); K.g()\n",
        [fill("K.f(...)", "g(...)"), fill("K.g(...)", "g(1, ..., k=2)")],
        "g(); g(1, k=2)\n",
    ),
    "the rest in an inner call": (
        "K.f(a, b, k=1)\n",
        [fill("K.f(...)", "g(h({x}, ...), 1)", x=0, rest=(1, 2))],
        "g(h(a, b, k=1), 1)\n",
    ),
    "nested": (
        "y = K.mean(K.square(x), axis=1)\n",
        [
            fill("K.mean(...)", "{x} / ops.size({axis})", x=0, axis=1),
            fill("K.square(...)", "{x} * {x}", x=0),
        ],
        "y = (x * x) / ops.size(1)\n",
    ),
    "nested in what goes": (
        "K.f(K.g(1), K.h(2)).b(3)\n",
        [
            fill("K.f(K.g(1), K.h(2)).b(...)", "c({x})", x=0),
            fill("K.f(...)", "d({x})", x=0),
            fill("K.g(...)", "e({x})", x=0),
            respell("K.h", "h"),
        ],
        "c(3)\n",
    ),
    "nested with other edits": (
        "m.fit_generator(K.f(K.a, k=1), s=K.g(b=2))\n",
        [
            fill("m.fit_generator(...)", FIT, self_=-1, generator=0, rest=(1,)),
            call("K.f(...)", callee="f", rename=((1, "l"),)),
            respell("K.a", "A"),
            respell("m", "M"),
            fill("K.g(...)", "-{b}", b=0),
        ],
        "M.fit(f(A, l=1), s=-2)\n",
    ),
    "lines and comments stay": (
        GENERATOR,
        [fill("model.fit_generator(...)", FIT, self_=-1, generator=0, rest=(1, 2, 3))],
        GENERATOR.replace("_generator", ""),
    ),
    "the comment on a line that goes stays": (
        GENERATOR,
        [fill("model.fit_generator(...)", FIT, self_=-1, generator=0, rest=(1, 3))],
        GENERATOR.replace("_generator", "").replace("workers=4,  ", ""),
    ),
    "arguments of the template get lines too": (
        "y = K.flatten(\n    x,  # the input\n)\n",
        [fill("K.flatten(...)", RESHAPE, x=0)],
        "y = ops.reshape(\n    x,  # the input\n    (-1,),\n)\n",
    ),
    "arguments of the template come first": (
        "y = K.f(\n    # all\n    x,  # the input\n    z\n)\n",
        [fill("K.f(...)", "g(1, {z}, k={x})", x=0, z=1)],
        "y = g(\n    # all\n    1,\n    z,\n    k=x  # the input\n)\n",
    ),
    "a comment where nothing can hold it": (
        "y = K.sqrt(\n    x,  # the input\n    # that is all\n)\n",
        [fill("K.sqrt(...)", SQRT, x=0)],
        "y = (  # the input\n    # that is all\n    x ** 0.5)\n",
    ),
    "a comment before the brackets": (
        "y = (K  # of old\n     .flatten(x))\n",
        [fill("K.flatten(...)", RESHAPE, x=0)],
        "y = (ops.reshape(  # of old\n    x, (-1,)))\n",
    ),
    "a comment in CRLF": (
        "y = K.sqrt(\r\n    x,  # the input\r\n)\r\n",
        [fill("K.sqrt(...)", SQRT, x=0)],
        "y = (  # the input\r\n    x ** 0.5)\r\n",
    ),
    "an argument over lines without brackets": (
        "y = K.sqrt(a\n           .b)\ny = K.sqrt('a'\n           'b')\n",
        [fill("K.sqrt(...)", SQRT, x=0, nth=n) for n in range(2)],
        "y = (a\n           .b) ** 0.5\ny = ('a'\n           'b') ** 0.5\n",
    ),
    "an argument over lines where brackets are around": (
        "y = (a\n     .b\n     .fit_generator(g))\n",
        [fill("a.b.fit_generator(...)", FIT, self_=-1, generator=0)],
        "y = (a\n     .b.fit(g))\n",
    ),
    "an argument over lines that becomes everything": (
        "y = K.f(a\n        .b)\ny = K.f((a\n        .b))\n",
        [fill("K.f(...)", "{x}", x=0, nth=n) for n in range(2)],
        "y = (a\n        .b)\ny = (a\n        .b)\n",
    ),
    "other scripts": (
        "y = 'é' + K.sqrt('λ' + 'é') + 'é'\n",
        [fill("K.sqrt(...)", SQRT, x=0)],
        "y = 'é' + (('λ' + 'é') ** 0.5) + 'é'\n",
    ),
    "an f-string as an argument": (
        "K.f(f'{a}', k=f'{b!r}')\n",
        [fill("K.f(...)", "{k} + {x}", x=0, k=1)],
        "f'{b!r}' + f'{a}'\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_filled(case: str) -> None:
    before, edits, after = CASES[case]
    assert applied(before, *edits) == after
    assert applied(before, *reversed(edits)) == after
