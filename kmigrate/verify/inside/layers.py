"""What the layers of a model are, said in the same words for every Keras.

Stays within the standard library, numpy and the syntax of Python 3.6. Models are known by what they
can do, and what Keras 1 called otherwise is given its later name and its later arrays.
"""

import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

import numpy as np

MODEL_METHODS = ("predict", "train_on_batch", "get_weights", "set_weights", "compile")
# Layers that draw random numbers while training, and what each calls its amount.
NOISE = re.compile(r"^(Spatial|Alpha|Gaussian)?(Dropout|Noise)([123]D)?$")
RECURRENT = re.compile(r"^(SimpleRNN|LSTM|GRU|ConvLSTM[123]D)$")
# What recurrent layers drop, by its present name and by that of Keras 1.
RATES = {"dropout": "dropout", "recurrent_dropout": "recurrent_dropout"}
RATES.update(dropout_W="dropout", dropout_U="recurrent_dropout")
AMOUNTS = ("rate", "p", "stddev", "sigma")
OLD_CLASSES = (
    (r"^AtrousConvolution", "Conv"),
    (r"^Deconvolution2D", "Conv2DTranspose"),
    (r"Convolution(?=\d)", "Conv"),
    (r"^CuDNN", ""),
    (r"V[12]$", ""),
)
# The arrays of an old LSTM and GRU in the order in which later ones have them in one.
OLD_GATES = {
    "LSTM": ((0, 6, 3, 9), (1, 7, 4, 10), (2, 8, 5, 11)),
    "GRU": ((0, 3, 6), (1, 4, 7), (2, 5, 8)),
}


def is_model(value: Any) -> bool:
    """Whether it is a model of some Keras."""
    if isinstance(value, type) or not all(hasattr(type(value), one) for one in MODEL_METHODS):
        return False
    return isinstance(getattr(value, "layers", None), list)


def flatten(model: Any) -> List[Any]:
    """The layers of a model and of the models in it, in order and each once, without its inputs."""
    found = []  # type: List[Any]
    for layer in model.layers:
        inner = flatten(layer) if is_model(layer) else [layer]
        found += [one for one in inner if all(one is not known for known in found)]
    return [layer for layer in found if class_name(layer) != "InputLayer"]


def class_name(layer: Any) -> str:
    """The class by its present name: `Convolution2D` is `Conv2D`."""
    name = type(layer).__name__
    for pattern, replacement in OLD_CLASSES:
        name = re.sub(pattern, replacement, name)
    return name


def names(layers: List[Any]) -> List[str]:
    """A name for each layer: the person's, else that of the class, counted from the second on."""
    found, counts = [], {}  # type: List[str], Dict[str, int]
    for layer in layers:
        name = str(layer.name)
        if _bare(name) == type(layer).__name__.lower():
            name = _snake(class_name(layer))
        counts[name] = counts.get(name, 0) + 1
        found.append(name if counts[name] == 1 else "%s#%d" % (name, counts[name]))
    return found


def _bare(name: str) -> str:
    """`batch_normalization_1` of Keras 2 and `batchnormalization_1` of Keras 1 alike."""
    return re.sub(r"_\d+$", "", name).replace("_", "").lower()


def _snake(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z0-9]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def arrays(layer: Any) -> List[Any]:
    """The weights of a layer, each a float array, laid out as Keras 2 and 3 have them."""
    try:
        values = [np.asarray(value) for value in layer.get_weights()]
    except ValueError:  # a Sequential in it that is not built yet, which has none
        return []
    return _laid_out(layer, values)


def trainable(layer: Any) -> List[bool]:
    """For each of `arrays`, whether training changes it through a gradient."""
    own = [id(weight) for weight in layer.trainable_weights]
    flags = [id(weight) in own for weight in layer.weights]
    count = len(arrays(layer))
    return flags if len(flags) == count else [bool(own)] * count


def frozen(model: Any) -> List[Any]:
    """The layers that a model does not train: in Keras 2 those of a frozen model do not say so."""
    inner = [one for layer in model.layers if is_model(layer) for one in frozen(layer)]
    return flatten(model) if not getattr(model, "trainable", True) else inner


def weight_names(layer: Any) -> List[str]:
    """`kernel` and `bias` for a dense layer's two arrays."""
    pairs = enumerate(layer.weights)
    found = [str(getattr(weight, "name", "array %d" % index)) for index, weight in pairs]
    return [name.split(":")[0].split("/")[-1] for name in found]


def _laid_out(layer: Any, values: List[Any]) -> List[Any]:
    kind = type(layer).__name__
    inner = getattr(layer, "layer", None) or getattr(layer, "forward_layer", None)
    if kind == "Bidirectional" and inner is not None:
        half = len(values) // 2
        return _laid_out(inner, values[:half]) + _laid_out(inner, values[half:])
    if kind == "TimeDistributed" and inner is not None:
        return _laid_out(inner, values)
    gates = OLD_GATES.get(kind, ())
    if gates and len(values) == sum(map(len, gates)):
        return [np.concatenate([values[index] for index in part], axis=-1) for part in gates]
    if kind == "Convolution1D" and values and values[0].ndim == 4:
        return [values[0][:, 0]] + values[1:]
    if getattr(layer, "dim_ordering", "") == "th" and values and values[0].ndim > 3:
        axes = list(range(2, values[0].ndim)) + [1, 0]
        return [values[0].transpose(axes)] + values[1:]
    return values


