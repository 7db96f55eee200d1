"""`--mark`: a TODO above each statement with a flagged reference, and its end."""

import re

import pytest
from programs import migrated, run

K = "from keras import backend as K\n"
MARK = "# TODO(kmigrate backend.get_session):"


def short(text: str | None) -> str:
    """The text with marks cut behind the colon."""
    assert text is not None
    return re.sub(r"(# TODO\(kmigrate [\w.]+\):).+", r"\1", text)


def marked(body: str) -> str:
    """What stands behind the import in the marked program."""
    return short(migrated(K + body, mark=True).after).removeprefix(K)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("K.get_session()\n", "{}\nK.get_session()\n"),
        ("x = (1 +\n     K.get_session())\n", "{}\nx = (1 +\n     K.get_session())\n"),
        ("@K.get_session\ndef f(): pass\n", "{}\n@K.get_session\ndef f(): pass\n"),
        (
            "@a\n@b\nclass A(K.get_session()): pass\n",
            "{}\n@a\n@b\nclass A(K.get_session()): pass\n",
        ),
        (
            "def f(x,\n      y=K.get_session()): pass\n",
            "{}\ndef f(x,\n      y=K.get_session()): pass\n",
        ),
        ("def f():\n\tK.get_session()\n", "def f():\n\t{}\n\tK.get_session()\n"),
        ("if a: K.get_session()\n", "{}\nif a: K.get_session()\n"),
        ("a = 1; K.get_session()\n", "{}\na = 1; K.get_session()\n"),
        ("K.get_session(); K.get_session()\n", "{}\nK.get_session(); K.get_session()\n"),
        (
            "if a:\n    pass\nelif K.get_session():\n    pass\n",
            "if a:\n    pass\n{}\nelif K.get_session():\n    pass\n",
        ),
        ("while K.get_session():\n    pass\n", "{}\nwhile K.get_session():\n    pass\n"),
        ("x = '''a\n''' + K.get_session()\n", "{}\nx = '''a\n''' + K.get_session()\n"),
        ("# mine\nK.get_session()\n", "# mine\n{}\nK.get_session()\n"),
        ("K.get_session()", "{}\nK.get_session()"),
    ],
)
def test_a_mark_stands_above_the_logical_statement(body: str, expected: str) -> None:
    assert marked(body) == expected.format(MARK)


def test_each_rule_has_a_mark_of_its_own() -> None:
    lines = marked("x = K.get_session(), K.gradients(1, 2), K.get_session()\n").splitlines()
    assert lines[:2] == [MARK, MARK.replace("get_session", "gradients")]
    assert len(lines) == 3


def test_a_mark_says_why_on_one_line() -> None:
    result = migrated(K + "K.get_session()\n", mark=True)
    reason = next(f.reason for f in result.findings if f.rules == ("backend.get_session",))
    assert f"{MARK} {' '.join(reason.split())}\n" in (result.after or "")


def test_what_is_rewritten_kept_or_ignored_has_no_mark() -> None:
    text = K + "x = K.sum(y), K.epsilon()\nK.get_session()  # kmigrate: ignore\n"
    assert "TODO" not in (migrated(text, mark=True).after or "")
    text = K + "K.get_session()\n"
    assert migrated(text, mark=True, ignore=("backend",)).after == text


def test_without_the_option_no_mark_is_written_and_old_ones_stay() -> None:
    text = K + "K.get_session()\n"
    assert migrated(text).after == text
    with_mark = migrated(text, mark=True).after or ""
    assert MARK in with_mark
    assert migrated(with_mark).after == with_mark


@pytest.mark.parametrize("mark", [True, False])
def test_a_mark_goes_when_its_site_is_gone(mark: bool) -> None:
    text = (
        f"import keras\n{MARK} reason\nx = 1\n    \ndef f():\n    {MARK} reason\n    return keras\n"
    )
    after = "import keras\nx = 1\n    \ndef f():\n    return keras\n"
    assert migrated(text, mark=mark).after == after


def test_a_mark_goes_when_its_site_was_rewritten() -> None:
    text = f"{K}# TODO(kmigrate backend.sum): reason\nx = K.sum(y)\n"
    assert migrated(text, mark=True).after == "from keras import ops\nx = ops.sum(y)\n"


def test_one_of_two_marks_goes() -> None:
    text = f"{K}# TODO(kmigrate backend.gone): reason\n{MARK} reason\nK.get_session()\n"
    assert migrated(text).after == f"{K}{MARK} reason\nK.get_session()\n"


def test_a_mark_for_another_line_moves() -> None:
    text = f"{K}{MARK} reason\nx = 1\nK.get_session()\n"
    assert short(migrated(text, mark=True).after) == f"{K}x = 1\n{MARK}\nK.get_session()\n"


@pytest.mark.parametrize(
    "text",
    [
        f"x = '''\n{MARK} reason\n'''\n",
        f'import keras\nx = """\n    {MARK} reason\n"""\n',
        f"import keras\nx = 'a\\\n{MARK} reason'\n",
    ],
)
def test_what_looks_like_a_mark_in_a_string_is_data(text: str) -> None:
    for mark in (True, False):
        assert migrated(text, mark=mark).after == text


def test_comments_of_people_are_no_marks() -> None:
    text = f"import keras\n# TODO: kmigrate\n# TODO(me): x\n#TODO(kmigrate) later\nx = 1  {MARK} here\n"
    assert migrated(text, mark=True).after == text


def test_marks_keep_the_line_endings_of_the_file() -> None:
    text = (K + "def f():\n    K.get_session()\n").replace("\n", "\r\n")
    after = migrated(text, mark=True).after or ""
    assert after.count("\r\n") == after.count("\n") == 4
    assert f"\r\n    {MARK}" in after


def test_marks_of_a_whole_migration_come_once() -> None:
    text = K + "x = K.flatten(y)\nK.get_session()\n"
    once = run(text, mark=True).after or ""
    assert (
        short(once)
        == f"{K}from keras import ops\nx = ops.reshape(y, (-1,))\n{MARK}\nK.get_session()\n"
    )
    assert run(once, mark=True).after == once
