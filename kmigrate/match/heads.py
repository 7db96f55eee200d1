"""Models that begin with what joins others: `model.add(Merge([a, b]))`, then the layers of a head."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from kmigrate.match.restored import blocks
from kmigrate.match.said import Said


@dataclass(frozen=True, slots=True)
class Head:
    """The name of the model, the call that adds to it, and the first statement that uses it whole."""

    model: str
    adding: ast.Call
    used: ast.stmt

    @property
    def joined(self) -> str:
        """The name that what the call gives gets."""
        return f"{self.model}_joined"


def head_of(call: ast.Call | None, said: Said) -> Head | None:
    """The head behind a call that is the first thing a model of the file is made of.

    None unless all happens in one block: the model is made, the call added, then layers, then it is
    used; and the call is given a list of names of models that are made alike.
    """
    outer = said.adder(call)
    if outer is None or call is None or said.tree is None:
        return None
    if not isinstance(outer.func, ast.Attribute) or not isinstance(outer.func.value, ast.Name):
        return None
    model = outer.func.value
    every = (block for node in ast.walk(said.tree) for block in blocks(node))
    block = next((one for one in every if any(_is(s, outer) for s in one)), [])
    place = next((at for at, one in enumerate(block) if _is(one, outer)), 0)
    before = [one for one in block[:place] if _uses(one, model.id)]
    maker = _maker(before[-1], model.id) if before else ""
    if not maker or not _joins(call, maker, said):
        return None
    used, added = None, 0
    for one in block[place + 1 :]:
        if _adds_alone(one, model.id, outer.func.attr):
            added += isinstance(one, ast.Expr)
        elif _uses(one, model.id):
            used = one
            break
    head = Head(model.id, outer, used) if used is not None and added else None
    return head if head is not None and head.joined not in _names(said.tree) else None


def _is(statement: ast.stmt, call: ast.Call) -> bool:
    return isinstance(statement, ast.Expr) and statement.value is call


def _names(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _uses(statement: ast.stmt, name: str) -> bool:
    return name in _names(statement)


def _maker(statement: ast.stmt, name: str) -> str:
    """What the statement calls without positions to make the model, by its last name."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=one)], value=ast.Call(func=func, args=[])):
            return ast.unparse(func).rpartition(".")[2] if one == name else ""
    return ""


def _joins(call: ast.Call, maker: str, said: Said) -> bool:
    """Is it given a list of names alone, each of a model that is made as the one it is added to?"""
    given = call.args[0] if call.args else None
    names = given.elts if isinstance(given, ast.List) else []
    made = [said.assigned(one) if isinstance(one, ast.Name) else None for one in names]
    calls = [one for one in made if isinstance(one, ast.Call)]
    alike = [one for one in calls if ast.unparse(one.func).rpartition(".")[2] == maker]
    return 1 < len(names) == len(alike) == len({ast.unparse(one) for one in names})


def _adds_alone(statement: ast.stmt, name: str, method: str) -> bool:
    """Does the statement, or each in it, use the model only to add to it?"""
    nodes = list(ast.walk(statement))
    uses = [one for one in nodes if isinstance(one, ast.Name) and one.id == name]
    adds = [
        one.value.func.value
        for one in nodes
        if isinstance(one, ast.Expr)
        and isinstance(one.value, ast.Call)
        and isinstance(one.value.func, ast.Attribute)
        and one.value.func.attr == method
    ]
    return bool(uses) and all(use in adds for use in uses)
