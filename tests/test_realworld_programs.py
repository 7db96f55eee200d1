"""The board of programs: its catalogue, where a failure stands, and its table; nothing is run."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest
from conftest import Grow
from realworld.catalogue import Source
from realworld.conditions import Prepared
from realworld.poster import Sheet, markdown, table
from realworld.programs import Collection, Repository, chosen, read_collections
from realworld.repositories import unpack_commit
from realworld.studio import Ran, judged

from kmigrate.verify.observation import Ending, Failure, Observation

COLLECTION = Collection("old", Source("old", "1", "0"), "keras@2", ("keras@2",), ("a.py", "b.py"))


def test_the_catalogue_can_be_read_and_names_no_program_twice() -> None:
    collections = read_collections()
    programs = [(each.name, name) for each in collections for name in each.programs]
    assert len(set(programs)) == len(programs) > 0
    assert len({each.name for each in collections}) == len(collections)


def test_a_collection_that_nobody_knows_is_told() -> None:
    with pytest.raises(KeyError):
        chosen([COLLECTION], ["new"])
    assert chosen([COLLECTION], []) == (COLLECTION,)


def test_a_commit_that_was_downloaded_is_unpacked_without_its_top_folder(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    cache.mkdir()
    with tarfile.open(cache / "0123.tar.gz", "w:gz") as tar:
        info = tarfile.TarInfo("name-0123/a.py")
        info.size = 4
        tar.addfile(info, io.BytesIO(b"x=1\n"))
    unpack_commit(Repository("owner/name", "0123"), tmp_path / "tree", cache, None)
    assert (tmp_path / "tree" / "a.py").read_text() == "x=1\n"


@pytest.mark.parametrize(("line", "where"), [(3, "at the failing line"), (2, "no")])
def test_a_failure_is_held_against_what_was_said(grow: Grow, line: int, where: str) -> None:
    tree = grow({"tree/a.py": "import keras\nx = 1\nkeras.gone()\n"}) / "tree"
    finding = {"path": "a.py", "outcome": "flagged", "line": 3, "end_line": 3}
    traceback = f'  File "{tree}/a.py", line {line}, in <module>\n'
    failure = Failure("AttributeError", "no gone", traceback, line)
    seen = Observation(Ending.RAISED, failure=failure)
    ran = judged("a.py", seen, Prepared((finding,), tree), tree)
    assert (ran.where, ran.cause, ran.finished) == (where, "other", False)


def test_a_finding_in_a_notebook_is_found_in_its_program(grow: Grow) -> None:
    cells = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "source": [source]}
        for source in ("x = 1\ny = 2\n", "import keras\nkeras.gone()\n")
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    tree = grow({"tree/a.ipynb": notebook}) / "tree"
    finding = {"path": "a.ipynb", "cell": 2, "outcome": "flagged", "line": 2, "end_line": 2}
    program = ["# In[1]", "x = 1", "y = 2", "", "", "# In[2]", "import keras", "keras.gone()"]
    line = program.index("keras.gone()") + 1
    failure = Failure("AttributeError", "no gone", f'File "{tree}/a.ipynb", line {line}', line)
    seen = Observation(Ending.RAISED, failure=failure)
    ran = judged("a.ipynb", seen, Prepared((finding,), tree), tree)
    assert (ran.outcome, ran.where) == ("flagged", "at the failing line")


def test_only_programs_that_ran_in_their_time_count() -> None:
    results = {
        "before": {"a.py": Ran("a.py", "finished"), "b.py": Ran("b.py", "raised", "E: e")},
        "keras": {
            "a.py": Ran("a.py", "finished", verdict="different", reason="weights differ"),
            "b.py": Ran("b.py", "finished"),
        },
        "tf_keras": {
            "a.py": Ran("a.py", "raised", "TypeError: no", "argument is gone"),
            "b.py": Ran("b.py", "finished"),
        },
    }
    sheet = Sheet(COLLECTION, results)
    assert table([sheet])[1:] == [
        ["old", "keras@2", "1/1, 100 %", "1/1, 100 %", "0/1, 0 %"],
        ["all 1", "", "1/1, 100 %", "1/1, 100 %", "0/1, 0 %"],
    ]
    told = markdown([sheet])
    assert "| old | a.py | different | weights differ |" in told
    assert "| old | a.py | argument is gone | no | TypeError: no |" in told
