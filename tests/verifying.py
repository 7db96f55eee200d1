"""`kmigrate verify` on files of a test, in this interpreter on both sides."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kmigrate.model import Options
from kmigrate.project.verification import execute
from kmigrate.verify.request import Request

HERE: Mapping[str, str] = {"before_python": sys.executable, "after_python": sys.executable}


def request(*paths: Path, source: str = "keras@2", target: str = "keras", **given: Any) -> Request:
    """A request to verify, in this interpreter unless `given` says otherwise."""
    return Request(paths, Options((source,), target), **{**HERE, **given})


def document(asked: Request) -> tuple[int, dict[str, dict[str, Any]]]:
    """The exit code, and what JSON says of each program by its path."""
    from dataclasses import replace

    out = io.StringIO()
    code = execute(replace(asked, json=True), out)
    programs = json.loads(out.getvalue())["programs"] if out.getvalue() else []
    return code, {program["path"]: program for program in programs}


def page(asked: Request) -> tuple[int, str]:
    """The exit code and the text."""
    out = io.StringIO()
    return execute(asked, out), out.getvalue()
