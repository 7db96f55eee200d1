"""Run a project's tests with pytest in a copy of it, and note the outcome of each.

Standard library only, Python 3.6 syntax; pytest is the project's own.
"""

import importlib
import importlib.util
import os
import shutil
import sys
from typing import Any, Dict, List

Json = Dict[str, Any]

WORST = ("passed", "skipped", "xfailed", "xpassed", "failed", "error")
NO_PYTEST = (
    "pytest is not installed in this interpreter (%s): install it there, or name an environment "
    "of your own with pytest among its pins ([tool.kmigrate.envs])"
)
ENDED_EARLY = {2: "was interrupted", 3: "met an error of its own", 4: "was called wrongly"}


class Outcomes(object):
    """A plugin of pytest: the worst outcome of the phases of each test, and why."""

    def __init__(self) -> None:
        self.found = {}  # type: Dict[str, str]

    def pytest_runtest_logreport(self, report: Any) -> None:
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xfailed" if report.skipped else "xpassed"
        elif report.failed and report.when != "call":
            outcome = "error"
        self._note(report.nodeid, outcome, _why(report))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self._note(report.nodeid or "collection", "error", _why(report))

    def _note(self, name: str, outcome: str, why: str) -> None:
        known = self.found.get(name, "passed").partition(": ")[0]
        if WORST.index(outcome) > WORST.index(known) or name not in self.found:
            self.found[name] = "%s: %s" % (outcome, why) if why else outcome


def run(program: Json, notes: List[str]) -> Dict[str, str]:
    """The outcome of every test by its id: `failed: AssertionError (test_a.py:3)`."""
    if importlib.util.find_spec("pytest") is None:
        raise ImportError(NO_PYTEST % sys.executable)
    pytest = importlib.import_module("pytest")  # type: Any
    folder = os.path.abspath("project")
    _copy(program["suite"]["files"], program["suite"]["texts"], folder)
    os.chdir(folder)
    sys.path[:0] = [path for path in (folder, os.path.join(folder, "src")) if os.path.isdir(path)]
    arguments = ["-p", "no:cacheprovider", "-q"]
    if importlib.util.find_spec("xdist") is not None:
        arguments.append("-n0")  # the outcomes are noted in this process
    outcomes = Outcomes()
    code = int(pytest.main(arguments + program["suite"]["arguments"], plugins=[outcomes]))
    if code in ENDED_EARLY and not outcomes.found:
        raise RuntimeError("pytest %s; see what it printed" % ENDED_EARLY[code])
    return outcomes.found


def _copy(files: Dict[str, str], texts: Dict[str, str], folder: str) -> None:
    """The project's files by their name in it, then the texts that were migrated."""
    os.makedirs(folder)
    for name, origin in files.items():
        place = os.path.join(folder, name)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        shutil.copy(origin, place)
    for name, text in texts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8", newline="") as stream:
            stream.write(text)


def _why(report: Any) -> str:
    """The last line of an error and where it was raised, or the reason of a skip."""
    longrepr = getattr(report, "longrepr", None)
    if longrepr is None:
        return ""
    if isinstance(longrepr, tuple):
        return str(longrepr[2]).replace("Skipped: ", "")
    crash = getattr(longrepr, "reprcrash", None)
    if crash is not None:
        place = "%s:%s" % (os.path.relpath(crash.path), crash.lineno)
        return "%s (%s)" % (crash.message.splitlines()[0], place)
    lines = [line for line in str(longrepr).splitlines() if line.strip()]
    return lines[-1].lstrip("E ") if lines else ""