def describe(layers: List[Any], open_sizes: Any = ()) -> List[str]:
    """A line for each layer that has weights or makes noise: name, amount, shape, parameters.

    `open_sizes` are the shapes on the other side: a size that is open there is left open here, as
    a model that is built by its first batch knows the sizes of that batch.
    """
    lines = []
    others = list(open_sizes) if len(open_sizes) == len(layers) else [None] * len(layers)
    for name, layer, other in zip(names(layers), layers, others):
        held, amount = arrays(layer), noise(layer)
        if not held and amount is None:
            continue
        text = name if amount is None else "%s of %g" % (name, amount)
        text += "".join(", %s %g" % pair for pair in sorted(dropped(layer).items()))
        shapes = ", ".join(str(value.shape) for value in held)
        count = sum(value.size for value in held)
        lines.append(
            "%s to %s: %d parameters in %s"
            % (text, _opened(shape(layer), other), count, shapes or "none")
        )
    return lines


def _opened(here: Any, there: Any) -> Any:
    if not here or not there or len(here) != len(there):
        return here or "?"
    return tuple(None if other is None else size for size, other in zip(here, there))


def noise(layer: Any) -> Optional[float]:
    """How much noise a layer adds while training; None when it is no such layer."""
    if not NOISE.match(type(layer).__name__):
        return None
    return next((float(getattr(layer, name)) for name in AMOUNTS if hasattr(layer, name)), 0.0)


def is_random(layer: Any) -> bool:
    """Whether it draws random numbers while training, by what its config says."""
    if noise(layer):
        return True
    return bool(dropped(layer))


def dropped(layer: Any) -> Dict[str, float]:
    """The rates, by name, at which a layer drops units inside of it."""
    found = {}
    for one in _inner(layer):
        for name, called in RATES.items():
            rate = getattr(one, name, None)
            if isinstance(rate, float) and rate > 0:
                found[called] = rate
    return found


def can_be_silent(layer: Any) -> bool:
    """Whether it is one of those that pass their input on, or drop nothing, in a pair."""
    if NOISE.match(type(layer).__name__):
        return True
    return any(RECURRENT.match(type(one).__name__) for one in _inner(layer))


def _inner(layer: Any) -> List[Any]:
    """The layer, and the one that it wraps."""
    return [layer, getattr(layer, "layer", None), getattr(layer, "forward_layer", None)]


def shape(layer: Any) -> Optional[Tuple[Any, ...]]:
    """The shape of the layer's first output, batch included; None where it has none or several."""
    try:
        return _sizes(layer.output_shape)
    except Exception:  # Keras 3 has no such attribute, and the older ones refuse in several ways
        pass
    for first in (_output, _first_output):
        try:
            return _sizes(first(layer).shape)
        except Exception:  # one that raises when it is read is no answer; the next may be
            continue
    return None


def _output(layer: Any) -> Any:
    return layer.output


def _first_output(layer: Any) -> Any:
    return layer._inbound_nodes[0].output_tensors[0]


def _sizes(sizes: Any) -> Tuple[Optional[int], ...]:
    if isinstance(sizes, list):
        sizes = sizes[0]
    return tuple(None if size is None else int(size) for size in tuple(sizes))


def inputs_of(model: Any) -> List[Tuple[Optional[int], ...]]:
    """The shape of each input, batch first; empty for a model that has not seen one."""
    try:
        sizes = model.input_shape
    except Exception:  # not built, or not of the functional kind
        return []
    if isinstance(sizes, dict):
        sizes = list(sizes.values())
    several = isinstance(sizes, list) or sizes and isinstance(sizes[0], (tuple, list))
    return [_sizes(one) for one in sizes] if several else [_sizes(sizes)] if sizes else []


def vocabulary(model: Any, index: int) -> Optional[int]:
    """How many words the embedding that reads input `index` knows; None where none reads it."""
    for layer in flatten(model):
        if class_name(layer) != "Embedding":
            continue
        if len(inputs_of(model)) == 1 or _reads(layer, model.inputs[index]):
            return int(layer.input_dim)
    return None


def _reads(layer: Any, tensor: Any) -> bool:
    try:
        return layer.input is tensor
    except Exception:  # shared by several inputs
        return True


def configs(layers: List[Any]) -> Iterator[Dict[str, Any]]:
    """Name, class and plain arguments of each layer."""
    for name, layer in zip(names(layers), layers):
        try:
            config = dict(layer.get_config())
        except Exception:  # a layer of the person's own that has none
            config = {}
        yield {"name": name, "class": class_name(layer), "config": config}
