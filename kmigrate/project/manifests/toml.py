"""Requirement files in TOML: pyproject.toml of every kind, and Pipfile."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kmigrate.project.manifests.items import Item, requirement

_TOKEN = re.compile(
    r"(?P<space>[ \t]+)|(?P<newline>\r?\n)|(?P<comment>#[^\r\n]*)"
    r"|(?P<long>\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''.*?''')"
    r"|(?P<string>\"(?:[^\"\\\r\n]|\\.)*\"|'[^'\r\n]*')"
    r"|(?P<bare>[\w.+:-]+)|(?P<mark>[\[\]{}=,])",
    re.DOTALL,
)
_LISTS = {
    ("project", "dependencies"),
    ("build-system", "requires"),
}
_TABLES = ("project.optional-dependencies", "dependency-groups", "tool.pdm.dev-dependencies")
_KEYED = re.compile(r"packages|dev-packages|tool\.poetry\.(?:[\w.-]+\.)?(?:dev-)?dependencies")
_PYTHON = {("requires", "python_version"), ("requires", "python_full_version")}
_Token = tuple[str, str, int]


def _tokens(text: str) -> Iterator[_Token]:
    """Kind, text and offset of each token; stops where this is no TOML."""
    position = 0
    while found := _TOKEN.match(text, position):
        if found.lastgroup not in ("space", "comment"):
            yield str(found.lastgroup), found[0], position
        position = found.end()


def toml(text: str) -> Iterator[Item]:
    """The requirements of the tables that installers read."""
    section = ""
    tokens = list(_tokens(text))
    for start, end in _statements(tokens):
        statement = tokens[start:end]
        if statement[0][1] == "[":
            section = "".join(value.strip("\"'") for _, value, _ in statement).strip("[]")
        else:
            yield from _assignment(text, section, statement)


def _statements(tokens: list[_Token]) -> Iterator[tuple[int, int]]:
    """The statements: what stands between line ends outside brackets."""
    depth, start = 0, 0
    for number, (kind, value, _) in enumerate([*tokens, ("newline", "\n", -1)]):
        depth += (value in ("[", "{")) - (value in ("]", "}")) if kind == "mark" else 0
        if kind == "newline" and depth <= 0:
            if start < number:
                yield start, number
            start, depth = number + 1, 0


def _assignment(text: str, section: str, tokens: list[_Token]) -> Iterator[Item]:
    if len(tokens) < 3 or tokens[1][1] != "=":
        return
    key, value = tokens[0][1].strip("\"'"), tokens[2:]
    strings = [(token, at) for kind, token, at in value if kind == "string" and "\\" not in token]
    if (section, key) in _LISTS or (section in _TABLES and value[0][1] == "["):
        for token, at in strings:
            yield from requirement(token[1:-1], at + 1, "pep508", _in_list(text, token, at))
    elif (section, key) == ("project", "requires-python") and strings:
        yield _about_python(*strings[0], "pep508")
    elif (section, key) in _PYTHON and strings:
        yield _about_python(*strings[0], "conda")
    elif _KEYED.fullmatch(section) and key == "python" and strings:
        yield _about_python(*strings[0], "keyed")
    elif _KEYED.fullmatch(section):
        yield from _keyed(text, tokens)


def _about_python(token: str, at: int, style: str) -> Item:
    span = (at + 1, at + len(token) - 1)
    return Item(style, span, span, span, is_python=True)


def _in_list(text: str, token: str, at: int) -> tuple[int, str]:
    """Behind the string: on a line of its own where it has one."""
    quote, line = token[0], text.rfind("\n", 0, at) + 1
    indent = text[line:at]
    newline = "\r\n" if text[line - 2 : line] == "\r\n" else "\n"
    between = f",{newline}{indent}" if line and not indent.strip() else ", "
    return at + len(token), f"{between}{quote}{{}}{quote}"


def _keyed(text: str, tokens: list[_Token]) -> Iterator[Item]:
    """`keras = "^2.2"`, `keras = {version = "==2.2.4", extras = [...]}`."""
    name, (kind, value, at) = tokens[0], tokens[2]
    if value == "{":
        inner = [n for n, token in enumerate(tokens) if token[1] == "version"]
        if not inner or len(tokens) <= inner[0] + 2:
            return
        kind, value, at = tokens[inner[0] + 2]
    if kind != "string" or "\\" in value:
        return
    quoted = name[0] == "string"
    first = name[2] + quoted
    last = tokens[-1]
    line_end = re.compile(r"[^\r\n]*").match(text, last[2] + len(last[1]))
    end = line_end.end() if line_end else last[2] + len(last[1])
    newline = "\r\n" if "\r\n" in text else "\n"
    yield Item(
        "keyed",
        (first, first + len(name[1]) - 2 * quoted),
        (at + 1, at + len(value) - 1),
        (name[2], last[2] + len(last[1])),
        (end, f"{newline}{{name}} = {value[0]}{{spec}}{value[0]}"),
    )
