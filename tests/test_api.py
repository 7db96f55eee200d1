"""The snapshots hold what the real packages offer, and answer what the rest asks of them."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from kmigrate import api
from kmigrate.verify import snapshots

ALL = [(surface, version) for surface, versions in api.available().items() for version in versions]

EXISTS = [
    ("keras@1.2.2", "layers.core.Dense", "layers.Dense"),
    ("keras@1.2.2", "objectives.mse", "objectives.mean_squared_error"),
    ("keras@1.2.2", "layers.Convolution2D", "layers.Convolution2D"),
    ("keras@2.2.4", "layers.core.Dense", "layers.Dense"),
    ("keras@2.2.4", "layers.Convolution2D", "layers.Conv2D"),
    ("keras@2.2.4", "engine.topology.Layer", "layers.Layer"),
    ("keras@2.2.4", "engine.training.Model", "models.Model"),
    ("keras@2.2.4", "layers.Input", "Input"),
    ("keras@2.2.4", "objectives.mse", "losses.mean_squared_error"),
    ("keras@2.2.4", "utils.np_utils.to_categorical", "utils.to_categorical"),
    ("keras@2.2.4", "layers.core.K.sum", "backend.sum"),
    ("keras@2.2.4", "backend.tensorflow_backend", "backend.tensorflow_backend"),
    ("keras@2.2.4", "backend.name_scope", "backend.name_scope"),
    ("keras@2.2.4", "layers.core.func_dump", "utils.generic_utils.func_dump"),
    ("keras@2.2.4", "models.Sequential.fit", "models.Model.fit"),
    ("keras@2.3.1", "callbacks.callbacks.EarlyStopping", "callbacks.EarlyStopping"),
    (
        "keras@2.3.1",
        "preprocessing.image.ImageDataGenerator",
        "preprocessing.image.ImageDataGenerator",
    ),
    ("keras@2.15.0", "layers.Dense", "layers.Dense"),
    ("keras@3.15.1", "ops.numpy.sum", "ops.sum"),
    ("keras@3.15.1", "Model", "models.Model"),
    ("keras@3.15.1", "saving.load_model", "models.load_model"),
    ("keras@3.15.1", "initializers.glorot_uniform", "initializers.GlorotUniform"),
    ("tf_keras@2.21.0", "backend.flatten", "backend.flatten"),
    ("tf_keras@2.21.0", "metrics.MSE", "losses.mean_squared_error"),
    (
        "tf.keras@1.15.5",
        "wrappers.scikit_learn.KerasClassifier",
        "wrappers.scikit_learn.KerasClassifier",
    ),
    ("tf.keras@2.15.1", "layers.experimental.preprocessing.Rescaling", "layers.Rescaling"),
    ("tf.keras@2.21.0", "losses.mse", "losses.mse"),
    ("tf.keras@2.21.0", "backend.flatten", "backend.flatten"),
    ("tf@1.15.5", "math.reduce_sum", "reduce_sum"),
    ("tf@1.15.5", "contrib.slim.xavier_initializer", "contrib.layers.xavier_initializer"),
    ("tf@1.15.5", "Session.run", "Session.run"),
    ("tf@2.15.1", "compat.v1.keras.backend.set_session", "compat.v1.keras.backend.set_session"),
    ("tf@2.21.0", "math.reduce_sum", "reduce_sum"),
    ("tf@2.21.0", "compat.v1.nn.relu", "nn.relu"),
    ("tf@2.21.0", "compat.v2.nn.relu", "nn.relu"),
    ("tf@2.21.0", "losses.MeanSquaredError", "losses.MeanSquaredError"),
]
ABSENT = [
    ("keras@1.2.2", "layers.Softmax"),
    ("keras@2.2.4", "layers.core.np"),
    ("keras@2.2.4", "ops.sum"),
    ("keras@2.2.4", "layers.Dense.no_such_method"),
    ("keras@2.3.1", "engine.topology.Dense"),
    ("keras@2.15.0", "layers.core.Dense"),
    ("keras@2.15.0", "src.layers.Dense"),
    ("keras@3.15.1", "layers.core.Dense"),
    ("keras@3.15.1", "backend.flatten"),
    ("keras@3.15.1", "models.Model.fit_generator"),
    ("tf.keras@2.21.0", "losses.mean_squared_error"),
    ("tf.keras@2.21.0", "saving.load_model"),
    ("tf@2.21.0", "Session"),
    ("tf@2.21.0", "keras.layers.Dense"),
    ("tf@2.21.0", "contrib.layers.xavier_initializer"),
]


def snapshot(name: str) -> api.Snapshot:
    surface, version = name.split("@")
    return api.load(surface, version)


def signature(name: str, path: str) -> api.Signature:
    found = snapshot(name).signature(path)
    assert found is not None
    return found


def default(found: api.Signature, name: str) -> str | None:
    parameter = found.find(name)
    assert parameter is not None
    return parameter.default


@pytest.mark.parametrize(("name", "path", "canonical"), EXISTS)
def test_a_name_leads_to_the_documented_one(name: str, path: str, canonical: str) -> None:
    found = snapshot(name)
    assert found.canonical(path) == canonical
    assert found.canonical(canonical) == canonical
    assert found.has(path)


@pytest.mark.parametrize(("name", "path"), ABSENT)
def test_a_name_that_the_real_package_lacks_is_absent(name: str, path: str) -> None:
    assert snapshot(name).canonical(path) is None
    assert snapshot(name).kind(path) is None
    assert not snapshot(name).has(path)


@pytest.mark.parametrize(("surface", "version"), ALL)
def test_everything_in_a_snapshot_can_be_read(surface: str, version: str) -> None:
    found = api.load(surface, version)
    untold: set[str] = set()
    for path in found.names():
        kind = found.kind(path)
        assert kind in ("class", "function", "value")
        if kind in ("class", "function") and found.signature(path) is None:
            untold.add(found.canonical(path) or path)
        for member in found.attributes(path):
            defined = found.canonical(f"{path}.{member}")
            assert defined is not None
            assert found.is_subclass(path, defined.rpartition(".")[0])
            found.method(path, member)
    exceptions_and_ufuncs = {p for p in untold if "Error" in p or "numpy_backend" in p}
    assert untold == exceptions_and_ufuncs


@pytest.mark.parametrize(("surface", "version"), ALL)
def test_aliases_collapse_to_one_object(surface: str, version: str) -> None:
    found = api.load(surface, version)
    for path in found.names():
        canonical = found.canonical(path)
        assert canonical is not None
        assert path in found.aliases(canonical)
        assert {found.canonical(alias) for alias in found.aliases(canonical)} == {canonical}


def test_aliases_come_shortest_first() -> None:
    assert snapshot("keras@2.2.4").aliases("models.Model")[:3] == (
        "Model",
        "engine.Model",
        "models.Model",
    )
    assert snapshot("keras@2.2.4").aliases("models.Sequential.add") == ("models.Sequential.add",)
    assert snapshot("keras@2.2.4").aliases("layers.Nothing") == ()


def test_modules_and_kinds() -> None:
    found = snapshot("keras@2.2.4")
    assert found.is_module("")
    assert found.is_module("layers.core")
    assert found.is_module("layers.core.K")
    assert not found.is_module("layers.Dense")
    assert found.kind("layers.Dense") == "class"
    assert found.kind("layers.Dense.call") == "method"
    assert found.kind("layers.Layer.input_shape") == "attribute"
    assert found.kind("backend.sum") == "function"
    assert found.kind("__version__") == "value"


def test_star_gives_what_the_module_offers_and_nothing_foreign() -> None:
    found = snapshot("keras@2.2.4")
    assert {"Dense", "Conv2D", "Input", "core"} <= set(found.star("layers"))
    assert {"sum", "flatten"} <= set(found.star("backend"))
    assert not {"np", "tf", "os", "absolute_import"} & set(found.star("layers"))
    assert "__version__" not in found.star("")
    assert found.star("layers.Dense") == ()
    assert found.star("no.such.module") == ()


def test_signatures_are_the_real_ones_behind_the_decorators() -> None:
    dense = signature("keras@2.2.4", "layers.core.Dense")
    assert [(p.name, p.is_required) for p in dense.positional][:2] == [
        ("units", True),
        ("activation", False),
    ]
    assert dense.accepts_any_keyword
    assert dense.find("kwargs") is None
    assert default(dense, "kernel_initializer") == "'glorot_uniform'"
    assert default(signature("keras@2.2.4", "applications.ResNet50"), "include_top") == "True"
    assert default(signature("keras@3.15.1", "models.Sequential.fit"), "epochs") == "1"
    assert signature("tf@2.21.0", "reduce_sum").positional[0].name == "input_tensor"
    assert snapshot("keras@2.2.4").method("layers.Dense", "no_such_method") is None


def test_a_signature_text_is_read_part_by_part() -> None:
    found = api.parse_signature("(x, axes=(1, 2), *args, dtype=<float32>, mark='a,b', **kwargs)")
    assert [(p.name, p.kind, p.default) for p in found.parameters] == [
        ("x", "positional", None),
        ("axes", "positional", "(1, 2)"),
        ("args", "var_positional", None),
        ("dtype", "keyword", "<float32>"),
        ("mark", "keyword", "'a,b'"),
        ("kwargs", "var_keyword", None),
    ]
    assert found.accepts_any_positional
    assert api.parse_signature("()").parameters == ()


def test_bases_and_subclasses() -> None:
    found = snapshot("keras@2.2.4")
    assert found.bases("layers.core.Dense") == ("layers.Layer",)
    assert found.is_subclass("models.Sequential", "engine.base_layer.Layer")
    assert found.is_subclass("layers.Dense", "layers.core.Dense")
    assert not found.is_subclass("layers.Layer", "layers.Dense")
    assert not found.is_subclass("backend.sum", "layers.Layer")
    assert {"call", "get_weights", "weights"} <= set(found.attributes("layers.Dense"))


def test_the_newest_version_that_begins_like_the_one_asked_for_is_loaded() -> None:
    assert api.load("keras").version == api.available()["keras"][-1]
    assert api.load("keras", "1").version == "1.2.2"
    assert api.load("tf.keras", "2.15").version == "2.15.1"
    assert api.load("keras", "2.2.4") is api.load("keras", "2.2.4")
    with pytest.raises(LookupError, match=r"keras 2\.2\.5"):
        api.load("keras", "2.2.5")
    with pytest.raises(LookupError, match="theano"):
        api.load("theano")


def test_a_file_of_another_format_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "odd@1.0.json").write_text('{"format": 0, "surface": "odd", "rows": []}')
    monkeypatch.setattr(api, "rules_dir", lambda: tmp_path)
    api.available.cache_clear()
    try:
        with pytest.raises(ValueError, match="format 0"):
            api.load("odd")
    finally:
        api.available.cache_clear()


@pytest.mark.parametrize(("surface", "version"), ALL)
def test_files_are_diffable_and_tell_nothing_about_the_machine(surface: str, version: str) -> None:
    text = (api.rules_dir() / "api" / f"{surface}@{version}.json").read_text(encoding="ascii")
    rows = json.loads(text)["rows"]
    assert len(rows) == len({row[1] for row in rows}) == text.count("\n") - 2
    names = [[row[1] for row in rows if (row[0] == "module") == first] for first in (True, False)]
    assert names == [sorted(names[0]), sorted(names[1])]
    assert "site-packages" not in text
    assert " at 0x" not in text


def test_the_name_that_the_documentation_uses_is_chosen() -> None:
    raw = {
        "surface": "keras",
        "version": "9.9",
        "modules": [{"paths": ["layers", "x.layers"], "hidden": ["Dense", "np"]}],
        "objects": [
            seen(
                "Dense", ["layers.core.Dense", "layers.Dense", "models.Dense"], "keras.layers.core"
            ),
            seen(
                "Model", ["Model", "engine.training.Model", "models.Model"], "keras.engine.training"
            ),
            seen("Conv2D", ["layers.Conv2D", "layers.Convolution2D"], "keras.layers.convolutional"),
        ],
    }
    assert [row[:4] for row in snapshots.rows(raw)] == [
        ["module", "layers", ["x.layers"], ["Dense"]],
        ["class", "layers.Conv2D", ["layers.Convolution2D"], "()"],
        ["class", "layers.Dense", ["models.Dense", "layers.core.Dense"], "()"],
        ["class", "models.Model", ["Model", "engine.training.Model"], "()"],
    ]


def seen(name: str, paths: list[str], origin: str) -> dict[str, Any]:
    kind = {"kind": "class", "signature": "()", "bases": [], "members": []}
    return {"name": name, "paths": paths, "origin": origin, **kind}


def own(snapshot: str) -> list[str]:
    """A snapshot without the flags of TensorFlow, which are absl's: of whatever version there is."""
    return [line for line in snapshot.splitlines() if '"compat.v1.flags.' not in line]


@pytest.mark.slow
@pytest.mark.parametrize("surface", ["keras", "tf_keras", "tf.keras", "tf"])
def test_the_committed_snapshots_are_what_the_packages_say(surface: str) -> None:
    package = surface if surface in ("keras", "tf_keras") else "tensorflow"
    if importlib.util.find_spec(package) is None or importlib.util.find_spec("tensorflow") is None:
        pytest.skip(f"{package} is not installed")
    raw = snapshots.look(sys.executable, surface)
    file = api.rules_dir() / "api" / f"{surface}@{raw['version']}.json"
    if not file.exists():
        newest = api.available()[surface][-1]
        command = f"python -m kmigrate.verify.snapshots --surface {surface} -o rules/api"
        assert api.version_key(raw["version"]) < api.version_key(newest), f"run {command}"
        pytest.skip(f"an older {surface} is installed than the newest snapshot is of")
    assert own(snapshots.text(raw)) == own(file.read_text(encoding="utf-8"))
