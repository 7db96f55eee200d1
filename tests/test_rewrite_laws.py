"""The laws of writing, over generated programs and generated edits.

The oracle makes each edit on the tree that `ast` reads from the original: the tree of the result
must be the same.
"""

from __future__ import annotations

import ast
import copy
import tokenize
from collections import Counter
from io import StringIO

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from kmigrate.model import Edit, EditCall, FillTemplate, Respell, Span
from kmigrate.rewrite import Refused, apply
from kmigrate.text import SourceText

ATOMS = ("x", "K.a", "'é'", "1", "[1, 2]", "(yield)", "f'{x}'", "{'a': 1}", "(x, 1)", "a.b[0]")
OPERATIONS = ("{} + {}", "-{}", "{} if {} else {}", "lambda: {}", "({})", "not {}", "{} and {}")
WRAPPERS = (
    "[{}]",
    "({})",
    "({})",
    "{}.y",
    "{}[{}]",
    "[y for y in {}]",
    "{{1: {}}}",
    "(z := {})",
    "g(z := {})",
)
CALLEES = ("K.f", "g", "x.y.h")
TEMPLATES = ("{a} ** 2", "ops.t({a}, 3)", "u({a} or 1, k={a})", "{a}.v", "{a}", "w({a}, ...)")


@st.composite
def gaps(draw: st.DrawFn) -> str:
    return draw(
        st.sampled_from(
            (
                "",
                " ",
                " ",
                " ",
                "\n    ",
                "\n    ",
                "  # c{}\n    ",
                "\n\t# c{}\n\t",
                " \f",
                " \\\n ",
            )
        )
    )


