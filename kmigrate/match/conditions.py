"""The closed list of conditions under which a row applies to a call."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from kmigrate.match.again import is_given_again
from kmigrate.match.calls import Argument, BoundCall
from kmigrate.match.kinds import is_no_dict, is_single
from kmigrate.match.paths import tail
from kmigrate.match.said import NOTHING_SAID, Said
from kmigrate.rulebook.rows import Literal, Literals, When, one_of

_KEEPING = ("append", "appendleft", "insert")  # a list keeps what these are given
_LISTS = ast.List | ast.Tuple | ast.Dict
_INTEGERS = ("int", "len", "round")  # what these make is an integer of Python
_ROUNDED = ("math.ceil", "math.floor")  # and these


def literal_of(node: ast.expr) -> tuple[bool, Literal | tuple[object, ...]]:
    """Whether an expression is a literal, and its value."""
    try:
        return True, ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False, None


def stands(when: When, call: ast.Call, parent: ast.AST | None) -> bool:
    """Whether the call stands where the condition says, and is followed by what it says."""
    is_followed = isinstance(parent, ast.Attribute) and parent.attr == when.followed
    if when.followed and not is_followed:
        return False
    places = {
        "index": isinstance(parent, ast.Subscript)
        and parent.value is call
        and not isinstance(parent.slice, ast.Slice | ast.Tuple),
        "argument": isinstance(parent, ast.Call) and not _keeps(parent),
        "unpack": isinstance(parent, ast.Assign)
        and all(isinstance(target, ast.Tuple | ast.List) for target in parent.targets),
        "attribute": isinstance(parent, ast.Assign)
        and any(isinstance(target, ast.Attribute) for target in parent.targets),
    }
    return not when.within or any(places[place] for place in when.within)


def _keeps(call: ast.Call) -> bool:
    """Does the call keep what it is given, to be used later?"""
    return isinstance(call.func, ast.Attribute) and call.func.attr in _KEEPING


def compared_literals(
    mapping: Mapping[str, str], call: ast.Call, parent: ast.AST | None
) -> tuple[tuple[ast.Constant, str], ...] | None:
    """The literals that the call is compared with, and what they become; None if there are others."""
    if not isinstance(parent, ast.Compare):
        return None
    if not all(isinstance(operator, ast.Eq | ast.NotEq) for operator in parent.ops):
        return None
    found = []
    for other in (parent.left, *parent.comparators):
        if isinstance(other, ast.Constant) and other.value in mapping:
            found.append((other, mapping[str(other.value)]))
        elif other is not call:
            return None
    return tuple(found)


def holds(when: When, bound: BoundCall, said: Said = NOTHING_SAID) -> bool:
    """Do all the conditions hold? An argument that `*` or `**` may hide is neither there nor not."""
    given = bound.given()
    hidden = bound.hides_keywords or bound.hides_positions
    if any(name in given or hidden for name in when.absent):
        return False
    if not all(name in given for name in (*when.present, *when.literal, *when.equals)):
        return False
    if any(name not in given or given[name].keyword is not None for name in when.positional):
        return False
    if any(
        name not in given or isinstance(given[name].value, ast.Tuple | ast.List)
        for name in when.scalar
    ):
        return False
    if any(name not in given or literal_of(given[name].value)[0] for name in when.computed):
        return False
    if not all(literal_of(given[name].value)[0] for name in when.literal):
        return False
    if not all(_is_one_of(given[name].value, wanted) for name, wanted in when.equals.items()):
        return False
    if any(
        name not in given or _is_one_of(given[name].value, known)
        for name, known in when.differs.items()
    ):
        return False
    if when.fractional and not any(
        name in given and isinstance(literal_of(given[name].value)[1], float)
        for name in when.fractional
    ):
        return False
    return _inside_hold(when, given, bound.call, said)


def _inside_hold(
    when: When, given: Mapping[str, Argument], call: ast.Call | None, said: Said
) -> bool:
    """Do the conditions hold that look into the values, or around the call?"""
    if not _around_hold(when, call, said):
        return False
    depths = {name: _depth(given[name].value, said) for name in given}
    if any(depths.get(name) != 1 for name in when.numbers):
        return False
    if any(depths.get(name, 0) < 2 for name in when.lists):
        return False
    if not all(
        name in given and _contains(given[name].value, one) for name, one in when.contains.items()
    ):
        return False
    if not all(
        name in given and _is_made(given[name].value, by, said) for name, by in when.made_by.items()
    ):
        return False
    if not all(name in given and quotient(given[name].value, said) for name in when.quotient):
        return False
    if not all(name in given and _is_several(given[name].value, said) for name in when.several):
        return False
    if not all(name in given and _is_flat(given[name].value, said) for name in when.flat):
        return False
    if not all(
        name in given and is_given_again(given[name].value, call, said.tree) for name in when.again
    ):
        return False
    if any(
        name not in given or tail(given[name].value, said) is not None for name in when.hidden_end
    ):
        return False
    if not _are_kinds(when, given, said):
        return False
    return all(_ends_otherwise(given, *one, said) for one in when.other_suffix.items())


def _are_kinds(when: When, given: Mapping[str, Argument], said: Said) -> bool:
    if not all(name in given and _is_alone(given[name].value) for name in when.alone):
        return False
    if not _are_functions(when.function, given, said, True):
        return False
    if not _are_functions(when.plain, given, said, False):
        return False
    return all(
        name in given and is_single(given[name].value, said) for name in when.single
    ) and all(
        name in given and is_no_dict(given[name].value, by, said)
        for name, by in when.no_dict.items()
    )


def _around_hold(when: When, call: ast.Call | None, said: Said) -> bool:
    if when.beside and not said.calls_any(when.beside):
        return False
    return not when.inside or said.is_inside(call, when.inside)


def _are_functions(
    names: tuple[str, ...], given: Mapping[str, Argument], said: Said, wanted: bool
) -> bool:
    return all(name in given and said.is_function(given[name].value) is wanted for name in names)


def _depth(node: ast.expr, said: Said) -> int:
    """How deep a list of numbers is nested, which a name may have been given; 0 for other things."""
    if isinstance(node, ast.Name):
        value = said.assigned(node)
        return _depth(value, said) if isinstance(value, ast.List) else 0
    if not isinstance(node, ast.List) or not node.elts:
        return 0
    first = node.elts[0]
    if isinstance(first, ast.List):
        inner = _depth(first, said)
        return inner + 1 if inner else 0
    return int(all(isinstance(literal_of(one)[1], int | float) for one in node.elts))


def _written_out(node: ast.expr, said: Said) -> ast.expr | None:
    """The expression, or what the name that it is was given."""
    return said.assigned(node) if isinstance(node, ast.Name) else node


def _is_several(node: ast.expr, said: Said) -> bool:
    found = _written_out(node, said)
    parts = found.values if isinstance(found, ast.Dict) else getattr(found, "elts", ())
    return isinstance(found, _LISTS) and len(parts) > 1


def _is_alone(node: ast.expr) -> bool:
    return isinstance(node, ast.Dict) and len(node.keys) == 1 and node.keys[0] is not None


def _is_flat(node: ast.expr, said: Said) -> bool:
    found = _written_out(node, said)
    is_list = isinstance(found, ast.List | ast.Tuple) and bool(found.elts)
    return is_list and not any(isinstance(one, _LISTS) for one in getattr(found, "elts", ()))


def quotient(node: ast.expr, said: Said) -> ast.BinOp | None:
    """The division with `/` that an expression is, or that the name it is was given."""
    if isinstance(node, ast.Name):
        value = said.assigned(node)
        return quotient(value, said) if value is not None else None
    return node if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) else None


def _is_made(node: ast.expr, names: tuple[str, ...], said: Said) -> bool:
    return quotient(node, said) is None and _calls(node, names, said)


def _calls(node: ast.AST, names: tuple[str, ...], said: Said) -> bool:
    """Is something called by one of these names below a node, as `x.max()`, but not in `int()`?"""
    if isinstance(node, ast.Name):
        value = said.assigned(node)
        return value is not None and _calls(value, names, said)
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        value = said.assigned(node)
        if value is not None and _calls(value, names, said):
            return True
    if isinstance(node, ast.Call):
        called = node.func
        if _is_integer(called):
            return False
        if isinstance(called, ast.Name) and called.id in names and len(node.args) == 1:
            return True  # the builtin, of the numbers of an array
        if isinstance(called, ast.Attribute) and called.attr in names:
            return True
    return any(_calls(child, names, said) for child in ast.iter_child_nodes(node))


def _is_integer(called: ast.expr) -> bool:
    """Does what is called make an integer of Python: `int`, `math.ceil`?"""
    if isinstance(called, ast.Name):
        return called.id in _INTEGERS
    return isinstance(called, ast.Attribute) and ast.unparse(called) in _ROUNDED


def _contains(node: ast.expr, wanted: Literal) -> bool:
    """Is an expression that literal, or a list, tuple or dictionary with it somewhere inside?"""
    if isinstance(node, ast.List | ast.Tuple | ast.Dict):
        inner = node.values if isinstance(node, ast.Dict) else node.elts
        return any(_contains(one, wanted) for one in inner)
    return _equals(node, wanted)


def _ends_otherwise(
    given: Mapping[str, Argument], name: str, endings: tuple[str, ...], said: Said
) -> bool:
    end = tail(given[name].value, said) if name in given else None
    return end is not None and not str(end.value).endswith(endings)


def _is_one_of(node: ast.expr, wanted: Literals) -> bool:
    return any(_equals(node, literal) for literal in one_of(wanted))


def _equals(node: ast.expr, wanted: Literal) -> bool:
    is_literal, value = literal_of(node)
    if wanted == "None" and is_literal:
        return value is None
    if not is_literal or isinstance(value, bool) is not isinstance(wanted, bool):
        return False
    are_numbers = isinstance(value, int | float) and isinstance(wanted, int | float)
    return value == wanted and (are_numbers or type(value) is type(wanted))
