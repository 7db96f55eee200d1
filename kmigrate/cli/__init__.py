"""The command line. Parses arguments, calls one function each, holds no logic."""

from __future__ import annotations

import copy
import os
import sys

import typer

from kmigrate.cli import environments, explaining, migrating, verifying  # noqa: F401  they register
from kmigrate.cli.app import app
from kmigrate.garbage import collect_seldom

__all__ = ["main"]

# As they stand in `--help`.
COMMANDS = ("apply", "check", "diff", "verify", "envs", "rules", "explain")


def _narrowed(arguments: list[str]) -> typer.Typer:
    """The app with only the command that is asked for: describing all takes a while."""
    asked = copy.copy(app)
    commands = {c.callback.__name__: c for c in app.registered_commands if c.callback}
    named = [name for name in COMMANDS if name in arguments[:1]] or COMMANDS
    asked.registered_commands = [commands[name] for name in named if name in commands]
    asked.registered_groups = [group for group in app.registered_groups if group.name in named]
    return asked


def main(arguments: list[str] | None = None) -> int:
    """The entry point; the exit code. `arguments` are those of the process by default."""
    collect_seldom()
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        code = _narrowed(arguments)(arguments, standalone_mode=True)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except KeyboardInterrupt:
        sys.stderr.write("kmigrate: interrupted\n")
        return 130
    except BrokenPipeError:
        # The reader went away; the interpreter would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code if isinstance(code, int) else 0
