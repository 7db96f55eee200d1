"""Models are compared as models: weights carried from one side to the other, then what they compute.

The quick tests run two Kerases of our own that are nothing but numpy; the slow ones the real ones.
"""

from __future__ import annotations

import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
import tiny_keras

from kmigrate.verify.compare import Compared, Verdict, compare, compare_leaves
from kmigrate.verify.differences import TOLERANCES, after_training
from kmigrate.verify.groups import collapse
from kmigrate.verify.observation import Ending, Leaf, Observation
from kmigrate.verify.pair import Carriers, Pair, Paired, run_pairs
from kmigrate.verify.run import Limits, Program, Setting, run

np = pytest.importorskip("numpy")
PROGRAM = """
import numpy as np
from keras.layers import Dense, Dropout
from keras.models import Sequential

model = Sequential([Dense(5, "tanh", input_shape=(3,)), Dropout(0.5), Dense(2, name="last")])
model.compile("sgd", "mse")
x = np.random.normal(size=(8, 3))
y = np.random.normal(size=(8, 2))
history = model.fit(x, y, epochs=3)
score = model.evaluate(x, y)
predicted = model.predict(x)
"""
SEQUENCE = """
class Batches:
    def __len__(self): return 2
    def on_epoch_end(self): pass
    def __getitem__(self, index):
        return np.random.normal(size=(4, 3)), np.random.normal(size=(4, 2))
"""
# Another Keras: it draws more than one number for each seed.
OTHER = ("return np.random.randint(10e6)", "return np.random.randint(10e6) + np.random.randint(9)")


def paired(folder: Path, before: str, after: str, *changes: tuple[str, str]) -> Paired:
    """Both programs, the second on a Keras with these changes beside the usual other ones."""
    homes = tiny_keras.write(folder / "one"), tiny_keras.write(folder / "two", OTHER, *changes)
    left, right = (Setting(variables={"PYTHONPATH": str(home)}) for home in homes)
    one, two = (Program("", textwrap.dedent(text), folder / "p.py") for text in (before, after))
    return run_pairs([Pair("p", one, two)], left, right, Limits(seconds=60))["p"]


def verdicts(found: Paired) -> dict[str, Verdict]:
    return {entry.name: entry.verdict for entry in found.comparison.names}


def test_a_whole_script_is_the_same_on_another_keras(tmp_path: Path) -> None:
    found = paired(tmp_path, PROGRAM, PROGRAM)
    assert found.comparison.verdict.same, found.comparison.reason
    names = list(verdicts(found))
    assert names == [
        "x",
        "y",
        "history['loss']",
        "score",
        "predicted",
        "model.layers",
        "model.optimizer",
        "model.weights[dense]",
        "model.weights[last]",
        "model.output",
        "model.output_in_training",
        "model.loss",
        "model.gradients[dense]",
        "model.gradients[last]",
        "model.step[dense]",
        "model.step[last]",
    ]
    assert found.after.values["predicted"].steps == 6
    assert found.after.values["model.output"].steps == 0
    assert found.after.notes == ()


def test_nothing_is_equal_without_the_carrier(tmp_path: Path) -> None:
    homes = tiny_keras.write(tmp_path / "one"), tiny_keras.write(tmp_path / "two", OTHER)
    program = Program("p", PROGRAM, tmp_path / "p.py")
    left, right = (
        run([program], Setting(variables={"PYTHONPATH": str(home)}))["p"] for home in homes
    )
    bad = {entry.name for entry in compare(left, right).names if not entry.verdict.same}
    assert {"x", "predicted", "model.weights[dense]", "model.output"} <= bad


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("Dense(5, ", "Dense(6, "), {"model.layers", "model.weights[dense]", "predicted"}),
        (('"tanh"', '"linear"'), {"model.output", "model.gradients[dense]", "history['loss']"}),
        (("Dropout(0.5)", "Dropout(0.4)"), {"model.layers"}),
        (('name="last"', 'name="first"'), {"model.layers", "model.weights[last]"}),
        (("epochs=3", "epochs=4"), {"history['loss']", "predicted", "model.weights[last]"}),
    ],
)
def test_a_planted_mistake_is_told(tmp_path: Path, wrong: tuple[str, str], told: set[str]) -> None:
    found = paired(tmp_path, PROGRAM, PROGRAM.replace(*wrong))
    assert found.comparison.verdict is Verdict.DIFFERENT
    bad = {name for name, verdict in verdicts(found).items() if not verdict.same}
    assert told <= bad
    assert "x" not in bad


def test_another_step_of_the_same_optimizer_is_told(tmp_path: Path) -> None:
    found = paired(tmp_path, PROGRAM, PROGRAM, ("learning_rate=0.01", "learning_rate=0.02"))
    named = verdicts(found)
    assert named["model.gradients[dense]"].same
    assert named["model.step[dense]"] is Verdict.DIFFERENT


