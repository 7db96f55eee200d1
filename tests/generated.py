"""Strategies for small programs that use Keras 2 under every kind of name, and what they mean."""

from __future__ import annotations

import re

from hypothesis import strategies as st

# The names of the programs, and what is used of each, whatever it may be bound to at the place.
USES = {
    "keras": (
        "keras.backend.sum",
        "keras.layers.core.Dense",
        "keras.layers.Dense",
        "keras.engine.topology.Layer",
    ),
    "k": ("k.backend.square(1)", "k.layers.core.Dense(3)", "k.utils.np_utils.normalize"),
    "K": ("K.sum", "K.square(2)", "K.epsilon", "K.permute_dimensions(1, (0,))", "K.mean(K.sum(1))"),
    "J": ("J.sum(1)", "J.epsilon()", "J"),
    "layers": ("layers.Dense", "layers.core.Dense", "layers.pooling.MaxPooling2D(3)"),
    "core": ("core.Dense(3)", "core.Flatten", "core"),
    "D": ("D", "D(3)"),
    "total": ("total", "total(1)"),
    "ops": ("ops", "ops.sum"),
}
IMPORTS = (
    "import keras",
    "import keras as k",
    "import keras, os",
    "import keras.layers.core",
    "import keras.backend as K",
    "from keras import backend as K",
    "from keras import backend as K, layers",
    "from keras import (backend as J, layers)",
    "from keras.layers import core",
    "from keras.layers.core import Dense as D, Flatten",
    "from keras.backend import sum as total, square",
    "from mine import ops",
    "from mine import backend as K",
    "from keras.layers.core import *",
)
ALIASES = (
    "J = K",
    "k = keras",
    "K = k.backend",
    "K = keras.backend",
    "layers = keras.layers",
    "core = layers.core",
    "D = core.Dense",
    "D = keras.layers.core.Dense",
    "total = K.sum",
    "J, ops = K, mine",
    "K: object = mine",
)
# Qualified names of Keras 2 and what stands for them in Keras 3, the longest first.
MEANING = (
    ("keras.backend.sum", "keras.ops.sum"),
    ("keras.backend.square", "keras.ops.square"),
    ("keras.backend.mean", "keras.ops.mean"),
    ("keras.backend.permute_dimensions", "keras.ops.transpose"),
    ("keras.layers.core", "keras.layers"),
    ("keras.layers.pooling", "keras.layers"),
    ("keras.engine.topology.Layer", "keras.layers.Layer"),
    ("keras.utils.np_utils", "keras.utils"),
)
_NAMES = st.sampled_from(sorted(USES))
Lines = list[str]


def in_root(name: str) -> str:
    """The name of the same path in the package `keras`."""
    return re.sub(r"^(tensorflow\.keras|tf_keras)\b", "keras", name)


def in_keras3(name: str) -> str:
    """What a qualified name of Keras 2, in any dialect, becomes."""
    name = in_root(name)
    for old, new in MEANING:
        if name == old or name.startswith((old + ".", old + "(")):
            return new + name[len(old) :]
    return name


_IN_TF_KERAS = (
    (r"\blayers\.(core|pooling)\b", "layers"),
    (r"\bengine\.topology\b", "layers"),
    (r"\butils\.np_utils\b", "utils"),
    (r"from keras\.layers import core", "from tensorflow.keras import layers as core"),
    (r"import keras, os", "import tensorflow as tf, os"),
    (r"import keras(?= as|\.)", "import tensorflow.keras"),
    (r"import keras\b", "from tensorflow import keras"),
    (r"from keras\b", "from tensorflow.keras"),
    (r"k = keras\b", "k = tf.keras"),
    (r"\[keras\.", "[tf.keras."),
)


def in_dialect(text: str, dialect: str) -> str:
    """A program of Keras 2 as it would be written with another dialect."""
    if dialect == "tf_keras":
        text = re.sub(r"import keras\b(?! as)(?!\.)", "import tf_keras as keras", text)
        return re.sub(r"(import|from) keras\b", r"\1 tf_keras", text)
    for pattern, spelled in _IN_TF_KERAS if dialect == "tf.keras" else ():
        text = re.sub(pattern, spelled, text)
    return text


def indented(lines: Lines) -> Lines:
    return ["\t" + line for line in lines]


@st.composite
def shows(draw: st.DrawFn) -> Lines:
    """An expression that is looked at, alone or inside another."""
    use = draw(_NAMES.flatmap(lambda name: st.sampled_from(USES[name])))
    form = draw(
        st.sampled_from(
            (
                "show({})",
                "show( {} )  # seen ü",
                "list(map(show, [{}]))",
                "x = [show({}) for i in (1,)]",
                "x = (lambda y={}: show(y))()",
                "if show({}): pass",
                "x = f'{{show({})!s}}'",
                "assert show({}), 'K.sum'; x = 1",
                "x = {{'größe': show({}), 'K.sum': 'keras.layers.core.Dense'}}",
            )
        )
    )
    return [form.format(use)]


