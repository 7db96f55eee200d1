"""`--smoke`: training is cut short, data made small, the same in every generation of Keras."""

from __future__ import annotations

import importlib.util
import sys
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kmigrate.verify import inside

np = pytest.importorskip("numpy")
INSIDE = Path(inside.__file__ or "").parent


@pytest.fixture
def smoke(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module as an old interpreter loads it: from its folder, by its own name."""
    monkeypatch.syspath_prepend(INSIDE)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    spec = importlib.util.spec_from_file_location("kmigrate_smoke", INSIDE / "smoke.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Model:
    """What a model was called with, in the manner of Keras 2 and 3."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def fit(
        self, x: Any = None, y: Any = None, batch_size: Any = None, epochs: int = 1, **more: Any
    ) -> None:
        self.calls.append({"x": x, "y": y, "batch_size": batch_size, "epochs": epochs, **more})

    def train_on_batch(self, x: Any, y: Any) -> int:
        self.calls.append({"x": x})
        return len(self.calls)

    def predict(self, x: Any, batch_size: Any = None) -> Any:
        self.calls.append({"x": x})
        return np.asarray(x)[:, :1] * 2


class Generated:
    """A model of which only a part of the arguments is of interest."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def fit(
        self,
        x: Any,
        epochs: int = 1,
        initial_epoch: int = 0,
        steps_per_epoch: Any = None,
        validation_data: Any = None,
        validation_steps: Any = None,
    ) -> None:
        self.calls.append(dict(locals()))


class Handing:
    """A model whose `fit_generator` hands on to `fit`, as in TensorFlow 2."""

    def __init__(self) -> None:
        self.fitted = 0

    def fit(self, x: Any, epochs: int = 1) -> int:
        self.fitted += 1
        return self.fitted

    def fit_generator(self, generator: Any, epochs: int = 1) -> int:
        return self.fit(generator, epochs)


class Model1:
    """As in Keras 1."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def fit(self, x: Any, y: Any, batch_size: int = 32, nb_epoch: int = 10) -> None:
        self.calls.append({"x": x, "y": y, "nb_epoch": nb_epoch})

    def fit_generator(self, generator: Any, samples_per_epoch: int, nb_epoch: int) -> None:
        drawn = [next(generator) for _ in range(2)]
        self.calls.append({"samples": samples_per_epoch, "nb_epoch": nb_epoch, "drawn": drawn})


