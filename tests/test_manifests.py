"""Requirements in files of every kind: found, moved, and every other byte as it was."""

import json
import re
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmigrate.model import Outcome
from kmigrate.project.manifests.encoded import decoded
from kmigrate.project.manifests.formats import is_manifest, reader
from kmigrate.project.manifests.keras_json import keras_json
from kmigrate.project.manifests.move import Moves
from kmigrate.project.manifests.needs import Needs
from kmigrate.project.manifests.shell import shell
from kmigrate.project.manifests.specifier import Need

PACKAGES = {
    "keras": Need("keras", "3.15", "3.0"),
    "tensorflow": Need("tensorflow", "2.16", "2.16"),
    "tensorflow-cpu": Need("tensorflow", "2.16", "2.16"),
}
NEEDS = Needs(PACKAGES, {"tensorflow-gpu": "tensorflow"})


def moves(name: str, text: str, needs: Needs = NEEDS, words: str = "") -> tuple[str, Moves]:
    read = reader(*reversed(["", *name.split("/")][-2:]))
    done = Moves(needs, frozenset(words.split()), may_add=True)
    assert read is not None
    return done.apply(text, read(text)), done


# Each text is written with what it becomes: `{old -> new}`.
MOVED = {
    "requirements.txt": "# keras==2\n\ufeffKeras{==2.2.4 -> >=3.15}  # keras==2\n-r keras==2.txt\nnumpy\n",
    "requirements/gpu.txt": "tensorflow{-gpu == 1.15.5 ->  >= 2.16}\r\ntensorflow[and-cuda] ({==1.15 -> >=2.16})\r\n",
    "dev-requirements.in": "keras>=3.0\ntensorflow-hub==0.12\nmy.keras==2\nhttps://x.org/keras-2.zip\ntensorflow",
    "setup.cfg": "[options]\nname = keras==2\ninstall_requires =\n    keras{==2.3.1 -> >=3.15} ; extra == 'x'\n    six\n"
    "[options.extras_require]\ntf = tensorflow{>=1.4,<2 -> >=2.16}\n[x]\ninstall_requires = keras==2\n",
    "pyproject.toml": "[project]\ndescription = 'keras==2'\ndependencies = [\n  'keras{==2.2.4 -> >=3.15}', # keras==2\n"
    '  "tensorflow-cpu{~=1.15 -> >=2.16}" ]\n[project.optional-dependencies]\na = ["keras{<3 -> >=3.15}", "b"]\n'
    '[tool.poetry.dependencies]\nkeras = "{^2.2 -> >=3.15}"\ntensorflow = {version = "{~1.15 -> >=2.16}", optional = true}\n'
    '[dependency-groups]\nx = [{include-group = "keras"}, "keras{==2 -> >=3.15}"]\n[tool.x]\nkeras = "2.2.4"\n',
    "Pipfile": '[packages]\n"keras" = "{==2.2.4 -> >=3.15}"\nx = {git = "https://x.org/keras"}\ny = "*"\n[z]\nkeras = "==2"\n',
    "environment.yml": "name: keras=2\nchannels:\n  - keras=2\ndependencies:\n  - keras{=2.2.4=py36_0 -> >=3.15} # x\n"
    "  - c::tensorflow{-gpu=1.15 -> >=2.16}\n  - pip:\n    - tensorflow{==1.15 -> >=2.16}\n    - 'keras{<3 -> >=3.15}'\n",
    "setup.py": 'from setuptools import setup\nA = ["keras{==2.2.4 -> >=3.15}", "é"] + ["tensorflow{<2 -> >=2.16}"]\n'
    'B = "keras==2"\nsetup(name="keras==2", install_requires=A, description=B,\n'
    "  extras_require={'keras==2': ['tensorflow{-gpu==1.15 -> >=2.16}', 'six', u'keras==2']}, tests_require=f())\n",
}  # fmt: skip
_CHANGE = re.compile(r"\{([^{}]*?) -> ([^{}]*?)\}")


