import io
import sys

import pytest

from kmigrate.report.progress import LONG, progress_bar


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO, total: int, wanted: bool) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress_bar(wanted) as bar:
        for done in range(total):
            bar("reading", done + 1, total)
    return stream.getvalue()


def test_long_work_on_a_terminal_is_shown_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    text = shown(monkeypatch, Terminal(), LONG + 1, wanted=True)
    assert "reading" in text
    assert text.endswith("\x1b[2K")


@pytest.mark.parametrize(
    ("stream", "total", "wanted"),
    [(Terminal, LONG, True), (Terminal, 1000, False), (io.StringIO, 1000, True)],
)
def test_nothing_else_is(
    monkeypatch: pytest.MonkeyPatch, stream: type[io.StringIO], total: int, wanted: bool
) -> None:
    assert shown(monkeypatch, stream(), total, wanted) == ""
