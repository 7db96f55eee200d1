"""Make the arguments of a swept call: the sample as it is, or with one thing about it changed.

Stays within the standard library, numpy and the syntax of Python 3.6.
"""

import collections
from typing import Any, Callable, Dict, Iterator, List, Tuple

import numpy as np

FLOATS = ("float16", "bfloat16", "float32", "float64")
DTYPES = FLOATS + ("int8", "int16", "int32", "int64", "uint8", "bool")
VALUES = ("nan", "infinite", "extreme")
SHAPES = ("empty", "scalar", "vector", "odd", "broadcast")
OWN = "own"

Made = Dict[str, Any]

# One way to feed a call: each field is OWN where the sample stays as it is.
Feed = collections.namedtuple("Feed", "dtype values shape")
SAMPLE = Feed(OWN, OWN, OWN)


class Array(object):
    """An argument to be turned into a tensor; `dtype` is there for bfloat16, which numpy lacks."""

    def __init__(self, values: Any, dtype: str) -> None:
        self.values = values
        self.dtype = dtype


def feeds() -> Iterator[Feed]:
    """Every way to feed a call: one thing changed at a time, special values in each float."""
    yield SAMPLE
    for dtype in DTYPES:
        yield Feed(dtype, OWN, OWN)
    for values in VALUES:
        for dtype in (OWN,) + FLOATS:
            yield Feed(dtype, values, OWN)
    for shape in SHAPES:
        for dtype in (OWN, "int32"):
            yield Feed(dtype, OWN, shape)


def make(expressions: Made, feed: Feed) -> Any:
    """The arguments by name, trees of `Array`; None where the feed changes nothing about them.

    The generator starts anew, so that both sides are fed the same values.
    """
    maker = _Maker(feed)
    namespace = {dtype: maker.of(dtype) for dtype in DTYPES}  # type: Made
    namespace.update(softmax=_softmax, sigmoid=_sigmoid, square=np.square, log=np.log)
    found = {}
    for name in sorted(expressions):
        with np.errstate(all="ignore"):
            found[name] = maker.finished(eval(expressions[name], namespace))
    return {name: found[name] for name in expressions} if maker.touched() else None


class _Maker(object):
    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.random = np.random.RandomState(0)
        self.shapes = []  # type: List[Tuple[int, ...]]
        self.changed = set()  # type: Any

    def of(self, dtype: str) -> Callable[..., Any]:
        """What `float32(2,3)` calls."""

        def made(*shape: int) -> Any:
            shape = self._shape(shape)
            values = self.random.normal(size=shape)  # type: Any
            if dtype == "bool":
                return np.asarray(values > 0)
            if dtype.startswith("int"):
                values = self.random.randint(0, 9, size=shape)
            return np.asarray(values).astype(dtype)

        return made

    def _shape(self, shape: Tuple[int, ...]) -> Tuple[int, ...]:
        self.shapes.append(shape)
        first = self.shapes[0]
        changed = {
            OWN: shape,
            "empty": (0,) + shape[1:] if shape else shape,
            "scalar": (),
            "vector": (5,),
            "odd": tuple({1: 1, 2: 3, 3: 5, 4: 1, 5: 7}.get(size, size) for size in shape),
            "broadcast": (1,) + shape[1:] if len(self.shapes) > 1 and shape == first else shape,
        }[self.feed.shape]
        if changed != shape:
            self.changed.add("shape")
        return changed

    def finished(self, tree: Any) -> Any:
        """The arrays of an argument in the dtype and with the values that the feed asks for."""
        if isinstance(tree, (list, tuple)):
            return type(tree)(self.finished(part) for part in tree)
        if not isinstance(tree, (np.ndarray, np.generic)):
            return tree
        array = np.asarray(tree)
        dtype = array.dtype.name
        if dtype == "float32" and self.feed.dtype not in (OWN, "float32"):
            self.changed.add("dtype")
            dtype = self.feed.dtype
            array = _converted(array, dtype)
        if self.feed.values != OWN and array.dtype.kind == "f" and "values" not in self.changed:
            if array.size:
                self.changed.add("values")
                array = _special(array, dtype, self.feed.values)
        return Array(array, dtype)

    def touched(self) -> bool:
        """Whether each change that the feed asks for was made."""
        asked = {field for field in Feed._fields if getattr(self.feed, field) != OWN}
        return bool(asked == self.changed)


