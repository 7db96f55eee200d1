"""Requirement files that are lists of lines: requirements.txt, setup.cfg, environment.yml."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmigrate.project.manifests.items import Item, requirement

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_OPTIONS = re.compile(r"\s(?:--hash|--config|--global)[^\r\n]*|\s*\\\s*$")
_HASHED = "its version is held by a hash; move it in the file this one was compiled from"
_CFG_KEY = re.compile(r"(?P<key>[\w.-]+)\s*[=:]\s*")
_CFG_LISTS = ("install_requires", "setup_requires", "tests_require")
_DASH = re.compile(
    r"(?P<indent>\s*)-\s+(?P<quote>[\"']?)(?P<text>[^\s\"'#][^\"'#]*?)(?P=quote)\s*(?:#.*)?$"
)
_YML_KEY = re.compile(r"(?P<key>[\w-]+)\s*:")


def _lines(text: str) -> Iterator[tuple[int, str, str]]:
    """Each line with its offset and its ending."""
    for found in _LINE.finditer(text):
        body = found[0].rstrip("\r\n")
        if found[0]:
            yield found.start(), body, found[0][len(body) :]


def _uncommented(body: str) -> str:
    return re.split(r"(?:^|\s)#", body, maxsplit=1)[0].rstrip()


def _below(text: str, start: int, body: str, ending: str, prefix: str) -> tuple[int, str]:
    """Where a line of its own goes, below this one."""
    newline = ending or ("\r\n" if "\r\n" in text else "\n")
    return start + len(body), f"{newline}{prefix}{{}}"


def requirements_txt(text: str) -> Iterator[Item]:
    """The requirements of a file for `pip install -r`."""
    is_continued = False
    for start, body, ending in _lines(text):
        line, was_continued = _uncommented(body), is_continued
        is_continued = line.endswith("\\")
        first = len(line) - len(line.lstrip("\ufeff \t"))
        if was_continued or line[first : first + 1] == "-":
            continue
        options = _OPTIONS.search(line)
        found = line[first : options.start() if options else None]
        sealed = _HASHED if options else ""
        beside = _below(text, start, body, ending, line[:first].lstrip("\ufeff"))
        yield from requirement(found.rstrip(), start + first, "pep508", beside, sealed)


def setup_cfg(text: str) -> Iterator[Item]:
    """The requirements of the options of setuptools."""
    section = key = ""
    for start, body, ending in _lines(text):
        line = _uncommented(body)
        if line.startswith("["):
            section, key = line.strip("[] "), ""
            continue
        first = len(line) - len(line.lstrip())
        if not first and (found := _CFG_KEY.match(line)):
            key, first = found["key"], found.end()
        if section == "options" and key == "python_requires" and line[first:]:
            span = (start + first, start + len(line))
            yield Item("pep508", span, span, span, is_python=True)
        elif _is_list(section, key) and line[first:]:
            prefix = " " * first if line[:first].isspace() else "    "
            beside = _below(text, start, body, ending, prefix)
            yield from requirement(line[first:], start + first, "pep508", beside)


def _is_list(section: str, key: str) -> bool:
    return bool(key) and (
        section == "options.extras_require" or (section == "options" and key in _CFG_LISTS)
    )


def environment_yml(text: str) -> Iterator[Item]:
    """The dependencies of a conda environment, and those it has pip install."""
    is_list, pip = False, -1
    for start, body, ending in _lines(text):
        if key := _YML_KEY.match(body):
            is_list, pip = key["key"] == "dependencies", -1
        found = _DASH.match(body)
        if not is_list or found is None:
            continue
        indent = len(found["indent"])
        if found["text"].rstrip(" ") == "pip:":
            pip = indent
            continue
        pip = pip if indent > pip else -1
        style = "pep508" if 0 <= pip < indent else "conda"
        place = start + found.start("text")
        if found["text"].startswith("-"):
            continue
        quote = '"' if style == "pep508" and found["quote"] else found["quote"]
        beside = _below(text, start, body, ending, f"{found['indent']}- {quote}")
        beside = (beside[0], beside[1] + quote)
        yield from requirement(found["text"], place, style, beside)
