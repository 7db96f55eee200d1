"""What a program computed, as it was written down inside its interpreter."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Ending(StrEnum):
    """How a program came to its end."""

    FINISHED = "finished"
    RAISED = "raised"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    PROCESSES = "processes"
    DISK = "disk"
    OUTPUT = "output"
    GARBLED = "garbled"
    CRASHED = "crashed"
    UNSTARTED = "unstarted"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. `shape` is None when the rank is unknown; a size is None when it is.

    `kind` is `array`, `number` (of Python, without a dtype of its own), `text`, `structure` (texts
    that must agree and prove nothing), `symbolic`, `raised` (an exception: its type, family and
    message), `nothing` (an empty list or dict) or `other`. `data` are the little-endian bytes, or
    with `digest` those of a sample of the values. Leaves of one `group` are told in one line where
    they agree. `steps` is how often an optimizer had moved the weights behind the value.
    """

    kind: str
    dtype: str
    shape: tuple[int | None, ...] | None
    data: str = ""
    digest: str = ""
    texts: tuple[str | None, ...] = ()
    group: str = ""
    steps: int = 0

    @property
    def sampled(self) -> bool:
        """Whether only a digest and a part of the values were kept."""
        return bool(self.data and self.digest)

    def array(self) -> NDArray[Any]:
        """The values, or the sample of them (one-dimensional).

        bfloat16 and 8-bit floats come as float32, 4-bit integers as int8.
        """
        import numpy as np

        raw = zlib.decompress(base64.b64decode(self.data))
        if self.dtype == "bfloat16":
            high = np.frombuffer(raw, dtype="<u2").astype(np.uint32) << np.uint32(16)
            values: NDArray[Any] = high.view(np.float32)
        else:
            values = np.frombuffer(raw, dtype=_readable(self.dtype))
        return values if self.sampled or self.shape is None else values.reshape(self._known_shape())

    def failure(self) -> Failure:
        """The exception that this value is."""
        assert self.kind == "raised"
        root, message = self.texts
        return Failure(self.dtype, message or "", family=root or "")

    def _known_shape(self) -> tuple[int, ...]:
        assert self.shape is not None
        return tuple(size or 0 for size in self.shape)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Leaf:
        """Read a record that `encode` of inside/record.py wrote."""
        shape = record["shape"]
        return cls(
            kind=record["kind"],
            dtype=record["dtype"],
            shape=None if shape is None else tuple(shape),
            data=record.get("data", ""),
            digest=record.get("digest", ""),
            texts=tuple(record.get("texts", ())),
            group=record.get("group", ""),
            steps=record.get("steps", 0),
        )

    def to_json(self) -> dict[str, Any]:
        """The record again."""
        record: dict[str, Any] = {"kind": self.kind, "dtype": self.dtype, "shape": self.shape}
        if self.data:
            record["data"] = self.data
        if self.digest:
            record["digest"] = self.digest
        if self.texts:
            record["texts"] = self.texts
        if self.group:
            record["group"] = self.group
        if self.steps:
            record["steps"] = self.steps
        return record


INTERPRETER = "interpreter"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a program did not finish; `line` is its own last line in the traceback.

    `type` is that of the exception, or INTERPRETER when the process ended.
    `family` is the library that the type comes from, as `builtins` or `tensorflow`.
    """

    type: str
    message: str
    traceback: str = ""
    line: int | None = None
    family: str = "builtins"


@dataclass(frozen=True, slots=True)
class Observation:
    """One run of one program. `listed`: the program named its outputs itself.

    `carried` is what a program that runs after it takes up: the weights of its models, as text.
    `files` are those that it wrote and listed, by path in its working folder.
    """

    ending: Ending
    values: Mapping[str, Leaf] = field(default_factory=dict)
    listed: bool = False
    failure: Failure | None = None
    versions: Mapping[str, str] = field(default_factory=dict)
    device: str = ""
    notes: Sequence[str] = ()
    output: str = ""
    carried: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> Observation:
        """Read a record that `observe` of inside/observe.py wrote."""
        error = record.get("error")
        return cls(
            ending=Ending(record["status"]),
            values={name: Leaf.from_json(leaf) for name, leaf in record["values"].items()},
            listed=record["listed"],
            failure=Failure(**error) if error else None,
            versions=record["versions"],
            device=record["device"],
            notes=tuple(record.get("notes", ())),
            carried=record.get("carried", {}),
            files={
                name: zlib.decompress(base64.b64decode(content))
                for name, content in record.get("files", {}).items()
            },
        )

    def to_json(self) -> dict[str, Any]:
        """The record again, without traceback and printed output."""
        record: dict[str, Any] = {
            "status": self.ending.value,
            "versions": dict(self.versions),
            "device": self.device,
            "listed": self.listed,
            "values": {name: leaf.to_json() for name, leaf in self.values.items()},
        }
        if self.failure is not None:
            record["error"] = {
                "type": self.failure.type,
                "message": self.failure.message,
                "line": self.failure.line,
                "family": self.failure.family,
            }
        if self.notes:
            record["notes"] = list(self.notes)
        if self.carried:
            record["carried"] = dict(self.carried)
        if self.files:
            record["files"] = {
                name: base64.b64encode(zlib.compress(content, 9)).decode("ascii")
                for name, content in sorted(self.files.items())
            }
        return record


def _readable(name: str) -> np.dtype[Any]:
    """The dtype in which `encode` of inside/record.py wrote the values of a dtype."""
    import numpy as np

    if name.startswith("float8"):
        return np.dtype("<f4")
    return np.dtype({"int4": "int8", "uint4": "uint8"}.get(name, name)).newbyteorder("<")