@pytest.mark.parametrize("name", MOVED)
def test_specifiers_move_and_nothing_else(name: str) -> None:
    before, after = _CHANGE.sub(r"\1", MOVED[name]), _CHANGE.sub(r"\2", MOVED[name])
    result, done = moves(name, before)
    assert result == after
    assert sum(pin.outcome is Outcome.REWRITTEN for pin in done.pins) == len(
        _CHANGE.findall(MOVED[name])
    )
    assert moves(name, after)[0] == after
    if name in ("pyproject.toml", "Pipfile"):
        assert tomllib.loads(result).keys() == tomllib.loads(before).keys()


@pytest.mark.parametrize("name", MOVED)
def test_without_a_need_every_file_stays(name: str) -> None:
    text = _CHANGE.sub(r"\1", MOVED[name])
    assert moves(name, text, Needs({}, {}))[0] == text


def test_names_of_other_files_are_not_requirements() -> None:
    manifests = [
        "requirements.txt",
        "constraints.txt",
        "Pipfile",
        "environment-gpu.yaml",
        "keras.json",
    ]
    assert all(is_manifest(name, "") for name in manifests)
    assert is_manifest("base.txt", "requirements")
    others = ["base.txt", "setup.py", "package.json", "Pipfile.lock", "notes.md", "keras.yml"]
    assert not any(is_manifest(name, "") for name in others)


SHELL = [
    ("!pip install keras==2.2.4 numpy", '!pip install "keras>=3.15" numpy'),
    ("%pip install -q 'keras==2.2.4'", "%pip install -q 'keras>=3.15'"),
    ("  !{sys.executable} -m pip install -U tensorflow-gpu", "  !{sys.executable} -m pip install -U tensorflow"),
    ("! pip3 install tensorflow<2 && echo", '! pip3 install "tensorflow>=2.16" && echo'),
    ("!conda install -c keras keras=2.2", '!conda install -c keras "keras>=3.15"'),
]  # fmt: skip
NO_SHELL = [
    "# !pip install keras==2.2.4",
    "print('pip install keras==2.2.4')",
    "!echo pip install keras==2.2.4",
    "!pip install -r keras==2.2.4; echo keras==2",
    "!pip uninstall keras==2.2.4",
    "!pip install git+https://x.org/keras==2",
]


@pytest.mark.parametrize(("line", "after"), SHELL)
def test_lines_that_install_move(line: str, after: str) -> None:
    assert Moves(NEEDS, frozenset()).apply(line, shell(line)) == after
    assert Moves(NEEDS, frozenset()).apply(after, shell(after)) == after


@pytest.mark.parametrize("line", NO_SHELL)
def test_other_lines_of_a_cell_stay(line: str) -> None:
    assert Moves(NEEDS, frozenset()).apply(line, shell(line)) == line


FLAGGED = [
    ("requirements.txt", "keras==2.2.4 \\\n    --hash=sha256:00\n", "hash"),
    ("requirements.txt", "keras==2; python_version < '3.8'", "condition"),
    ("requirements.txt", "numpy==1.16.4", "needs numpy 1.23.5"),
    ("requirements.txt", "h5py<3", "needs h5py 3.10"),
    ("requirements.txt", "theano", "no backend"),
    ("setup.cfg", "[options]\npython_requires = <3.8\n", "needs Python"),
    ("Pipfile", '[requires]\npython_version = "3.6"\n', "needs Python 3.11"),
    ("pyproject.toml", '[tool.poetry.dependencies]\npython = "^3.6"\n', "Poetry"),
    ("environment.yml", "dependencies:\n- python=3.6\n", "needs Python"),
    ("environment.yml", "dependencies:\n- keras=2.2|2.3\n", "keras>=3.15"),
]


@pytest.mark.parametrize(("name", "text", "reason"), FLAGGED)
def test_what_stands_in_the_way_is_said_and_left(name: str, text: str, reason: str) -> None:
    after, done = moves(name, text)
    assert after == text
    (pin,) = done.pins
    assert (pin.outcome, pin.after) == (Outcome.FLAGGED, "")
    assert reason in pin.reason


QUIET = [
    ("requirements.txt", "keras==2; sys_platform == 'win32' and python_version < '3'\n".replace("==2;", ";")),
    ("requirements.txt", "numpy>=1.14\nh5py\nnumpy==1.26.4\n"),
    ("setup.cfg", "[options]\npython_requires = >=3.5\n"),
    ("environment.yml", "dependencies:\n- python=3.12\n- python\n"),
    ("Pipfile", '[requires]\npython_version = "3.12"\n'),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), QUIET)
