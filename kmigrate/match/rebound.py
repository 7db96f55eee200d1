"""Whether a statement that calls a method can give the receiver's name another object."""

from __future__ import annotations

import ast

from kmigrate.match.said import Said
from kmigrate.scan import MethodUse

OUT_OF_REACH = (
    "it is made again under its name, which only a statement where the name is bound can do"
)


def is_own_method(use: MethodUse) -> bool:
    """Is it called on the object whose method this is? That cannot be made again."""
    scope, receiver = use.scope, use.node.value
    return isinstance(receiver, ast.Name) and receiver.id == scope.receiver


def is_rebindable(use: MethodUse, said: Said) -> bool:
    """Is the call a statement, on a name that is given its object in the same scope?"""
    receiver = use.node.value
    if not said.is_statement(use.call):
        return False
    if isinstance(receiver, ast.Attribute):
        return isinstance(receiver.value, ast.Name)
    bound = use.scope.bindings.get(receiver.id, ()) if isinstance(receiver, ast.Name) else ()
    return any(isinstance(binding.value, ast.Call) for binding in bound)
