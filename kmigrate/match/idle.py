"""Imports that would fail for the sake of a name that nothing uses."""

from __future__ import annotations

import ast
from collections.abc import Container

from kmigrate.dialects import qualified
from kmigrate.match.importing import Imported, path_of
from kmigrate.match.sites import Court
from kmigrate.scan.scopes import Binding, ImportStatement


def is_idle(imported: Imported, court: Court, target: str, used: Container[Binding]) -> bool:
    """Has the target not what is imported, and does nothing of the module name it?

    Raw TensorFlow is written beside what is left of Keras, whose imports do not fail.
    """
    binding = imported.binding
    statement = binding.statement
    is_from = isinstance(statement, ImportStatement) and isinstance(statement.node, ast.ImportFrom)
    if not is_from or target == "tf" or binding.conditional or binding in used:
        return False
    is_gone = court.is_source(imported.before) and court.lacks(
        qualified(target, path_of(imported.before))
    )
    return is_gone and (not imported.after or court.lacks(imported.after))
