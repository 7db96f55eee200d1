"""A pytest plugin that writes a line for each test while it runs; reads on Python 3.6 and later.

Line by line: a process that dies leaves what it had done.
"""

import json
import os
import re
import traceback
from typing import Any, Dict, Generator, List

import pytest

Wrapper = Generator[None, Any, None]

COLOUR = re.compile("\x1b\\[[0-9;]*m")
ROOT = os.path.realpath(os.getcwd()) + os.sep


def write(**row: Any) -> None:
    with open(os.environ["REALWORLD_REPORT"], "a") as stream:
        stream.write(json.dumps(row) + "\n")


def details(error: BaseException) -> Dict[str, Any]:
    """What went wrong, and where in the package, outermost place first."""
    while type(error).__name__ == "CollectError" and error.__cause__ is not None:
        error = error.__cause__
    text = type(error).__name__ + ": " + COLOUR.sub("", str(error)).strip()
    frames: List[Any] = []
    for frame in traceback.extract_tb(error.__traceback__):
        path = os.path.realpath(frame.filename)
        if path.startswith(ROOT) and os.path.isfile(path):
            frames.append([path[len(ROOT) :], frame.lineno])
    return {"error": text[:3000], "frames": frames}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: Any, call: Any) -> Wrapper:
    result = yield
    report = result.get_result()
    row = details(call.excinfo.value) if report.failed and call.excinfo else {}
    write(test=item.nodeid, phase=call.when, outcome=report.outcome, **row)


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector: Any) -> Wrapper:
    result = yield
    report = result.get_result()
    call = getattr(report, "call", None)
    if report.failed and call is not None and call.excinfo is not None:
        write(
            test=collector.nodeid, phase="collect", outcome="failed", **details(call.excinfo.value)
        )
