"""Secrets in what programs say, whole and in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.masks import mask, needles
from asterism.features.operations.deployments.log_lines import LONGEST_LINE, Lines


def said(secrets: tuple[str, ...], *pieces: bytes) -> list[str]:
    told: list[str] = []
    lines = Lines(secrets, told.append)
    for piece in pieces:
        lines.feed(piece)
    lines.end()
    return told


def test_values_of_four_characters_count_and_shorter_ones_do_not() -> None:
    assert needles(["abc", "abcd"]) == ("abcd",)
    assert mask("abc abcd", needles(["abc", "abcd"])) == "abc ***"


def test_the_longer_value_goes_first_and_lines_count_by_themselves() -> None:
    found = needles(["word", "word and more", "first line\nsecond line"])
    assert mask("word and more", found) == "***"
    assert mask("x second line y", found) == "x *** y"


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_value_in_pieces_is_seen_whole(cut: int) -> None:
    text = b"token is hunter2secret!\n"
    assert said(("hunter2secret",), text[:cut], text[cut:]) == ["token is ***!"]


def test_lines_end_as_they_may() -> None:
    assert said((), b"a\r\nb\n\nc") == ["a", "b", "", "c"]
    assert said((), "é\n".encode()[:1], "é\n".encode()[1:]) == ["é"]
    assert said((), b"\xff\0\n") == ["\ufffd\ufffd"]


@given(st.integers(0, 30), st.integers(1, 3))
def test_a_line_without_an_end_is_told_in_pieces_and_hides_what_lies_across(offset: int, times: int) -> None:
    secret = "hunter2secret"
    text = "x" * (LONGEST_LINE * times - offset) + secret + "y" * 50
    told = said((secret,), *(text[at : at + 999].encode() for at in range(0, len(text), 999)))
    assert secret not in "".join(told)
    assert "".join(told).count("***") == 1
    assert len("".join(told)) == len(text) - len(secret) + 3


def test_a_long_line_is_not_held_back_for_ever() -> None:
    told: list[str] = []
    lines = Lines((), told.append)
    lines.feed(b"x" * LONGEST_LINE)
    assert told == []
    lines.feed(b"x")
    assert sum(map(len, told)) == LONGEST_LINE + 1
