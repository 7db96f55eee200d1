"""Run programs in the interpreter at hand and write down what they computed.

Usage: python observe.py JOB.json RESULTS.jsonl. It runs inside any interpreter from Python 3.6 on
and needs the standard library and numpy. Each program gets a `start` line and a `done` line; one
that ends the process has only the first.
"""

import gc
import importlib
import json
import linecache
import os
import platform
import random
import re
import sys
import traceback
import types
import warnings
from typing import Any, Dict, Iterator, List, Tuple

import numpy as np

Json = Dict[str, Any]

# Run as a script, this file finds its neighbours beside it; a program's own `models` comes later.
NEIGHBOURS = (
    "record",
    "person",
    "guard",
    "texts",
    "capture",
    "races",
    "layers",
    "carry",
    "configs",
    "apart",
    "probes",
    "steady",
    "entries",
    "models",
)
record = importlib.import_module("record")
person = importlib.import_module("person")
guard = importlib.import_module("guard")
capture = importlib.import_module("capture")
texts = importlib.import_module("texts")
races = importlib.import_module("races")
entries = importlib.import_module("entries")
models = importlib.import_module("models")
for _neighbour in NEIGHBOURS:
    del sys.modules[_neighbour]


def main(job_path: str, results_path: str) -> None:
    """Run the programs of the job; end early when one changed the process for those behind it."""
    with open(job_path, encoding="utf-8") as stream:
        job = json.load(stream)
    if job["stand_in"]:
        importlib.import_module("stand_in").install()
    del sys.path[0]
    base = os.getcwd()
    guard.install(os.environ.get("KMIGRATE_FOLDER", base), os.environ.get("KERAS_HOME", base))
    with open(results_path, "w", encoding="utf-8") as results:
        for number, program in enumerate(job["programs"]):
            _write(results, {"event": "start", "id": program["id"]})
            folder = guard.fresh_folder(base, number)
            observation = observe(program, job["seed"], job["whole_below"])
            is_gone = guard.leave_folder(folder, base)
            _write(results, dict(observation, event="done", id=program["id"]))
            if observation["dirty"] or is_gone:
                break
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # a thread that a program left behind, or a library's own exit, must not hold us


def observe(program: Json, seed: int, whole_below: int) -> Json:
    """Run one program as `__main__` in a namespace of its own and collect its outputs."""
    mentioned = " ".join([program["text"]] + program.get("libraries", []))
    notes = _import_libraries(texts.of_program(mentioned, program["file"]))
    before, state = _settings(), guard.state()
    _reset(seed, notes)  # behind it: Keras 3 keeps the policy that it is asked for first
    carrier = program.get("carrier") or {"folder": "", "way": ""}
    watch = entries.start(_kerases(), carrier["folder"], carrier["way"], seed)
    observation = {"status": "finished", "error": None}  # type: Json
    module, modules, path = types.ModuleType("__main__"), set(sys.modules), list(sys.path)
    capture.place(program["files"])
    printed = capture.Printed(program["printed"])
    prepared = person.Prepared(program, seed, notes)
    try:
        with guard.Guarded(notes):
            prepared.run(module, _run)
    except BaseException as error:
        if not (isinstance(error, SystemExit) and error.code in (None, 0)):
            observation = {"status": "raised", "error": _describe(error, program["file"])}
    printed.stop()
    try:
        values, listed = _collect(vars(module), whole_below, watch)
        if printed.wanted:
            lines = np.asarray(printed.lines(), dtype=object)
            values["(printed)"] = record.encode(lines, whole_below)
        observation.update(values=values, listed=listed)
        if program["keep_files"] and observation["status"] == "finished":
            observation["files"] = capture.take(vars(module).get("files", []))
    except Exception as error:
        observation.update(status="raised", error=_describe(error, ""), values={}, listed=False)
    observation.update(versions=_versions(), device=_device(), notes=notes + watch.notes)
    observation["dirty"] = _settings() != before or bool(guard.changes(state))
    prepared.undo()
    _forget(set(sys.modules) - modules, os.path.dirname(program["file"]))
    sys.path[:] = path
    return observation


def _run(program: Json, module: types.ModuleType) -> None:
    text, name = program["text"], program["file"]
    # Without a modification time `linecache` and `inspect` keep this text for the file's name.
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    module.__file__ = name
    sys.modules["__main__"] = module
    sys.argv = [name]
    sys.path.insert(0, os.path.dirname(name))
    exec(compile(text, name, "exec", dont_inherit=True), vars(module))


def _collect(namespace: Json, whole_below: int, watch: Any) -> Tuple[Json, bool]:
    """The values by name, and whether the program listed them itself.

    Models come last: looking at one trains it.
    """
    listed = record.listed(namespace)
    chosen = listed
    if chosen is None:
        chosen = [(k, v) for k, v in namespace.items() if k[0] != "_" and _counts(v)]
        chosen += models.held(namespace)
    watch.watching = False
    values, found = {}, []  # type: Json, List[Tuple[str, Any]]
    steps = watch.steps()
    for name, value in chosen:
        value = models.history(value, watch.notes) if models.is_history(value) else value
        for leaf_name, leaf in record.leaves(str(name), value):
            if models.is_model(leaf):
                found.append((leaf_name, leaf))
            else:
                values[leaf_name] = _trained(record.encode(leaf, whole_below), steps)
    for name, model in found:
        for leaf_name, leaf, group, is_trained in models.Look(name, model, watch).rows():
            encoded = _trained(record.encode(leaf, whole_below), steps if is_trained else 0)
            if encoded["kind"] == "text":
                encoded["kind"] = "structure"  # to be the same, and no proof of anything
            values[leaf_name] = dict(encoded, group=group) if group else encoded
    return values, listed is not None


