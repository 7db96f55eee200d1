"""Make training short and data small, the same in every generation of Keras, and say so.

`fit` and its kin get fewer epochs, steps and samples; `predict` computes a few rows and repeats
them, so that shapes stay. Standard library, numpy and the file beside it, Python 3.6 syntax.
"""

import functools
import importlib
import inspect
import itertools
import sys
import types
import warnings
from typing import Any, Dict, Iterator, List, Optional

_ASIDE = ("datasets", "plots", "rows")
datasets, plots, rows = (importlib.import_module(name) for name in _ASIDE)
for _name in _ASIDE:
    del sys.modules[_name]

STEPS = 2
LARGEST_BATCH = 32
TRAININGS = 4
PREDICTED = 64
MARK = "_kmigrate_smoke"
NOTE = "--smoke: 1 epoch, %d steps, at most %d samples a step; a model is trained %d times, and "
NOTE = (NOTE + "then gives its last answer") % (STEPS, LARGEST_BATCH, TRAININGS)

FITTING = ("fit", "fit_generator")
EVALUATING = ("evaluate", "evaluate_generator")
PREDICTING = ("predict", "predict_proba", "predict_classes")
BATCHED = ("train_on_batch",)


def install(seed: int, notes: List[str]) -> None:
    """Bound the Kerases that are loaded; to do so again does nothing."""
    notes.append(NOTE)
    _Trained.counts.clear()
    warnings.filterwarnings("ignore", message=".*(non-interactive|non-GUI backend).*")
    if not any(isinstance(finder, plots.Silent) for finder in sys.meta_path):
        sys.meta_path.append(
            plots.Silent()
        )  # behind all others: a matplotlib that is there is used
    for keras in _kerases():
        for owner in _trainers(keras):
            for name in FITTING + EVALUATING + PREDICTING + BATCHED:
                _wrap(owner, name)
        datasets.install(keras, seed, notes)
        _draw_nothing(keras)


def _draw_nothing(keras: Any) -> None:
    """`plot_model` needs programs beside Python, and its picture is not compared."""
    utils = getattr(keras, "utils", None)
    for module in (utils, getattr(utils, "vis_utils", None)):
        if hasattr(module, "plot_model"):
            setattr(module, "plot_model", lambda *args, **kwargs: None)


def _kerases() -> Iterator[Any]:
    tensorflow = sys.modules.get("tensorflow")
    found = [sys.modules.get("keras"), sys.modules.get("tf_keras")]
    if tensorflow is not None:
        found.append(getattr(tensorflow, "keras", None))
    return (keras for keras in found if hasattr(keras, "models"))


def _trainers(keras: Any) -> Iterator[Any]:
    """The classes, also the private ones, in which the models of a Keras define what is bounded."""
    seen = []  # type: List[Any]
    for name in ("Model", "Sequential"):
        for owner in getattr(keras.models, name).__mro__:
            if owner not in seen and owner is not object:
                seen.append(owner)
                yield owner


def _wrap(owner: Any, name: str) -> None:
    method = vars(owner).get(name)
    if not isinstance(method, types.FunctionType) or hasattr(method, MARK):
        return
    names = list(inspect.signature(method).parameters)[1:]
    bound = _predicting if name in PREDICTING else _training

    @functools.wraps(method)
    def bounded(self: Any, *args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):  # let the method itself say what is wrong
            return method(self, *args, **kwargs)
        # Keras 2 takes keywords of Keras 1 that are not in its signature.
        given = dict(zip(names, args), **kwargs)
        if name in BATCHED:
            return _learned(self, name, functools.partial(method, self, **given))
        answer = functools.partial(bound, functools.partial(method, self), given, set(names))
        return _learned(self, name, answer) if name in FITTING else answer()

    setattr(bounded, MARK, True)
    setattr(owner, name, bounded)


# --- training and evaluation ---


def _training(method: Any, given: Dict[str, Any], known: Any) -> Any:
    size = _batch_size(given, known, _built_for(method.args[0]))
    names = [name for name in ("epochs", "nb_epoch") if name in given or name in known]
    for name in names[-1:]:  # only Keras 1 has `nb_epoch`, or who still writes it
        given[name] = min(given.get(name, 1), given.get("initial_epoch", 0) + 1)
    source = next((name for name in ("x", "generator") if name in given), "")
    data = given.get(source)
    if rows.is_array(data):
        rows.cut(given, ("x", "y", "sample_weight"), STEPS * size)
        for name in ("steps_per_epoch", "steps"):
            if given.get(name):
                given[name] = min(given[name], STEPS)
    elif data is not None and not isinstance(data, (list, tuple, dict)):
        _cut_steps(given, known, source)
    _cut_validation(given, known, size)
    return method(**given)