@pytest.fixture
def keras(smoke: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Make a `keras` of these classes; what bounds a class is taken back at the end."""
    classes = (Model, Generated, Handing, Model1)
    kept = {each: dict(vars(each)) for each in classes}

    def make(model: type) -> list[str]:
        found = types.ModuleType("keras")
        found.models = types.SimpleNamespace(Model=model, Sequential=model)  # type: ignore[attr-defined]
        found.backend = types.SimpleNamespace(image_data_format=lambda: "channels_last")  # type: ignore[attr-defined]
        names = ("mnist", "cifar10", "imdb", "boston_housing")
        sets = {name: types.SimpleNamespace(load_data=_download) for name in names}
        found.datasets = types.SimpleNamespace(**sets)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "keras", found)
        notes: list[str] = []
        smoke.install(0, notes)
        return notes

    yield make
    for each, members in kept.items():
        for name, member in members.items():
            if isinstance(member, types.FunctionType):
                setattr(each, name, member)


def _download(*args: object, **kwargs: object) -> None:
    raise OSError("there is no network")


DATA = np.arange(600.0).reshape(300, 2)


def test_epochs_batches_and_samples_are_cut(keras: Any) -> None:
    notes = keras(Model)
    model = Model()
    model.fit(DATA, DATA[:, 0], 128, epochs=50, validation_data=(DATA, DATA))
    (call,) = model.calls
    assert (call["epochs"], call["batch_size"], len(call["x"]), len(call["y"])) == (1, 32, 64, 64)
    assert [len(part) for part in call["validation_data"]] == [64, 64]
    assert (call["x"] == DATA[:64]).all()
    assert "--smoke" in notes[0]


@pytest.mark.parametrize("shape", [(100, 2), [(100, 2), (100, 3)]])
def test_a_model_gets_batches_of_the_size_it_was_built_for(
    keras: Any, shape: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keras(Model)
    model = Model()
    monkeypatch.setattr(Model, "input_shape", shape, raising=False)
    model.fit(DATA, DATA[:, 0], 100, epochs=50)
    (call,) = model.calls
    assert (call["batch_size"], len(call["x"])) == (100, 200)


def test_validation_data_without_targets_is_cut_too(keras: Any) -> None:
    keras(Generated)
    model = Generated()
    model.fit(DATA, validation_data=(DATA, None))
    x, y = model.calls[0]["validation_data"]
    assert (len(x), y) == (64, None)
    assert model.calls[0]["validation_steps"] is None


def test_small_data_and_few_epochs_stay(keras: Any) -> None:
    keras(Model)
    model = Model()
    model.fit({"a": DATA[:8], "b": DATA[:8]}, [DATA[:8]], batch_size=4)
    (call,) = model.calls
    assert (call["epochs"], call["batch_size"], len(call["x"]["a"])) == (1, 4, 8)


def test_a_generator_gives_two_batches(keras: Any) -> None:
    keras(Generated)
    model = Generated()
    model.fit(iter([DATA]), 30, steps_per_epoch=100, validation_data=iter([DATA]))
    (call,) = model.calls
    assert (call["epochs"], call["steps_per_epoch"], call["validation_steps"]) == (1, 2, 2)


def test_training_that_goes_on_where_it_stopped_goes_on_for_an_epoch(keras: Any) -> None:
    keras(Generated)
    model = Generated()
    model.fit(DATA, epochs=20, initial_epoch=5)
    assert model.calls[0]["epochs"] == 6


def test_keras_1_counts_epochs_by_another_name_and_samples(keras: Any) -> None:
    keras(Model1)
    model = Model1()
    model.fit(DATA, DATA)
    model.fit_generator(iter([(DATA[:16], 0), (DATA[16:32], 0)]), 5000, 30)
    first, second = model.calls
    assert (first["nb_epoch"], len(first["x"])) == (1, 64)
    assert (second["nb_epoch"], second["samples"]) == (1, 32)
    assert (second["drawn"][0][0] == DATA[:16]).all(), "the batch that was looked at is not lost"


def test_predictions_keep_their_shape(keras: Any) -> None:
    keras(Model)
    model = Model()
    assert model.predict(DATA).shape == (300, 1)
    assert len(model.calls[0]["x"]) == 64
    assert model.predict(DATA[:10]).shape == (10, 1)


def test_a_loop_over_batches_trains_a_few_times(keras: Any) -> None:
    keras(Model)
    model, other = Model(), Model()
    assert [model.train_on_batch(DATA, DATA) for _ in range(100)][-1] == 4
    assert other.train_on_batch(DATA, DATA) == 1
    assert len(model.calls) == 4


def test_a_loop_over_fit_trains_a_few_times(keras: Any) -> None:
    keras(Model)
    model = Model()
    for _ in range(100):
        model.fit(DATA, DATA)
    assert len(model.calls) == 4


def test_a_method_that_calls_another_counts_once(keras: Any) -> None:
    keras(Handing)
    model = Handing()
    assert [model.fit_generator(DATA) for _ in range(6)] == [1, 2, 3, 4, 4, 4]
    assert model.fit(DATA) == 5


def test_a_wrong_call_fails_as_it_does(keras: Any) -> None:
    keras(Model)
    with pytest.raises(TypeError, match="train_on_batch"):
        Model().train_on_batch(1, 2, 3)  # type: ignore[call-arg]


def test_installing_twice_cuts_once(keras: Any, smoke: Any) -> None:
    keras(Model)
    smoke.install(0, [])
    assert not hasattr(vars(Model)["fit"].__wrapped__, "__wrapped__")


def test_datasets_have_the_shapes_of_the_real_ones(keras: Any) -> None:
    notes = keras(Model)
    sets = sys.modules["keras"].datasets
    (x, y), (x_test, y_test) = sets.mnist.load_data()
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((60000, 28, 28), "uint8", (60000,), "uint8")
    assert (x_test.shape, y_test.shape) == ((10000, 28, 28), (10000,))
    (x, y), _ = sets.cifar10.load_data()
    assert (x.shape, y.shape, set(y[:, 0])) == ((50000, 32, 32, 3), (50000, 1), set(range(10)))
    (texts, labels), _ = sets.imdb.load_data(num_words=50)
    assert (len(texts), labels.shape) == (25000, (25000,))
    assert max(map(max, texts[:600])) < 50
    (x, y), _ = sets.boston_housing.load_data()
    assert (x.shape, x.dtype, y.shape) == ((404, 13), "float64", (404,))
    assert sum("is random data of the right shapes" in note for note in notes) == 4


def test_a_dataset_in_the_cache_is_used(
    keras: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "mnist.npz").write_bytes(b"")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    keras(Model)
    with pytest.raises(OSError, match="no network"):
        sys.modules["keras"].datasets.mnist.load_data()


def test_a_matplotlib_that_is_missing_is_silent(smoke: Any) -> None:
    module = smoke.plots.Silent().create_module(types.SimpleNamespace(name="matplotlib.pyplot"))
    figure, axes = module.subplots(2, 2)
    assert axes[0].plot([1]) is not None
    assert figure.savefig("x.png") is not None
    assert smoke.plots.Silent().find_spec("numpy") is None
