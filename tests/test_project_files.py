import pytest

from kmigrate.model import Unreadable
from kmigrate.project.files import decode

SURVIVING = [
    b"",
    b"x = 1",
    b"x = 1\r\ny = 2\rz = 3\n",
    b"\xef\xbb\xbfx = '\xc3\xa9'\n",
    b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
    b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\x80'\n",
    b"# coding: euc-jp\nx = '\xa4\xa2'\n",
    b"x = 1\n\x0c\ny = 2\x1a\n",
    b"# coding: latin-1\r# \xe9\rx = 1\r",
]


@pytest.mark.parametrize("data", SURVIVING)
def test_bytes_survive_the_way_there_and_back(data: bytes) -> None:
    decoded = decode(data)
    assert decoded.encode(decoded.text) == data


def test_the_mark_is_not_text_and_newlines_are() -> None:
    assert decode(b"\xef\xbb\xbfx\r\ny\r").text == "x\r\ny\r"


@pytest.mark.parametrize(
    ("data", "place", "word"),
    [
        (b"x = 1\ny\0\n", (2, 2), "NUL"),
        (b"x = 1\r\n\r\nab = '\xe9'\n", (3, 7), "0xe9"),
        (b"# coding: klingon\n", (1, 0), "klingon"),
        (b"# coding: rot13\nx = 1\n", (1, 0), "rot13"),
        (b"# coding: hex\n00\n", (1, 0), "hex"),
        (b"\xef\xbb\xbf# coding: latin-1\n", (1, 0), "encoding"),
        (b"# coding: ascii\n\n'\xc3\xa9'\n", (3, 2), "ascii"),
        (b"# coding: utf-7\nx = '+AGE-'\n", (1, 0), "utf-7"),
    ],
)
def test_what_is_no_text_is_reported_with_its_place(
    data: bytes, place: tuple[int, int], word: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(data)
    assert (caught.value.line, caught.value.column) == place
    assert word in caught.value.reason


def test_a_character_that_the_encoding_lacks_is_refused() -> None:
    decoded = decode(b"# coding: latin-1\n")
    with pytest.raises(Unreadable, match="iso-8859-1") as caught:
        decoded.encode("# coding: latin-1\n# \N{EURO SIGN}\n")
    assert (caught.value.line, caught.value.column) == (2, 3)
