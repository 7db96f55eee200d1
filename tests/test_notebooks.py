"""Notebooks: the code of the cells is migrated, every other byte stays."""

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import Grow, Run
from hypothesis import given
from hypothesis import strategies as st

from kmigrate.model import Unreadable
from kmigrate.notebook import Notebook
from kmigrate.verify.notebook import program_of

MAGIC = "%matplotlib inline\n!pip install keras\n"
FIRST = "from keras import backend as K\nimport numpy as np"
SECOND = "%time y = K.sum(np.ones(3))\nif y:\n    %timeit -n 10 K.exp(y)\n"


def cell(source: str | list[str], kind: str = "code") -> dict[str, Any]:
    return {"cell_type": kind, "metadata": {"k": 1}, "outputs": [{"keras": 1}], "source": source}


def notebook(*sources: str, indent: int | None = 1) -> str:
    cells = [cell("# Über K.sum", "markdown"), *(cell(s.splitlines(True)) for s in sources)]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 2}
    return json.dumps(document, indent=indent, ensure_ascii=False) + "\n"


def sources(raw: str) -> list[str]:
    return ["".join(one["source"]) for one in json.loads(raw)["cells"][1:]]


def migrated(kmigrate: Run, tree: Path, raw: str) -> str:
    (tree / "a.ipynb").write_text(raw, encoding="utf-8")
    kmigrate("apply", "a.ipynb", "--from", "keras@2", "--quiet")
    return (tree / "a.ipynb").read_text(encoding="utf-8")


def test_an_alias_carries_over_the_cells_and_magics_stay(grow: Grow, kmigrate: Run) -> None:
    after = migrated(kmigrate, grow({}), notebook(MAGIC + FIRST, SECOND))
    assert sources(after) == [
        MAGIC + "from keras import ops\nimport numpy as np",
        SECOND.replace("K.", "ops."),
    ]


@pytest.mark.parametrize("indent", [None, 1, 4])
def test_only_changed_sources_are_written(grow: Grow, kmigrate: Run, indent: int | None) -> None:
    raw = notebook(FIRST, "a = 'é'", "K.sum(1)", indent=indent)
    after = migrated(kmigrate, grow({}), raw)
    expected = raw.replace("K.sum(1)", "ops.sum(1)").replace("backend as K\\n", "ops\\n")
    assert after == expected
    assert migrated(kmigrate, grow({}), after) == after


@pytest.mark.parametrize("use", ["?K", "K?", "files = !ls {K}", "%prun -l 3 K", "!echo {K.sum}"])
def test_what_a_line_of_ipython_may_use_stays(grow: Grow, kmigrate: Run, use: str) -> None:
    after = migrated(kmigrate, grow({}), notebook(FIRST, "K.sum(1)", use))
    assert sources(after)[0].startswith("from keras import backend as K\nfrom keras import ops")
    assert sources(after)[2] == use


def test_a_cell_in_another_language_is_left_alone(grow: Grow, kmigrate: Run) -> None:
    raw = notebook("%%bash\nimport keras.layers.core", "%%time\nimport keras.layers.core")
    after = sources(migrated(kmigrate, grow({}), raw))
    assert after == ["%%bash\nimport keras.layers.core", "%%time\nimport keras.layers"]


def test_a_place_is_a_cell_and_its_line(grow: Grow, kmigrate: Run) -> None:
    tree = grow({"a.ipynb": notebook(FIRST, "\nK.get_session()")})
    assert "a.ipynb:cell 3:2:1: flagged" in kmigrate("check", "a.ipynb").text
    document = json.loads(kmigrate("check", "a.ipynb", "--format", "json").text)
    (finding,) = document["files"][0]["findings"]
    assert (finding["cell"], finding["line"]) == (3, 2)
    (tree / "a.ipynb").write_text(notebook(FIRST, "x = 1\nprint 'x'"))
    assert "a.ipynb: cell 3, line 2: not Python" in kmigrate("check", "a.ipynb").err