def _counts(value: Any) -> bool:
    """Whether a value at the top level is compared although the program lists no outputs."""
    return bool(record.is_numeric(value) or models.is_model(value) or models.is_history(value))


def _trained(leaf: Json, steps: int) -> Json:
    """The record of a value, with the steps of training that it may hang on."""
    return dict(leaf, steps=steps) if steps and "float" in leaf["dtype"] else leaf


def _describe(error: BaseException, file: str) -> Json:
    """The error with its traceback from the program's first frame on."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, frame in enumerate(frames) if frame.filename == file), 0)
    lines = traceback.format_list(frames[first:])
    lines += traceback.format_exception_only(type(error), error)
    own = [frame.lineno for frame in frames if frame.filename == file]
    message = str(error)
    if len(message) > 4000:  # TensorFlow gives its reason behind the places
        message = "%s\n...\n%s" % (message[:3000], message[-995:])
    if isinstance(error, SyntaxError) and error.filename == file:
        own = [error.lineno]
    return {
        "type": type(error).__name__,
        "family": type(error).__module__.split(".")[0],
        "message": message,
        "traceback": "".join(lines)[-20000:],
        "line": own[-1] if own else None,
    }


def _import_libraries(text: str) -> List[str]:
    """Import the libraries that the text mentions, so that seeds can be set before it runs."""
    notes = []
    libraries = ("tensorflow", "tf_keras", "keras")
    for name in [name for name in libraries if re.search(r"\b%s\b" % name, text)]:
        if name in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except Exception as error:  # the program meets it again, and may know what to do
            if isinstance(error, ImportError) and error.name == name:
                continue
            notes.append("import %s: %s: %s" % (name, type(error).__name__, error))
        # Clearing a session collects garbage, and would look through all of the libraries.
        getattr(gc, "freeze", bool)()
    races.stop()
    return notes


def _kerases() -> Iterator[Any]:
    """The Kerases that are loaded, each once."""
    tensorflow = sys.modules.get("tensorflow")
    loaded = [sys.modules.get(name) for name in ("keras", "tf_keras")]
    if tensorflow is not None and (any(loaded) or "tensorflow.python.keras" in sys.modules):
        loaded.append(getattr(tensorflow, "keras", None))
    seen = []  # type: List[Any]
    for keras in loaded:
        backend = getattr(keras, "backend", None)
        if backend is not None and hasattr(backend, "floatx") and backend not in seen:
            seen.append(backend)
            yield keras


def _reset(seed: int, notes: List[str]) -> None:
    """Clear the sessions of every Keras that is loaded and seed every generator."""
    random.seed(seed)
    np.random.seed(seed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for keras in _kerases():
            try:
                keras.backend.clear_session()
            except Exception as error:
                notes.append("clear_session: %s: %s" % (type(error).__name__, error))
            if hasattr(keras.utils, "set_random_seed"):
                keras.utils.set_random_seed(seed)
        tensorflow = sys.modules.get("tensorflow")  # type: Any
        if hasattr(tensorflow, "compat"):
            tensorflow.compat.v1.set_random_seed(seed)
        torch = sys.modules.get("torch")
        if torch is not None:
            torch.manual_seed(seed)


def _settings() -> List[Any]:
    """What a program can change in the libraries for those that run behind it."""
    tensorflow = sys.modules.get("tensorflow")
    settings = [getattr(tensorflow, "executing_eagerly", bool)()]
    for keras in _kerases():
        backend = keras.backend
        image = getattr(backend, "image_data_format", None) or backend.image_dim_ordering
        settings += [backend.floatx(), backend.epsilon(), image()]
        policy = getattr(getattr(keras, "mixed_precision", None), "global_policy", None)
        policy = policy or getattr(getattr(keras, "mixed_precision", None), "dtype_policy", None)
        settings.append(getattr(policy(), "name", None) if policy else None)
    return settings


def _forget(added: Any, folder: str) -> None:
    """Drop the modules found in the program's own folder, not those of an environment below it."""
    for name in added:
        file = getattr(sys.modules.get(name), "__file__", None)
        if file and os.path.abspath(file).startswith(os.path.join(folder, name.split(".")[0])):
            del sys.modules[name]


def _versions() -> Dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in ("numpy", "tensorflow", "keras", "tf_keras", "jax", "torch"):
        module = sys.modules.get(name)
        version = getattr(module, "__version__", None)
        if version and not getattr(module, "__stands_in_for__", None):
            versions[name] = str(version)
    return versions


def _device() -> str:
    """The accelerators that the loaded libraries see, else the processor."""
    found = []  # type: List[str]
    tensorflow, torch, jax = (sys.modules.get(name) for name in ("tensorflow", "torch", "jax"))
    config = getattr(getattr(tensorflow, "config", None), "experimental", None)
    if config is not None:
        for gpu in config.list_physical_devices("GPU"):
            details = getattr(config, "get_device_details", lambda device: {})(gpu)  # type: Json
            found.append(details.get("device_name", gpu.name))
    if torch is not None and torch.cuda.is_available():
        found.append(torch.cuda.get_device_name(0))
    if jax is not None:
        found += [device.device_kind for device in jax.devices() if device.platform != "cpu"]
    return ", ".join(sorted(set(found))) or "CPU (%s)" % platform.machine()


def _write(results: Any, line: Json) -> None:
    results.write(json.dumps(line) + "\n")
    results.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
