"""Run one call in every way that its kind of interpreter knows: eagerly, traced, symbolically,
and for its gradients.

Stays within the standard library, numpy and the syntax of Python 3.6. Outputs are named
`CASE:mode:dtype:values:shape`; what raised stands there as `raised TYPE: MESSAGE`.
"""

import sys
from typing import Any, Callable, Dict, Iterator, List, Tuple

import numpy as np

from .feeding import (
    DTYPES,
    OWN,
    SAMPLE,
    Array,
    Feed,
    each,
    feeds,
    filled,
    key,
    leaves,
    make,
    mistakes,
    raised,
    result_of,
    weights,
)

Case = Callable[..., Any]
Arguments = Dict[str, Any]
GRADIENTS = (OWN, "float64", "float16")


class Eager(object):
    """TensorFlow 2."""

    def __init__(self, outputs: Arguments, symbols: str) -> None:
        self.outputs = outputs
        self.keras = sys.modules.get(symbols)  # type: Any
        self.tf = sys.modules.get("tensorflow")  # type: Any
        debugging = getattr(self.tf, "debugging", None)
        getattr(debugging, "disable_traceback_filtering", bool)()  # it takes longer than the call

    def run(self, name: str, case: Case, expressions: Arguments, depth: int) -> None:
        """Feed the call its sample alone (0), in every way (1), and through every mode (2)."""
        for feed in feeds() if depth else [SAMPLE]:
            made = make(expressions, feed)
            if made is not None and self.takes(feed):
                tensors = filled(self.tensor, made)
                self.attempt(key(name, "eager", feed), lambda: case(**tensors))
        if depth < 2:
            return
        by_dtype = dict(self.by_dtype(expressions, (OWN,) + DTYPES))
        for mode, together in (("function", self.traced), ("symbolic", self.symbolic)):
            self.all_at_once(together, {key(name, mode, f): m for f, m in by_dtype.items()}, case)
        for feed, made in self.by_dtype(expressions, GRADIENTS):
            self.attempt(key(name, "gradient", feed), lambda: self.gradients(case, made))
        self.plant(name, self.outputs.get(key(name, "eager", SAMPLE)))

    def by_dtype(self, expressions: Arguments, dtypes: Any) -> Iterator[Tuple[Any, Arguments]]:
        """The arguments in each dtype; none if nothing of them is made here."""
        for dtype in dtypes:
            feed = Feed(dtype, OWN, OWN)
            made = make(expressions, feed)
            if made and self.takes(feed):
                yield feed, made

    def takes(self, feed: Any) -> bool:
        """Whether the library is to be fed in that way."""
        return True

    def attempt(self, name: str, compute: Callable[[], Any]) -> None:
        """Keep the result, or what was raised."""
        try:
            self.outputs[name] = compute()
        except Exception as error:
            self.outputs[name] = raised(error)

    def all_at_once(self, together: Any, makings: Dict[str, Arguments], case: Case) -> None:
        """Build one function for all dtypes; where it fails as a whole, one for each."""
        if not makings or together is None:
            return
        try:
            self.outputs.update(together(case, makings))
        except Exception as error:
            for name, made in makings.items() if len(makings) > 1 else ():
                self.all_at_once(together, {name: made}, case)
            if len(makings) == 1:
                self.outputs.update(dict.fromkeys(makings, raised(error)))

    def traced(self, case: Case, makings: Dict[str, Arguments]) -> Arguments:
        """Call a compiled function of all the arguments."""
        others = {}  # type: Arguments

        def compute(arguments: Dict[str, Arguments]) -> Arguments:
            found = {}  # type: Arguments
            for name in sorted(arguments):
                result = result_of(case, arguments[name])
                (found if self.is_tensor(result) else others)[name] = result
            return found

        results = self.compiled(compute)({n: filled(self.tensor, m) for n, m in makings.items()})
        return dict(others, **results)

    def symbolic(self, case: Case, makings: Dict[str, Arguments]) -> Arguments:
        """Call a model built on symbolic inputs, whose batches are of unknown size.

        Symbolic is what has as many rows as the first argument; a kernel, say, is a tensor.
        """
        inputs, fed = [], []  # type: List[Any], List[Any]
        first = next(iter(next(iter(makings.values())).values()))
        batch = [leaf.values.shape[:1] for leaf in leaves(first) if isinstance(leaf, Array)]

        def entry(array: Array) -> Any:
            if not array.values.ndim or array.values.shape[:1] not in batch:
                return self.tensor(array)
            shape = (None,) + array.values.shape[1:]
            inputs.append(self.keras.layers.Input(batch_shape=shape, dtype=array.dtype))
            fed.append(array)
            return inputs[-1]

        found = {name: result_of(case, filled(entry, made)) for name, made in makings.items()}
        return self.fed(found, inputs, fed)

    def fed(self, found: Arguments, inputs: List[Any], fed: List[Array]) -> Arguments:
        """The results with their symbolic tensors replaced by what a model makes of the arrays."""
        symbols = [leaf for leaf in leaves(found) if type(leaf).__name__ == "KerasTensor"]
        if not symbols:
            return found
        values = self.keras.Model(inputs, symbols)([self.tensor(array) for array in fed])
        values = list(values) if isinstance(values, (list, tuple)) else [values]
        computed = {id(symbol): value for symbol, value in zip(symbols, values)}
        return each(lambda leaf: computed.get(id(leaf), leaf), found)  # type: ignore[no-any-return]

    def plant(self, name: str, result: Any) -> None:
        """Put wrong results beside the right one, which a comparison must tell from it."""
        tensors = [leaf for leaf in leaves(result) if self.is_tensor(leaf)]
        for mistake, wrong in mistakes([self.numpy(tensor) for tensor in tensors]):
            changed = {id(tensor): array for tensor, array in zip(tensors, wrong)}
            planted = each(lambda leaf: changed.get(id(leaf), leaf), result)
            self.outputs["%s:control:%s:own:own" % (name, mistake)] = planted

    def finish(self) -> None:
        """Nothing is left to be computed."""

    def tensor(self, array: Array) -> Any:
        """The array as a tensor of the library."""
        if array.dtype == "bfloat16":
            return self.tf.cast(self.tf.constant(array.values), self.tf.bfloat16)
        return self.tf.constant(array.values, dtype=array.dtype)

    def is_tensor(self, result: Any) -> bool:
        """Whether there is a tensor in the result."""
        return any(isinstance(leaf, (self.tf.Tensor, self.tf.Variable)) for leaf in leaves(result))

    def numpy(self, tensor: Any) -> Any:
        """The values of a tensor."""
        return tensor.numpy()

    def compiled(self, compute: Any) -> Any:
        """The function as the library's compiler takes it."""
        return self.tf.function(compute, autograph=False)

    def gradients(self, case: Case, made: Arguments) -> Any:
        """The gradients of a weighted sum of the results by the floats among the arguments."""
        tensors = filled(self.tensor, made)
        floats = self.floats(tensors)
        with self.tf.GradientTape() as tape:
            for tensor in floats:
                tape.watch(tensor)
            total = self.total(case(**tensors))
        return tape.gradient(total, floats, unconnected_gradients="zero")

    def floats(self, tree: Any) -> List[Any]:
        """The tensors of floats in a tree."""
        tensors = [leaf for leaf in leaves(tree) if self.is_tensor(leaf)]
        return [tensor for tensor in tensors if tensor.dtype.is_floating]

    def total(self, result: Any) -> Any:
        """A weighted sum of the floats among the results."""
        tf, total = self.tf, 0.0  # type: Any, Any
        for leaf in self.floats(result):
            total += tf.reduce_sum(tf.cast(leaf, tf.float64) * weights(leaf.shape))
        return tf.identity(total)


