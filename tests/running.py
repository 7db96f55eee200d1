"""Running programs that are known by a mark, so that whatever they leave behind is found."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from kmigrate.verify.observation import Observation
from kmigrate.verify.run import Limits, Program, Setting, run

linux = pytest.mark.skipif(sys.platform != "linux", reason="descendants are found in /proc")
posix = pytest.mark.skipif(os.name != "posix", reason="forks, signals and links")
LIMITS = Limits(
    seconds=1,
    resident_bytes=300 << 20,
    processes=30,
    file_bytes=8 << 20,
    folder_bytes=24 << 20,
    result_bytes=4 << 20,
    output_bytes=1000,
)
PATIENT = replace(LIMITS, seconds=30)
GOOD = "import numpy as np\ny = np.arange(3.0)"


class Runs:
    """Runs programs whose processes and folders are known by a mark."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.mark = folder, uuid.uuid4().hex
        self.temporary = folder / "temporary"
        self.temporary.mkdir()

    def __call__(
        self, texts: Mapping[str, str], limits: Limits = PATIENT
    ) -> dict[str, Observation]:
        programs = [Program(name, text, self.folder / f"{name}.py") for name, text in texts.items()]
        return run(programs, Setting(variables={"MARK": self.mark}), limits)

    def processes(self) -> list[str]:
        """The commands of the marked processes that still live."""
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if self.mark.encode() in (process / "environ").read_bytes():
                    found.append(f"{process.name} {(process / 'cmdline').read_bytes()!r}")
            except OSError:
                continue  # it ended, or is another's
        return found


def ending(observation: Observation) -> tuple[str, str]:
    failure = observation.failure
    return observation.ending.value, failure.message if failure else ""
