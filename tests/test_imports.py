"""What becomes of import statements: their style, their aliases, new names and names that must stay."""

import pytest
from programs import Case, cases, migrated, tally

from kmigrate.model import Module, Outcome

IMPORTS = cases("imports")


@pytest.mark.parametrize("case", IMPORTS, ids=str)
def test_imports_follow_their_uses(case: Case) -> None:
    result = migrated(case.before, **case.given)
    assert result.after == case.after
    assert tally(result) == case.tally


@pytest.mark.parametrize("case", IMPORTS, ids=str)
def test_imports_without_a_need_stay(case: Case) -> None:
    result = migrated(case.twin, **case.given)
    assert result.after == case.twin
    assert tally(result) == case.twin_tally


def test_a_flagged_import_that_is_respelled_says_so() -> None:
    text = "import tf_keras.layers.core\n"
    result = migrated(text, to="tf.keras@2", source="tf_keras")
    assert result.after == "import tensorflow.keras.layers.core\n"
    assert [(f.outcome, bool(f.after)) for f in result.findings] == [(Outcome.FLAGGED, True)]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("slice_X(x, 0, 3)", "y = x[0:3]\n"),
        ("slice_X(x, 3)", "y = x[3:]\n"),
        ("f(slice_X)", "from keras.engine.training import slice_X\ny = f(slice_X)\n"),
    ],
)
def test_an_import_goes_where_what_is_written_needs_no_library(call: str, expected: str) -> None:
    text = f"from keras.engine.training import slice_X\ny = {call}\n"
    assert migrated(text, source="keras@1").after == expected


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        ("from keras.layers import Dense, merge\n", "from keras.layers import Dense\n"),
        ("from keras.layers.core import MaxoutDense\nx = 1\n", "x = 1\n"),
        ("from keras.layers import Dense, Highway\nx = Highway\n",) * 2,
        ("try:\n    from keras.layers import merge\nexcept ImportError:\n    pass\n",) * 2,
        ("def f():\n    from keras.layers import merge\n", "def f():\n    pass\n"),
        ("from keras.layers import Dense, Dropout\n",) * 2,
    ],
)
def test_what_is_gone_and_not_used_is_not_imported(before: str, expected: str) -> None:
    assert migrated(before, source="keras@1").after == expected


def test_what_is_gone_stays_for_those_that_import_it_from_here() -> None:
    text = "from keras.layers import merge\n"
    result = migrated(text, source="keras@1", module=Module("pkg.a", needed=frozenset({"merge"})))
    assert result.after == text


# --- modules of a project ---

UTILS = {"pkg.utils.K": "keras.backend", "pkg.utils.core": "keras.layers.core"}
HERE = Module("pkg.a", exports=UTILS)
SUMS = "x = {}.sum(y)\n"


@pytest.mark.parametrize(
    ("statement", "used"),
    [
        ("from .utils import K\n", "K"),
        ("from .utils import K as J\n", "J"),
        ("from pkg.utils import K\n", "K"),
        ("from .utils import *\n", "K"),
        ("from . import utils\n", "utils.K"),
        ("from . import utils as u\n", "u.K"),
        ("from pkg import utils\n", "utils.K"),
        ("import pkg.utils\n", "pkg.utils.K"),
        ("import pkg.utils as u\n", "u.K"),
        ("import pkg\n", "pkg.utils.K"),
        ("from . import utils\nJ = utils.K\n", "J"),
    ],
)
def test_names_are_followed_through_the_project(statement: str, used: str) -> None:
    text = statement + SUMS.format(used)
    result = migrated(text, module=HERE)
    first, *rest = statement.splitlines(keepends=True)
    assert result.after == first + "from keras import ops\n" + "".join(rest) + "x = ops.sum(y)\n"
    assert tally(result)["changed"] == 1


