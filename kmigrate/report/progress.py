"""A progress bar on long runs, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LONG = 40


@contextmanager
def progress(wanted: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A function to call with what is done, how much of it, and of how much."""
    if not (wanted and sys.stderr.isatty()):
        yield lambda what, done, total: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True, auto_refresh=False) as bar:
        task = bar.add_task("", total=None, visible=False)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total, visible=total > LONG)
            if total > LONG and (done % 10 == 0 or done == total):
                bar.refresh()

        yield show
