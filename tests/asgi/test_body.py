"""JSON bodies that are built to break the reader: deep, long, unstorable."""

from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from asterism.asgi.body import MalformedJson, Upload, decode_json
from asterism.base.errors import Invalid


class Named(msgspec.Struct):
    name: str = ""


NUL, LONE = '"\\u0000"', '"\\ud800"'
DIGITS = "1" * 10_000


@pytest.mark.parametrize("depth", [1, 50, 500, 900, 5_000, 100_000])
@pytest.mark.parametrize("text", [NUL, LONE])
def test_unstorable_text_is_refused_however_deep_it_lies(depth: int, text: str) -> None:
    with pytest.raises(Invalid):
        decode_json(f'{{"other": {"[" * depth}{text}{"]" * depth}}}'.encode(), Named)


@pytest.mark.parametrize("text", [NUL, LONE])
def test_a_number_of_ten_thousand_digits_hides_nothing(text: str) -> None:
    with pytest.raises(Invalid):
        decode_json(f'{{"number": {DIGITS}, "other": {text}}}'.encode(), Named)


def test_the_place_is_named() -> None:
    with pytest.raises(Invalid, match=r"^a\.b\[1\]\.c: "):
        decode_json(b'{"a": {"b": [0, {"c": "x\\u0000"}]}}', Named)


@pytest.mark.parametrize("text", ['"\\\\u0000"', '"\\ud83d\\ude00"', "[[1e400]]", DIGITS])
def test_what_only_looks_like_it_is_taken(text: str) -> None:
    assert decode_json(f'{{"name": "x", "other": {text}}}'.encode(), Named) == Named("x")


def test_wide_and_deep_together_stay_cheap() -> None:
    """The paths of half a million values a thousand levels down would fill a gigabyte if each were written out."""
    deep = "[" * 800 + ",".join(["0"] * 200_000) + ',"\\u0000"' + "]" * 800
    with pytest.raises(Invalid):
        decode_json(f'{{"other": {deep}}}'.encode(), Named)


@pytest.mark.parametrize("raw", [b"{", b"\xff", b'{"name": NaN}', b"[" * 100_000])
def test_broken_syntax_is_malformed(raw: bytes) -> None:
    with pytest.raises((MalformedJson, Invalid)):
        decode_json(raw, Named)


@pytest.mark.parametrize(("digits", "read"), [(18, 10**18 - 1), (19, None)])
def test_a_length_of_18_digits_is_read(digits: int, read: int | None) -> None:
    scope: Any = {"type": "http", "headers": [(b"content-length", b"9" * digits)]}
    assert Upload(Request(scope)).announced == read
