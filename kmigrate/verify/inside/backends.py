"""The backends of Keras 3 beside TensorFlow: how their tensors are made, traced and differentiated.

Stays within the standard library, numpy and the syntax of Python 3.6.
"""

import sys
from typing import Any, List

import numpy as np

from .feeding import Array, each, filled, leaves, weights
from .modes import Arguments, Case, Eager


class Jax(Eager):
    """Keras 3 on JAX."""

    widest = "float32"

    def tensor(self, array: Array) -> Any:
        """The array as a tensor of the backend."""
        return self.keras.ops.convert_to_tensor(array.values, dtype=array.dtype)

    def is_tensor(self, result: Any) -> bool:
        """Whether there is a tensor in the result."""
        return any(self.keras.ops.is_tensor(leaf) for leaf in leaves(result))

    def numpy(self, tensor: Any) -> Any:
        """The values of a tensor."""
        return np.asarray(tensor)

    def compiled(self, compute: Any) -> Any:
        """The function as the library's compiler takes it."""
        return sys.modules["jax"].jit(compute)

    def gradients(self, case: Case, made: Arguments) -> Any:
        """As in TensorFlow."""
        jax = sys.modules["jax"]  # type: Any
        arrays = [leaf for leaf in leaves(made) if isinstance(leaf, Array)]
        floats = [array for array in arrays if array.values.dtype.kind == "f"]

        def total(values: List[Any]) -> Any:
            given = {id(array): value for array, value in zip(floats, values)}
            tensors = filled(lambda a: given[id(a)] if id(a) in given else self.tensor(a), made)
            return self.total(case(**tensors))

        return jax.grad(total)([self.tensor(array) for array in floats])

    def total(self, result: Any) -> Any:
        """A weighted sum of the floats among the results."""
        total = 0.0  # type: Any
        for leaf in leaves(result):
            if self.is_tensor(leaf) and "float" in str(leaf.dtype):
                wide = self.keras.ops.cast(leaf, self.widest)
                weighted = self.tensor(Array(weights(leaf.shape), self.widest))
                total += self.keras.ops.sum(wide * weighted)
        return total


class Torch(Jax):
    """Keras 3 on torch, which compiles nothing here."""

    widest = "float64"
    traced = None  # type: ignore[assignment]

    def numpy(self, tensor: Any) -> Any:
        """The values of a tensor."""
        return self.keras.ops.convert_to_numpy(tensor)

    def finish(self) -> None:
        """Make arrays of the tensors here, where there is someone who knows bfloat16."""
        for name, result in self.outputs.items():
            self.attempt(name, lambda: each(self.array, result))

    def array(self, leaf: Any) -> Any:
        """The values of a tensor; anything else as it is."""
        return self.numpy(leaf) if self.is_tensor(leaf) else leaf

    def gradients(self, case: Case, made: Arguments) -> Any:
        """As in TensorFlow."""
        torch = sys.modules["torch"]  # type: Any
        tensors = filled(self.tensor, made)
        floats = [leaf for leaf in leaves(tensors) if torch.is_tensor(leaf)]
        floats = [leaf for leaf in floats if leaf.dtype.is_floating_point]
        for leaf in floats:
            leaf.requires_grad_(True)
        total = self.total(case(**tensors))
        if not getattr(total, "requires_grad", False):
            return [torch.zeros_like(leaf) for leaf in floats]
        total.backward()
        return [torch.zeros_like(leaf) if leaf.grad is None else leaf.grad for leaf in floats]
