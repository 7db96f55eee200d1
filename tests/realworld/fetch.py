"""Download sdists from the package index, once, and unpack them; the hash is always checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tarfile
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from html.parser import HTMLParser
from pathlib import Path

from realworld.catalogue import Source

DEFAULT_INDEX = "https://pypi.org/simple"
_SECONDS = 60


class FetchProblem(Exception):
    """An sdist cannot be had, or is not the one that is pinned."""


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for key, value in attrs if tag == "a" and key == "href" and value]


def index_url() -> str:
    """The simple index that pip would use."""
    return (os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX).rstrip("/")


def link_of(page: str, base: str, sha256: str) -> str | None:
    """The address of the file with that hash on a page of the index."""
    links = _Links()
    links.feed(page)
    for link in links.found:
        address, _, fragment = link.partition("#")
        if fragment == f"sha256={sha256}":
            return urllib.parse.urljoin(base, address)
    return None


def fetch(source: Source, cache: Path) -> Path:
    """The sdist, downloaded unless the cache has it. Raises FetchProblem."""
    kept = cache / source.sha256
    if kept.exists() and _sha256(kept.read_bytes()) == source.sha256:
        return kept
    base = f"{index_url()}/{source.name.lower()}/"
    try:
        link = link_of(_read(base).decode(), base, source.sha256)
        if link is None:
            raise FetchProblem(f"{base} lists no file with the hash of {source.title}")
        content = _read(link)
    except (OSError, ValueError) as error:
        raise FetchProblem(f"{source.title} cannot be downloaded: {error}") from None
    if _sha256(content) != source.sha256:
        raise FetchProblem(f"{source.title}: what {link} sends has another hash")
    _keep(content, kept)
    return kept


def _keep(content: bytes, kept: Path) -> None:
    """Whole or not at all: a download that is cut short must not be taken for the file."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=kept.parent, delete=False) as file:
        file.write(content)
    Path(file.name).replace(kept)


def unpack(archive: Path, folder: Path) -> None:
    """Write what stands below the archive's one top folder into `folder`. Raises FetchProblem."""
    with tempfile.TemporaryDirectory() as scratch:
        try:
            if zipfile.is_zipfile(archive):
                zipfile.ZipFile(archive).extractall(scratch)
            else:
                with tarfile.open(archive) as tar:
                    tar.extractall(scratch, filter="data")
        except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
            raise FetchProblem(f"{archive} cannot be unpacked: {error}") from None
        tops = [path for path in Path(scratch).iterdir() if path.is_dir()]
        if len(tops) != 1:
            raise FetchProblem(f"{archive} has {len(tops)} top folders")
        shutil.copytree(tops[0], folder, dirs_exist_ok=True)


def unpack_companion(archive: Path, folder: Path) -> None:
    """Add the importable packages of an archive to `folder`, without their tests."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack(archive, Path(scratch))
        for package in Path(scratch).iterdir():
            if (package / "__init__.py").exists() and package.name not in ("tests", "test"):
                shutil.copytree(package, folder / package.name)


def _read(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=_SECONDS) as response:
        content: bytes = response.read()
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
