"""The files of one commit of a public repository: from a mirror beside, else from GitHub, once."""

from __future__ import annotations

import subprocess
import urllib.request
from pathlib import Path

from realworld.fetch import FetchProblem, unpack
from realworld.programs import Repository

ADDRESS = "https://codeload.github.com/{name}/tar.gz/{commit}"
_SECONDS = 300


def unpack_commit(repository: Repository, folder: Path, cache: Path, mirrors: Path | None) -> None:
    """Write the files of the commit into `folder`. Raises FetchProblem.

    `mirrors` holds bare repositories named `owner+name`; their archives need no check, git has done it.
    """
    mirror = mirrors and mirrors / repository.name.replace("/", "+")
    if mirror and mirror.is_dir():
        _unpack_mirror(_bare(mirror), repository, folder)
        return
    kept = cache / f"{repository.commit}.tar.gz"
    if not kept.exists():
        _download(repository, kept)
    unpack(kept, folder)


def _bare(mirror: Path) -> Path:
    """The bare repository itself, or the one that stands in the folder."""
    heads = [mirror / "HEAD", *mirror.glob("*/HEAD"), *mirror.glob("*/.git/HEAD")]
    return next((head.parent for head in heads if head.exists()), mirror)


def _unpack_mirror(mirror: Path, repository: Repository, folder: Path) -> None:
    """File by file: a mirror may lack the largest of them."""
    listed = _git(mirror, "ls-tree", "-r", "-z", "--full-tree", repository.commit)
    for entry in filter(None, listed.decode().split("\0")):
        (mode, kind, blob), path = entry.partition("\t")[0].split(), entry.partition("\t")[2]
        if kind == "blob" and mode != "120000":
            try:
                content = _git(mirror, "cat-file", "blob", blob)
            except FetchProblem:
                continue
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)


def _git(mirror: Path, *words: str) -> bytes:
    command = ["git", "--git-dir", str(mirror), *words]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise FetchProblem(f"{mirror}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _download(repository: Repository, kept: Path) -> None:
    address = ADDRESS.format(name=repository.name, commit=repository.commit)
    try:
        with urllib.request.urlopen(address, timeout=_SECONDS) as response:
            content = response.read()
    except OSError as error:
        raise FetchProblem(f"{address} cannot be downloaded: {error}") from None
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(".part")
    part.write_bytes(content)
    part.replace(kept)
