import os
import stat
from pathlib import Path

import pytest

from kmigrate.project.write import WriteError, create, overwrite


def folder_of(path: Path) -> list[str]:
    return sorted(each.name for each in path.parent.iterdir())


def test_the_mode_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    path.chmod(0o750)
    overwrite(path, b"old", b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o750
    assert folder_of(path) == ["x.py"]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_the_owner_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    os.chown(path, 1234, 4321)
    overwrite(path, b"old", b"new")
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 4321)


def test_a_file_that_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"theirs")
    with pytest.raises(WriteError, match="changed on disk"):
        overwrite(path, b"old", b"new")
    assert path.read_bytes() == b"theirs"


def test_a_vanished_file_stays_vanished(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="No such file"):
        overwrite(tmp_path / "x.py", b"old", b"new")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write every file")
def test_a_read_only_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match="read-only"):
        overwrite(path, b"old", b"new")
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize("trouble", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_half_way_leaves_the_old_file_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, trouble: BaseException
) -> None:
    path = tmp_path / "x.py"
    path.write_bytes(b"old")

    def fail(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    with pytest.raises((WriteError, KeyboardInterrupt)):
        overwrite(path, b"old", b"new")
    assert path.read_bytes() == b"old"
    assert folder_of(path) == ["x.py"]


def test_a_new_file_has_the_mode_of_new_files(tmp_path: Path) -> None:
    create(tmp_path / "ours", b"x")
    (tmp_path / "theirs").write_bytes(b"x")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "theirs").stat().st_mode
