"""The calls that a rule's `samples` stand for: each combination of values, in each spelling."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from kmigrate.api import Signature
from kmigrate.atlas import atlas
from kmigrate.dialects import qualified
from kmigrate.model import SURFACES
from kmigrate.rulebook.rows import RewriteRow, SymbolRow
from kmigrate.rulebook.table import argument_in, call_path, names_in

MAX_COMBINATIONS = 24
MAX_FED = 4
_MADE = re.compile(r"\b(?:b?float16|float32|float64|u?int8|int16|int32|int64|bool)\(")
_IN_RANGE = re.compile(r"[a-z]+\([a-z]+\d+\(|\) *[-+*/%]|[-+*/%] *[a-z]+\d+\(")
_SHAPE = re.compile(_MADE.pattern + r"([\d, ]*)\)")
_PLACES = {
    "": ("return {}",),
    "index": ("return {}[0]",),
    "argument": ("return same({})",),
    "unpack": ("[*parts] = {}", "return {{str(n): part for n, part in enumerate(parts)}}"),
}


class Depth(IntEnum):
    """How a call is run: as it is; fed in every way; through every mode as well."""

    SPELLED = 0
    FED = 1
    FULL = 2


@dataclass(frozen=True, slots=True)
class Call:
    """One call: its text, the arguments it gives, and those of them that are made where it runs.

    `place` is where it stands: for itself, at an index, as an argument, or unpacked.
    """

    text: str
    arguments: tuple[tuple[str, str], ...]
    title: str
    place: str = ""

    @property
    def made(self) -> dict[str, str]:
        """The arguments that are arrays, with the expression that makes each."""
        return {name: value for name, value in self.arguments if _MADE.search(value)}

    def body(self) -> list[str]:
        """The lines of a function that answers with the result of the call."""
        return [line.format(self.text) for line in _PLACES[self.place]]

    @property
    def dtypes(self) -> frozenset[str]:
        """The dtypes of what it is fed, as the sample has them."""
        return dtypes_in(self.made.values())

    @property
    def has_range(self) -> bool:
        """Whether what it is fed is of a range of its own: `sigmoid(float32(2,3))`."""
        return any(_IN_RANGE.search(value) for value in self.made.values())


def dtypes_in(expressions: Iterable[str]) -> frozenset[str]:
    """The dtypes of what the expressions of a sample make."""
    return frozenset(name[:-1] for text in expressions for name in _MADE.findall(text))


def ranks_in(expressions: Iterable[str]) -> frozenset[int]:
    """How many dimensions the arrays have that the expressions of a sample make."""
    shapes = (shape for text in expressions for shape in _SHAPE.findall(text))
    return frozenset(len(list(filter(None, shape.split(",")))) for shape in shapes)


def calls_of(row: SymbolRow | RewriteRow, source: str) -> Iterator[Call]:
    """Every call of the row on a surface.

    Each value of each argument is tried in every spelling, with arguments left out; combinations
    of values as they are.
    """
    places = _places(row)
    for path in _paths(row, source):
        callee = qualified(SURFACES[source].dialect, path)
        signature = _signature(path, source)
        samples = _samples(row, SURFACES[source].api, signature)
        required = _required(signature, samples)
        order = [parameter.name for parameter in signature.positional] if signature else []
        order = order or list(samples)
        for arguments in _one_by_one(samples):
            for given in _subsets(arguments, required):
                yield from _spellings(callee, given, order, places)
        for arguments in _product(samples):
            yield _call(callee, arguments, 0)
            if list(arguments) == order[: len(arguments)]:
                yield _call(callee, arguments, len(arguments))


def _one_by_one(samples: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    """The first values, and each other value of an argument among the first ones of the others."""
    firsts = {name: values[0] for name, values in samples.items()}
    yield firsts
    for name, values in samples.items():
        yield from ({**firsts, name: value} for value in values[1:])


def _product(samples: Mapping[str, Sequence[str]]) -> Iterator[dict[str, str]]:
    products = itertools.product(*samples.values())
    for values in itertools.islice(products, MAX_COMBINATIONS):
        yield dict(zip(samples, values, strict=True))


def _subsets(arguments: Mapping[str, str], required: Sequence[str]) -> Iterator[dict[str, str]]:
    """All arguments; only the first of them; what is required with one more, named alone."""
    names = list(arguments)
    chosen = [names, *(names[:count] for count in range(1, len(names)))]
    chosen += [[*required, name] for name in names if name not in required]
    for subset in chosen:
        if set(required) <= set(subset):
            yield {name: arguments[name] for name in names if name in subset}


def _spellings(
    callee: str, given: Mapping[str, str], order: Sequence[str], places: Sequence[str]
) -> Iterator[Call]:
    """By keyword, shuffled, with the first one positional, with all of them positional.

    `order` has the parameters as they can be given by position.
    """
    yield _call(callee, given, 0)
    for place in places:
        yield _call(callee, given, 0, place)
    yield _call(callee, dict(reversed(list(given.items()))), 0)
    for count in (1, len(given)):
        if list(given)[:count] == list(order[:count]):
            yield _call(callee, given, count)


def _call(callee: str, arguments: Mapping[str, str], positional: int, place: str = "") -> Call:
    inline = {name: name if _MADE.search(value) else value for name, value in arguments.items()}

    def written(values: Mapping[str, str]) -> str:
        texts = [
            value if index < positional else f"{name}={value}"
            for index, (name, value) in enumerate(values.items())
        ]
        return f"{callee}({', '.join(texts)})"

    title = _PLACES[place][0].format(written(arguments)).removeprefix("return ")
    return Call(written(inline), tuple(arguments.items()), title, place)


def _samples(
    row: SymbolRow | RewriteRow, api: str, signature: Signature | None
) -> dict[str, tuple[str, ...]]:
    """The samples by the names of the arguments; the shim of Keras 3 has those of Keras 2."""
    if isinstance(row, RewriteRow):
        return dict(row.samples)
    named = [
        {argument_in(row, name, spelled): values for name, values in row.samples.items()}
        for spelled in (api, "keras2")
    ]
    fitting = (one for one in named if signature and all(map(signature.find, one)))
    return next(fitting, named[0])


def _places(row: SymbolRow | RewriteRow) -> tuple[str, ...]:
    """The places in which a case of the row wants its call to stand."""
    cases = row.cases if isinstance(row, RewriteRow) else ()
    places = (place for case in cases for place in case.when.within if place in _PLACES)
    return tuple(dict.fromkeys(places))


def _signature(path: str, source: str) -> Signature | None:
    found = (snapshot.signature(path) for snapshot in atlas(SURFACES[source]).snapshots())
    return next((signature for signature in found if signature is not None), None)


def _required(signature: Signature | None, samples: Mapping[str, object]) -> list[str]:
    """The arguments without a default; the first one where the signature is not known."""
    needed = (
        [parameter.name for parameter in signature.parameters if parameter.is_required]
        if signature
        else []
    )
    return [name for name in samples if name in needed] or list(samples)[:1]


def _paths(row: SymbolRow | RewriteRow, source: str) -> Iterator[str]:
    """The names of the row's thing on a surface: K.* of Keras 3 is only the shim's."""
    surface = SURFACES[source]
    if isinstance(row, SymbolRow):
        paths: Sequence[str] = [n for n in names_in(row, surface.api) if atlas(surface).has(n)]
    else:
        speaks = surface.api in row.sources and not row.method
        paths = (call_path(row), *row.also) if speaks else ()
    for path in paths:
        of_shim = surface.api == "keras3" and path.startswith("backend.")
        if of_shim == (source == "tf.keras@3"):
            yield path
