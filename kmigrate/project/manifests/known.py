"""What is known of packages and settings, from `rules/environments/packages.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import Any

from kmigrate.api import rules_dir


@cache
def known() -> dict[str, Any]:
    """The tables of the file."""
    file = rules_dir() / "environments" / "packages.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))
