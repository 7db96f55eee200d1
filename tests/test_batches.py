"""What generators yield to Keras 3: tuples, since it takes no lists from them."""

from __future__ import annotations

import pytest
from programs import migrated

LOOP = "from keras.models import Model\ndef batches(x, y):\n    while {}:\n        yield {}\n"


def yielded(value: str, to: str = "keras@3", test: str = "True", behind: str = "") -> str:
    after = migrated(LOOP.format(test, value) + behind, source="keras@2", to=to).after
    return (after or "").split("yield ", 1)[1].split("\nuse")[0].rstrip("\n")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("[x, y]", "(x, y)"),
        ("[x, x], y", "(x, x), y"),
        ("([x], [y])", "((x,), (y,))"),
        ("([x,], [y], w)", "((x,), (y,), w)"),
        ("[x[i] for i in z], y", "tuple(x[i] for i in z), y"),
        ("[x,  # first\n            x], y", "(x,  # first\n            x), y"),
        ("({'a': x}, [y, y])", "({'a': x}, (y, y))"),
    ],
)
def test_lists_become_tuples(before: str, after: str) -> None:
    assert yielded(before) == after
    assert yielded(after) == after
    assert yielded(before, test="1") == after
    assert yielded(before, to="tf_keras") == before


@pytest.mark.parametrize(
    "value", ["x, y", "x", "[x]", "[*x, y]", "{'a': [x]}", "f([x, x])", "[], y", "[a, b, c, d]"]
)
def test_other_batches_stay(value: str) -> None:
    assert yielded(value) == value


@pytest.mark.parametrize("test", ["x", "False", "0", "len(x) > 1"])
def test_a_generator_that_ends_may_be_for_others(test: str) -> None:
    assert yielded("[x, x], y", test=test) == "[x, x], y"


def test_what_is_predicted_has_inputs_alone() -> None:
    use = "use = Model(a, b).predict_generator(batches(1, 2), 3)\n"
    assert yielded("[x, x]", behind=use) == "((x, x),)"


@pytest.mark.parametrize(
    ("given", "after"), [("[x, x]", "tuple(x)"), ("[]", "x"), ("list(x)", "x"), ("x[0]", "x")]
)
def test_a_name_is_a_tuple_where_it_is_given_lists_alone(given: str, after: str) -> None:
    text = LOOP.replace("        yield {}", "        x = {}\n        yield x, y")
    result = migrated(text.format("True", given), source="keras@2").after or ""
    assert result.endswith(f"yield {after}, y\n")
    assert migrated(result, source="keras@2").after == result


def test_a_file_without_keras_is_left() -> None:
    text = LOOP.format("True", "[x, x], y").replace("from keras.models import Model", "import os")
    assert (migrated(text, source="keras@2").after or text) == text


FIT = "from keras.models import Model\nm = Model(a, b)\nm.{}(g, {})\n"


@pytest.mark.parametrize(
    ("method", "before", "after"),
    [
        ("fit_generator", "steps_per_epoch=n / 4", "steps_per_epoch=-(-n // 4)"),
        ("fit", "steps_per_epoch=n / 4", "steps_per_epoch=-(-n // 4)"),
        ("fit", "validation_steps=(n + 1) / (2 * b)", "validation_steps=-(-(n + 1) // (2 * b))"),
        ("predict", "steps=len(x) / b", "steps=-(-len(x) // b)"),
        ("evaluate_generator", "steps=s.n / s.b", "steps=-(-s.n // s.b)"),
        ("fit", "steps_per_epoch=np.ceil(n / 4)", "steps_per_epoch=int(np.ceil(n / 4))"),
        ("fit", "steps_per_epoch=n // 4", "steps_per_epoch=n // 4"),
        ("fit", "steps_per_epoch=int(n / 4)", "steps_per_epoch=int(n / 4)"),
        ("fit", "steps_per_epoch=int(np.ceil(n / 4))", "steps_per_epoch=int(np.ceil(n / 4))"),
        ("fit", "steps_per_epoch=math.ceil(n / 4)", "steps_per_epoch=math.ceil(n / 4)"),
        ("fit", "epochs=n / 4", "epochs=n / 4"),
    ],
)
def test_steps_are_whole(method: str, before: str, after: str) -> None:
    text = FIT.format(method, before)
    wanted = FIT.format(method.removesuffix("_generator"), after)
    assert migrated(text, source="keras@2").after == wanted
    assert (migrated(wanted, source="keras@2").after or wanted) == wanted


def test_a_quotient_under_a_name_is_found() -> None:
    text = "steps = n / 4\n" + FIT.format("fit", "steps_per_epoch=steps")
    result = migrated(text, source="keras@2")
    assert "steps_per_epoch=-(-n // 4)" in (result.after or "")