def test_what_follows_the_sign_is_told_and_descent_trains(tmp_path: Path) -> None:
    text = PROGRAM.replace('"sgd"', "Adam(0.002)")
    text = "from keras.optimizers import Adam\n" + text
    other = ("super().__init__(100 * learning_rate)", "super().__init__(-learning_rate)")
    found = paired(tmp_path / "same", text, text, other)
    assert found.comparison.verdict.same, found.comparison.reason
    told = "trained by SGD in the place of Adam, whose steps follow the gradient's sign"
    assert found.before.notes == found.after.notes == (told,)
    assert found.after.values["model.optimizer"].texts == ("Adam(learning_rate=0.002)",)
    wrong = paired(tmp_path / "wrong", text, text.replace("0.002", "0.001"))
    bad = {name for name, verdict in verdicts(wrong).items() if not verdict.same}
    assert bad == {"model.optimizer"}


def test_a_program_that_is_not_one_of_a_pair_is_trained_as_it_says(tmp_path: Path) -> None:
    text = PROGRAM.replace('"sgd"', '"adam"')
    home = tiny_keras.write(tmp_path)
    runs = [
        Program(name, body, tmp_path / f"{name}.py") for name, body in (("a", text), ("b", PROGRAM))
    ]
    found = run(runs, Setting(variables={"PYTHONPATH": str(home)}))
    assert compare(found["a"], found["b"]).verdict is Verdict.DIFFERENT
    assert not any("in the place of" in note for note in found["a"].notes)


def test_a_sequence_gives_the_same_batch_however_often_it_is_asked(tmp_path: Path) -> None:
    text = PROGRAM.replace("model.fit(x, y, epochs=3)", "model.fit(Batches(), None, epochs=3)")
    text = text.replace("x = np", SEQUENCE + "x = np", 1)
    listed = "if y is None: x, y = [np.concatenate(part) for part in zip(*map(x.__getitem__, range(len(x))))]"
    taken = ("history = History()", f"{listed}\n        history = History()")
    peeks = ("history = History()", f"x[0]\n        {listed}\n        history = History()")
    homes = tiny_keras.write(tmp_path / "one", taken), tiny_keras.write(tmp_path / "two", peeks)
    left, right = (Setting(variables={"PYTHONPATH": str(home)}) for home in homes)
    program = Program("", text, tmp_path / "p.py")
    found = run_pairs([Pair("p", program, program)], left, right, Limits(seconds=60))["p"]
    assert found.comparison.verdict.same, found.comparison.reason
    first, second = (run([replace(program, id="p")], each)["p"] for each in (left, right))
    assert compare(first, second).verdict is Verdict.DIFFERENT


def test_a_size_that_the_model_before_left_open_may_be_known_after(tmp_path: Path) -> None:
    known = ("self.output_shape = (None, self.units)", "self.output_shape = (8, self.units)")
    assert verdicts(paired(tmp_path / "a", PROGRAM, PROGRAM, known))["model.layers"].same
    wrong = ("self.output_shape = (None, self.units)", "self.output_shape = (None, 9)")
    found = paired(tmp_path / "b", PROGRAM, PROGRAM, wrong)
    assert verdicts(found)["model.layers"] is Verdict.DIFFERENT


def test_a_kernel_that_lies_the_other_way_is_named(tmp_path: Path) -> None:
    text = (
        PROGRAM.replace("Dense(5", "Dense(3")
        .replace("Dense(2", "Dense(3")
        .replace("(8, 2)", "(8, 3)")
    )
    turned = ("x @ self.values[0] +", "x @ self.values[0].T +")
    found = paired(tmp_path, text, text, turned)
    assert verdicts(found)["model.layers"].same
    assert verdicts(found)["model.output"] is Verdict.DIFFERENT


def test_weights_that_do_not_fit_are_told_by_layer(tmp_path: Path) -> None:
    after = PROGRAM.replace("Dense(5, ", "Dense(6, ")
    notes = paired(tmp_path, PROGRAM, after).after.notes
    assert "weights not carried: layer dense: array 0 (3, 5) before, (3, 6) after" in " ".join(
        notes
    )
    assert "model: layer dense: units is 5 before, 6 after" in notes


def test_a_layer_more_costs_only_itself(tmp_path: Path) -> None:
    after = PROGRAM.replace("Dropout(0.5), ", 'Dropout(0.5), Dense(5, name="more"), ')
    found = paired(tmp_path, PROGRAM, after)
    told = [note for note in found.after.notes if note.startswith("weights not carried")]
    assert told == ["weights not carried: layer more: no layer before has weights [(5, 5), (5,)]"]


def test_what_a_program_sets_itself_is_not_overwritten(tmp_path: Path) -> None:
    text = """
        import numpy as np
        from keras.layers import Dense
        from keras.models import Sequential
        model = Sequential([Dense(2, input_shape=(3,))])
        model.set_weights([np.full((3, 2), {value}), np.ones(2)])
        predicted = model.predict(np.arange(6.0).reshape(2, 3) / 7)
        outputs = ["predicted"]
    """
    assert paired(
        tmp_path / "a", text.format(value=1), text.format(value=1)
    ).comparison.verdict.same
    wrong = paired(tmp_path / "b", text.format(value=1), text.format(value=2))
    assert wrong.comparison.verdict is Verdict.DIFFERENT


