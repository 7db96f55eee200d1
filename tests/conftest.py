"""What the tests share: trees of files, and the command line run inside one."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from running import Runs

from kmigrate.cli import main

Grow = Callable[[Mapping[str, str | bytes]], Path]


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()


Run = Callable[..., Ran]


@pytest.fixture
def grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Grow:
    """Make files below a new folder, which is the working folder from then on."""
    tree = tmp_path / "tree"
    tree.mkdir()
    monkeypatch.chdir(tree)

    def make(files: Mapping[str, str | bytes]) -> Path:
        for name, content in files.items():
            path = tree / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return tree

    return make


@pytest.fixture
def kmigrate(capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the command line in this process."""

    def run(*arguments: str | Path, stdin: bytes = b"") -> Ran:
        given = io.TextIOWrapper(io.BytesIO(stdin))
        monkeypatch.setattr(sys, "stdin", given)
        capfdbinary.readouterr()
        code = main([str(argument) for argument in arguments])
        sys.stdout.flush()
        captured = cast("tuple[bytes, bytes]", capfdbinary.readouterr())
        return Ran(code, captured[0], captured[1].decode())

    return run


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runs]:
    """Whatever ran, no process and no folder is left."""
    runs = Runs(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(runs.temporary))
    yield runs
    assert runs.processes() == []
    assert list(runs.temporary.iterdir()) == []


NUMPY_KERAS = {
    "__init__": "from keras import backend, ops",
    "backend": "def flatten(x):\n    return x.reshape(-1)",
    "ops": "def reshape(x, shape):\n    return x.reshape(shape)",
}


@pytest.fixture
def numpy_keras(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a `keras` of our own that is nothing but numpy, before an installed one."""
    pytest.importorskip("numpy")
    folder = tmp_path / "installed" / "keras"
    folder.mkdir(parents=True)
    for name, text in NUMPY_KERAS.items():
        (folder / f"{name}.py").write_text(text)
    monkeypatch.setenv("PYTHONPATH", str(folder.parent))
    return folder
