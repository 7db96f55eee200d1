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
    if isinstance(value, (type, types.ModuleType)) or _is_dataclass(value):
        return False
    if isinstance(value, SCALARS + (np.ndarray,)):
        return True
    if _parts(value) is not None:
        return True
    return hasattr(value, "dtype") and hasattr(value, "shape") and not callable(value)


def leaves(name: str, value: Any) -> Iterator[Tuple[str, Any]]:
    """The values inside nested structures by name; keys of dicts are sorted, their order is lost."""
    parts = _parts(value)
    if isinstance(value, dict) and value:
        for key in sorted(value, key=str):
            yield from leaves("%s[%r]" % (name, key), value[key])
    elif parts is not None:
        for part, inner in parts:
            yield from leaves(name + part, inner)
    elif isinstance(value, (list, tuple)) and value and not _is_plain(value):
        for index, inner in enumerate(value):
            yield from leaves("%s[%d]" % (name, index), inner)
    elif isinstance(value, (set, frozenset)) and value:
        yield from leaves(name, sorted(value, key=repr))
    else:
        yield name, value


def encode(value: Any, whole_below: int) -> Dict[str, Any]:
    """One value as JSON; arrays of `whole_below` bytes and more as a digest and a sample."""
    if value is None or isinstance(value, (str, bytes)):
        return _text([value], [])
    if isinstance(value, BaseException):
        return _raised(value)
    if isinstance(value, (dict, list, tuple, set, frozenset)) and not value:
        kind = "dict" if isinstance(value, dict) else "list"
        return {"kind": "nothing", "dtype": kind, "shape": []}
    if isinstance(value, NUMBERS + (list, tuple)) and not isinstance(value, np.generic):
        array = np.asarray(value)
        if array.dtype.kind == "O":  # integers beyond 64 bits
            return _text([value], [])
        # np.float64 is a float of Python too, and which of both a Keras returns says nothing.
        exact = isinstance(value, (list, tuple)) and not isinstance(value[0], NUMBERS)
        return _array("array" if exact else "number", array, whole_below)
    evaluated = _evaluate(value)
    if isinstance(evaluated, Symbolic):
        return {"kind": "symbolic", "dtype": evaluated.dtype, "shape": evaluated.shape}
    if evaluated is None:
        return {"kind": "other", "dtype": type(value).__name__, "shape": []}
    if evaluated.dtype.kind in "OSU" or evaluated.dtype.name.startswith("void"):
        return _text(evaluated.reshape(-1).tolist(), list(evaluated.shape))
    if evaluated.dtype.kind in "Mm":
        texts = evaluated.reshape(-1).astype(str).tolist()
        return dict(_text(texts, list(evaluated.shape)), dtype=evaluated.dtype.name)
    return _array("array", evaluated, whole_below)


def _is_plain(value: Any) -> bool:
    """Whether a list holds numbers of one type, and so is one leaf rather than many."""
    texts = (np.character, np.datetime64, np.timedelta64)
    plain = isinstance(value[0], SCALARS) and not isinstance(value[0], texts)
    return plain and len(set(map(type, value))) == 1


def _parts(value: Any) -> Optional[List[Tuple[str, Any]]]:
    """The components of a value that is no array by itself, in an order of their own."""
    kind = type(value).__name__
    if kind in ("SparseTensor", "SparseTensorValue"):
        return _sparse(_evaluate(value.indices), _evaluate(value.values), value.dense_shape)
    if kind in ("RaggedTensor", "RaggedTensorValue"):
        splits = [("flat_values", value.flat_values), ("row_splits", list(value.nested_row_splits))]
        return [("." + name, part) for name, part in splits]
    if kind == "IndexedSlices":
        return [(".indices", value.indices), (".values", value.values)]
    if kind == "BCOO":
        return _sparse(np.asarray(value.indices), np.asarray(value.data), np.asarray(value.shape))
    if getattr(value, "is_sparse", False) is True:  # a tensor of torch
        coo = value.detach().cpu().coalesce()
        return _sparse(coo.indices().numpy().T, coo.values().numpy(), np.asarray(coo.shape))
    if hasattr(value, "tocoo"):
        coo = value.tocoo()
        return _sparse(np.stack([coo.row, coo.col], 1), coo.data, np.asarray(coo.shape))
    if isinstance(value, np.ndarray):
        return _parts_of_array(value)
    if _is_dataclass(value):
        fields = list(type(value).__dataclass_fields__)
        return [("." + name, getattr(value, name)) for name in fields if hasattr(value, name)]
    return None