@pytest.mark.parametrize(
    ("statement", "used"),
    [
        ("from .others import K\n", "K"),
        ("from utils import K\n", "K"),
        ("from ..utils import K\n", "K"),
        ("from .others import *\n", "K"),
        ("from . import others\n", "others.K"),
        ("from . import utils\n", "utils.J"),
        ("import pkg.utils as u\nu = u.other\n", "u.K"),
        ("from .utils import K\nK = make()\n", "K"),
        ("from .utils import core\n", "core.sum"),
    ],
)
def test_other_modules_of_the_project_mean_nothing(statement: str, used: str) -> None:
    text = statement + f"x = {used}.sum(y)\n"
    assert migrated(text, module=HERE).after == text


def test_what_a_project_module_moved_is_spelled_through_it() -> None:
    text = "from .utils import core\nx = core.Dense(3)\n"
    assert migrated(text, module=HERE).after == text


def test_relative_names_climb_out_of_packages() -> None:
    text = "from ..utils import K\nx = K.sum(y)\n"
    after = "from ..utils import K\nfrom keras import ops\nx = ops.sum(y)\n"
    for module in (Module("pkg.sub.a", exports=UTILS), Module("pkg.sub", True, UTILS)):
        assert migrated(text, module=module).after == after
    assert migrated(text, module=Module("pkg.sub.deep.a", exports=UTILS)).after == text


NEEDED = "from keras import backend as K\nfrom keras.layers import Convolution2D\nx = K.sum(y)\n"
NEEDED_AFTER = (
    "from keras import backend as K\nfrom keras import ops\n"
    "from keras.layers import Conv2D as Convolution2D\nx = ops.sum(y)\n"
)


@pytest.mark.parametrize(
    "module",
    [
        Module("pkg.utils", needed=frozenset({"K", "Convolution2D"})),
        Module("pkg", is_package=True),
    ],
    ids=["imported elsewhere", "__init__"],
)
def test_names_that_others_import_stay_importable(module: Module) -> None:
    assert migrated(NEEDED, source="keras@1", module=module).after == NEEDED_AFTER


def test_names_that_nobody_needs_may_go() -> None:
    after = "from keras import ops\nfrom keras.layers import Conv2D\nx = ops.sum(y)\n"
    assert migrated(NEEDED, source="keras@1", module=Module("pkg.utils")).after == after


def test_only_names_of_the_module_itself_are_needed() -> None:
    text = "def f(y):\n    from keras import backend as K\n    return K.sum(y)\n"
    module = Module("pkg.utils", needed=frozenset({"K"}))
    assert "backend" not in (migrated(text, module=module).after or "")


@pytest.mark.parametrize(
    "listed",
    [
        "__all__ = ('K',)",
        "__all__: list[str] = ['K']",
        "__all__ = [*others, 'K']",
        "__all__ = ['a'] + ['K']",
        "__all__ = []\n__all__ += ['K']",
        "__all__ = []\n__all__.extend(['K'])",
        "__all__ = []\n__all__.append('K')",
    ],
)
def test_names_in_all_stay_importable(listed: str) -> None:
    text = f"from keras import backend as K\nx = K.sum(y)\n{listed}\n"
    after = f"from keras import backend as K\nfrom keras import ops\nx = ops.sum(y)\n{listed}\n"
    assert migrated(text).after == after


def test_a_list_of_another_name_pins_nothing() -> None:
    text = "from keras import backend as K\nx = K.sum(y)\nall = ['K']\n"
    assert migrated(text).after == "from keras import ops\nx = ops.sum(y)\nall = ['K']\n"


def test_what_is_still_imported_and_gone_is_flagged() -> None:
    program = "from keras.layers import Dense, Merge\nx = Dense(2), Merge([a, b])\n"
    result = migrated(program, source="keras@1")
    flagged = [one for one in result.findings if one.outcome is Outcome.FLAGGED]
    assert [(one.span.line, one.symbol) for one in flagged] == [
        (1, "keras.layers.Merge"),
        (2, "keras.layers.Merge"),
    ]
