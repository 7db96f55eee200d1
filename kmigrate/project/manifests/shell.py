"""The requirements in a line of a notebook that installs them: `!pip install keras==2.2.4`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from kmigrate.project.manifests.items import Item, requirement

_INSTALL = re.compile(
    r"^[ \t]*[!%][ \t]*(?:(?:sudo|\S*python[\d.]*|\{sys\.executable\})[ \t]+(?:-m[ \t]+)?)*"
    r"(?P<tool>pip[\d.]*|conda|mamba)[ \t]+install\b(?P<words>[^\r\n]*)",
    re.MULTILINE,
)
_WORD = re.compile(
    r"(?P<quote>[\"'])(?P<inner>[^\"'\n]*)(?P=quote)|(?P<bare>[^\s\"';&|#]+)|(?P<end>[;&|#])"
)
_TAKE_A_VALUE = frozenset(
    [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-f",
        "--find-links",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-t",
        "--target",
        "-e",
        "--editable",
        "-n",
        "--name",
        "--channel",
    ]
)


def shell(text: str) -> Iterator[Item]:
    """The requirements of the lines of a cell that install something."""
    for line in _INSTALL.finditer(text):
        style = "pep508" if line["tool"].startswith("pip") else "conda"
        is_value = False
        for word in _WORD.finditer(text, line.start("words"), line.end("words")):
            if word["end"]:
                break
            if is_value or (word["bare"] or "").startswith("-"):
                is_value = not is_value and word["bare"] in _TAKE_A_VALUE
                continue
            group = "inner" if word["quote"] else "bare"
            beside = (word.end(), ' "{}"')
            for item in requirement(word[group], word.start(group), style, beside):
                yield replace(item, is_word=not word["quote"])
