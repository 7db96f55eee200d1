"""Turn what a program computed into plain records: kind, dtype, shape and bytes.

Stays within the standard library, numpy and the syntax of Python 3.6. Libraries are known by what
their objects can do, never imported.
"""

import base64
import hashlib
import sys
import types
import zlib
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

SAMPLED = 4096
NUMBERS = (bool, int, float, complex)
SCALARS = NUMBERS + (np.generic,)


class Symbolic(object):
    """A tensor that has a dtype and a shape and no values."""

    def __init__(self, dtype: str, shape: Optional[List[Optional[int]]]) -> None:
        self.dtype = dtype
        self.shape = shape


def is_numeric(value: Any) -> bool:
    """Whether it is an array, a tensor, a variable or a number, and so worth comparing unasked."""
    if isinstance(value, (type, types.ModuleType)):
        return False
    if isinstance(value, SCALARS + (np.ndarray,)):
        return True
    if _parts(value) is not None:
        return True
    return hasattr(value, "dtype") and hasattr(value, "shape") and not callable(value)


def leaves(name: str, value: Any) -> Iterator[Tuple[str, Any]]:
    """The values inside nested structures by name; keys of dicts are sorted, their order is lost."""
    parts = _parts(value)
    if isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from leaves("%s[%r]" % (name, key), value[key])
    elif parts is not None:
        for part, inner in parts:
            yield from leaves("%s.%s" % (name, part), inner)
    elif isinstance(value, (list, tuple)) and not _is_plain(value):
        for index, inner in enumerate(value):
            yield from leaves("%s[%d]" % (name, index), inner)
    else:
        yield name, value


def encode(value: Any, whole_below: int) -> Dict[str, Any]:
    """One value as JSON; arrays of `whole_below` bytes and more as a digest and a sample."""
    if value is None or isinstance(value, (str, bytes)):
        return _text("text", [value], [])
    if isinstance(value, NUMBERS + (list, tuple)) and not isinstance(value, np.generic):
        array = np.asarray(value)
        if array.dtype.kind in "OSUM":
            return _text("text", [value], [])
        # np.float64 is a float of Python too, and which of both a Keras returns says nothing.
        exact = isinstance(value, (list, tuple)) and not isinstance(value[0], NUMBERS)
        return _array("array" if exact else "number", array, whole_below)
    evaluated = _evaluate(value)
    if isinstance(evaluated, Symbolic):
        return {"kind": "symbolic", "dtype": evaluated.dtype, "shape": evaluated.shape}
    if evaluated is None:
        return {"kind": "other", "dtype": type(value).__name__, "shape": []}
    if evaluated.dtype.kind in "OSUM":
        flat = evaluated.reshape(-1).tolist()
        return _text("text", flat, list(evaluated.shape))
    return _array("array", evaluated, whole_below)


def _is_plain(value: Any) -> bool:
    """Whether a list holds numbers of one type, and so is one leaf rather than many."""
    return bool(value) and isinstance(value[0], SCALARS) and len(set(map(type, value))) == 1


def _parts(value: Any) -> Optional[List[Tuple[str, Any]]]:
    """The components of a sparse, ragged or sliced tensor, in an order of their own."""
    kind = type(value).__name__
    if kind in ("SparseTensor", "SparseTensorValue"):
        return _sparse(_evaluate(value.indices), _evaluate(value.values), value.dense_shape)
    if kind in ("RaggedTensor", "RaggedTensorValue"):
        return [("flat_values", value.flat_values), ("row_splits", list(value.nested_row_splits))]
    if kind == "IndexedSlices":
        return [("indices", value.indices), ("values", value.values)]
    if hasattr(value, "tocoo"):
        coo = value.tocoo()
        return _sparse(np.stack([coo.row, coo.col], 1), coo.data, np.asarray(coo.shape))
    return None


