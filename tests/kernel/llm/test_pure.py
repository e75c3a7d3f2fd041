"""The pure parts of the models port: addresses, answers, retries."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from asterism.base.errors import Invalid
from asterism.kernel.llm import (
    PROVIDERS,
    FailureKind,
    ModelFailure,
    RetryPolicy,
    base_url,
    json_object,
    provider,
)
from asterism.kernel.llm.reading.frames import MAX_EVENT, Frame, Frames, Unreadable
from asterism.kernel.llm.reading.wellformed import Joiner


def test_google_is_gemini() -> None:
    assert provider("google") is provider("gemini") is PROVIDERS["gemini"]
    assert provider("nobody") is None


def test_one_address_setting_serves_both_names() -> None:
    for name in ("google", "gemini"):
        for configured in ("google", "gemini"):
            assert base_url(name, {configured: "https://proxy.example/v1beta/"}) == "https://proxy.example/v1beta"
    assert base_url("gemini", {}) == "https://generativelanguage.googleapis.com/v1beta"


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1", "http://[::1]:9/v1", "http://localhost/v1", "https://a.b/v1"])
def test_good_addresses(url: str) -> None:
    assert base_url("openai", {"openai": url}) == url


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/v1", "http://a.b/v1", "ftp://a.b", "a.b/v1", "https://u:p@a.b/v1", "https://a.b/v1?k=1"]
)
def test_bad_addresses(url: str) -> None:
    with pytest.raises(Invalid):
        base_url("openai", {"openai": url})


def test_local_may_be_anywhere() -> None:
    assert base_url("local", {"local": "http://10.0.0.1:8000/v1"}) == "http://10.0.0.1:8000/v1"


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
objects = st.dictionaries(st.text(), values, max_size=4)


@given(objects, st.sampled_from(["{}", "Sure!\n```json\n{}\n```\nDone.", "```\n{}\n```", "The answer is {} as asked."]))
def test_an_object_is_found_however_it_is_wrapped(value: dict[str, object], wrapping: str) -> None:
    text = json.dumps(value, ensure_ascii=True).replace("`", "\\u0060")
    assert json_object(wrapping.replace("{}", text)) == value


@pytest.mark.parametrize("text", ["", "no", "[1]", "{", '{"a": }', '{"a":1} or {"a":2}', "null", "{" * 200])
def test_what_holds_no_single_object(text: str) -> None:
    assert json_object(text) is None


def test_only_transient_failures_are_retried_and_only_as_often_as_planned() -> None:
    policy = RetryPolicy((0.5, 2.0), patience=10)
    for kind in FailureKind:
        failure = ModelFailure(kind, name="X")
        transient = kind in {FailureKind.RATE_LIMITED, FailureKind.UNAVAILABLE}
        assert [policy.pause(failure, attempt) for attempt in (1, 2, 3)] == (
            [0.5, 2.0, None] if transient else [None] * 3
        )


def test_a_retry_after_is_honoured_up_to_the_patience() -> None:
    policy = RetryPolicy((1.0, 2.0), jitter=0.2, patience=10)
    asked = {s: ModelFailure(FailureKind.RATE_LIMITED, name="X", retry_after=s) for s in (0.1, 5, 11)}
    assert 0.8 <= (policy.pause(asked[0.1], 1) or 0) <= 1.2
    assert policy.pause(asked[5], 1) == 5
    assert policy.pause(asked[11], 1) is None


@given(st.text(max_size=60), st.data())
def test_pieces_cut_anywhere_are_joined_again(text: str, data: st.DataObject) -> None:
    units = text.encode("utf-16-le", "surrogatepass")
    halves = [units[n : n + 2].decode("utf-16-le", "surrogatepass") for n in range(0, len(units), 2)]
    cuts = sorted(data.draw(st.lists(st.integers(0, len(halves)), max_size=6)))
    joiner, out = Joiner(), ""
    for a, b in zip([0, *cuts], [*cuts, len(halves)], strict=True):
        piece = joiner.take("".join(halves[a:b]))
        piece.encode()
        out += piece
    out += joiner.rest()
    assert out == text.replace("\x00", "\ufffd")


def test_a_line_and_an_event_have_so_many_bytes_at_most() -> None:
    def told(*lines: str) -> list[Frame]:
        return list(Frames().feed("".join(f"data: {line}\n" for line in lines).encode() + b"\n"))

    line = json.dumps({"a": "x" * (MAX_EVENT - len('data: {"a": ""}'))})
    (frame,) = told(line)
    assert len(frame.value["a"]) == MAX_EVENT - len('data: {"a": ""}')
    with pytest.raises(Unreadable):
        told(line + " ")
    first, second = '{"b": 1,', '"a": "x"}' + " " * (MAX_EVENT - len('{"b": 1,"a": "x"}'))
    (frame,) = told(first, second)
    assert frame.value == {"a": "x", "b": 1}
    with pytest.raises(Unreadable):
        told(first, second + " ")
