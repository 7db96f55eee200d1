"""Small stand-ins for the datasets of Keras: the shapes and dtypes are right, the values random.

Nothing is downloaded: a copy in the cache of Keras is used, else what is made here.
Standard library and numpy, Python 3.6 syntax.
"""

import functools
import importlib
import os
import sys
from typing import Any, Callable, Dict, Iterator, List

import numpy as np

MARK = "_kmigrate_smoke"
NOTE = "--smoke: %s is random data of the right shapes (none is cached, nothing is downloaded)"
DISTINCT = 512  # rows are repeated from here on
WORDS = 1000

# Training and test rows, the shape of one, classes (0: a real number) and the files of the cache.
IMAGES = {
    "mnist": (60000, 10000, (28, 28), 10, ("mnist.npz", "mnist.pkl.gz")),
    "fashion_mnist": (60000, 10000, (28, 28), 10, ("fashion-mnist",)),
    "cifar10": (50000, 10000, (32, 32, 3), 10, ("cifar-10-batches-py",)),
    "cifar100": (50000, 10000, (32, 32, 3), 100, ("cifar-100-python",)),
}  # type: Dict[str, Any]
TABLES = {
    "boston_housing": (404, 102, (13,), 0, ("boston_housing.npz",)),
    "california_housing": (16512, 4128, (8,), 0, ("california_housing.npz",)),
}  # type: Dict[str, Any]
TEXTS = {
    "imdb": (25000, 25000, (), 2, ("imdb.npz", "imdb_full.pkl")),
    "reuters": (8982, 2246, (), 46, ("reuters.npz", "reuters.pkl")),
}  # type: Dict[str, Any]


class _Running(object):
    """The notes of the program that runs now: what is installed outlives it."""

    notes = []  # type: List[str]


def install(keras: Any, seed: int, notes: List[str]) -> None:
    """Put `load_data` of our own into the datasets of a Keras that has no copy of them."""
    _Running.notes = notes
    for name, described in dict(IMAGES, **dict(TABLES, **TEXTS)).items():
        if _is_cached(described[4]):
            continue
        for module in _modules(keras, name):
            for function, make in (("load_data", _load), ("get_word_index", _word_index)):
                if hasattr(module, function) and not hasattr(getattr(module, function), MARK):
                    made = _noted(functools.partial(make, name, keras, seed), name)
                    setattr(module, function, made)


def _modules(keras: Any, name: str) -> Iterator[Any]:
    """The public module of a dataset by its attribute, and as one may import it."""
    full = "%s.datasets.%s" % (keras.__name__, name)
    try:
        importlib.import_module(full)
    except ImportError:
        pass
    found = [sys.modules.get(full), getattr(getattr(keras, "datasets", None), name, None)]
    return (module for module in found if module is not None)


def _is_cached(files: Any) -> bool:
    home = os.environ.get("KERAS_HOME") or os.path.join(os.path.expanduser("~"), ".keras")
    return any(os.path.exists(os.path.join(home, "datasets", file)) for file in files)


def _noted(make: Callable[..., Any], name: str) -> Callable[..., Any]:
    def made(*args: Any, **kwargs: Any) -> Any:
        if NOTE % name not in _Running.notes:
            _Running.notes.append(NOTE % name)
        return make(*args, **kwargs)

    setattr(made, MARK, True)
    return made


def _load(name: str, keras: Any, seed: int, *args: Any, **given: Any) -> Any:
    random = np.random.RandomState(seed)
    if name in TEXTS:
        return _load_texts(name, random, args, given)
    train, test, shape, classes, _ = dict(IMAGES, **TABLES)[name]
    if name in IMAGES and _channels_first(keras) and len(shape) == 3:
        shape = shape[2:] + shape[:2]
    return tuple(_part(name, random, rows, shape, classes) for rows in (train, test))


def _part(name: str, random: Any, rows: int, shape: Any, classes: int) -> Any:
    count = min(rows, DISTINCT)
    if not classes:
        dtype = "float32" if name == "california_housing" else "float64"
        x, y = random.uniform(0, 10, (count,) + shape), random.uniform(5, 50, (count,))
        return np.resize(x.astype(dtype), (rows,) + shape), np.resize(y.astype(dtype), (rows,))
    x = random.randint(0, 256, (count,) + shape).astype("uint8")
    y = (np.arange(count) % classes).astype("uint8" if "mnist" in name else "int64")
    if len(shape) == 3:
        y = y.reshape(-1, 1)
        y = y.astype("uint8") if name == "cifar10" else y
    return np.resize(x, (rows,) + shape), np.resize(y, (rows,) + y.shape[1:])


def _channels_first(keras: Any) -> bool:
    backend = keras.backend
    if hasattr(backend, "image_data_format"):
        return bool(backend.image_data_format() == "channels_first")
    return bool(backend.image_dim_ordering() == "th")


def _load_texts(name: str, random: Any, args: Any, given: Dict[str, Any]) -> Any:
    """Lists of word indices; the words start at 3, 1 begins each text and 2 is for rare words."""
    train, test, _, classes, _ = TEXTS[name]
    words = given.get("num_words") or given.get("nb_words") or (args[1:] and args[1]) or WORDS
    longest = given.get("maxlen") or 200
    texts = []  # type: List[Any]
    for length in random.randint(min(10, longest - 1), longest, DISTINCT):
        texts.append([1] + random.randint(4, max(int(words), 5), length - 1).tolist())
    parts = []
    for rows in (train, test):
        x = np.empty(rows, dtype=object)
        x[:] = [texts[row % DISTINCT] for row in range(rows)]
        parts.append((x, (np.arange(rows) % classes).astype("int64")))
    return tuple(parts)


def _word_index(name: str, keras: Any, seed: int, *args: Any, **given: Any) -> Dict[str, int]:
    return {"word%d" % index: index for index in range(1, WORDS + 1)}