@st.composite
def hidings(draw: st.DrawFn) -> Lines:
    """A statement that gives one of the names to something else, with a use where that counts."""
    name = draw(_NAMES)
    use = draw(st.sampled_from(USES[name]))
    forms = (
        [f"{name} = mine"],
        [f"if flag: {name} = mine"],
        [f"for {name} in [mine]:", f"\tshow({use})"],
        [f"x = [show({use}) for {name} in [mine]]"],
        [f"x = (lambda {name}: show({use}))(mine)"],
        [f"if ({name} := mine):", f"\tshow({use})"],
        [f"def {name}(): pass"],
        ["match mine:", f"\tcase {name}:", f"\t\tshow({use})"],
        ["try:", "\traise ValueError", f"except ValueError as {name}:", "\tpass"],
        ["try:", "\timport keras", "except ImportError:", "\tkeras = None"],
        [f"show({use})", f"del {name}"],
    )
    return list(draw(st.sampled_from(forms)))


def simple() -> st.SearchStrategy[Lines]:
    imports = st.sampled_from([line for line in IMPORTS if "*" not in line]).map(
        lambda line: [line]
    )
    aliases = st.sampled_from(ALIASES).map(lambda line: [line])
    return st.one_of(shows(), shows(), imports, aliases, hidings())


@st.composite
def functions(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    """A function that is called, perhaps with one of the names as a parameter or declared global."""
    name = draw(_NAMES)
    hides = draw(st.booleans())
    body = [line for lines in draw(st.lists(inner, min_size=1, max_size=3)) for line in lines]
    if not hides and draw(st.booleans()):
        body = [f"global {name}", *body]
    decorator = draw(st.sampled_from(([], ["@decorated(K.square)"])))
    head = f"def f({name if hides else 'x'}, *, a={draw(st.sampled_from(('K', '1')))}):"
    return [*decorator, head, *indented(body), "call(f, mine)"]


@st.composite
def classes(draw: st.DrawFn, inner: st.SearchStrategy[Lines]) -> Lines:
    """A class whose body and methods use names, some through `self`."""
    body = [line for lines in draw(st.lists(inner, min_size=1, max_size=2)) for line in lines]
    method = [line for lines in draw(st.lists(inner, min_size=1, max_size=2)) for line in lines]
    base = draw(st.sampled_from(("", "(Base)", "(keras.engine.topology.Layer if 0 else Base)")))
    keeps = draw(st.sampled_from((["self.K = mine"], ["self.K = K"], ["pass"])))
    return [
        f"class A{base}:",
        *indented(body),
        "\tdef f(self):",
        *indented(indented([*keeps, *method, "show(self.K.sum)"])),
        "call(A().f)",
    ]


def blocks() -> st.SearchStrategy[Lines]:
    """Simple statements, and functions and classes of them, one in another."""
    flat = st.one_of(simple(), simple(), functions(simple()), classes(simple()))
    return st.one_of(simple(), simple(), functions(flat), classes(flat))


def compiles(text: str) -> bool:
    """Some combinations of `global` with other statements are no Python."""
    try:
        compile(text, "<generated>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def programs() -> st.SearchStrategy[str]:
    """Valid programs."""
    return _texts().filter(compiles)


_OFFERS = """\
import keras
import keras as k
from keras import backend as K, layers
from keras.backend import sum as total
J = K
core = layers.core
D = core.Dense
"""


def modules() -> st.SearchStrategy[str]:
    """Modules of imports and aliases that bind every name, for others to import from."""
    # A star that gave `ops` would hide a new import of that name: no single file can tell.
    safe = [line for line in (*IMPORTS, *ALIASES) if "*" not in line and "ops" not in line]
    lines = st.sampled_from([*safe, "if flag: K = mine", "show(K.sum)", "__all__ = ['K']"])
    return st.lists(lines, max_size=5).map(
        lambda more: "\n".join([*_OFFERS.splitlines(), *more, ""])
    )


def importers() -> st.SearchStrategy[str]:
    """Programs that import names from another module in various ways."""
    ways = (
        "from other_module import {0}",
        "from other_module import {0} as {0}",
        "from other_module import *",
        "import other_module as o; {0} = o.{0}",
        "import other_module; show(other_module.{0})",
    )
    imports = st.builds(lambda way, name: way.format(name), st.sampled_from(ways), _NAMES)
    parts = st.tuples(st.lists(imports, min_size=1, max_size=3), st.lists(simple(), max_size=3))
    lines = parts.map(lambda both: [*both[0], *(line for lines in both[1] for line in lines)])
    return lines.map(lambda lines: "\n".join(lines) + "\n").filter(compiles)


@st.composite
def _texts(draw: st.DrawFn) -> str:
    """A program; its tabs, line endings, comments and blank lines as people have them."""
    first = draw(st.lists(st.sampled_from(IMPORTS).map(lambda line: [line]), max_size=4))
    rest = draw(st.lists(blocks(), min_size=1, max_size=6))
    head = draw(st.sampled_from(([], ["# -*- coding: utf-8 -*-", '"""K.sum ä"""'])))
    first.sort(key=lambda lines: "*" not in lines[0])  # what else a star gives is given again
    lines = [*head, *(line for part in [*first, *rest] for line in part)]
    indent = draw(st.sampled_from(("\t", "  ", "    ")))
    newline = draw(st.sampled_from(("\n", "\n", "\r\n")))
    extra = draw(st.sampled_from(((), ("",), ("# K.sum, a comment", ""), ("\f",))))
    place = draw(st.integers(0, len(lines)))
    lines = [line.replace("\t", indent) for line in (*lines[:place], *extra, *lines[place:])]
    return newline.join(lines) + draw(st.sampled_from((newline, "")))