@st.composite
def calls(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    positional = draw(st.lists(inner, max_size=3))
    stars = ["*s"] if draw(st.integers(0, 9)) == 0 else []
    keywords = [f"k{n}={draw(inner)}" for n in range(draw(st.integers(0, 2)))]
    args = [*positional, *stars, *keywords]
    if len(args) == 1 and positional and draw(st.integers(0, 4)) == 0:
        return f"{draw(st.sampled_from(CALLEES))}({args[0]} for x in y)"
    code = draw(st.sampled_from(CALLEES)) + "(" + draw(gaps())
    for index, arg in enumerate(args):
        last = index == len(args) - 1
        comma = "" if last and draw(st.booleans()) else ","
        code += arg + (draw(gaps()) if draw(st.integers(0, 5)) == 0 else "") + comma + draw(gaps())
    return code + ")"


def expressions() -> st.SearchStrategy[str]:
    def extended(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        shapes = st.sampled_from(OPERATIONS + WRAPPERS)
        filled = st.builds(lambda shape, a, b, c: shape.format(a, b, c), shapes, *[inner] * 3)
        return st.one_of(calls(inner), calls(inner), filled)

    return st.recursive(st.sampled_from(ATOMS), extended, max_leaves=12)


@st.composite
def programs(draw: st.DrawFn) -> str:
    lines = []
    for expression in draw(st.lists(expressions(), min_size=1, max_size=3)):
        statement = draw(
            st.sampled_from(
                ("{}", "r = {}", "return ({})", "if {}: pass", "q.w({})", "- {} ** 2", "not {}")
            )
        )
        lines.append("    " + statement.format(expression) + draw(st.sampled_from(("", "  # end"))))
    text = "def f():\n" + "\n".join(lines) + draw(st.sampled_from(("", "\n", "\n\n")))
    for number in range(text.count("# c{}")):
        text = text.replace("# c{}", f"# c{number}", 1)
    newline = draw(st.sampled_from(("\n", "\r\n", "\r")))
    text = text.replace("\n", newline)
    try:
        ast.parse(text)
    except SyntaxError:
        assume(False)
    return text


def call_nodes(tree: ast.Module) -> list[ast.Call]:
    in_f_strings = {
        id(node)
        for joined in ast.walk(tree)
        if isinstance(joined, ast.JoinedStr)
        for node in ast.walk(joined)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and id(node) not in in_f_strings
    ]


def arguments(call: ast.Call) -> list[ast.expr | ast.keyword]:
    parts: list[ast.expr | ast.keyword] = [*call.args, *call.keywords]
    return sorted(parts, key=lambda part: (part.lineno, part.col_offset))


@st.composite
def edits_of(draw: st.DrawFn, source: SourceText, call: ast.Call) -> Edit | None:
    span, count = source.span(call), len(arguments(call))
    kind = draw(st.sampled_from(("none", "name", "call", "call", "fill", "fill")))
    if kind == "name":
        return Respell(source.span(call.func), "new.name")
    if kind == "fill" and count:
        captured = draw(st.integers(0, count - 1))
        rest = tuple(index for index in range(count) if index != captured)
        template = draw(st.sampled_from(TEMPLATES))
        return FillTemplate(span, template, (("a", captured),), rest if "..." in template else ())
    if kind == "call":
        some = st.lists(st.integers(0, count - 1), unique=True) if count else st.just([])
        drop = draw(some)
        kept = [index for index in range(count) if index not in drop]
        return EditCall(
            span,
            callee=draw(st.sampled_from((None, "new.callee"))),
            rename=tuple((i, f"n{i}") for i in draw(some) if draw(st.booleans())),
            values=tuple((i, "v + 1") for i in draw(some) if draw(st.booleans())),
            drop=tuple(drop),
            append=draw(st.sampled_from(((), (("m", "0"),), (("m", "0"), ("o", "p or q"))))),
            order=tuple(draw(st.permutations(kept))) if draw(st.integers(0, 3)) == 0 else (),
        )
    return None


class Oracle(ast.NodeTransformer):
    """Makes the edits on a tree."""

    def __init__(self, source: SourceText, edits: list[Edit]) -> None:
        self._source = source
        self._calls = {e.span: e for e in edits if isinstance(e, EditCall | FillTemplate)}
        self._names = {e.span: e for e in edits if isinstance(e, Respell)}

    def visit(self, node: ast.AST) -> ast.AST:
        span = self._source.span(node) if isinstance(node, ast.expr) else None
        if span in self._names and isinstance(node, ast.Name | ast.Attribute):
            return expression(self._names[span].text)
        edit = self._calls.get(span) if span and isinstance(node, ast.Call) else None
        parts = arguments(node) if isinstance(node, ast.Call) else []
        order = {id(part): index for index, part in enumerate(parts)}
        node = self.generic_visit(node)
        if edit is None or not isinstance(node, ast.Call):
            return node
        new: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        parts = [part for _, part in sorted(zip(_numbers(node, order), new, strict=True))]
        return _edited(node, edit, parts) if isinstance(edit, EditCall) else _filled(edit, parts)


def _numbers(node: ast.Call, order: dict[int, int]) -> list[int]:
    """`generic_visit` may put new nodes in place: they keep the order of the old ones."""
    numbers = sorted(order.values())
    keywords = {order[id(k)] for k in node.keywords}
    return [*(n for n in numbers if n not in keywords), *(order[id(k)] for k in node.keywords)]


def expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _call(func: ast.expr, parts: list[ast.expr | ast.keyword]) -> ast.Call:
    args = [part for part in parts if isinstance(part, ast.expr)]
    return ast.Call(func, args, [part for part in parts if isinstance(part, ast.keyword)])


def _edited(node: ast.Call, edit: EditCall, parts: list[ast.expr | ast.keyword]) -> ast.Call:
    for index, text in edit.values:
        part = parts[index]
        if isinstance(part, ast.keyword | ast.Starred):
            part.value = expression(text)
        else:
            parts[index] = expression(text)
    for index, name in edit.rename:
        part = parts[index]
        value = part.value if isinstance(part, ast.keyword) else part
        parts[index] = ast.keyword(name, value)
    order = edit.order or [index for index in range(len(parts)) if index not in edit.drop]
    appended = [ast.keyword(name, expression(text)) for name, text in edit.append]
    func = expression(edit.callee) if edit.callee else node.func
    return _call(func, [*(parts[index] for index in order), *appended])


def _filled(edit: FillTemplate, parts: list[ast.expr | ast.keyword]) -> ast.AST:
    ((_, index),) = edit.captures
    assert isinstance(index, int)
    part = parts[index]
    captured = part.value if isinstance(part, ast.keyword) else part

    class Filler(ast.NodeTransformer):
        def visit_Set(self, node: ast.Set) -> ast.expr:
            return copy.deepcopy(captured)

        def visit_Call(self, node: ast.Call) -> ast.AST:
            has_rest = any(isinstance(a, ast.Constant) and a.value is ... for a in node.args)
            func: ast.expr = self.visit(node.func)
            node = ast.Call(func, [self.visit(a) for a in node.args], node.keywords)
            for keyword in node.keywords:
                keyword.value = self.visit(keyword.value)
            rest = [parts[number] for number in edit.rest]
            return _call(node.func, [*node.args[:-1], *rest]) if has_rest else node

    filled: ast.AST = Filler().visit(expression(edit.template))
    return filled


def comment_counts(text: str) -> Counter[str]:
    tokens = tokenize.generate_tokens(
        StringIO(text.replace("\r\n", "\n").replace("\r", "\n")).readline
    )
    return Counter(t.string for t in tokens if t.type == tokenize.COMMENT)


def outermost(spans: list[Span]) -> list[Span]:
    return [s for s in spans if not any(o != s and o.contains(s) for o in spans)]


def untouched(source: SourceText, edits: list[Edit]) -> list[str]:
    """The pieces of text around the outermost edits."""
    pieces, last = [], 0
    spans = [e.span for e in edits if isinstance(e, Respell | EditCall | FillTemplate)]
    for start, end in sorted(source.offsets(span) for span in outermost(spans)):
        pieces.append(source.text[last:start])
        last = end
    return [*pieces, source.text[last:]]


REASONS = (
    "a positional argument would stand behind a keyword argument",
    "an argument before *args cannot become a keyword argument",
    "an argument given by * or ** has no name to change",
    "`a` is hidden in an argument given by *",
)


@settings(deadline=None, max_examples=300)
@given(st.data(), programs())
def test_edits_mean_on_the_text_what_they_mean_on_the_tree(data: st.DataObject, text: str) -> None:
    source, tree = SourceText(text), ast.parse(text)
    made = [data.draw(edits_of(source, call)) for call in call_nodes(tree)]
    edits = [edit for edit in made if edit is not None]
    try:
        after = apply(source, data.draw(st.permutations(edits)))
    except Refused as refusal:
        event(refusal.reason)
        assert refusal.reason in REASONS
        return
    event(f"{len(edits)} edits")
    expected = ast.unparse(ast.fix_missing_locations(Oracle(source, edits).visit(tree)))
    assert ast.unparse(ast.parse(after)) == expected
    assert not comment_counts(text) - comment_counts(after)
    position = 0
    for piece in untouched(source, edits):
        position = after.index(piece, position) + len(piece)
    assert after.startswith(untouched(source, edits)[0])
    assert after.endswith(untouched(source, edits)[-1])


@settings(deadline=None, max_examples=100)
@given(programs())
def test_edits_that_change_nothing_change_no_byte(text: str) -> None:
    source, tree = SourceText(text), ast.parse(text)
    calls = [EditCall(source.span(call)) for call in call_nodes(tree)]
    assert apply(source, calls) == text
    assert apply(source, calls, tree) == text
