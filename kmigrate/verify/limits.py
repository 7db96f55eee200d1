"""What one program may use of the machine."""

from __future__ import annotations

import os
from dataclasses import dataclass, field


def _processes() -> int:
    """Room for a pool with a worker on each core and a few helpers of each."""
    return max(64, 4 * (os.cpu_count() or 1))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Memory is what is resident, of the child and its descendants.

    `file_bytes` bounds one file, `folder_bytes` all that lies in the working, temporary and home
    folders, `result_bytes` the record of what was computed; of what is printed the last
    `output_bytes` are kept. After `programs` of them a process makes place for a fresh one.
    """

    seconds: float = 300.0
    resident_bytes: int = 8 << 30
    output_bytes: int = 64 << 10
    file_bytes: int = 1 << 30
    whole_below: int = 64 << 20
    processes: int = field(default_factory=_processes)
    folder_bytes: int = 4 << 30
    result_bytes: int = 1 << 30
    programs: int = 250


USUAL = Limits()
