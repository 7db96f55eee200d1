"""One function over many files, in worker processes where that pays. A dying worker costs one file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from kmigrate.garbage import collect_seldom
from kmigrate.model import Unreadable

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

FEW = 8
# About what one worker must get to earn its start (0.3 s), in characters of code.
SHARE = 400_000

Item = TypeVar("Item")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no answer for an item; line and column from 1, 0 is unknown."""

    reason: str
    line: int = 0
    column: int = 0


def worker_count(jobs: int | None, size: int) -> int:
    """How many processes pay for this much code; `jobs=None` is up to one per core."""
    return min(jobs or os.cpu_count() or 1, size // SHARE + 1)


class Workers:
    """Processes that answer questions about files. They start with the first many questions.

    A few items, or a count of one, are answered in this process.
    """

    def __init__(self, count: int) -> None:
        self._count = count
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        """Also on Ctrl-C: what is not begun is cancelled, what runs reads and writes no file."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def answers(
        self, task: Callable[[Item], Answer], items: Sequence[Item]
    ) -> Iterator[Answer | Failure]:
        """`task(item)` for each item, in their order. `task` must be a function of a module."""
        if self._count > 1 and len(items) > FEW:
            yield from self._spread(task, items)
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for item in items:
                yield attempt(task, item)

    def _spread(
        self, task: Callable[[Item], Answer], items: Sequence[Item]
    ) -> Iterator[Answer | Failure]:
        from concurrent.futures.process import BrokenProcessPool

        self._pool = self._pool or _pool(self._count)
        with _deaf_to_ctrl_c():
            futures = [self._pool.submit(attempt, task, item) for item in items]
        for number, future in enumerate(futures):
            try:
                yield future.result()
            except BrokenProcessPool:
                self._pool = None
                yield from _one_by_one(task, items[number:], futures[number:])
                return


def attempt(task: Callable[[Item], Answer], item: Item) -> Answer | Failure:
    """The answer, or the reason why there is none: one file never stops the others."""
    try:
        return task(item)
    except Unreadable as error:
        return Failure(error.reason, error.line, error.column)
    except (RecursionError, MemoryError):
        return Failure("nested too deeply for this Python to read; split the expression")
    except Exception as error:
        return Failure(f"kmigrate failed here ({_origin(error)}); please report it")


def _origin(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = ""
    if trace:
        code = trace.tb_frame.f_code
        place = f" in {os.path.basename(code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119
    return f"{type(error).__name__}: {error}{place}"


def _one_by_one(
    task: Callable[[Item], Answer],
    items: Sequence[Item],
    futures: Sequence[Future[Answer | Failure]],
) -> Iterator[Answer | Failure]:
    """Keep what was answered before a worker died; the rest tells who kills one."""
    from concurrent.futures.process import BrokenProcessPool

    pool: ProcessPoolExecutor | None = None
    try:
        for item, future in zip(items, futures, strict=True):
            if future.done() and not future.cancelled() and not future.exception():
                yield future.result()
                continue
            pool = pool or _pool(1)
            try:
                with _deaf_to_ctrl_c():
                    future = pool.submit(attempt, task, item)
                yield future.result()
            except BrokenProcessPool:
                pool = None
                yield Failure("the worker process died on this file; please report it")
    finally:
        if pool:
            pool.shutdown(wait=True, cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_start_worker)


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """Workers that start in here never hear Ctrl-C; this process hears it behind the block."""
    import signal

    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _start_worker() -> None:
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    collect_seldom()
    warnings.simplefilter("ignore")