def _sparse(indices: Any, values: Any, dense_shape: Any) -> List[Tuple[str, Any]]:
    if isinstance(indices, np.ndarray) and isinstance(values, np.ndarray) and indices.size:
        order = np.lexsort(indices.T[::-1])
        indices, values = indices[order], values[order]
    return [("indices", indices), ("values", values), ("dense_shape", dense_shape)]


def _evaluate(value: Any) -> Any:
    """The array behind a tensor or a variable; `Symbolic`; None when it is neither."""
    if isinstance(value, (np.ndarray, np.generic, Symbolic)):
        return np.asarray(value) if not isinstance(value, Symbolic) else value
    if type(value).__name__ == "KerasTensor":
        return _symbolic(value)
    if hasattr(value, "detach"):
        return np.asarray(value.detach().cpu().numpy())
    if not (hasattr(value, "dtype") and hasattr(value, "shape")) or isinstance(value, type):
        return None
    if hasattr(value, "graph") and not hasattr(value, "numpy") or not _is_eager():
        return _in_session(value)
    return np.asarray(value.numpy() if hasattr(value, "numpy") else value)


def _is_eager() -> bool:
    tensorflow = sys.modules.get("tensorflow")
    return bool(getattr(tensorflow, "executing_eagerly", lambda: True)())


def _in_session(value: Any) -> Any:
    """The value of a graph's tensor, or `Symbolic` when it hangs on something that must be fed."""
    tf = sys.modules["tensorflow"].compat.v1
    if not isinstance(value, (tf.Tensor, tf.Variable)):
        return np.asarray(value.numpy() if hasattr(value, "numpy") else value)
    try:
        return np.asarray(_session(tf, value).run(value))
    except (tf.errors.InvalidArgumentError, tf.errors.FailedPreconditionError):
        return _symbolic(value)


def _session(tf: Any, value: Any) -> Any:
    """The session that holds the program's variables."""
    session = tf.get_default_session()
    if session is not None:
        return session
    for name in ("keras", "tensorflow.python.keras", "tensorflow_core.python.keras"):
        backend = getattr(sys.modules.get(name), "backend", None)
        get_session = getattr(backend, "get_session", None)
        if get_session is not None and get_session().graph is value.graph:
            return get_session()
    session = tf.Session(graph=value.graph)
    with value.graph.as_default():
        session.run(tf.global_variables_initializer())
    return session


def _symbolic(value: Any) -> Symbolic:
    dtype = getattr(value.dtype, "name", value.dtype)
    try:
        shape = [None if size is None else int(size) for size in tuple(value.shape)]
    except (TypeError, ValueError):
        try:
            shape = [getattr(size, "value", None) for size in value.shape]
        except ValueError:  # of unknown rank
            return Symbolic(str(dtype), None)
    return Symbolic(str(dtype), shape)


def _text(kind: str, values: List[Any], shape: List[int]) -> Dict[str, Any]:
    texts = [
        value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
        for value in values
    ]
    texts = [text if text is None or isinstance(text, str) else repr(text) for text in texts]
    digest = hashlib.sha256(repr(texts).encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "kind": kind,
        "dtype": "string",
        "shape": shape,
        "digest": digest,
        "texts": [text and text[:1000] for text in texts[:1000]],
    }


def _array(kind: str, array: Any, whole_below: int) -> Dict[str, Any]:
    if array.dtype.byteorder == ">" or (array.dtype.byteorder == "=" and sys.byteorder == "big"):
        array = array.astype(array.dtype.newbyteorder("<"))
    shape, flat = list(array.shape), np.ascontiguousarray(array).reshape(-1)
    record = {"kind": kind, "dtype": array.dtype.name, "shape": shape}
    if flat.nbytes >= whole_below:
        record["digest"] = hashlib.sha256(flat.tobytes()).hexdigest()
        flat = flat[np.linspace(0, flat.size - 1, SAMPLED).astype(np.int64)]
    record["data"] = base64.b64encode(zlib.compress(flat.tobytes(), 6)).decode("ascii")
    return record