def _is_dataclass(value: Any) -> bool:
    return hasattr(type(value), "__dataclass_fields__")


def _parts_of_array(value: Any) -> Optional[List[Tuple[str, Any]]]:
    if isinstance(value, np.ma.MaskedArray):
        return [(".values", value.filled(0)), (".mask", np.ma.getmaskarray(value))]
    if value.dtype.names is not None:
        return [("[%r]" % str(name), np.asarray(value[name])) for name in value.dtype.names]
    texts = (str, bytes, type(None))
    if value.dtype.kind == "O" and any(not isinstance(inner, texts) for inner in value.flat):
        return [("[%s]" % ", ".join(map(str, at)), inner) for at, inner in np.ndenumerate(value)]
    return None


def _sparse(indices: Any, values: Any, dense_shape: Any) -> List[Tuple[str, Any]]:
    if isinstance(indices, np.ndarray) and isinstance(values, np.ndarray) and indices.size:
        order = np.lexsort(indices.T[::-1])
        indices, values = indices[order], values[order]
    return [(".indices", indices), (".values", values), (".dense_shape", dense_shape)]


def _raised(error: BaseException) -> Dict[str, Any]:
    """An exception: its type, the library that it comes from and what it says."""
    family = type(error).__module__.split(".")[0]
    record = _text([family, str(error)[:4000]], [])
    return dict(record, kind="raised", dtype=type(error).__name__)


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


def _text(values: List[Any], shape: List[int]) -> Dict[str, Any]:
    texts = [
        value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else value
        for value in values
    ]
    texts = [
        text if text is None else str(text) if isinstance(text, str) else repr(text)
        for text in texts
    ]
    digest = hashlib.sha256(repr(texts).encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "kind": "text",
        "dtype": "string",
        "shape": shape,
        "digest": digest,
        "texts": [text and text[:1000] for text in texts[:1000]],
    }


def _array(kind: str, array: Any, whole_below: int) -> Dict[str, Any]:
    name, array = array.dtype.name, _plain(array)
    shape, flat = list(array.shape), np.ascontiguousarray(array).reshape(-1)
    record = {"kind": kind, "dtype": name, "shape": shape}
    if flat.nbytes >= whole_below:
        record["digest"] = hashlib.sha256(flat.tobytes()).hexdigest()
        flat = _sample(flat)
    record["data"] = base64.b64encode(zlib.compress(flat.tobytes(), 6)).decode("ascii")
    return record


def _plain(array: Any) -> Any:
    """The array in little-endian order, and in a dtype that everybody's numpy can read.

    bfloat16 stays, its bytes being those of the upper half of a float32.
    """
    name = array.dtype.name
    if name.startswith("float8"):
        return array.astype(np.float32)
    if name in ("int4", "uint4"):
        return array.astype(np.int8 if name == "int4" else np.uint8)
    if array.dtype.byteorder == ">" or (array.dtype.byteorder == "=" and sys.byteorder == "big"):
        return array.astype(array.dtype.newbyteorder("<"))
    return array


def _sample(flat: Any) -> Any:
    """Values at regular distances, and the least and the greatest of each block between them."""
    places = np.linspace(0, flat.size - 1, min(SAMPLED, flat.size)).astype(np.int64)
    starts = np.unique(places)
    extremes = [extreme.reduceat(flat, starts) for extreme in (np.minimum, np.maximum)]
    return np.concatenate([flat[places]] + [part.astype(flat.dtype) for part in extremes])
