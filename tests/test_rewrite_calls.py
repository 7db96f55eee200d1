"""Edits of names and calls, each with a twin that changes nothing."""

from __future__ import annotations

import pytest
from rewriting import EditOf, applied, call, insert, remove, respell, unchanged

from kmigrate.rewrite import apply
from kmigrate.text import SourceText

CASES: dict[str, tuple[str, list[EditOf], str]] = {
    "a name": (
        "y = K.sum(x)  # K.sum\n",
        [respell("K.sum", "ops.sum")],
        "y = ops.sum(x)  # K.sum\n",
    ),
    "names, nested and one behind the other": (
        "y = K.sum(K.abs(x)) + K.sum(z)\n",
        [
            respell("K.sum", "ops.sum"),
            respell("K.abs", "ops.abs"),
            respell("K.sum", "ops.sum", nth=1),
        ],
        "y = ops.sum(ops.abs(x)) + ops.sum(z)\n",
    ),
    "a name over several lines": (
        "y = (keras\n     .layers  # c\n     .Dense)(1)\n",
        [respell("keras", "tf.keras")],
        "y = (tf.keras\n     .layers  # c\n     .Dense)(1)\n",
    ),
    "a name behind other scripts": (
        "y = f('héλ😀', K.sum(x)); 'é'; K.abs\n",
        [respell("K.sum", "S"), respell("K.abs", "A")],
        "y = f('héλ😀', S(x)); 'é'; A\n",
    ),
    "a call behind other scripts": (
        "y = f('héλ😀', K.sum('é', x, axis='λ'), 'é')\n",
        [call("K.sum(...)", drop=(0,), rename=((2, "α"),))],
        "y = f('héλ😀', K.sum(x, α='λ'), 'é')\n",
    ),
    "a form feed": (
        "\fx = 1\n\f\ny = K.sum(\f a, b)\n",
        [call("K.sum(...)", drop=(1,)), respell("x", "z")],
        "\fz = 1\n\f\ny = K.sum(\f a)\n",
    ),
    "line separators that Python keeps inside a line": (
        "a = '\x0b\x1c\u2028'; K.sum(1)\nK.sum(2)\n",
        [call("K.sum(...)", nth=1, callee="S"), respell("K.sum", "T")],
        "a = '\x0b\x1c\u2028'; T(1)\nS(2)\n",
    ),
    "tabs": (
        "if a:\n\tf(\n\t\tb,\t# c\n\t\td,\n\t)\n",
        [call("f(...)", append=(("e", "1"),))],
        "if a:\n\tf(\n\t\tb,\t# c\n\t\td,\n\t\te=1,\n\t)\n",
    ),
    "CRLF": (
        "f(\r\n    a,  # c\r\n    b,\r\n)\r\ng()\r\n",
        [call("f(...)", append=(("e", "1"),), drop=(1,))],
        "f(\r\n    a,  # c\r\n    e=1,\r\n)\r\ng()\r\n",
    ),
    "CR": (
        "f(\r    a,  # c\r    b)\rg()\r",
        [call("f(...)", append=(("e", "1"),))],
        "f(\r    a,  # c\r    b,\r    e=1)\rg()\r",
    ),
    "mixed line endings": (
        "x = 1\nf(\r\n    a,\n    b,\r\n)\r",
        [call("f(...)", callee="g")],
        "x = 1\ng(\r\n    a,\n    b,\r\n)\r",
    ),
    "no line ending at the end": ("f(a)", [call("f(...)", rename=((0, "x"),))], "f(x=a)"),
    "callee": (
        "Convolution2D(3, name=f(x))(y)\n",
        [call("Convolution2D(...)", callee="layers.Conv2D")],
        "layers.Conv2D(3, name=f(x))(y)\n",
    ),
    "callee with an edit inside it": (
        "f(K.a)(1, 2)\n",
        [respell("K.a", "A"), call("f(K.a)(...)", drop=(0,))],
        "f(A)(2)\n",
    ),
    "a new callee replaces the edits inside the old one": (
        "f(K.a)(1)\n",
        [respell("K.a", "A"), call("f(K.a)(...)", callee="g")],
        "g(1)\n",
    ),
    "a keyword": (
        "Dense(10, init='he', name = 'x')\n",
        [call("Dense(...)", rename=((1, "kernel_initializer"), (2, "title")))],
        "Dense(10, kernel_initializer='he', title = 'x')\n",
    ),
    "a positional argument gets a keyword": (
        "Dense(10, (3), name = 'x')\n",
        [call("Dense(...)", rename=((1, "k"),))],
        "Dense(10, k = (3), name = 'x')\n",
    ),
    "a keyword goes": ("f(x=a, y=b)\n", [call("f(...)", rename=((0, None),))], "f(a, y=b)\n"),
    "a value": (
        "Dense(10, mode='tf')\n",
        [call("Dense(...)", values=((1, "'last'"), (0, "5")))],
        "Dense(5, mode='last')\n",
    ),
    "a value that is several": (
        "f(a, b)\n",
        [call("f(...)", values=((0, "1, 2"), (1, "x := 3")))],
        "f((1, 2), (x := 3))\n",
    ),
    "a value with edits inside it is replaced": (
        "f(K.a(1), K.a(2))\n",
        [call("f(...)", values=((0, "0"),)), respell("K.a", "b"), respell("K.a", "c", nth=1)],
        "f(0, c(2))\n",
    ),
    "calls inside calls": (
        "Model(Dense(Input(a=1), b=2), c=3)\n",
        [
            call("Model(...)", rename=((1, "C"),)),
            call("Dense(...)", rename=((1, "B"),)),
            call("Input(...)", rename=((0, "A"),)),
        ],
        "Model(Dense(Input(A=1), B=2), C=3)\n",
    ),
    "a chain of calls": (
        "Dense(10, init='a')(Dense(5, init='b')(x)).m(y=1)\n",
        [
            call("Dense(10, init='a')(Dense(5, init='b')(x)).m(...)", rename=((0, "z"),)),
            respell("Dense", "L.Dense"),
            call("Dense(...)", rename=((1, "k"),)),
            call("Dense(...)", nth=1, drop=(1,)),
        ],
        "L.Dense(10, k='a')(Dense(5)(x)).m(z=1)\n",
    ),
    "walrus": (
        "if (y := f(a, b=(z := 1))): pass\n",
        [call("f(...)", drop=(0,))],
        "if (y := f(b=(z := 1))): pass\n",
    ),
    "walrus gets a keyword": (
        "f(a, z := 1)\n",
        [call("f(...)", rename=((1, "k"),))],
        "f(a, k=(z := 1))\n",
    ),
    "yield and await": (
        "async def g():\n    y = yield f((yield), await h(a=1))\n",
        [call("f(...)", order=(1, 0)), call("h(...)", rename=((0, "b"),))],
        "async def g():\n    y = yield f(await h(b=1), (yield))\n",
    ),
    "lambda and conditional": (
        "f(lambda a, b=K.c: a, x if y else z, *(u or v))\n",
        [respell("K.c", "C"), call("f(...)", rename=((1, None),))],
        "f(lambda a, b=C: a, x if y else z, *(u or v))\n",
    ),
    "comprehension": (
        "{K.f(a=x): [K.g(y) for y in K.h(x)] for x in z if K.f(a=1)}\n",
        [
            call("K.f(...)", rename=((0, "b"),)),
            call("K.f(...)", nth=1, rename=((0, "c"),)),
            call("K.h(...)", callee="h"),
            respell("K.g", "g"),
        ],
        "{K.f(b=x): [g(y) for y in h(x)] for x in z if K.f(c=1)}\n",
    ),
    "decorator, base class and default": (
        "@d(a=1)\nclass A(K.B, m=f(1)):\n    @d(a=2)\n    def g(self, x=f(2)): pass\n",
        [
            call("d(...)", rename=((0, "b"),)),
            call("d(...)", nth=1, callee="D"),
            respell("K.B", "keras.B"),
            call("f(...)", append=(("c", "3"),)),
            call("f(...)", nth=1, append=(("c", "4"),)),
        ],
        "@d(b=1)\nclass A(keras.B, m=f(1, c=3)):\n    @D(a=2)\n    def g(self, x=f(2, c=4)): pass\n",
    ),
    "brackets around everything": (
        "((f)((a), k=(b)))\n",
        [call("f(...)", rename=((1, "l"),), append=(("m", "1"),))],
        "((f)((a), l=(b), m=1))\n",
    ),
    "a call over lines inside brackets of others": (
        "x = (f  # c\n     (a, b))\n",
        [call("f(...)", drop=(0,))],
        "x = (f  # c\n     (b))\n",
    ),
    "joined strings": (
        "f('a'\n  'b' \"c\", k='d' 'e')\n",
        [call("f(...)", drop=(1,))],
        "f('a'\n  'b' \"c\")\n",
    ),
    "an f-string as an argument": (
        "f(f'{x!r:>{w}}', k=f\"{y['a']}\")\n",
        [call("f(...)", rename=((1, "l"),))],
        "f(f'{x!r:>{w}}', l=f\"{y['a']}\")\n",
    ),
    "a name in an f-string": (
        "x = f'{K.floatx()} {a}'\n",
        [respell("K.floatx", "keras.config.floatx")],
        "x = f'{keras.config.floatx()} {a}'\n",
    ),
    "words that look like holes": (
        "hole_0_(hole_1_, hole_=hole_x_0_)\n",
        [call("hole_0_(...)", drop=(0,), append=(("k", "hole_0_"),))],
        "hole_0_(hole_=hole_x_0_, k=hole_0_)\n",
    ),
    "a line more and a line less": (
        "if a:\n    # TODO\n    f(b)\n",
        [remove(2), insert(3, "# NEW"), respell("f(", "F("), insert(1, "# TOP"), insert(4, "# END")],
        "# TOP\nif a:\n    # NEW\n    F(b)\n# END\n",
    ),
    "a line behind an unfinished one": (
        "x\r\ny",
        [insert(3, "# END"), insert(2, "# MID")],
        "x\r\n# MID\r\ny\r\n# END\r\n",
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


def test_nothing_to_do_keeps_the_very_text() -> None:
    source = SourceText("a\r\n\f b\rc")
    assert apply(source, []) is source.text


def test_an_edit_made_twice_is_made_once() -> None:
    assert applied("K.a\n", respell("K.a", "b"), respell("K.a", "b")) == "b\n"
