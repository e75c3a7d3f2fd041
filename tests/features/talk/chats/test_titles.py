"""Titles (Starbot 4.1, 4.6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.errors import Invalid
from asterism.features.talk.chats import clean_title, title_from


@pytest.mark.parametrize(
    ("message", "title"),
    [
        ("\n  \n## Hello `world`\nmore", "Hello world"),
        ("> - * quoted", "quoted"),
        ("```\ncode", "code"),
        ("x" * 80, "x" * 59 + "…"),
        (
            "one two three four five six seven eight nine ten eleven twelve",
            "one two three four five six seven eight nine ten eleven…",
        ),
    ],
)
def test_the_first_line_that_says_something(message: str, title: str) -> None:
    assert title_from(message) == title


@given(st.text(max_size=300))
def test_titles_are_short_single_lines(text: str) -> None:
    title = title_from(text)
    assert title is None or (0 < len(title) <= 60 and len(title.splitlines()) == 1 and title == " ".join(title.split()))
    cleaned = clean_title(text[:255])
    assert cleaned == " ".join(text[:255].split())


def test_too_long() -> None:
    with pytest.raises(Invalid):
        clean_title("x" * 256)
