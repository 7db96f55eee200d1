"""`--call module:function --arg x=float32(2,3)`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from conftest import Grow
from verifying import document, request

from kmigrate.verify.calls import parse_call, parse_value
from kmigrate.verify.subject import CannotRunError

MODULE = """\
from keras import backend as K


def scaled(x, by=1.0, parts=()):
    return K.flatten(x) * by + sum(parts)


class Box:
    @staticmethod
    def flat(x):
        return K.flatten(x)


if __name__ == "__main__":
    raise SystemExit("it ran as a program")
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.5", {"kind": "literal", "value": 0.5}),
        ("'same'", {"kind": "literal", "value": "same"}),
        ("None", {"kind": "literal", "value": None}),
        ("-1", {"kind": "literal", "value": -1}),
        (
            "float32(2, 3)",
            {
                "kind": "random",
                "dtype": "float32",
                "shape": [2, 3],
                "numpy": False,
                "low": -1.0,
                "high": 1.0,
            },
        ),
        (
            "numpy.int64(5, low=1, high=3)",
            {"kind": "random", "dtype": "int64", "shape": [5], "numpy": True, "low": 1, "high": 3},
        ),
        ("range(6)", {"kind": "range", "bounds": [6], "dtype": "int32", "numpy": False}),
        ("(1, 'a')", {"kind": "tuple", "parts": [parse_value("", "1"), parse_value("", "'a'")]}),
        ("{'a': 1}", {"kind": "dict", "parts": {"a": parse_value("", "1")}}),
    ],
)
def test_values(text: str, expected: dict[str, Any]) -> None:
    assert parse_value("", text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "x", "float31(2)", "float32(-1)", "float32(2.5)", "float32(2, low=3)", "range('a')", "f("],
)
def test_what_is_no_value_is_said_with_how_to_write_one(text: str) -> None:
    with pytest.raises(CannotRunError, match=r"--arg .*cannot be read; write float32\(2,3\)"):
        parse_value(f"x={text}", text)


@pytest.mark.parametrize("call", ["", "module:", "a b", "m:f()"])
def test_what_is_no_function_is_said(call: str) -> None:
    with pytest.raises(CannotRunError, match="--call"):
        parse_call(call, [])


def test_arguments_have_names_or_places() -> None:
    call = parse_call("pkg.mod:Box.flat", ["x=1", "2", "[1, 2]"])
    assert (call["module"], call["function"]) == ("pkg.mod", "Box.flat")
    assert list(call["named"]) == ["x"]
    assert len(call["positional"]) == 2


@pytest.mark.parametrize(
    ("call", "name"),
    [("scaled", "scaled(...)"), ("losses:scaled", "scaled(...)"), ("Box.flat", "Box.flat(...)")],
)
def test_a_function_is_called_on_both_sides_with_the_same_inputs(
    grow: Grow, numpy_keras: Path, call: str, name: str
) -> None:
    tree = grow({"losses.py": MODULE})
    arguments = ("x=numpy.float32(2,3)",)
    code, programs = document(request(tree / "losses.py", call=call, arg=arguments))
    (found,) = programs["losses.py"]["names"]
    assert (code, found["name"], found["proves"]) == (0, name, True)


def test_a_function_of_a_package_is_found_in_a_folder(grow: Grow, numpy_keras: Path) -> None:
    tree = grow({"src/pkg/__init__.py": "", "src/pkg/losses.py": MODULE, "src/pkg/x.py": ""})
    arguments = ("numpy.float64(4)", "by=2.5", "parts=[1, 2]")
    asked = request(tree, call="pkg.losses:scaled", arg=arguments)
    code, programs = document(asked)
    assert (code, list(programs)) == (0, ["src/pkg/losses.py"])
    (numpy_keras / "ops.py").write_text("def reshape(x, shape):\n    return -x.reshape(shape)")
    assert document(asked)[0] == 1


def test_files_of_two_names_are_called_alike(grow: Grow, numpy_keras: Path) -> None:
    grow({"copy.py": MODULE, "new.py": MODULE.replace("* by", "* by + 0.5")})
    asked = request(before=Path("copy.py"), after=Path("new.py"), call="scaled")
    code, programs = document(replace(asked, arg=("x=numpy.float32(3)",)))
    assert (code, programs["copy.py"]["verdict"]) == (1, "different")


def test_a_module_that_is_not_there_is_said(
    grow: Grow, numpy_keras: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = grow({"losses.py": MODULE, "b.py": "import keras\n"})
    assert document(request(tree, call="nowhere:f"))[0] == 2
    assert "no module nowhere in the paths; write module:function with b, losses" in (
        capsys.readouterr().err
    )
    code, programs = document(request(tree, call="losses:nothing"))
    assert (code, programs["losses.py"]["before"]["error"]["type"]) == (2, "AttributeError")
