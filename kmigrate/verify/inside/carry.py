"""Carry weights, inputs and targets of a model from one process to another, layer by layer.

Stays within the standard library, numpy and the syntax of Python 3.6. One file holds one model.
"""

import difflib
import importlib
import json
import os
from typing import Any, Dict, List, Optional, Tuple

import numpy as np

guard = importlib.import_module("guard")
layers = importlib.import_module("layers")

Json = Dict[str, Any]


class Parcel(object):
    """The layers of a model that have weights: what is said of each, and its arrays."""

    def __init__(self, about: Json, held: List[List[Any]], data: Dict[str, Any]) -> None:
        self.about = about
        self.held = held
        self.data = data


def pack(chosen: List[Any], data: Optional[Dict[str, Any]] = None) -> Parcel:
    """What the layers hold now; `data` are further arrays by name."""
    about = {
        "names": layers.names(chosen),
        "classes": [layers.class_name(layer) for layer in chosen],
        "configs": list(layers.configs(chosen)),
        "shapes": [layers.shape(layer) for layer in chosen],
    }
    return Parcel(about, [layers.arrays(layer) for layer in chosen], data or {})


def write(file: str, parcel: Parcel) -> None:
    content = {"data:" + name: value for name, value in parcel.data.items()}
    for index, values in enumerate(parcel.held):
        for part, value in enumerate(values):
            content["layer:%d:%d" % (index, part)] = value
    counts = [len(values) for values in parcel.held]
    about = json.dumps(dict(parcel.about, counts=counts), default=repr)
    with guard.unheard(), open(file, "wb") as stream:
        np.savez(stream, about=np.array(about), **content)


def read(file: str) -> Optional[Parcel]:
    """The parcel in the file; None when there is none."""
    if not os.path.exists(file):
        return None
    with np.load(file, allow_pickle=False) as content:
        about = json.loads(str(content["about"]))
        held = [
            [content["layer:%d:%d" % (index, part)] for part in range(count)]
            for index, count in enumerate(about["counts"])
        ]
        names = [name for name in content.files if name.startswith("data:")]
        return Parcel(about, held, {name[5:]: content[name] for name in names})


def unpack(parcel: Parcel, chosen: List[Any]) -> List[str]:
    """Give the layers what the parcel holds; a sentence for each that cannot take it."""
    own = [layer for layer in chosen if layers.arrays(layer)]
    sent = [index for index, values in enumerate(parcel.held) if values]
    problems = []
    pairs, lost, empty = _align(parcel, sent, own)
    for index, layer in pairs:
        problem = _give(layer, parcel.held[index])
        if problem:
            problems.append("layer %s: %s" % (parcel.about["names"][index], problem))
    for index in lost:
        text = "layer %s: no layer after takes its weights %s"
        problems.append(text % (parcel.about["names"][index], _shapes(parcel.held[index])))
    called = layers.names(own)
    for position in empty:
        text = "layer %s: no layer before has weights %s"
        problems.append(text % (called[position], _shapes(layers.arrays(own[position]))))
    return problems


def _align(
    parcel: Parcel, sent: List[int], own: List[Any]
) -> Tuple[List[Any], List[int], List[int]]:
    """Pairs of (parcel's layer, layer), and what is left over on each side.

    By order where the counts agree: a layer of another shape is then one mismatch, not many.
    """
    if len(sent) == len(own):
        return list(zip(sent, own)), [], []
    left = [str(_shapes(parcel.held[index])) for index in sent]
    right = [str(_shapes(layers.arrays(layer))) for layer in own]
    pairs, lost, empty = [], list(range(len(sent))), list(range(len(own)))
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        for step in range(size):
            pairs.append((sent[a + step], own[b + step]))
            lost.remove(a + step)
            empty.remove(b + step)
    return pairs, [sent[index] for index in lost], empty


def _give(layer: Any, values: List[Any]) -> str:
    """Set the weights of one layer; why not, when they do not fit."""
    own = layers.arrays(layer)
    if _shapes(own) == _shapes(values):
        layer.set_weights([value.astype(mine.dtype) for value, mine in zip(values, own)])
        return ""
    named = layers.weight_names(layer)
    if len(own) != len(values):
        mine = ", ".join("%s %s" % (name, value.shape) for name, value in zip(named, own))
        return "%d arrays before %s, %d after: %s" % (len(values), _shapes(values), len(own), mine)
    wrong = [
        "%s %s before, %s after" % (name, before.shape, after.shape)
        for name, before, after in zip(named, values, own)
        if before.shape != after.shape
    ]
    if sorted(_shapes(own)) == sorted(_shapes(values)):
        return "the same arrays in another order: " + ", ".join(wrong)
    return ", ".join(wrong)


def _shapes(values: List[Any]) -> List[Tuple[int, ...]]:
    return [tuple(value.shape) for value in values]
