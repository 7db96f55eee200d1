"""Run the calls of a rule: what a program of the sweep imports.

Stays within the standard library, numpy and the syntax of Python 3.6.
"""

import sys
from typing import Any, Dict

from .backends import Jax, Torch
from .modes import Eager, Graph


def side(outputs: Dict[str, Any], tensors: str, symbols: str) -> Any:
    """What runs the calls here: `tensors` makes what they are fed, `symbols` has the `Input`."""
    tensorflow = sys.modules.get("tensorflow")  # type: Any
    if tensors == "tensorflow" and not tensorflow.executing_eagerly():
        return Graph(outputs, symbols)
    return {"tensorflow": Eager, "jax": Jax, "torch": Torch}[tensors](outputs, symbols)