def test_what_does_not_is_not_spoken_of(name: str, text: str) -> None:
    after, done = moves(name, text)
    assert (after, done.pins) == (text, [])


def test_a_package_that_keras_took_in_is_not_needed_unless_imported() -> None:
    text = "keras_applications>=1.0.7,<=1.0.8\n"
    assert [pin.outcome for pin in moves("requirements.txt", text)[1].pins] == [Outcome.KEPT]
    assert moves("requirements.txt", text, words="import keras_applications")[1].pins == []


ADDED = [
    ("requirements.txt", "a\r\nkeras==2 # x\r\nb", "a\r\nkeras>=3.15 # x\r\ntensorflow>=2.16\r\nb"),
    ("requirements.txt", "keras==2", "keras>=3.15\ntensorflow>=2.16"),
    ("Pipfile", "[packages]\nkeras = '==2'\n", "[packages]\nkeras = '>=3.15'\ntensorflow = '>=2.16'\n"),
    ("environment.yml", "dependencies:\n - 'keras=2'\n", "dependencies:\n - 'keras>=3.15'\n - 'tensorflow>=2.16'\n"),
    ("pyproject.toml", "[project]\ndependencies = ['keras<3', 'x']", "[project]\ndependencies = ['keras>=3.15', 'tensorflow>=2.16', 'x']"),
    ("pyproject.toml", "[project]\ndependencies = [\n  'keras<3',\n]", "[project]\ndependencies = [\n  'keras>=3.15',\n  'tensorflow>=2.16',\n]"),
    ("setup.py", "setup(install_requires=['keras<3'])", "setup(install_requires=['keras>=3.15', 'tensorflow>=2.16'])"),
    ("requirements.txt", "keras>=3.1\n", "keras>=3.1\n"),
    ("requirements.txt", "keras\n", "keras\n"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "after"), ADDED)
def test_what_is_required_nowhere_is_put_beside(name: str, text: str, after: str) -> None:
    needs = Needs(PACKAGES, {}, missing=("tensorflow",))
    assert moves(name, text, needs)[0] == after


LINES = st.one_of(
    st.sampled_from(["keras==2.2.4", "keras>=3.1", "tensorflow-gpu==1.3  # x", "six", "-e .", "  ", "# c"]),
    st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=30),
)  # fmt: skip


@given(st.lists(LINES), st.sampled_from(["\n", "\r\n"]), st.sampled_from(sorted(MOVED)))
def test_any_text_loses_nothing_and_moves_once(lines: list[str], end: str, name: str) -> None:
    text = end.join([*lines, ""])
    after, done = moves(name, text)
    pairs = list(zip(text.split(end), after.split(end), strict=True))
    assert all(re.search("keras|tensorflow", old) for old, new in pairs if old != new)
    if not any(pin.after for pin in done.pins):
        assert after == text
    assert moves(name, after)[0] == after


@given(st.binary(max_size=60), st.sampled_from([b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"]))
def test_any_bytes_are_text_and_come_back(data: bytes, mark: bytes) -> None:
    text, encoding = decoded(mark + data)
    assert text.encode(encoding) == mark + data


def test_settings_of_old_say_what_they_became() -> None:
    before = '{"image_dim_ordering" : "tf", "backend": "theano", "floatx": "float32"}'
    after, pins = keras_json(before)
    assert json.loads(after)["image_data_format"] == "channels_last"
    assert after == before.replace(
        'image_dim_ordering" : "tf', 'image_data_format" : "channels_last'
    )
    assert [pin.outcome for pin in pins] == [Outcome.REWRITTEN, Outcome.FLAGGED]
    assert keras_json(after)[0] == after
    assert keras_json('{"image_data_format": "channels_first", "backend": "jax"}')[1] == []


def test_the_theano_ordering_is_a_review_and_stays_where_only_safe_changes_are_made() -> None:
    before = '{"image_dim_ordering": "th"}'
    assert keras_json(before)[0] == '{"image_data_format": "channels_first"}'
    assert keras_json(before)[1][0].outcome is Outcome.REVIEW
    assert keras_json(before, safe_only=True)[0] == before
