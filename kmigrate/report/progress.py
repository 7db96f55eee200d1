"""A progress bar on long runs, on a terminal only."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LONG = 40
STEP = 10


class Bar:
    """A bar that appears with the first long piece of work."""

    def __init__(self, wanted: bool) -> None:
        self._wanted = wanted and sys.stderr.isatty()
        self._shown: tuple[Progress, TaskID] | None = None

    def __call__(self, what: str, done: int, total: int) -> None:
        """Show how much of what is done."""
        if not self._wanted or total <= LONG or (done % STEP and done != total):
            return
        progress, task = self._shown = self._shown or _started()
        progress.update(task, description=what, completed=done, total=total)
        progress.refresh()

    def stop(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._shown[0].stop()


def _started() -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import Progress

    progress = Progress(console=Console(stderr=True), transient=True, auto_refresh=False)
    progress.start()
    return progress, progress.add_task("")


@contextmanager
def progress_bar(wanted: bool) -> Iterator[Bar]:
    """A function to call with what is being done, how much of it is done, and of how much."""
    bar = Bar(wanted)
    try:
        yield bar
    finally:
        bar.stop()


@contextmanager
def status_line(wanted: bool) -> Iterator[Callable[[str], None]]:
    """A function to call with what is being done, which stands on the terminal meanwhile."""
    is_seen = wanted and sys.stderr.isatty()

    def tell(what: str) -> None:
        if is_seen:
            sys.stderr.write(f"\r\x1b[K{what} ...")
            sys.stderr.flush()

    try:
        yield tell
    finally:
        if is_seen:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
