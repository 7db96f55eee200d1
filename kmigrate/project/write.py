"""Writing so that a file is the old one or the new one, never half of one."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path


class WriteError(Exception):
    """A write that was refused or failed; the file is as it was."""


def overwrite(path: Path, before: bytes, after: bytes) -> None:
    """Put `after` in the place of `before`, with the same mode and owner.

    Raises WriteError when the file is no longer what was read, or the system refuses.
    """
    try:
        with path.open("rb") as file:
            status, found = os.fstat(file.fileno()), file.read()
    except OSError as error:
        raise WriteError(f"{error.strerror}; nothing was written") from None
    if found != before:
        raise WriteError("changed on disk since it was read; run again")
    if not os.access(path, os.W_OK):
        raise WriteError("read-only; make it writable (chmod u+w) and run again")
    create(path, after, status)


def create(path: Path, data: bytes, like: os.stat_result | None = None) -> None:
    """Write a file through a temporary one beside it. Raises WriteError."""
    try:
        _write_beside(path, data, like)
    except OSError as error:
        raise WriteError(f"{error.strerror}; nothing was written") from None


def _write_beside(path: Path, data: bytes, like: os.stat_result | None) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(prefix=".kmigrate-", suffix=".tmp", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _dress(temporary, like)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _dress(path: Path, like: os.stat_result | None) -> None:
    """Owner before mode: changing the owner clears the setuid bits."""
    if like is None:
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
        return
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(path, like.st_uid, like.st_gid)
    path.chmod(stat.S_IMODE(like.st_mode))
