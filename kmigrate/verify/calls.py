"""`--call module:function --arg x=float32(2,3)`: read what to call and with what."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import Any

from kmigrate.verify.subject import CannotRunError

FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = tuple(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64))
DTYPES = (*FLOATS, *INTEGERS, "bool")
SYNTAX = (
    "write float32(2,3), float32(4, low=0, high=1), int64(5), numpy.float32(2,3) for an array of "
    "numpy, range(6), or a literal such as 0.5, 'same' or [1, 2]"
)


def parse_call(call: str, arguments: Sequence[str]) -> dict[str, Any]:
    """What inside/calling.py reads. Raises CannotRunError for what cannot be read.

    `module` is "" where the function stands in the program itself.
    """
    module, _, function = call.rpartition(":")
    for name in filter(None, (module, function)):
        if not all(part.isidentifier() for part in name.split(".")):
            raise CannotRunError(f"--call {call}: write module:function, or function")
    if not function:
        raise CannotRunError(f"--call {call}: names no function; write module:function")
    positional: list[Mapping[str, Any]] = []
    named: dict[str, Mapping[str, Any]] = {}
    for argument in arguments:
        name, text = _named(argument)
        value = parse_value(argument, text)
        if name:
            named[name] = value
        else:
            positional.append(value)
    return {"module": module, "function": function, "positional": positional, "named": named}


def _named(argument: str) -> tuple[str, str]:
    name, sign, text = argument.partition("=")
    return (name.strip(), text) if sign and name.strip().isidentifier() else ("", argument)


def parse_value(argument: str, text: str) -> dict[str, Any]:
    """The specification of one value, as inside/calling.py builds it."""
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, TypeError):
        raise CannotRunError(f"--arg {argument}: cannot be read; {SYNTAX}") from None


def _value(node: ast.expr) -> dict[str, Any]:
    if isinstance(node, ast.Call):
        return _tensor(node)
    if isinstance(node, ast.List | ast.Tuple):
        kind = "list" if isinstance(node, ast.List) else "tuple"
        return {"kind": kind, "parts": [_value(part) for part in node.elts]}
    if isinstance(node, ast.Dict):
        keys = [ast.literal_eval(key) for key in node.keys if key is not None]
        if not all(isinstance(key, str) for key in keys) or len(keys) != len(node.values):
            raise ValueError("keys are strings")
        return {"kind": "dict", "parts": dict(zip(keys, map(_value, node.values), strict=True))}
    value = ast.literal_eval(node)
    if not isinstance(value, str | int | float | bool | None):
        raise ValueError("a literal of JSON")
    return {"kind": "literal", "value": value}


def _tensor(node: ast.Call) -> dict[str, Any]:
    name = ast.unparse(node.func)
    is_numpy = name.startswith(("numpy.", "np."))
    name = name.rpartition(".")[2]
    numbers = [ast.literal_eval(argument) for argument in node.args]
    keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in node.keywords}
    if name == "range" and not keywords:
        dtype = "float32" if any(isinstance(number, float) for number in numbers) else "int32"
        range(*map(int, numbers))
        return {"kind": "range", "bounds": numbers, "dtype": dtype, "numpy": is_numpy}
    if name not in DTYPES or not set(keywords) <= {"low", "high"}:
        raise ValueError("no such dtype")
    if not all(isinstance(size, int) and size >= 0 for size in numbers):
        raise ValueError("sizes are whole numbers")
    low, high = (0, 10) if name in INTEGERS else (-1.0, 1.0)
    bounds = {"low": keywords.get("low", low), "high": keywords.get("high", high)}
    if not bounds["low"] < bounds["high"]:
        raise ValueError("low is below high")
    return {"kind": "random", "dtype": name, "shape": numbers, "numpy": is_numpy, **bounds}
