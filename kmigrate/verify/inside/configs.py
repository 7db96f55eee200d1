"""Say where the arguments of two models' layers differ: notes, as the numbers are what decides.

Stays within the standard library and the syntax of Python 3.6.
"""

import difflib
import re
from typing import Any, Dict, Iterator, List

# Never the same in two Kerases, or said by the layer's name, shape and weights.
IGNORED = ("name", "batch_input_shape", "batch_shape", "dtype", "build_config", "ragged", "sparse")
FUNCTIONS = (
    "function",
    "output_shape",
    "mask",
)  # of a Lambda: some write the code down, not the name
RENAMED = {
    "output_dim": "units",
    "nb_filter": "filters",
    "border_mode": "padding",
    "subsample": "strides",
    "bias": "use_bias",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "b_regularizer": "bias_regularizer",
    "p": "rate",
    "sigma": "stddev",
    "alpha": "negative_slope",
    "dim_ordering": "data_format",
}
VALUES = {
    "th": "channels_first",
    "tf": "channels_last",
    "default": None,
    "one": "ones",
    "zero": "zeros",
}


def differences(before: List[Dict[str, Any]], after: List[Dict[str, Any]]) -> Iterator[str]:
    """A sentence for each argument that both know and that differs, and for each layer left over."""
    classes = [[layer["class"] for layer in side] for side in (before, after)]
    matcher = difflib.SequenceMatcher(None, classes[0], classes[1], autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal" or b - a == d - c:
            for left, right in zip(before[a:b], after[c:d]):
                yield from _layer(left, right)
        else:
            gone, new = (_called(side) for side in (before[a:b], after[c:d]))
            yield "layers before: %s; after: %s" % (gone or "none", new or "none")


def _called(layers: List[Dict[str, Any]]) -> str:
    return ", ".join("%s (%s)" % (layer["name"], layer["class"]) for layer in layers)


def _layer(before: Dict[str, Any], after: Dict[str, Any]) -> Iterator[str]:
    name = before["name"]
    if before["class"] != after["class"]:
        yield "layer %s: %s before, %s after" % (name, before["class"], after["class"])
        return
    left, right = (_renamed(layer["config"]) for layer in (before, after))
    for key in sorted(set(left) & set(right)):
        if key in FUNCTIONS and not all(isinstance(side[key], str) for side in (left, right)):
            continue
        if left[key] != right[key]:
            yield "layer %s: %s is %s before, %s after" % (name, key, left[key], right[key])


def _renamed(config: Dict[str, Any]) -> Dict[str, Any]:
    if "units" in config or "filters" in config or "input_dim" in config:
        config = {key: value for key, value in config.items() if key != "output_dim"} or config
    renamed = {RENAMED.get(key, key): _plain(value) for key, value in config.items()}
    return {key: value for key, value in renamed.items() if key not in IGNORED}


def _plain(value: Any) -> Any:
    """An argument without what only one Keras writes around it."""
    if isinstance(value, dict) and "class_name" in value:
        config = value.get("config") or {}
        if not isinstance(config, dict):  # a function goes by its name
            return _plain(config)
        inner = {key: _plain(part) for key, part in config.items()}
        return _initializer(str(value["class_name"]), inner)
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if isinstance(value, str):
        return VALUES.get(value, value)
    if isinstance(value, float):
        return float("%.6g" % value)  # some keep it as a float32
    return value if value is None or isinstance(value, (bool, int)) else type(value).__name__


def _initializer(name: str, config: Dict[str, Any]) -> str:
    """`VarianceScaling(1, fan_avg, uniform)`, as Keras 2 wrote it, is `glorot_uniform`."""
    if name == "VarianceScaling":
        known = (config.get("scale"), config.get("mode"))
        short = {(1.0, "fan_avg"): "glorot", (2.0, "fan_in"): "he", (1.0, "fan_in"): "lecun"}
        draw = "uniform" if config.get("distribution") == "uniform" else "normal"
        if known in short:
            return "%s_%s" % (short[known], draw)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
