from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import Grow

from kmigrate.migrate import survey
from kmigrate.model import Module
from kmigrate.project.discover import discover
from kmigrate.project.index import Index
from kmigrate.project.modules import Modules


def surveyed(grow: Grow, files: Mapping[str, str]) -> tuple[Index, dict[str, int]]:
    """The index of a tree, and the numbers of its files."""
    grow(files)
    sources = discover([Path()]).sources
    modules = Modules(sources)
    surveys = {
        number: survey(files[source.shown], modules.module(number))
        for number, source in enumerate(sources)
    }
    return Index(modules, surveys), {source.shown: n for n, source in enumerate(sources)}


def seen_from(grow: Grow, files: Mapping[str, str], path: str) -> Module:
    index, numbers = surveyed(grow, files)
    offering = index._modules.tree(index.offering())
    return index.module(numbers[path], offering)


@pytest.mark.parametrize(
    ("files", "path", "name"),
    [
        ({"a.py": ""}, "a.py", "a"),
        ({"pkg/__init__.py": "", "pkg/a.py": ""}, "pkg/a.py", "pkg.a"),
        ({"pkg/__init__.py": ""}, "pkg/__init__.py", "pkg"),
        ({"pkg/__init__.pyi": "", "pkg/a.pyi": ""}, "pkg/a.pyi", "pkg.a"),
        ({"lib/pkg/__init__.py": "", "lib/pkg/a.py": ""}, "lib/pkg/a.py", "pkg.a"),
        ({"scripts/a.py": ""}, "scripts/a.py", "scripts.a"),
        ({"src/tool/a.py": ""}, "src/tool/a.py", "tool.a"),
        ({"keras/__init__.py": "", "keras/a.py": ""}, "keras/a.py", ".keras.a"),
    ],
)
def test_module_names(grow: Grow, files: dict[str, str], path: str, name: str) -> None:
    grow(files)
    sources = discover([Path()]).sources
    number = [source.shown for source in sources].index(path)
    module = Modules(sources).module(number)
    assert module.name == name
    assert module.is_package == path.endswith("__init__.py")


def test_the_package_is_seen_from_a_folder_inside_it(grow: Grow) -> None:
    grow({"pkg/__init__.py": "", "pkg/sub/__init__.py": "", "pkg/sub/a.py": ""})
    sources = discover([Path("pkg/sub")]).sources
    assert [Modules(sources).module(n).name for n in range(2)] == ["pkg.sub", "pkg.sub.a"]


UTILS = "from keras import backend as K\nfrom keras.layers import Dense as D, Conv2D\n_k = K\n"

REACHED = {
    "relative": ("pkg/b.py", "from .utils import K\n", {"pkg.utils.K": "keras.backend"}),
    "absolute": ("pkg/b.py", "from pkg.utils import D\n", {"pkg.utils.D": "keras.layers.Dense"}),
    "from the root": ("b.py", "from pkg.utils import K\n", {"pkg.utils.K": "keras.backend"}),
    "a script beside": ("pkg/b.py", "from utils import K\n", {"utils.K": "keras.backend"}),
    "nothing of a library": ("b.py", "from pkg.utils import other\n", {}),
    "another project": ("b.py", "from elsewhere.utils import K\n", {}),
}


@pytest.mark.parametrize("case", REACHED)
def test_a_library_name_is_reached_through_the_project(grow: Grow, case: str) -> None:
    path, text, exports = REACHED[case]
    files = {"pkg/__init__.py": "", "pkg/utils.py": UTILS, path: text}
    assert seen_from(grow, files, path).exports == exports


@pytest.mark.parametrize("text", ["import pkg.utils\n", "import pkg.utils as u\n"])
def test_a_module_taken_whole_offers_its_public_names(grow: Grow, text: str) -> None:
    files = {"pkg/__init__.py": "", "pkg/utils.py": UTILS, "b.py": text}
    assert seen_from(grow, files, "b.py").exports == {
        "pkg.utils.K": "keras.backend",
        "pkg.utils.D": "keras.layers.Dense",
        "pkg.utils.Conv2D": "keras.layers.Conv2D",
    }


def test_chains_and_star_imports_are_followed(grow: Grow) -> None:
    files = {
        "pkg/__init__.py": "from .middle import *\n",
        "pkg/middle.py": "from .utils import K as KK, D\n",
        "pkg/utils.py": UTILS,
        "b.py": "from pkg import KK, D, K\n",
        "c.py": "from pkg import *\n",
    }
    reached = {"pkg.KK": "keras.backend", "pkg.D": "keras.layers.Dense"}
    assert seen_from(grow, files, "b.py").exports == reached
    assert seen_from(grow, files, "c.py").exports.items() >= reached.items()


def test_modules_that_import_each_other_end(grow: Grow) -> None:
    files = {
        "a.py": "from b import x\nfrom b import *\n",
        "b.py": "from a import x\nfrom a import *\n",
        "c.py": "from a import x, y\n",
    }
    assert seen_from(grow, files, "c.py").exports == {}


def test_a_project_package_called_keras_is_not_the_library(grow: Grow) -> None:
    files = {
        "keras/__init__.py": "",
        "keras/backend.py": "from tensorflow import nn\n\n\ndef flatten(x): ...\n",
        "keras/a.py": "from . import backend as K\nfrom .backend import nn, flatten\n",
        "keras/b.py": "from keras.backend import nn\n",
    }
    assert seen_from(grow, files, "keras/a.py").exports == {
        ".keras.backend.nn": "tensorflow.nn",
    }
    assert seen_from(grow, files, "keras/b.py").exports == {}


def test_what_others_import_is_needed(grow: Grow) -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg/utils.py": UTILS,
        "pkg/b.py": "from .utils import K\n",
        "c.py": "import pkg.utils as u\nu.Conv2D\n",
        "d.py": "from pkg.b import *\n",
    }
    index, numbers = surveyed(grow, files)
    needed = index.needed({number: files[path] for path, number in numbers.items()})
    assert needed[numbers["pkg/utils.py"]] == {"K", "Conv2D"}
    assert needed[numbers["pkg/b.py"]] == {"K"}
    assert numbers["c.py"] not in needed


def test_what_one_file_rules_out_is_ruled_out(grow: Grow) -> None:
    files = {"a.py": "import keras\n", "b.py": "from keras.layers.core import Dense\n"}
    index, numbers = surveyed(grow, files)
    number, reason = index.ruled_out()["keras@3"]
    assert number == numbers["b.py"]
    assert "keras.layers.core" in reason


@pytest.mark.parametrize(
    ("imports", "exported"),
    [
        (
            "try:\n    import keras\nexcept ImportError:\n    from tensorflow import keras\n",
            "keras",
        ),
        ("if a:\n    from tensorflow.python import keras\nelse:\n    import keras\n", "keras"),
        (
            "if a:\n    import tf_keras as keras\nelse:\n    from keras import layers as keras\n",
            None,
        ),
        ("if a:\n    import tensorflow as keras\nelse:\n    import keras\n", None),
    ],
)
def test_one_keras_of_several_dialects_is_reached(
    grow: Grow, imports: str, exported: str | None
) -> None:
    found = seen_from(grow, {"backend.py": imports, "b.py": "import backend"}, "b.py")
    assert found.exports.get("backend.keras") == exported