def _built_for(model: Any) -> int:
    """The batch size that a model was built for, as with batch_shape; 0 where any will do."""
    try:
        shape = model.input_shape
        while isinstance(shape[0], (list, tuple)):
            shape = shape[0]
        return int(shape[0] or 0)
    except Exception:  # a model that is not built has none, each Keras says so otherwise
        return 0


def _batch_size(given: Dict[str, Any], known: Any, fixed: int) -> int:
    if fixed:
        return fixed
    size = given.get("batch_size") or LARGEST_BATCH
    if "batch_size" in known and given.get("batch_size"):
        given["batch_size"] = min(size, LARGEST_BATCH)
    return min(size, LARGEST_BATCH)


def _cut_steps(given: Dict[str, Any], known: Any, source: str) -> None:
    """Two steps of a generator, a sequence or a dataset, fewer where it has fewer."""
    there = _length(given[source])
    for name in ("steps_per_epoch", "steps"):
        if name in known:
            wanted = given.get(name) or STEPS
            given[name] = min(wanted, STEPS if there is None else max(there, 1), STEPS)
    for name in ("samples_per_epoch", "val_samples"):
        if name in known and name in given:  # Keras 1 counts samples
            given[source], given[name] = _two_batches(given[source], given[name])


def _cut_validation(given: Dict[str, Any], known: Any, size: int) -> None:
    data = given.get("validation_data")
    if data is None:
        return
    if isinstance(data, (tuple, list)) and all(map(_is_part, data)):
        count = STEPS * size
        given["validation_data"] = tuple(
            None if part is None else rows.first(part, count) for part in data
        )
    elif "nb_val_samples" in known and given.get("nb_val_samples"):
        cut = _two_batches(data, given["nb_val_samples"])
        given["validation_data"], given["nb_val_samples"] = cut
    elif "validation_steps" in known:
        there = _length(data)
        wanted = given.get("validation_steps") or STEPS
        given["validation_steps"] = min(wanted, STEPS, STEPS if there is None else max(there, 1))


def _is_part(part: Any) -> bool:
    """Whether it is data, or says that there is none: a model with a loss of its own has no targets."""
    return part is None or rows.is_array(part)


def _two_batches(generator: Any, wanted: int) -> Any:
    """A generator again, and how many samples are two of its batches."""
    first = next(generator)
    part = first[0]
    while isinstance(part, (list, tuple, dict)):
        part = next(iter(part.values() if isinstance(part, dict) else part))
    return itertools.chain([first], generator), min(wanted, STEPS * len(part))


def _length(data: Any) -> Optional[int]:
    """How many batches there are; None where nobody can tell."""
    try:
        return len(data)
    except (TypeError, AttributeError, NotImplementedError):
        return None


# --- predictions ---


def _predicting(method: Any, given: Dict[str, Any], known: Any) -> Any:
    data = given.get("x")
    if not rows.is_array(data):
        if data is not None and "steps" in known and _length(data) is None:
            given["steps"] = min(given.get("steps") or STEPS, STEPS)
        return method(**given)
    wanted = rows.count(data)
    if wanted <= PREDICTED:
        return method(**given)
    size = given.get("batch_size") or _built_for(method.args[0]) or LARGEST_BATCH
    given["x"] = rows.first(
        data, max(PREDICTED // size, 1) * size
    )  # a stateful model takes no rest
    return rows.repeated(method(**given), wanted)


# --- loops ---


class _Trained(object):
    """How often each model was trained by a method, and what the last time gave."""

    counts = {}  # type: Dict[Any, List[Any]]
    now = []  # type: List[int]


def _learned(model: Any, name: str, train: Any) -> Any:
    """After a few times a model has learned enough: the last answer is given again.

    A method that calls another to train the same model counts alone.
    """
    if id(model) in _Trained.now:
        return train()
    record = _Trained.counts.setdefault((id(model), name), [model, 0, None])
    if record[1] < TRAININGS:
        _Trained.now.append(id(model))
        try:
            record[1:] = [record[1] + 1, train()]
        finally:
            _Trained.now.pop()
    return record[2]
