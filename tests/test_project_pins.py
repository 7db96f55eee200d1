import pytest
from conftest import Grow

from kmigrate.project.pins import find_pins

PINNED = [
    ("requirements.txt", "numpy\nKeras==2.2.4  # old\n", {"keras": "2.2.4"}),
    ("requirements.txt", "tensorflow-gpu == 1.15.5 ; python_version < '3.8'", {"tensorflow": "1.15.5"}),
    ("requirements-dev.txt", "tf_keras~=2.16.0", {"tf-keras": "2.16.0,<2.17"}),
    ("requirements/base.txt", "tensorflow[and-cuda]==2.15.1", {"tensorflow": "2.15.1"}),
    ("requirements.txt", "keras>=2.2,<3", {"keras": "2.2,<3"}),
    ("requirements.txt", "keras>=2.2,<2.4", {"keras": "2.2,<2.4"}),
    ("requirements.txt", "keras>=3.5\ntensorflow>=2.16", {"keras": ">=3.5", "tensorflow": ">=2.16"}),
    ("pyproject.toml", "[tool.poetry.dependencies]\nkeras = \">=3.5\"\n", {"keras": ">=3.5"}),
    ("requirements.txt", "keras>=3.5\nkeras==3.6.0", {"keras": "3.6.0"}),
    ("dev-requirements.in", "keras==2.2.4", {"keras": "2.2.4"}),
    ("setup.py", "install_requires=['keras==2.3.1', \"tensorflow>=1.4,<2.0\"]", {"keras": "2.3.1", "tensorflow": "1.4,<2.0"}),
    ("setup.cfg", "[options]\ninstall_requires =\n    keras==2.3.1\n", {"keras": "2.3.1"}),
    ("pyproject.toml", "[project]\ndependencies = ['tensorflow-cpu==2.21.0']\n", {"tensorflow": "2.21.0"}),
    ("pyproject.toml", "[tool.poetry.dependencies]\nkeras = \"^2.2\"\n", {"keras": "2.2,<3"}),
    ("Pipfile", "[packages]\ntensorflow = \"==2.4.1\"\n", {"tensorflow": "2.4.1"}),
    ("environment.yml", "dependencies:\n  - keras=2.2.4=py36_0\n  - pip:\n    - tensorflow==1.15\n", {"keras": "2.2.4", "tensorflow": "1.15"}),
]  # fmt: skip
NOT_PINNED = [
    ("requirements.txt", "keras\ntensorflow>=2.0\n"),
    ("requirements.txt", "keras>=2.15\ntensorflow>=2.15.1\n"),
    ("requirements.txt", "keras>=3.5,!=3.6\n"),
    ("requirements.txt", "keras<3\nkeras>=1,<3\n"),
    ("requirements.txt", "# keras==2.2.4\n"),
    ("requirements.txt", "my-keras==2.2.4\nkeras-bert==0.80\ntensorflow-hub==0.12\n"),
    ("requirements.txt", "https://example.org/keras-1.0.tar.gz\n"),
    ("notes.txt", "keras==2.2.4"),
]


@pytest.mark.parametrize(("name", "text", "pins"), PINNED)
def test_pins_are_found(grow: Grow, name: str, text: str, pins: dict[str, str]) -> None:
    tree = grow({name: text, "setup.py" if name != "setup.py" else "x": "", "pkg/a.py": ""})
    assert find_pins(tree) == pins
    assert find_pins(tree / "pkg" / "a.py") == pins


@pytest.mark.parametrize(("name", "text"), NOT_PINNED)
def test_bounds_comments_and_other_packages_are_no_pins(grow: Grow, name: str, text: str) -> None:
    assert find_pins(grow({name: text})) == {}


def test_pins_that_contradict_each_other_cancel(grow: Grow) -> None:
    tree = grow({"requirements.txt": "keras==2.2.4\n", "requirements-new.txt": "keras==3.5.0\n"})
    assert find_pins(tree) == {}


def test_pins_of_one_major_version_do_not(grow: Grow) -> None:
    tree = grow({"requirements.txt": "keras==2.2.4\n", "requirements-new.txt": "keras==2.3.1\n"})
    assert find_pins(tree)["keras"] == "2.2.4,<2.3.2"