def test_a_model_without_input_shape_is_built_by_its_first_use(tmp_path: Path) -> None:
    text = PROGRAM.replace(", input_shape=(3,)", "")
    found = paired(tmp_path, text, text)
    assert found.comparison.verdict.same, found.comparison.reason


def test_a_second_model_that_shares_layers_goes_on_from_where_they_are(tmp_path: Path) -> None:
    text = PROGRAM + textwrap.dedent("""
        longer = Sequential(model.layers[:0])
        for layer in model.layers:
            longer.layers.append(layer)
        longer.add(Dense(1, input_shape=(2,)))
        again = longer.predict(x)
        outputs = ["predicted", "again"]
    """)
    found = paired(tmp_path, text, text)
    assert found.comparison.verdict.same, found.comparison.reason
    assert set(verdicts(found)) == {"predicted", "again"}


def test_the_keras_may_be_imported_by_a_neighbour(tmp_path: Path) -> None:
    (tmp_path / "network.py").write_text(PROGRAM.split("model.compile")[0])
    text = "from network import *\nmodel.compile" + PROGRAM.split("model.compile")[1]
    found = paired(tmp_path, text, text)
    assert found.comparison.verdict.same, found.comparison.reason
    assert "model.output" in verdicts(found)


def test_a_program_without_models_is_left_alone(tmp_path: Path) -> None:
    text = "import numpy as np\ny = np.arange(3.0) / 7"
    found = paired(tmp_path, text, text)
    assert (found.comparison.verdict, list(verdicts(found))) == (Verdict.IDENTICAL, ["y"])


def test_the_shape_of_a_model_proves_nothing() -> None:
    leaf = Leaf("structure", "string", (2,), digest="d", texts=("dense to (None, 2)", "last"))
    same = compare_leaves("model.layers", leaf, leaf)
    assert (same.verdict, same.proves) == (Verdict.IDENTICAL, False)
    other = replace(leaf, digest="e", texts=("dense to (None, 3)", "last"))
    compared = compare_leaves("model.layers", leaf, other)
    assert (compared.verdict, compared.where) == (Verdict.DIFFERENT, (0,))


def test_training_loosens_the_tolerance_step_by_step_up_to_a_cap() -> None:
    base = TOLERANCES["float32"]
    assert after_training(base, 0) == base
    rtols = [after_training(base, steps).rtol for steps in (3, 99, 10**4, 10**6, 10**7)]
    assert rtols == sorted(rtols)
    assert rtols[:2] == pytest.approx([2 * base.rtol, 10 * base.rtol])
    assert rtols[-1] == rtols[-2] == 1e-2
    half = TOLERANCES["bfloat16"]
    assert after_training(half, 10**6).rtol == half.rtol > 1e-2


def group_of(*verdicts: Verdict) -> list[Compared]:
    return [
        Compared(f"m.weights[{index}]", verdict, "r", max_abs=float(index), group="m.weights")
        for index, verdict in enumerate(verdicts)
    ]


def test_a_hundred_layers_that_agree_are_one_row() -> None:
    other = Compared("y", Verdict.IDENTICAL)
    rows = collapse([other, *group_of(*[Verdict.IDENTICAL] * 99, Verdict.CLOSE), other])
    assert [row.name for row in rows] == ["y", "m.weights (100 layers)", "y"]
    assert (rows[1].verdict, rows[1].max_abs) == (Verdict.CLOSE, 99.0)


def test_layers_that_differ_are_told_one_by_one_until_there_are_too_many() -> None:
    rows = collapse(group_of(Verdict.CLOSE, Verdict.DIFFERENT, Verdict.CLOSE))
    assert [row.name for row in rows] == ["m.weights (2 layers)", "m.weights[1]"]
    rows = collapse(group_of(*[Verdict.DIFFERENT] * 50))
    assert len(rows) == 5
    assert rows[-1].reason == "r, and 45 more like it"


def test_what_is_carried_can_be_kept_and_laid_out_again(tmp_path: Path) -> None:
    homes = tiny_keras.write(tmp_path / "one"), tiny_keras.write(tmp_path / "two", OTHER)
    left, right = (Setting(variables={"PYTHONPATH": str(home)}) for home in homes)
    program = Program("p", PROGRAM, tmp_path / "p.py")
    with Carriers() as here:
        before = run([here.before("k", program)], left)["p"]
        packed = here.packed("k")
    assert sorted(packed) == ["end-model.npz", "use-0.npz"]
    with Carriers() as there:
        there.unpack("k", packed)
        after = run([there.after("k", program)], right)["p"]
    assert compare(before, after).verdict.same


def test_an_observation_keeps_what_is_carried() -> None:
    observation = Observation(Ending.FINISHED, carried={"use-0.npz": "UEs="})
    assert Observation.from_json(observation.to_json()).carried == {"use-0.npz": "UEs="}
    assert "carried" not in Observation(Ending.FINISHED).to_json()
