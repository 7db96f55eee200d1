"""How code reaches the APIs: the import paths of each dialect, and the way back."""

from __future__ import annotations

import re
from functools import cache

DIALECTS = ("keras", "tf.keras", "tf_keras", "tf")

_ROOTS = {
    "keras": "keras",
    "tf.keras": "tensorflow.keras",
    "tf_keras": "tf_keras",
    "tf": "tensorflow",
}
_PREFIXES = (
    # The longest first: a private or historical home of the same API is read as the dialect.
    ("tensorflow.contrib.keras.api.keras", "tf.keras"),
    ("tensorflow.contrib.keras.python.keras", "tf.keras"),
    ("tensorflow.contrib.keras", "tf.keras"),
    ("tensorflow.compat.v1.keras", "tf.keras"),
    ("tensorflow.compat.v2.keras", "tf.keras"),
    ("tensorflow.python.keras.api._v2.keras", "tf.keras"),
    ("tensorflow.python.keras", "tf.keras"),
    ("tensorflow.keras", "tf.keras"),
    ("tensorflow.compat.v2", "tf"),
    ("tensorflow", "tf"),
    ("tf_keras", "tf_keras"),
    ("keras", "keras"),
)
# What TensorFlow 2 has of its Keras under names of its own too; functions there may be TensorFlow 1's.
_OUTSIDE = re.compile(
    r"tensorflow\.(?=optimizers(?:\.|$)|(?:losses|metrics|initializers)\.(?!Reduction\b)[A-Z])"
)
_RAW_INSIDE = re.compile(r"keras\.backend(?:\.\w+)?\.tf(?=\.|$)")
TENSORFLOW_1 = "compat.v1"  # where TensorFlow 2 holds the whole API of TensorFlow 1
LIBRARIES = ("keras", "tensorflow", "tf_keras")


@cache
def locate(dotted: str) -> tuple[str, str] | None:
    """The dialect of a qualified name and its path below the dialect's root.

    >>> locate("tensorflow.python.keras.layers.Dense")
    ('tf.keras', 'layers.Dense')
    """
    outside = _OUTSIDE.match(dotted)
    if outside:
        return "tf.keras", dotted[outside.end() :]
    for prefix, dialect in _PREFIXES:
        if dotted == prefix:
            return dialect, ""
        if dotted.startswith(prefix + "."):
            return dialect, dotted[len(prefix) + 1 :]
    return None


@cache
def behind_keras(dotted: str) -> str:
    """The name of raw TensorFlow that code takes from where Keras imported it; "" for others.

    >>> behind_keras("keras.backend.tf.nn.relu")
    'tensorflow.nn.relu'
    """
    found = _RAW_INSIDE.match(dotted)
    return f"tensorflow{dotted[found.end() :]}" if found else ""


def qualified(dialect: str, path: str) -> str:
    """The import path of `path` in a dialect: `qualified("tf.keras", "ops.sum")`."""
    root = _ROOTS[dialect]
    return f"{root}.{path}" if path else root


def is_library(dotted: str) -> bool:
    """Does the qualified name begin with one of the libraries?"""
    return dotted.split(".", 1)[0] in LIBRARIES


def is_private(dotted: str) -> bool:
    """Is it the inside of TensorFlow, where what is no public name has no home elsewhere?"""
    return dotted.startswith(("tensorflow.python.", "tensorflow.contrib."))
