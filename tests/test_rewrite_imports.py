"""Edits of import statements, and of the lines around them."""

from __future__ import annotations

import re

import pytest
from rewriting import EditOf, applied, at, imports, insert, remove, respell, unchanged

from kmigrate.model import EditImport
from kmigrate.rewrite import Refused

FROM = """\
from keras.layers.core import (  # noqa: E402
    Dense,  # the usual
    # and
    Dropout as Drop,
    Flatten  # last
)  # isort:skip
"""

CASES: dict[str, tuple[str, list[EditOf], str]] = {
    "a module": (
        "from keras.layers.core import Dense # c\n",
        [imports("from", module="keras.layers")],
        "from keras.layers import Dense # c\n",
    ),
    "a module with spaces of its own": (
        "from  keras . layers  import(Dense)\n",
        [imports("from", "Dense as D", module="tf.keras.layers")],
        "from  tf.keras.layers  import(Dense as D)\n",
    ),
    "a relative module becomes absolute": (
        "from.import a\nfrom .. b import c\nfrom.d import e\n",
        [
            imports("from.import", module="x"),
            imports("from ..", module="y.z"),
            imports("from.d", module=".w"),
        ],
        "from x import a\nfrom y.z import c\nfrom .w import e\n",
    ),
    "a star": (
        "from keras.layers.core import *\n",
        [imports("from", "*", module="keras.layers")],
        "from keras.layers import *\n",
    ),
    "names": (
        "import keras.backend as K , os, keras as  k, sys\n",
        [imports("import", "tf_keras.backend as K", "os", "tf_keras", "sys as s")],
        "import tf_keras.backend as K , os, tf_keras, sys as s\n",
    ),
    "names that go": (
        "import a, b.c as d, e\n",
        [imports("import", None, "b.c as d", None)],
        "import b.c as d\n",
    ),
    "imported names": (
        "from m import a, b as c, d as  e\n",
        [imports("from", "A as a", "b", "d as f")],
        "from m import A as a, b, d as  f\n",
    ),
    "imported names that go": (
        "from m import a, b, c, d\n",
        [imports("from", None, "b", None, None)],
        "from m import b\n",
    ),
    "in brackets": (
        "from m import (a, b, c,)\n",
        [imports("from", "a", "b", None)],
        "from m import (a, b,)\n",
    ),
    "behind a backslash": (
        "from m import a, \\\n    b, c, \\\n    d\n",
        [imports("from", "a", None, "c", None)],
        "from m import a, \\\n    c\n",
    ),
    "over lines": (
        FROM,
        [imports("from", "Dense", "Dropout as D", "Flatten", module="keras.layers")],
        FROM.replace(".core", "").replace("Drop,", "D,"),
    ),
    "over lines, the first goes": (
        FROM,
        [imports("from", None, "Dropout as Drop", "Flatten")],
        FROM.replace("Dense,  # the", "# the"),
    ),
    "over lines, the last goes": (
        FROM,
        [imports("from", "Dense", "Dropout as Drop", None)],
        FROM.replace(",\n    Flatten  # last", "\n    # last"),
    ),
    "over lines, the middle goes": (
        FROM,
        [imports("from", "Dense", None, "Flatten")],
        FROM.replace("    Dropout as Drop,\n", ""),
    ),
    "over lines in CRLF": (
        FROM.replace("\n", "\r\n"),
        [imports("from", None, "Dropout as Drop", "Flatten", after=("import x",))],
        FROM.replace("Dense,  # the", "# the").replace("\n", "\r\n") + "import x\r\n",
    ),
    "statements of their own": (
        "if a:\n\tfrom m import b, c  # d\n\te\n",
        [imports("from", "b", None, after=("import x", "import y"))],
        "if a:\n\tfrom m import b  # d\n\timport x\n\timport y\n\te\n",
    ),
    "statements of their own at the end of an unfinished text": (
        "x\r\nimport a",
        [imports("import", after=("import y",))],
        "x\r\nimport a\r\nimport y",
    ),
    "statements of their own on a shared line": (
        "a; import b; c  # d\ntry: import e\nexcept f: import g\n",
        [
            imports("import b", after=("import x", "import y")),
            imports("import e", "E as e", after=("import z",)),
            imports("import g", None, after=("import h", "import i")),
        ],
        "a; import b; import x; import y; c  # d\ntry: import E as e; import z\n"
        "except f: import h; import i\n",
    ),
    "a shared line behind a backslash": (
        "a; \\\nimport b\nc\n",
        [imports("import", None, after=("import x", "import y"))],
        "a; \\\nimport x; import y\nc\n",
    ),
    "another in its place": (
        "  \n    \nif a:\n    from m import b, c  # noqa\n    d\n",
        [imports("from", None, None, after=("import x", "import y"))],
        "  \n    \nif a:\n    import x  # noqa\n    import y\n    d\n",
    ),
    "another in the place of one with comments": (
        "if a:\n" + re.sub("(?m)^(?=.)", "    ", FROM),
        [imports("from", None, None, None, after=("import x",))],
        "if a:\n    # noqa: E402\n    # the usual\n    # and\n    # last\n    import x  # isort:skip\n",
    ),
    "gone": ("import a\n\nimport b\nc\n", [imports("import b", None)], "import a\n\nc\n"),
    "gone at the end of an unfinished text": ("a\nimport b", [imports("import", None)], "a\n"),
    "gone over lines": (
        "a\nfrom m import (\n    b,\n    c,\n)\nd\n",
        [imports("from", None, None)],
        "a\nd\n",
    ),
    "gone but for its comment": (
        "if a:\n    import b   # c\n    d\n",
        [imports("import", None)],
        "if a:\n    # c\n    d\n",
    ),
    "gone from a block": (
        "def f():\n    '''doc'''\n    import a\n",
        [imports("import", None)],
        "def f():\n    '''doc'''\n",
    ),
    "the only one of its block": (
        "try:\n    import a  # c\nexcept b:\n    import c\nelse:\n    import d\nfinally:\n    import e\n",
        [imports(f"import {name}", None) for name in "acde"],
        "try:\n    pass  # c\nexcept b:\n    pass\nelse:\n    pass\nfinally:\n    pass\n",
    ),
    "all of a block": (
        "def f():\n    import a\n    from b import c\nclass g:\n    import d\n    e = 1\n",
        [imports("import a", None), imports("from", None), imports("import d", None)],
        "def f():\n    pass\nclass g:\n    e = 1\n",
    ),
    "all of the module": ("import a\nfrom b import c\n", [imports("import", None), imports("from", None)], ""),
    "gone from a shared line": (
        "import a; import b; c\nif d: import e\n",
        [imports("import a", None), imports("import b", None), imports("import e", None)],
        "pass; pass; c\nif d: pass\n",
    ),
    "lines around": (
        "# TODO\nimport a\nimport b\n",
        [
            remove(1),
            insert(2, "# new"),
            imports("import a", None, after=("import x",)),
            imports("import b", None),
        ],
        "# new\nimport x\n",
    ),
    "names behind it": (
        "import é, a; a.b\n",
        [imports("import", "é", "c as a"), respell("a.b", "a.d")],
        "import é, c as a; a.d\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_made(case: str) -> None:
    before, edits, after = CASES[case]
    assert applied(before, *edits) == after


@pytest.mark.parametrize("case", CASES)
def test_twin_that_changes_nothing(case: str) -> None:
    before, edits, _ = CASES[case]
    assert unchanged(before, *edits) == before


def test_a_statement_removed_twice_over_is_refused() -> None:
    with pytest.raises(Refused, match="two edits of one place"):
        applied("import a\n", imports("import", None), imports("import", "b"))


REFUSED: dict[str, tuple[str, EditOf, str]] = {
    "another number of names": (
        "from m import a, b\n",
        imports("from", "a"),
        "the import has another number of names than the edit",
    ),
    "names for a star": (
        "from m import *\n",
        imports("from", "a"),
        "a star import has no names to change",
    ),
    "no import": (
        "a = 1\n",
        lambda source: EditImport(at(source, "a = 1")),
        "no import stands here",
    ),
    "a comment with no place": (
        "a; from m import (b,  # c\n  d)\n",
        imports("from", None, None),
        "a comment inside the import would be lost",
    ),
    "a comment before a comma": (
        "from m import (a  # b\n  , c)\n",
        imports("from", None, "c"),
        "a comment inside the import would be lost",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(case: str) -> None:
    before, edit, reason = REFUSED[case]
    with pytest.raises(Refused, match=f"^{re.escape(reason)}$"):
        applied(before, edit)