def _converted(array: Any, dtype: str) -> Any:
    if dtype in FLOATS:
        return array.astype("float32" if dtype == "bfloat16" else dtype)
    if dtype == "bool":
        return array > 0
    whole = np.round(array * 4)
    return (np.abs(whole) if dtype == "uint8" else whole).astype(dtype)


def _special(array: Any, dtype: str, values: str) -> Any:
    """The array with not-a-number, infinities, or the ends of its dtype in its first places."""
    limits = np.finfo("float32" if dtype == "bfloat16" else array.dtype)
    largest = limits.max / 256 if dtype == "bfloat16" else limits.max  # would round to infinity
    put = {
        "nan": [np.nan],
        "infinite": [np.inf, -np.inf],
        "extreme": [0.0, -0.0, largest, -largest, limits.tiny, 1e-7, -1e-7],
    }[values]
    flat = np.array(array).reshape(-1)
    count = min(len(put), flat.size)
    flat[:count] = np.asarray(put[:count], flat.dtype)
    return flat.reshape(array.shape)


def _softmax(values: Any) -> Any:
    powers = np.exp(values - values.max(-1, keepdims=True))
    return (powers / powers.sum(-1, keepdims=True)).astype(values.dtype)


def _sigmoid(values: Any) -> Any:
    return (1 / (1 + np.exp(-values))).astype(values.dtype)


# --- trees of results and arguments ---


def each(function: Callable[[Any], Any], tree: Any) -> Any:
    """The tree with the function of each leaf; what is no leaf of arguments stays."""
    if isinstance(tree, dict):
        return {name: each(function, part) for name, part in tree.items()}
    if isinstance(tree, (list, tuple)):
        parts = [each(function, part) for part in tree]
        return parts if isinstance(tree, list) else tuple(parts)
    return function(tree)


def filled(function: Callable[[Array], Any], tree: Any) -> Any:
    """The tree with the function of each `Array`."""
    return each(lambda leaf: function(leaf) if isinstance(leaf, Array) else leaf, tree)


def leaves(tree: Any) -> List[Any]:
    """The leaves of lists, tuples and dicts; a dict in the order of its names."""
    if isinstance(tree, dict):
        return [leaf for name in sorted(tree) for leaf in leaves(tree[name])]
    if isinstance(tree, (list, tuple)):
        return [leaf for part in tree for leaf in leaves(part)]
    return [tree]


def key(name: str, mode: str, feed: Feed) -> str:
    """The name of the output of a case."""
    return ":".join((name, mode) + tuple(feed))


def raised(error: BaseException) -> str:
    """What stands in place of a result."""
    return "raised %s: %s" % (type(error).__name__, str(error)[:200])


def result_of(case: Callable[..., Any], arguments: Made) -> Any:
    """The result of a call, or what it raised."""
    try:
        return case(**arguments)
    except Exception as error:
        return raised(error)


def weights(shape: Any) -> Any:
    """Weights that tell the places of an array apart; 1 where its shape is not known."""
    sizes = [getattr(size, "value", size) for size in shape]
    if None in sizes:
        return 1.0
    count = int(np.prod(sizes, dtype=np.int64))
    return np.cos(np.arange(count, dtype="float64")).reshape(sizes)


def mistakes(arrays: List[Any]) -> Iterator[Tuple[str, List[Any]]]:
    """Wrong answers that look like the right one: each must come out different."""
    wrong = {
        "added": lambda a: ~a if a.dtype == bool else a + np.ones((), a.dtype),
        "reversed": lambda a: a[..., ::-1] if a.ndim else a,
        "shortened": lambda a: a[..., 1:] if a.ndim else a,
        "recast": lambda a: a.astype("float64" if a.dtype.name != "float64" else "float32"),
    }  # type: Dict[str, Callable[[Any], Any]]
    for name in sorted(wrong):
        changed = [wrong[name](array) for array in arrays if array.dtype.kind in "biuf"]
        if len(changed) == len(arrays) and not all(map(_equal, changed, arrays)):
            yield name, changed


def _equal(left: Any, right: Any) -> bool:
    same = left.dtype == right.dtype and left.shape == right.shape
    return same and bool(np.array_equal(left, right))
