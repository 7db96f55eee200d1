"""The first rows of arrays, frames, tensors and structures of them. Python 3.6 syntax."""

from typing import Any, Dict

import numpy as np


def is_array(value: Any) -> bool:
    """Whether it has rows, or is a structure of what has."""
    if isinstance(value, dict):
        return all(map(is_array, value.values()))
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(is_array, value))
    return hasattr(value, "shape") and hasattr(value, "__getitem__")


def cut(given: Dict[str, Any], names: Any, count: int) -> None:
    for name in names:
        if given.get(name) is not None and is_array(given[name]):
            given[name] = first(given[name], count)


def first(value: Any, count: int) -> Any:
    """The first rows of an array, a frame or a structure of them."""
    if isinstance(value, dict):
        return type(value)((key, first(part, count)) for key, part in value.items())
    if isinstance(value, (list, tuple)):
        return type(value)(first(part, count) for part in value)
    if not value.shape:
        return value
    return getattr(value, "iloc", value)[:count]


def count(value: Any) -> int:
    """How many rows there are in the first array of a structure."""
    while isinstance(value, (list, tuple, dict)):
        value = next(iter(value.values() if isinstance(value, dict) else value))
    return int(value.shape[0]) if value.shape else 0


def repeated(value: Any, count: int) -> Any:
    """So many rows, by giving those that there are again and again."""
    if isinstance(value, dict):
        return {key: repeated(part, count) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(repeated(part, count) for part in value)
    return np.resize(value, (count,) + value.shape[1:])
