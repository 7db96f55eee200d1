"""Call one function of a program with seeded inputs: tensors of the library that it uses.

Standard library and numpy only, Python 3.6 syntax.
"""

import importlib
import importlib.util
import sys
import zlib
from typing import Any, Callable, Dict

import numpy as np

Json = Dict[str, Any]


def run(program: Json, module: Any, execute: Callable[[Json, Any], None], seed: int) -> None:
    """Import the module or run the program, and put what the function returns into `outputs`."""
    call = program["call"]
    if call["module"]:
        holder = _imported(call["module"], program["file"])
    else:
        execute(program, module)
        holder = module
    function = holder
    for part in call["function"].split("."):
        function = getattr(function, part)
    arguments = [build(spec, str(i), seed) for i, spec in enumerate(call["positional"])]
    keywords = {name: build(spec, name, seed) for name, spec in call["named"].items()}
    module.outputs = {"%s(...)" % call["function"]: function(*arguments, **keywords)}


def _imported(name: str, file: str) -> Any:
    """The module of a file; its name may be that of another module which is loaded already."""
    if "." in name:
        return importlib.import_module(name)
    spec = importlib.util.spec_from_file_location(name, file)  # type: Any
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(name, module)
    spec.loader.exec_module(module)
    return module


def build(spec: Any, name: str, seed: int) -> Any:
    """The value that a specification stands for; the same name gets the same numbers."""
    kind = spec["kind"]
    if kind == "literal":
        return spec["value"]
    if kind in ("list", "tuple"):
        parts = [build(part, "%s.%d" % (name, i), seed) for i, part in enumerate(spec["parts"])]
        return parts if kind == "list" else tuple(parts)
    if kind == "dict":
        return {
            key: build(part, "%s.%s" % (name, key), seed) for key, part in spec["parts"].items()
        }
    if kind == "range":
        array = np.arange(*spec["bounds"])
        array = array.astype("float32" if array.dtype.kind == "f" else "int32")
    else:
        array = _random(spec, zlib.crc32(name.encode("utf-8")) ^ seed)
    return array if spec["numpy"] else tensor(array, spec["dtype"])


def _random(spec: Json, seed: int) -> Any:
    random, shape, dtype = np.random.RandomState(seed), tuple(spec["shape"]), spec["dtype"]
    low, high = spec["low"], spec["high"]
    if dtype == "bool":
        return np.asarray(random.randint(0, 2, shape)).astype("bool")
    if "int" in dtype:
        return np.asarray(random.randint(low, high, shape)).astype(dtype)
    array = np.asarray(random.uniform(low, high, shape))
    return array.astype("float32" if dtype == "bfloat16" else dtype)


def tensor(array: Any, dtype: str) -> Any:
    """The array as a tensor of Keras 3's backend, of TensorFlow or of torch, whichever is loaded."""
    keras = sys.modules.get("keras")  # type: Any
    if hasattr(keras, "ops") and not getattr(keras, "__stands_in_for__", None):
        return keras.ops.convert_to_tensor(array, dtype)
    tensorflow = sys.modules.get("tensorflow")  # type: Any
    torch = sys.modules.get("torch")  # type: Any
    if tensorflow is not None:
        return tensorflow.constant(array, dtype)
    if torch is not None:
        return torch.from_numpy(np.array(array)).to(getattr(torch, dtype))
    return array.astype(dtype) if dtype != "bfloat16" else array
