"""Where programs write: inside what is removed, and elsewhere by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import GOOD, Runs, ending, linux, posix

from kmigrate.verify.folders import remove, size

pytest.importorskip("numpy")


@linux
def test_a_write_elsewhere_is_named(runs: Runs, tmp_path: Path) -> None:
    text = (
        "import os, tempfile\n"
        f"os.chdir({str(tmp_path)!r})\n"
        "open('written', 'w').close()\nos.rename('written', 'renamed')\nos.mkdir('made')\n"
        "os.remove('renamed')\nopen('/dev/null', 'w').close()\nopen(__file__ and '/proc/self/stat')\n"
        "open(os.path.expanduser('~/inside'), 'w').close()\ntempfile.TemporaryFile().close()\n"
        "os.system('true')\nn = 1"
    )
    notes = runs({"wrote": text})["wrote"].notes
    assert notes == (
        *(
            f"wrote outside of its folder: {tmp_path / name}"
            for name in ("written", "renamed", "made")
        ),
        "started true, whose writes are not seen",
    )
    many = f"for i in range(15): open({str(tmp_path)!r} + '/' + str(i), 'w').close()"
    notes = runs({"many": many, "none": GOOD})["many"].notes
    assert len(notes) == 11
    assert notes[-1] == "wrote to 5 more places outside"


@linux
def test_a_program_signals_itself_and_its_children_alone(runs: Runs) -> None:
    text = (
        "import os, signal\n"
        "def refused(send, pid):\n"
        "    try: send(pid, 0)\n"
        "    except PermissionError: return True\n"
        "    return False\n"
        "child = os.fork()\n"
        "if not child: signal.pause()\n"
        "outputs = {'others': [refused(os.kill, pid) for pid in (-1, 1, os.getppid(), -os.getppid())],\n"
        "    'group': refused(os.killpg, os.getpgid(os.getppid())),\n"
        "    'own': [refused(os.kill, pid) for pid in (0, child, os.getpid())]}"
    )
    seen = {
        name: leaf.array().tolist() for name, leaf in runs({"kills": text})["kills"].values.items()
    }
    assert seen == {"others": [True] * 4, "group": True, "own": [False] * 3}


def test_a_program_that_writes_inside_has_no_notes(runs: Runs) -> None:
    assert runs({"good": GOOD + "\nopen('f', 'w').close()"})["good"].notes == ()


@posix
def test_downloads_are_shared_and_copied_before_a_write(
    runs: Runs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tmp_path / "keras"
    for file in ("datasets/a.npz", "datasets/flowers/b.jpg", "models/c.h5", "keras.json"):
        (real / file).parent.mkdir(parents=True, exist_ok=True)
        (real / file).write_text("real")
    monkeypatch.setenv("KERAS_HOME", str(real))
    text = (
        "import os\nhome = os.environ['KERAS_HOME']\nassert home == os.path.expanduser('~/.' + 'ker' + 'as')\n"
        "names = ['datasets/a.npz', 'datasets/flowers/b.jpg', 'models/c.h5']\n"
        "read = [open(os.path.join(home, name)).read() for name in names]\n"
        "for name in names: open(os.path.join(home, name), 'a').write(' no more')\n"
        "read += [open(os.path.join(home, name)).read() for name in names]\n"
        "os.remove(os.path.join(home, names[0]))\n"
        "open(os.path.join(home, 'datasets', 'new'), 'w').close()\n"
        "outputs = {'read': read, 'config': os.path.exists(home + '/ker' + 'as.json')}"
    )
    assert "keras" not in text  # or it would be imported, and write a configuration of its own
    observed = runs({"reads": text})["reads"]
    assert ending(observed) == ("finished", "")
    texts = [leaf.texts[0] for name, leaf in observed.values.items() if "read" in name]
    assert texts == ["real"] * 3 + ["real no more"] * 3
    assert observed.values["config"].array() == 0
    assert observed.notes == ()
    assert {path.read_text() for path in real.rglob("*") if path.is_file()} == {"real"}
    assert len(list(real.rglob("*"))) == 7


@posix
def test_folders_are_removed_whatever_is_in_them(tmp_path: Path) -> None:
    folder, kept = tmp_path / "folder", tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    deep = folder
    for _ in range(30):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "file").write_text("x" * 10000)
    (folder / "link").symlink_to(kept)
    assert size(folder) > 10000
    deep.chmod(0o500)
    (folder / "d").chmod(0o000)
    remove(folder)
    assert not folder.exists()
    assert (kept / "file").exists()


@posix
def test_a_folder_deeper_than_a_path_is_long_is_removed(runs: Runs) -> None:
    text = "import os\nfor _ in range(40):\n    os.mkdir('d' * 200)\n    os.chdir('d' * 200)\nos.chmod('.', 0)"
    assert ending(runs({"deep": text})["deep"]) == ("finished", "")