class Graph(Eager):
    """TensorFlow 1: everything is built first and run at once, and symbols are fed.

    One bfloat16 that it has two kernels for spoils the whole graph, and some of its kernels divide
    by the size of an empty tensor and take the process with them: it is fed neither.
    """

    traced = None  # type: ignore[assignment]

    def __init__(self, outputs: Arguments, symbols: str) -> None:
        super(Graph, self).__init__(outputs, symbols)
        self.feeds = {}  # type: Dict[Any, Any]
        self.failed = []  # type: List[List[str]]

    def takes(self, feed: Any) -> bool:
        """Neither bfloat16 nor empty tensors."""
        return bool(feed.dtype != "bfloat16" and feed.shape != "empty")

    def fed(self, found: Arguments, inputs: List[Any], fed: List[Array]) -> Arguments:
        """The results as they are: the session is fed later."""
        self.feeds.update((symbol, array.values) for symbol, array in zip(inputs, fed))
        return found

    def gradients(self, case: Case, made: Arguments) -> Any:
        """As eagerly, by tf.gradients."""
        tensors = filled(self.tensor, made)
        floats = self.floats(tensors)
        found = self.tf.gradients(self.total(case(**tensors)), floats)
        zeros = [self.tf.zeros_like(tensor) for tensor in floats]
        return [zero if gradient is None else gradient for gradient, zero in zip(found, zeros)]

    def plant(self, name: str, result: Any) -> None:
        """The wrong results stand on the other side."""

    def finish(self) -> None:
        """Run everything at once; where that fails, halves of it, down to what is to blame."""
        tensors = sorted(name for name, result in self.outputs.items() if self.is_tensor(result))
        graph = self.tf.get_default_graph()
        self.evaluate(
            tensors, lambda found: self.keras.backend.get_session().run(found, self.feeds)
        )
        whole = graph.as_graph_def() if self.failed else None
        while self.failed:
            names = self.failed.pop()
            self.evaluate(names, lambda found: self.apart(whole, found))

    def apart(self, whole: Any, found: List[Any]) -> Any:
        """The values of the tensors in a graph that holds nothing else.

        One operation without a kernel spoils every session on the graph it stands in.
        """
        tf = self.tf
        with tf.Graph().as_default() as graph, tf.Session(graph=graph) as session:
            part = tf.graph_util.extract_sub_graph(whole, [leaf.op.name for leaf in found])
            tf.import_graph_def(part, name="")
            kept = {node.name for node in part.node}
            feeds = {s.name: value for s, value in self.feeds.items() if s.op.name in kept}
            return session.run([leaf.name for leaf in found], feeds)

    def evaluate(self, names: List[str], run: Callable[[List[Any]], Any]) -> None:
        """Put values in place of tensors; what fails is halved and put aside, or is to blame."""
        found = [leaf for name in names for leaf in leaves(self.outputs[name])]
        found = [leaf for leaf in found if self.is_tensor(leaf)]
        try:
            values = run(found) if found else []
        except Exception as error:
            if len(names) == 1:
                self.outputs[names[0]] = raised(error)
            else:
                self.failed += [names[: len(names) // 2], names[len(names) // 2 :]]
            return
        computed = {id(leaf): np.asarray(value) for leaf, value in zip(found, values)}
        for name in names:
            tree = self.outputs[name]
            self.outputs[name] = each(lambda leaf: computed.get(id(leaf), leaf), tree)