def test_the_diff_is_by_cell(grow: Grow, kmigrate: Run) -> None:
    grow({"a.ipynb": notebook(FIRST, "x = 1", "K.sum(1)")})
    told = kmigrate("diff", "a.ipynb", "--from", "keras@2").text
    heads = [line for line in told.splitlines() if line.startswith("+++")]
    assert [head.split(":")[1].strip() for head in heads] == ["cell 2", "cell 4"]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"cells": 3}', '{"cells": [{"x": 1}]}', '"a"'])
def test_what_is_no_notebook_is_said(text: str) -> None:
    with pytest.raises(Unreadable, match="not a notebook"):
        Notebook(text)


def test_a_module_is_not_found_in_a_notebook_of_its_name(grow: Grow, kmigrate: Run) -> None:
    grow(
        {
            "m.ipynb": notebook(FIRST),
            "m.py": "import numpy as K\n",
            "b.py": "from m import K\nK.sum(1)\n",
        }
    )
    assert "b.py" not in kmigrate("diff", ".", "--from", "keras@2").text


LINES = st.sampled_from(
    [
        "x = 1",
        "%magic",
        "!ls",
        "é = 'ü\\n'",
        "%time f(x)",
        "%time  f(x)",
        "?x",
        "",
        "if x:",
        "    y",
        "x?",
    ]
)
CELLS = st.lists(st.lists(LINES, max_size=4).map("\n".join), max_size=4)


@given(CELLS, st.sampled_from([None, 1]), st.booleans(), st.booleans())
def test_a_notebook_gives_its_bytes_back(
    codes: list[str], indent: int | None, as_text: bool, is_ascii: bool
) -> None:
    made = [cell(code if as_text else code.splitlines(True)) for code in codes]
    raw = json.dumps({"cells": made}, indent=indent, ensure_ascii=is_ascii)
    found = Notebook(raw)
    assert found.encode(found.text) == raw.encode()
    lines = [line for part in found.parts(found.text) for line in part.lines]
    assert "\n".join(lines) == "\n".join(codes)


@pytest.mark.parametrize(
    "shell",
    [
        "!wget --no-check-certificate \\\n    https://example.org/x.zip \\\n  -O x.zip",
        "if True:\n    !pip install \\\n       keras\n    x = 1",
        "%run a.py \\\n  --fast",
    ],
)
def test_a_shell_line_may_go_on_below(grow: Grow, kmigrate: Run, shell: str) -> None:
    before = f"{shell}\nkeras.backend.sum(x)"
    after = migrated(kmigrate, grow({}), notebook("import keras", before))
    assert sources(after)[1] == before.replace("backend", "ops")
    program = program_of(Notebook(after))
    assert all(
        line.lstrip().startswith(("#", "pass")) for line in program.split("\n") if "x.zip" in line
    )
    compile(program, "a.ipynb", "exec")


def test_cells_of_python_2_are_converted_first(grow: Grow, kmigrate: Run) -> None:
    first = "%matplotlib inline\n!pip install \\\n   keras\nfrom keras import backend as K"
    second = "%%bash\nprint 1"
    third = "print K.sum(x), u'a'\nfor i in xrange(3):\n    %time f(i)\n    print i"
    path = grow({"a.ipynb": notebook(first, second, third)}) / "a.ipynb"
    before = path.read_text(encoding="utf-8")
    refused = kmigrate("apply", "a.ipynb", "--from", "keras@2")
    assert "--python2" in refused.err + refused.text
    assert path.read_text(encoding="utf-8") == before
    kmigrate("apply", "a.ipynb", "--from", "keras@2", "--python2", "--quiet")
    assert sources(path.read_text(encoding="utf-8")) == [
        first.replace("import backend as K", "import ops"),
        second,
        "print(ops.sum(x), 'a')\nfor i in range(3):\n    %time f(i)\n    print(i)",
    ]
